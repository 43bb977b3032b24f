"""``equipoise account``: people who work on trials, and the first administrator among them."""

import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from equipoise.actions.library import default_home
from equipoise.cli.door import app
from equipoise.kernel.refused import Refused

account = typer.Typer(no_args_is_help=True, help="Accounts of people who work on trials, or in the research office.")
app.add_typer(account, name="account")

Name = Annotated[str, typer.Argument(help="User name: small letters, digits, dots, hyphens. It never changes.")]

token = typer.Typer(no_args_is_help=True, help="Access tokens, with which programs work in a trial as a person.")
account.add_typer(token, name="token")


@account.command(epilog="Example: equipoise account add ada --email ada@example.org --full-name 'Dr Ada Weiss'")
def add(
    name: Name,
    email: Annotated[str, typer.Option(help="E-mail address of the person.")],
    full_name: Annotated[str, typer.Option(help="As it stands beside a signature; the user name if not given.")] = "",
    office: Annotated[bool, typer.Option(help="Research office: the reading desk and screening.")] = False,  # noqa: FBT002
    administrator: Annotated[bool, typer.Option(help="May add and close accounts.")] = False,  # noqa: FBT002
) -> None:
    """Add a person, and print a link by which they set their password."""
    flags = [f"--{flag}" for flag, on in (("office", office), ("administrator", administrator)) if on]
    _run("add", name, "--email", email, "--full-name", full_name, *flags)


@account.command()
def link(name: Name) -> None:
    """Print a new link by which a person sets a password: for three days, once."""
    _run("link", name)


@account.command()
def close(name: Name) -> None:
    """Sign a person out, and let them in no more. Nothing is deleted."""
    _run("close", name)


@account.command("open")
def open_(name: Name) -> None:
    """Open a closed account again."""
    _run("open", name)


@account.command()
def reset_second_factor(name: Name) -> None:
    """Remove the second factor of a person who has lost phone and codes."""
    _run("reset-second-factor", name)


@account.command("list")
def list_() -> None:
    """List everybody: user name, full name, e-mail address, flags."""
    _run("list")


@token.command(epilog="Example: equipoise account token make ada --trial SMALL --role monitor --for 'Nightly export'")
def make(
    name: Name,
    trial: Annotated[str, typer.Option(help="The one trial it is for.")],
    role: Annotated[list[str], typer.Option(help="One they have, as monitor or coordinator:01; again for another.")],
    purpose: Annotated[str, typer.Option("--for", help="What it is for, in a few words.")],
    writes: Annotated[bool, typer.Option("--writes", help="It may write too, and not only read.")] = False,  # noqa: FBT002
    days: Annotated[int, typer.Option(help="Until it ends, at most 365.")] = 90,
) -> None:
    """Make a token for a person, and print it: once, and it is kept nowhere."""
    roles = [word for each in role for word in ("--role", each)]
    told = ("--trial", trial, *roles, "--for", purpose, "--days", str(days))
    _run("token", "make", name, *told, *(["--writes"] if writes else []))


@token.command("list")
def list_tokens(name: Name) -> None:
    """List a person's tokens: number, what for, trial, roles, what it does, days, last use, state."""
    _run("token", "list", name)


@token.command()
def revoke(name: Name, number: Annotated[int, typer.Argument(help="As the list has it.")]) -> None:
    """End a token at once and for good."""
    _run("token", "revoke", name, str(number))


def _run(*arguments: str) -> None:
    """Become the accounts' own program: the two doors do not import each other."""
    try:
        import_module("allauth")
    except ImportError:
        raise Refused("The site's parts are not installed.", do="Run: pip install 'equipoise[web]'") from None
    os.environ["EQUIPOISE_HOME"] = str(default_home())
    os.execv(sys.executable, [sys.executable, "-m", "equipoise.web.accounts", *arguments])  # noqa: S606
