"""Walks everything that one person can ask of a trial: each address of its pages and its API, letters and log lines."""

import json
import logging
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from http.cookies import SimpleCookie
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from equipoise.conduct.log import Context
from equipoise.conduct.masking import Held, in_scope, viewer_of
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import AT_A_SITE, Role
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.export import table_names
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.models import Person
from equipoise.web.accounts.tokens import Wanted, make_token
from equipoise.web.api.trials.api import trial_api
from equipoise.web.api.trials.wire import ASKED, COMMANDS
from equipoise.web.staff.trials.closing import STEPS
from equipoise.web.staff.trials.exports import DICTIONARY, KINDS
from equipoise.web.staff.trials.urls import urlpatterns
from tests.accounts import PASSWORD, make_person, signed_in, with_totp
from tests.lives import COLLEAGUE, NOW
from tests.swapping import Dealt, World
from tests.trials import person_for

Item = TypeVar("Item")
PAGES, API = "/staff/trials/", "/api/trials/"
TODAY = NOW.date().isoformat()
UNSAID = frozenset({"Date", "Set-Cookie"})
NOBODY = "99-999"
APIS: tuple[URLPattern, ...] = tuple(trial_api.urls[0])
EVENT = {
    "term": "Fever",
    "started": TODAY,
    "aware": TODAY,
    "severity": "mild",
    "causality": "related",
    "outcome": "recovering",
}
SENT: Mapping[str, Any] = {
    **EVENT,
    "reaction": "no",
    "on": TODAY,
    "why": "It is so",
    "words": "It is so",
    "reason": "It was misread",
    "version": "1",
    "because": "declined",
    "level-disease": "pm",
    "level": "disease:dm",
    "of": "other",
    "important": "no",
    "how": "completed",
    "what": "stopped",
    "left": "1",
    "name": "Ibuprofen",
    "to": "The authority",
    "site": "01",
    "given": "Mara",
    "family": "Lindqvist",
    "user": "somebody",
    "grant": "monitor",
    "trained": TODAY,
    "starts": TODAY,
    "changes": "yes",
    "f-weight": "74",
    "f-activity": "3",
    "f-size": "9",
    "label": "Another",
    "country": "DE",
    "zone": "Europe/Berlin",
    "username": "somebody",
    "password": "not the password",
}
"""Something sensible for every field of every form, but for name and password."""
MORE: Mapping[str, tuple[str, ...]] = {
    "trial-participants": ("?site=01", "?site=02", "?state=randomised", "?find=01-0", "?page=2"),
    "trial-queries": ("?show=all",),
    "trial-audit": ("?site=01", "?site=all", "?before=40", f"?participant={NOBODY}"),
    "trial-protocol": ("?version=1.0", "?version=0"),
    "list_queries": ("?show=all",),
    "list_participants": ("?site=01", "?state=randomised"),
    "show_audit": ("?site=01", "?before=40&limit=20"),
}
COMMANDED: Mapping[str, Any] = {
    "site": "01",
    "query": "Q1",
    "visit": "week",
    "form": "vitals",
    "on": TODAY,
    "words": "It is so",
    "why": "It is so",
    "told": EVENT,
    "number": 1,
    "version": "1",
    "because": "declined",
    "levels": {"disease": "pm"},
    "factor": "disease",
    "level": "pm",
    "values": {"weight": "75"},
    "seen": "-",
    "kit": "1000004",
    "left": 1,
    "kits": ["1000004"],
    "each": 2,
    "name": "Ibuprofen",
    "of": "other",
    "important": False,
    "what": "stopped",
    "tried": "Three calls",
    "to": "The authority",
    "findings": [],
}


class Surface(msgspec.Struct, frozen=True):
    """What came of one thing asked, to the byte."""

    where: str
    told: bytes


class Heard(logging.Handler):
    """Every line of every log, at every level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.levelname} {record.getMessage()}")


class Walker:
    """A person of one role at the first site, signed in once, with a token of the same role."""

    def __init__(self, role: Role, trial: Trial) -> None:
        self.role, username = role, person_for(role)
        self.person, self.colleague = with_totp(person_named(username)), person_named(COLLEAGUE)
        for each in (Role.SPONSOR, Role.MONITOR, Role.SAFETY_OFFICER):
            person_named(person_for(each))  # to whom letters go
        self.client = signed_in(self.person)
        self.cookie = self.client.cookies[settings.STAFF_COOKIE].value
        held = (Held(role, "01" if role in AT_A_SITE else ""),)
        secret = make_token(self.person, trial, Wanted("A walk", trial.id, held, writes=True), None)
        self.program = Client(headers={"host": "localhost", "authorization": f"Bearer {secret}"})
        self.reached: dict[str, set[int]] = {}

    def walk(self, world: World, dealt: Dealt, heard: Heard, share: float = 1) -> list[Surface]:
        """Nothing of it stays with the accounts; what is done to the trial stays in the world.

        ``share``: of the addresses of each page beyond its first, and of what is sent.
        """
        with transaction.atomic():
            self.client.cookies = SimpleCookie({settings.STAFF_COOKIE: self.cookie})
            found = list(Walk(self, world, dealt, heard, share).everything())
            transaction.set_rollback(True)
        return found


def person_named(username: str) -> Person:
    """With the password hashed as the settings have it now."""
    known = Person.objects.filter(username=username).first()
    if known is None:
        known = make_person(username)
        known.set_password(PASSWORD)
        known.save()
    return known


class Walk:
    """Through one world."""

    def __init__(self, walker: Walker, world: World, dealt: Dealt, heard: Heard, share: float) -> None:
        self.walker, self.world, self.dealt, self.heard = walker, world, dealt, heard
        self.trial = world.trial
        viewer = viewer_of(self.trial, walker.person.username, NOW)
        self.everybody = [self.trial.participants[one] for one in sorted(self.trial.participants)]
        self.mine = [one for one in self.everybody if in_scope(viewer, one.site)]
        self.others = [one for one in self.everybody if not in_scope(viewer, one.site)]
        self.share, self.chance = share, random.Random(f"{self.trial.hash} {walker.role}")
        unmasked = viewer_of(self.trial, Role.INDEPENDENT_STATISTICIAN.value, NOW)
        self.tables = (*table_names(self.trial, unmasked), DICTIONARY, "nothing")
        self.count = 0

    def everything(self) -> Iterator[Surface]:
        self._begin()
        yield from self._looked()
        self._breaks_a_code()
        yield from self._asked()
        yield from self._asked_of_the_custodian()
        yield from self._looked_again()
        yield from self._told()

    def _begin(self) -> None:
        mail.outbox.clear()
        self.heard.lines.clear()

    def _looked(self) -> Iterator[Surface]:
        """Every page and everything that the API reads; the custodian is asked for none of it."""
        for root, patterns, client in self._doors():
            for pattern in patterns:
                asked = [
                    path + more for path in self._addresses(pattern) for more in ("", *MORE.get(pattern.name or "", ()))
                ]
                for path in self._some(asked, least=1):
                    self.world.custodian.asked.clear()
                    self.world.looks.asked.clear()
                    yield self._take(client, "GET", root + path, pattern)
                    told = (*self.world.custodian.asked, *self.world.looks.asked)
                    assert not told, f"{self.walker.role}: {path} asks the custodian for {', '.join(told)}"

    def _asked(self) -> Iterator[Surface]:
        """Every form sent: empty, then filled in, so that some are done and some refused; and every command."""
        for pattern in urlpatterns:
            for path in self._some(self._addresses(pattern, sending=True)):
                for sent in self._some(self._forms_sent(pattern), least=1):
                    body = {**sent, "key": f"{self.walker.role}-{self.count}"}
                    yield self._take(self.walker.client, "POST", PAGES + path, pattern, data=body)
        for pattern in APIS:
            for path in self._some(self._addresses(pattern, sending=True)):
                for command in self._some(self._commands(path), least=1):
                    headers = {"idempotency-key": f"{self.walker.role}-{self.count}"}
                    more = {"data": json.dumps(command), "content_type": "application/json", "headers": headers}
                    yield self._take(self.walker.program, "POST", API + path, pattern, **more)

    def _forms_sent(self, pattern: URLPattern) -> Iterator[dict[str, Any]]:
        """With the password where that shows no arm and closes nothing."""
        yield {}
        sent = dict(SENT)
        if pattern.name in ("trial-export", "trial-audit-file"):
            return
        if pattern.name == "trial-medication":
            sent.pop("number", "")
        if pattern.name in ("trial-sign", "trial-endorse"):
            sent |= {"username": self.walker.person.username, "password": PASSWORD, "digest": "0" * 64}
        yield sent

    def _commands(self, path: str) -> Iterator[Mapping[str, Any]]:
        name = path.rpartition("/")[2]
        if "/commands/" not in path:
            yield {}
            return
        kind = COMMANDS.get(name)
        known = {field.encode_name for field in msgspec.structs.fields(ASKED[kind])} if kind in ASKED else set()
        for one in self._near() if "participant" in known else self._near()[:1]:
            fields = {**COMMANDED, "participant": one}
            yield {key: value for key, value in fields.items() if key in known}

    def _asked_of_the_custodian(self) -> Iterator[Surface]:
        """Directly, by whom the log does not entitle: nobody has just broken the code."""
        context = Context(by=self.walker.person.username, at=NOW, reason="Curious")
        keeper = self.world.keeper
        for one in self.everybody:
            if not any(context.by in broken.to for broken in one.broken):
                yield _refusal(f"the arm of {one.id}", partial(keeper.arm_of, self.trial.id, one.id, context))
        yield _refusal("everything sealed", partial(keeper.reveal, self.trial.id, context))

    def _looked_again(self) -> Iterator[Surface]:
        """At what counts and lists, after all that was done."""
        for root, patterns, client in self._doors():
            whole = [pattern for pattern in patterns if set(pattern.pattern.converters) == {"trial"}]
            for pattern in self._some(whole, least=4):
                for path in self._addresses(pattern, sending=True):
                    yield self._take(client, "GET", root + path, pattern)

    def _doors(self) -> Iterator[tuple[str, Iterable[URLPattern], Client]]:
        yield PAGES, urlpatterns, self.walker.client
        yield API, APIS, self.walker.program

    def _told(self) -> Iterator[Surface]:
        for letter in mail.outbox:
            words = f"{letter.to} {letter.from_email} {letter.subject} {letter.body} {letter.extra_headers}"
            yield Surface(f"a letter to {letter.to}", words.encode())
        yield Surface("the server's logs", "\n".join(self.heard.lines).encode())

    def _breaks_a_code(self) -> None:
        """A colleague at the same site, by the page: what it shows is theirs alone; letters and logs are not."""
        one = next(each for each in self.everybody if each.site == "01" and each.is_randomised)
        key = f"break {self.walker.role}"
        sent = {"key": key, "why": "Shock", "changes": "yes", "username": COLLEAGUE, "password": PASSWORD}
        self.dealt.again("colleague")
        path = f"{PAGES}{self.trial.id}/participants/{one.id}/break-code/"
        answer = signed_in(self.walker.colleague).post(path, sent).content.decode()
        (shown,) = [arm.label for arm in self.trial.protocol.arms if arm.label in answer]
        self.world.shown.append(shown)

    def _take(self, client: Client, method: str, path: str, pattern: URLPattern, **sent: Any) -> Surface:
        self.count += 1
        self.dealt.again("walk", self.count)
        response = getattr(client, method.lower())(path, **sent)
        self.walker.reached.setdefault(f"{pattern.name}", set()).add(response.status_code)
        where = f"{method} {path} as {self.walker.role}: {response.status_code}"
        return Surface(where, b"\n".join((where.encode(), _body(response), *_headers(response))))

    # Addresses

    def _addresses(self, pattern: URLPattern, *, sending: bool = False) -> Iterator[str]:
        """With every id that there is, of those in the person's reach; one beyond it, and one that is nobody's."""
        names = list(pattern.pattern.converters)
        for values in self._values(names, {}, sending=sending):
            path = str(pattern.pattern)
            for name, value in values.items():
                path = path.replace(f"<str:{name}>", value).replace(f"<int:{name}>", value).replace(f"<{name}>", value)
            yield path

    def _values(self, names: list[str], so_far: dict[str, str], *, sending: bool) -> Iterator[dict[str, str]]:
        if not names:
            yield so_far
            return
        name, rest = names[0], names[1:]
        for value in self._choices(name, so_far, last=not rest, sending=sending):
            yield from self._values(rest, {**so_far, name: value}, sending=sending)

    def _choices(self, name: str, so_far: Mapping[str, str], *, last: bool, sending: bool) -> list[str]:
        one = self.trial.participants.get(so_far.get("participant", ""))
        known = one is not None and one in self.mine
        match name:
            case "trial":
                return [self.trial.id, "NONE"] if last and not sending else [self.trial.id]
            case "participant":
                return self._near() if last or not sending else self._near()[:-1]
            case "visit":
                visits = [visit.id for visit in planned_visits(self.trial.protocol)]
                return visits if known and not sending else visits[1:2]
            case "form":
                return self._forms(so_far["visit"], whole=known and not sending)
            case "copy":
                return ["1", "2"] if so_far["form"] == "reactions" else ["1"]
            case "number" if "form" in so_far:
                return ["1", "2"] if so_far["form"] == "reactions" else ["1"]
            case "number":
                return [str(number) for number in range(1, len(one.adverse if one else ()) + 2)]
            case "query":
                return [*sorted(self.trial.queries), "Q99"]
            case "site":
                return [*self.trial.sites, "zz"]
            case _:
                return self._others(name, so_far, sending=sending)

    def _forms(self, visit: str, *, whole: bool) -> list[str]:
        forms = next(one.forms for one in planned_visits(self.trial.protocol) if one.id == visit)
        return [*forms] if whole else [*forms[:1]]

    def _others(self, name: str, so_far: Mapping[str, str], *, sending: bool) -> list[str]:
        """Of what is only sent, one address is looked at."""
        found = {
            "user": [COLLEAGUE, person_for(Role.MONITOR), "nobody"],
            "role": [Role.INVESTIGATOR.value, Role.MONITOR.value],
            "step": [*STEPS, "nothing"],
            "name": [*self.tables],
            "kind": [*KINDS] if so_far.get("name") != "nothing" else ["exe"],
            "command": [*COMMANDS, "nothing"],
        }[name]
        return found if sending or name in ("user", "role", "step") else found[:1]

    def _some(self, every: Iterable[Item], least: int = 0) -> list[Item]:
        """The first, so many at least, and of the others the share that this walk takes, in their order."""
        found = list(every)
        rest = range(least, len(found))
        count = min(len(rest), max(0, round(len(rest) * self.share + self.chance.random() - 0.5)))
        if self.share == 1:
            return found
        return [*found[:least], *(found[place] for place in sorted(self.chance.sample(rest, count)))]

    def _near(self) -> list[str]:
        return [*(one.id for one in self.mine), *(one.id for one in self.others[:1]), NOBODY]


def _refusal(what: str, ask: Callable[[], object]) -> Surface:
    try:
        return Surface(what, repr(ask()).encode())
    except Refused as refused:
        return Surface(what, str(refused).encode())


def _headers(response: Any) -> Iterator[bytes]:
    for name in sorted(response.headers):
        if name not in UNSAID:
            yield f"{name}: {response.headers[name]}".encode()
    yield ",".join(sorted(response.cookies)).encode()


def _body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def first_difference(one: list[Surface], other: list[Surface]) -> str:
    """Where the two worlds tell a masked person different things first; empty where they tell the same."""
    for left, right in zip(one, other, strict=False):
        if left != right:
            return f"{left.where} | {right.where}\n{_apart(left.told, right.told)}"
    return "" if len(one) == len(other) else f"{len(one)} surfaces, and {len(other)}"


def _apart(left: bytes, right: bytes) -> str:
    at = next(
        (place for place, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    begin = max(0, at - 60)
    return f"… {left[begin : at + 60]!r}\n… {right[begin : at + 60]!r}"
