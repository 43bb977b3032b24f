"""Access tokens: made, known again by their hash, ended; and a trial as one of them lets its person stand in it."""

import datetime
import hashlib
import secrets
from collections.abc import Iterable, Iterator

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from equipoise.conduct.masking import Held
from equipoise.conduct.permissions import grants_of
from equipoise.conduct.roles import LABELS, Role
from equipoise.conduct.trial import Grant, Trial
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.mistaken import Mistaken
from equipoise.web.accounts.models import AccessToken, Person
from equipoise.web.accounts.stay import has_second_factor
from equipoise.web.accounts.told import Kind, Request, tell

PREFIX = "eqp_"
"""So that a scanner for secrets knows one that was left in a program."""
USUAL_DAYS, MOST_DAYS = 90, 365
MOST_LIVE = 20
"""Of one person."""


class Wanted(msgspec.Struct, frozen=True):
    """A token to be made. ``held``: some of the person's roles in the trial, each where they hold it or narrower."""

    name: str
    trial: str
    held: tuple[Held, ...]
    writes: bool
    days: int = USUAL_DAYS


@transaction.atomic
def make_token(person: Person, trial: Trial, wanted: Wanted, request: Request) -> str:
    """The token itself, known to nobody afterwards. Refused: more than the person holds, too long, too many."""
    _check(person, trial, wanted)
    token = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    made = AccessToken.objects.create(
        digest=_digest(token),
        person=person,
        name=" ".join(wanted.name.split()),
        trial=trial.id,
        scope=[[one.role.value, one.site] for one in wanted.held],
        writes=wanted.writes,
        made=now,
        ends=now + datetime.timedelta(days=wanted.days),
    )
    scope = scope_words(made)
    number = _number(made)
    tell(
        Kind.TOKEN_MADE, person, request, what=number, trial=trial.id, scope=scope, writes=made.writes, days=wanted.days
    )
    return token


def held_of(text: str, only: str = "") -> Held:
    """``monitor`` or ``coordinator:01``; a role at all sites is cut to ``only`` one where that was chosen."""
    role, _, site = text.partition(":")
    if role not in set(Role):
        raise Mistaken("held", "is not a role.", what=role[:40], do=f"There are: {', '.join(sorted(Role))}.")
    return Held(Role(role), site or only)


def _check(person: Person, trial: Trial, wanted: Wanted) -> None:
    if not person.is_active:
        raise Refused("is closed.", what=f"The account of {person.full_name}", do="Open it first.")
    if not wanted.name.strip() or len(wanted.name) > 80:
        raise Mistaken(
            "name", "is missing, or longer than 80 characters.", what="What it is for", do="Write a few words."
        )
    if not wanted.held:
        raise Mistaken("held", "were not chosen.", what="The roles", do="Choose one at least.")
    if not 1 <= wanted.days <= MOST_DAYS:
        raise Mistaken("days", f"are 1 to {MOST_DAYS}.", what="Days until it ends", do="Choose fewer.")
    mine = tuple(grants_of(trial, person.username, timezone.now()))
    for one in wanted.held:
        known = not one.site or one.site in trial.sites
        if not known or not any(grant.role is one.role and grant.site in ("", one.site) for grant in mine):
            where = f" at site {one.site}" if one.site else " of all sites"
            why = f"{person.full_name} is not {LABELS[one.role].lower()}{where}."
            raise Mistaken("held", why, what="A token", do="Name roles that they have in this trial today.")
    if sum(token.is_live for token in person.tokens.all()) >= MOST_LIVE:
        do_next = "Revoke one that is not used any more."
        raise Refused(f"{person.full_name} has {MOST_LIVE} tokens.", what="Too many", do=do_next)


def revoke(token: AccessToken, request: Request) -> None:
    """At once and for good; told once."""
    ended = AccessToken.objects.filter(pk=token.pk, revoked=None).update(revoked=timezone.now())
    if ended:
        tell(Kind.TOKEN_REVOKED, token.person, request, what=_number(token))


def token_of(secret: str) -> AccessToken | None:
    """The token that is live and whose person may sign in now; its use is noted, by the day.

    Looked up by its hash: how long that takes tells nothing of the tokens there are.
    """
    if not secret.startswith(PREFIX):
        return None
    found = AccessToken.objects.select_related("person").filter(digest=_digest(secret)).first()
    if found is None or not found.is_live or not _may_come_in(found.person):
        return None
    today = timezone.now().date()
    if found.used != today:
        AccessToken.objects.filter(pk=found.pk).update(used=today)
    return found


def _may_come_in(person: Person) -> bool:
    return person.is_active and (not settings.MFA_REQUIRED or has_second_factor(person))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def scope_of(token: AccessToken) -> tuple[Held, ...]:
    return tuple(Held(Role(role), site) for role, site in token.scope)


def scope_words(token: AccessToken) -> str:
    """``Site coordinator at 01, Monitor``."""
    return ", ".join(f"{LABELS[one.role]}{f' at {one.site}' if one.site else ''}" for one in scope_of(token))


def narrowed(trial: Trial, token: AccessToken, at: datetime.datetime) -> Trial:
    """The trial in which the person has no more of their present roles than the token names.

    Who they are to the gate, and what they may ask for, is then settled by the same rules as for everybody.
    """
    user = token.person.username
    mine = tuple(dict.fromkeys(_shared(grants_of(trial, user, at), scope_of(token))))
    return msgspec.structs.replace(trial, held={**trial.held, user: mine})


def _shared(grants: Iterable[Grant], scope: tuple[Held, ...]) -> Iterator[Grant]:
    for grant in grants:
        for one in scope:
            cut = _cut(grant, one)
            if cut:
                yield cut


def _cut(grant: Grant, to: Held) -> Grant | None:
    """What both the grant and the token allow; ``None`` where that is nothing."""
    if grant.role is not to.role or (grant.site and to.site and grant.site != to.site):
        return None
    return msgspec.structs.replace(grant, site=grant.site or to.site)


def _number(token: AccessToken) -> str:
    """Enough to find it by. Of its trial an administrator of accounts is shown nothing."""
    return f"number {token.pk}"
