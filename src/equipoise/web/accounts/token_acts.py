"""Access tokens from the command line: made, listed and revoked by who keeps the server, for the person they are of."""

import argparse
from collections.abc import Callable, Mapping

from equipoise.kernel.refused import Refused
from equipoise.web.accounts.models import AccessToken, Person
from equipoise.web.accounts.tokens import Wanted, held_of, make_token, revoke, scope_words
from equipoise.web.trials import the_trials


def _make(person: Person, asked: argparse.Namespace) -> str:
    trials = the_trials()
    if asked.trial not in trials.names():
        do = f"There are: {', '.join(trials.names()) or 'none'}."
        raise Refused("is not a trial kept here.", what=asked.trial, do=do)
    held = tuple(held_of(role) for role in asked.role)
    wanted = Wanted(asked.purpose, asked.trial, held, writes=asked.writes, days=asked.days)
    token = make_token(person, trials.trial(asked.trial), wanted, None)
    return f"The token, shown once: it lets a program in as {person.full_name}.\n{token}"


def _list(person: Person, _: argparse.Namespace) -> str:
    return "\n".join(map(_line, person.tokens.order_by("pk"))) or f"{person.full_name} has none."


def _line(token: AccessToken) -> str:
    state = "revoked" if token.revoked else "in force" if token.is_live else "ended"
    does = "reads and writes" if token.writes else "reads"
    days = f"{token.made:%Y-%m-%d} to {token.ends:%Y-%m-%d}"
    used = f"used {token.used}" if token.used else "never used"
    return "\t".join((str(token.pk), token.name, token.trial, scope_words(token), does, days, used, state))


def _revoke(person: Person, asked: argparse.Namespace) -> str:
    token = person.tokens.filter(pk=asked.number).first()
    if token is None:
        do = f"List them: equipoise account token list {person.username}"
        raise Refused("is no token of theirs.", what=f"Number {asked.number}", do=do)
    revoke(token, None)
    return f"“{token.name}” is revoked: it opens nothing any more."


ACTS: Mapping[str, Callable[[Person, argparse.Namespace], str]] = {"make": _make, "list": _list, "revoke": _revoke}
