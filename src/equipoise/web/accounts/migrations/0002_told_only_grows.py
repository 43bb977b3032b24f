"""What was told can be neither changed nor deleted, not even by this program."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

WORDS = "what was told of accounts can only grow"
SQLITE = [
    f"CREATE TRIGGER accounts_told_{act.lower()} BEFORE {act} ON accounts_told "
    f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for act in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    "CREATE FUNCTION accounts_told_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    "CREATE TRIGGER accounts_told_change BEFORE UPDATE OR DELETE ON accounts_told "
    "FOR EACH ROW EXECUTE FUNCTION accounts_told_refuse()",
    "CREATE TRIGGER accounts_told_truncate BEFORE TRUNCATE ON accounts_told "
    "FOR EACH STATEMENT EXECUTE FUNCTION accounts_told_refuse()",
]


def refuse(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]  # noqa: RUF012
    operations = [migrations.RunPython(refuse)]  # noqa: RUF012
