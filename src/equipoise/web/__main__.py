"""``python -m equipoise.web``: the site as a program of its own."""

import argparse
import os

from equipoise.actions.library import default_home
from equipoise.conduct.protocol.reading import read_protocol
from equipoise.examples import jasmine_protocol
from equipoise.web.serve import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="equipoise.web", description="Serve the site.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--demonstration", action="store_true", help="make the accounts of the demonstration trial")
    asked = parser.parse_args()
    if asked.demonstration:
        _make_accounts()
    serve(default_home(), asked.host, asked.port, asked.workers)


def _make_accounts() -> None:
    """In this process before any worker is forked; the demonstration asks for no second factor."""
    os.environ.setdefault("EQUIPOISE_MFA", "optional")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise.web.settings")
    from equipoise.web.accounts.prepare import prepare

    prepare(default_home())
    from django.db import connections

    from equipoise.web.accounts.demonstration import make_accounts

    make_accounts(read_protocol(jasmine_protocol()))
    connections.close_all()


if __name__ == "__main__":
    main()
