"""Before anything is served: the key, the tables, and room for counting; once, however many start together."""

from pathlib import Path

from filelock import FileLock

from equipoise.web.accounts.secret import keep_secret

_LOCK = 0x6571756970  # any number of our own


def prepare(home: Path) -> None:
    """Bring the accounts' database up to date. Calls wait for each other, on one machine or through PostgreSQL."""
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "accounts.lock"):
        keep_secret(home)
        import django

        django.setup()
        (home / "accounts.sqlite").touch(0o600)
        _migrate()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection, connections

    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            _forget_old_sessions()
    finally:
        connections.close_all()  # a worker forked from here must not share one


def _forget_old_sessions() -> None:
    from equipoise.web.accounts.sessions import SessionStore

    SessionStore.clear_expired()
