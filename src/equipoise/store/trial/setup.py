"""Making the schemas and roles of a running trial in PostgreSQL, so that no role reaches what is not its own.

Run once by the database's administrator, again after an upgrade; running it again changes nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from equipoise.kernel.refused import Refused
from equipoise.store.trial.engine import check_version
from equipoise.store.trial.postgres import PostgresSession, connect, make_tables
from equipoise.store.trial.tables import LOG, SEALED, VAULT, Tables

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# Named as the role, it is the first place where that role looks for tables and makes them.
_ACCOUNTS = "create schema if not exists {0} authorization {0}"


class Roles(msgspec.Struct, frozen=True):
    """``owner`` owns the tables and cannot sign in. ``application`` uses the log and the vault, ``custodian`` the
    sealed store, and reads the log; neither owns anything of these, so neither can lift a trigger. The accounts of
    people stand in a schema of the application's own. Passwords are given apart, with psql's ``password`` command.
    """

    owner: str = "equipoise_owner"
    application: str = "equipoise"
    custodian: str = "equipoise_custodian"

    def rights(self, tables: Tables) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Who may do what in one store. The custodian tells an arm only to whom the log entitles: so it reads that."""
        yield (self.custodian if tables is SEALED else self.application), tables.rights
        if tables is LOG:
            yield self.custodian, {"entry": "select"}


def set_up(url: str, roles: Roles | None = None, stores: Sequence[Tables] = (LOG, SEALED, VAULT)) -> None:
    """Make schemas, tables and roles, or bring their rights back to what they should be. ``url``: an administrator's.

    The sealed store may stand in a database of its own: call once for each, with its ``stores``.
    """
    roles = roles or Roles()
    with connect(url) as connection, connection.transaction():
        for statement in role_statements(roles):
            connection.execute(statement.encode())
        for tables in stores:
            session = PostgresSession(connection, tables.schema)
            session.lock("tables")
            session.ask(f"create schema if not exists {tables.schema} authorization {roles.owner}")
            session.ask(f"set local search_path = {tables.schema}")
            session.ask(f"set local role {roles.owner}")
            make_tables(session, tables)
            ((found,),) = session.ask("select version from tables_version")
            check_version(found, tables, f"schema {tables.schema}")
            session.ask("reset role")
            for statement in right_statements(tables, roles):
                session.ask(statement)
        if LOG in stores:
            connection.execute(_ACCOUNTS.format(roles.application).encode())


def role_statements(roles: Roles) -> Iterator[str]:
    """The SQL that makes the roles, for an administrator to read first."""
    for name in msgspec.structs.astuple(roles):
        if not _NAME.fullmatch(name):
            raise Refused("is no name for a role.", what=name, do="Take small letters, digits and underscores.")
        sign_in = "nologin" if name == roles.owner else "login"
        yield (
            f"do $$ begin if not exists (select from pg_roles where rolname = '{name}')"
            f" then create role {name} {sign_in} nosuperuser nocreatedb nocreaterole; end if; end $$"
        )
    yield f"grant {roles.owner} to current_user"


def right_statements(tables: Tables, roles: Roles) -> Iterator[str]:
    """The SQL that gives each role what it needs of one store, and everybody else nothing."""
    yield f"revoke all on schema {tables.schema} from public"
    yield f"revoke all on all tables in schema {tables.schema} from public, {roles.application}, {roles.custodian}"
    for user, rights in roles.rights(tables):
        yield f"grant usage on schema {tables.schema} to {user}"
        yield f"grant select on {tables.schema}.tables_version to {user}"
        for table, right in rights.items():
            yield f"grant {right} on {tables.schema}.{table} to {user}"
