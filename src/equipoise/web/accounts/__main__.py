"""``python -m equipoise.web.accounts``: accounts from the command line, where the first administrator comes from."""

import argparse
import os
import sys

from equipoise.actions.library import default_home
from equipoise.kernel.refused import Refused


def main() -> None:
    asked = _parser().parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise.web.settings")
    from django.db import OperationalError

    from equipoise.web.accounts.prepare import prepare

    try:
        prepare(default_home())
        _act(asked)
    except Refused as refused:
        sys.exit(f"{refused}")
    except OperationalError as failed:
        why = f"cannot be reached: {failed}"
        sys.exit(f"{Refused(why, what='The database of accounts', do='Start it, then try again.')}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="equipoise account", description="Accounts of people who work on trials.")
    acts = parser.add_subparsers(dest="act", required=True)
    add = acts.add_parser("add")
    add.add_argument("name")
    add.add_argument("--email", required=True)
    add.add_argument("--full-name", default="")
    add.add_argument("--office", action="store_true")
    add.add_argument("--administrator", action="store_true")
    for act in ("link", "close", "open", "reset-second-factor"):
        acts.add_parser(act).add_argument("name")
    acts.add_parser("list")
    _add_tokens(acts.add_parser("token").add_subparsers(dest="token", required=True))
    return parser


def _add_tokens(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    make, listed, revoke = (acts.add_parser(act) for act in ("make", "list", "revoke"))
    for act in (make, listed, revoke):
        act.add_argument("name")
    revoke.add_argument("number", type=int)
    make.add_argument("--trial", required=True)
    make.add_argument("--role", action="append", required=True)
    make.add_argument("--for", dest="purpose", required=True)
    make.add_argument("--days", type=int, required=True)
    make.add_argument("--writes", action="store_true")


def _act(asked: argparse.Namespace) -> None:
    from equipoise.web.accounts import people
    from equipoise.web.accounts.links import make_link

    if asked.act == "list":
        _list()
        return
    if asked.act == "add":
        flags = {"office": asked.office, "administrator": asked.administrator}
        person = people.add_person(asked.name, asked.full_name or asked.name, asked.email, **flags, request=None)
    else:
        person = people.find_person(asked.name)
    if asked.act == "token":
        from equipoise.web.accounts.token_acts import ACTS

        _say(ACTS[asked.token](person, asked))
    elif asked.act in ("add", "link"):
        _say(f"{person.full_name} sets a password here, within three days, once:\n{make_link(person, None)}")
    elif asked.act == "close":
        people.deactivate(person, None)
        _say(f"The account of {person.full_name} is closed.")
    elif asked.act == "open":
        people.activate(person, None)
        _say(f"The account of {person.full_name} is open.")
    else:
        people.reset_factors(person, None)
        _say(f"The second factor of {person.full_name} is gone. They set up a new one when they sign in.")


def _list() -> None:
    from equipoise.web.accounts.models import Person

    for person in Person.objects.order_by("username"):
        flags = (("office", person.office), ("administrator", person.administrator), ("closed", not person.is_active))
        marks = ", ".join(words for words, on in flags if on)
        _say("\t".join((person.username, person.full_name, person.email, marks)))


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")


if __name__ == "__main__":
    main()
