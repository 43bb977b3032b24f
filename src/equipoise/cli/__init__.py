"""The command line: ``equipoise``. Each module adds its commands to the one application, in the order of the help."""

from equipoise.cli import loading, search, show, score, screen, match, criteria, protocol, trial, accounts, serving  # noqa: F401, I001
from equipoise.cli.door import NETWORK, REFUSED, SOME_REFUSED, app
from equipoise.cli.entry import main

__all__ = ["NETWORK", "REFUSED", "SOME_REFUSED", "app", "main"]
