"""The proof of masking: with the arms swapped in the sealed store, no masked person is told anything else.

Every page, form, export, answer of the API, letter and log line of generated trials, compared to the byte in two worlds
that differ in what is sealed alone. ``EQUIPOISE_ARM_SWAP=all``: every address, of every role, of a hundred trials.
"""

import logging
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.test import override_settings
from django.utils import timezone
from msgspec.structs import replace

from equipoise.actions import custody
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import MASKED, Information, Role
from equipoise.kernel.refused import Refused
from equipoise.web import trials as served
from equipoise.web.accounts import post
from equipoise.web.accounts.sessions import SessionStore
from equipoise.web.api.trials import bearer
from equipoise.web.patience import Buckets
from equipoise.web.staff.trials import gate, participants, queries
from equipoise.web.staff.trials.urls import urlpatterns
from tests.lives import ARMS, NOW, protocol_of
from tests.swapping import Dealt, Pair, World, dealing, paired
from tests.web.walking import APIS, Heard, Surface, Walker, first_difference

pytestmark = pytest.mark.django_db
ROLES = sorted(MASKED)
TRIALS = 104
SHARE = 0.06
"""Of the addresses of a page beyond its first, and of what is sent: in each trial others."""
WHOLE = os.environ.get("EQUIPOISE_ARM_SWAP") == "all"
RICH = 1135
"""A trial with something of everything."""
TOGETHER = (Role.INVESTIGATOR, Role.SAFETY_OFFICER, Role.STATISTICIAN, Role.SPONSOR, Role.ADMINISTRATOR)
"""Between them they have every page that is for masked people. The last of them ends somebody's role."""
UNMASKED = {"trial-assignments", "trial-kits-receive", "trial-number-kits", "trial-seal"}
"""Pages of the pharmacist and the independent statistician: for everybody else they are not there."""
SET = {
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    "EMAIL_HOST": "mail.example.org",
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}


SESSIONS: dict[str, dict[str, Any]] = {}


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where there is such a place: nothing here has to outlast the test."""
    memory = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def dealt() -> Iterator[Dealt]:
    with dealing() as made:
        yield made


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """At the root of the logs and at Django's own, which do not reach it; instead of all who listened there."""
    made, levels = Heard(), []
    for name in ("", "django", "django.request", "django.server"):
        logger = logging.getLogger(name)
        monkeypatch.setattr(logger, "handlers", [] if "." in name else [made])
        levels.append((logger, logger.level))
        logger.setLevel(logging.DEBUG)
    yield made
    for logger, level in levels:
        logger.setLevel(level)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Time stands, letters go at once, nobody is told to wait."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(time, "time", NOW.timestamp)
    monkeypatch.setattr(post, "apart", lambda work: work())
    monkeypatch.setattr(Buckets, "take", lambda *_: 0.0)
    _remembered(monkeypatch)
    with override_settings(**SET):
        yield


def _remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who somebody is, is asked of the database once in a walk, and not with each of its pages."""
    whom = cache(AuthenticationBackend().get_user)
    monkeypatch.setattr(AuthenticationBackend, "get_user", lambda _, user: whom(user))
    monkeypatch.setattr(bearer, "token_of", cache(bearer.token_of))
    load, save = SessionStore.load, SessionStore.save

    def loaded(session: SessionStore) -> dict[str, Any]:
        key = session.session_key or ""
        if key not in SESSIONS:
            SESSIONS[key] = load(session)
        return dict(SESSIONS[key])

    def saved(session: SessionStore, must_create: bool = False) -> None:
        save(session, must_create)
        SESSIONS.pop(session.session_key or "", None)

    monkeypatch.setattr(SessionStore, "load", loaded)
    monkeypatch.setattr(SessionStore, "save", saved)


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """How much was compared, told at the end."""
    made: Counter[str] = Counter()
    yield made
    told = ", ".join(f"{count:,} {what}" for what, count in made.items())
    plugins = request.config.pluginmanager
    with plugins.getplugin("capturemanager").global_and_fixture_disabled():
        plugins.getplugin("terminalreporter").write_line(f"\nArm-swap: {told} compared")


class Comparing:
    """Walks both worlds of a pair alike, and says where they differ."""

    def __init__(self, dealt: Dealt, heard: Heard, tally: Counter[str]) -> None:
        self.dealt, self.heard, self.tally = dealt, heard, tally
        self.walkers: dict[Role, Walker] = {}

    def walker(self, role: Role, pair: Pair) -> Walker:
        """Signed in once. The trials have all one name, so one token is good for all of them."""
        if role not in self.walkers:
            self.walkers[role] = Walker(role, pair.first.trial)
        return self.walkers[role]

    def difference(self, pair: Pair, role: Role, share: float = 1) -> str:
        walker = self.walker(role, pair)
        one, other = (self._walked(walker, world, share) for world in pair.worlds)
        self.tally.update(walks=1, surfaces=len(one), bytes=sum(len(each.told) for each in one))
        return first_difference(one, other)

    def _walked(self, walker: Walker, world: World, share: float) -> list[Surface]:
        SESSIONS.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("EQUIPOISE_HOME", str(world.home))
            patch.setitem(served._opened, world.home, world.trials)
            return walker.walk(world, self.dealt, self.heard, share)


@pytest.fixture
def comparing(dealt: Dealt, heard: Heard, tally: Counter[str]) -> Comparing:
    return Comparing(dealt, heard, tally)


def opposite(pair: Pair) -> bool:
    """What makes it a proof: the logs are the same, and everybody's arm is another, as those who may know are told."""
    arms, others = pair.first.arms(), pair.other.arms()
    same = pair.first.entries() == pair.other.entries() and pair.first.refused == pair.other.refused
    told = all(one != other for one, other in zip(pair.first.shown, pair.other.shown, strict=True))
    return same and told and bool(arms) and [pair.first.turned[arm] for arm in arms] == others


# The proof


@pytest.mark.parametrize("place", range(len(ROLES)), ids=ROLES)
def test_must_17_over_a_hundred_trials_each_masked_role_is_told_the_same_in_both_worlds(
    place: int, folder: Path, comparing: Comparing, tally: Counter[str]
) -> None:
    for seed in range(place, TRIALS, len(ROLES)):
        with paired(folder, seed, comparing.dealt) as pair:
            assert opposite(pair), seed
            assert comparing.difference(pair, ROLES[place], SHARE) == "", seed
            assert opposite(pair), "what was done was not recorded alike"
            tally.update(trials=1)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(1000, 1100) if WHOLE else range(1000, 1005))
def test_must_17_every_masked_role_is_told_the_same_of_one_trial(
    seed: int, folder: Path, comparing: Comparing, tally: Counter[str]
) -> None:
    """Each in worlds of its own, for what is sent changes them."""
    for role in ROLES:
        with paired(folder / role, seed, comparing.dealt) as pair:
            assert opposite(pair)
            assert comparing.difference(pair, role, 1 if WHOLE else SHARE) == "", role
            assert opposite(pair), "what was done was not recorded alike"
    tally.update(trials=1)


def test_must_17_no_page_and_no_answer_of_the_api_escapes_the_walk(folder: Path, comparing: Comparing) -> None:
    """Every address that there is was answered, in full, to one masked role at least; a new one has to be too."""
    reached: dict[str, set[int]] = {}
    with paired(folder, RICH, comparing.dealt) as pair:
        assert opposite(pair)
        for role in TOGETHER:
            assert comparing.difference(pair, role) == "", role
            for name, codes in comparing.walker(role, pair).reached.items():
                reached.setdefault(name, set()).update(codes)
    every = {f"{one.name}" for one in (*urlpatterns, *APIS)}
    answered = {name for name, codes in reached.items() if codes & {200, 302}}
    assert every - answered == UNMASKED
    assert all(reached[name] <= {403, 404} for name in UNMASKED)


# That it can fail


def open_kinase(protocol: Protocol) -> Protocol:
    """Creatine kinase, which falls under treatment, classed as if it told nothing."""
    laboratory = next(form for form in protocol.forms if form.id == "laboratory")
    fields = [replace(one, information=Information.OPEN) if one.id == "ck" else one for one in laboratory.fields]
    wrong = replace(laboratory, fields=tuple(fields))
    return replace(protocol, forms=tuple(wrong if one.id == "laboratory" else one for one in protocol.forms))


def rich() -> Protocol:
    return protocol_of(random.Random(f"protocol {RICH}"))


def test_a_field_that_reveals_the_arm_and_is_classed_as_open_is_found(folder: Path, comparing: Comparing) -> None:
    with paired(folder, RICH, comparing.dealt, open_kinase(rich())) as pair:
        assert pair.first.entries() != pair.other.entries()
        assert "GET" in comparing.difference(pair, Role.STATISTICIAN, SHARE)


def test_kit_numbers_that_tell_are_found(folder: Path, comparing: Comparing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lowest of its kind for one arm, the highest for the other."""

    def telling(_seed: Any, _trial: Any, stock: Any, contents: Any, kind: str, count: int, about: str) -> Any:
        suitable = sorted(kit for kit in stock if contents.get(kit) == kind)
        if len(suitable) < count:
            raise custody.short()
        return tuple(suitable[:count] if kind == "a" or "/" not in about else suitable[-count:])

    monkeypatch.setattr(custody, "pick_kits", telling)
    with paired(folder, RICH, comparing.dealt) as pair:
        assert pair.first.entries() != pair.other.entries()
        assert "GET" in comparing.difference(pair, Role.COORDINATOR, SHARE)


def arm_of(participant: str) -> str:
    """As a mistaken program might have come by it, past the custodian's door."""
    trials = served.the_trials()
    trial = trials.trial("SMALL")
    one = trial.participants[participant]
    keeper: Any = trials.custodian
    return str(keeper._whom._arm(trial, one).label) if one.is_randomised else ""


def sorted_by_arm(patch: pytest.MonkeyPatch) -> str:
    """Where the list of participants begins with one arm."""
    seen = participants.participants_seen
    patch.setattr(
        participants, "participants_seen", lambda *asked: sorted(seen(*asked), key=lambda one: arm_of(one.id))
    )
    return "/participants/"


def on_every_page(patch: pytest.MonkeyPatch, add: Callable[[gate.Desk, Any], None]) -> str:
    page = gate.Desk.page

    def more(desk: gate.Desk, *given: Any, **named: Any) -> Any:
        response = page(desk, *given, **named)
        add(desk, response)
        return response

    patch.setattr(gate.Desk, "page", more)
    return "/staff/trials/SMALL/"


def counted_by_arm(patch: pytest.MonkeyPatch) -> str:
    """Where a page has a total of one arm."""

    def count(desk: gate.Desk, response: Any) -> None:
        response.content += f"<!-- {[arm_of(one) for one in desk.trial.order].count(ARMS[0].label)} -->".encode()

    return on_every_page(patch, count)


def in_a_header(patch: pytest.MonkeyPatch) -> str:
    """Where an answer's headers say more than its page."""

    def head(desk: gate.Desk, response: Any) -> None:
        response["Server-Timing"] = f"arms;desc={arm_of(desk.trial.order[0])}"

    return on_every_page(patch, head)


def in_a_log(patch: pytest.MonkeyPatch) -> str:
    """Where a line of a log, at the lowest level, names the arm."""

    def log(desk: gate.Desk, _: Any) -> None:
        logging.getLogger("equipoise.somewhere").debug("it is %s", arm_of(desk.trial.order[0]))

    on_every_page(patch, log)
    return "the server's logs"


def in_a_letter(patch: pytest.MonkeyPatch) -> str:
    """Where the letter of a broken code says what the treatment is."""
    send = post.send
    patch.setattr(post, "send", lambda to, subject, words: send(to, subject, f"{words} {arm_of('01-001')}"))
    return "a letter to"


def in_a_refusal(patch: pytest.MonkeyPatch) -> str:
    """Where what cannot be answered is refused in other words."""

    def refusing(desk: gate.Desk, query: str) -> Any:
        raise Refused(f"is of one who has {arm_of(desk.trial.order[0])}.", what=query)

    patch.setattr(queries, "_line", refusing)
    return "/queries/"


LEAKS = (sorted_by_arm, counted_by_arm, in_a_header, in_a_log, in_a_letter, in_a_refusal)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_what_leaks_is_found_where_it_leaks(
    leak: Callable[[pytest.MonkeyPatch], str], folder: Path, comparing: Comparing, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = leak(monkeypatch)
    with paired(folder, RICH, comparing.dealt) as pair:
        assert opposite(pair)
        assert len(set(pair.first.arms())) > 1
        assert where in comparing.difference(pair, Role.MONITOR, SHARE)


def test_a_page_that_asks_the_custodian_is_found_whatever_it_shows(
    folder: Path, comparing: Comparing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that differs in time alone would differ in no byte."""
    seen = participants.participants_seen

    def asking(trial: Any, viewer: Any) -> Any:
        served.the_trials().custodian.kits_for(trial.id, trial.order[0], "week")
        return seen(trial, viewer)

    monkeypatch.setattr(participants, "participants_seen", asking)
    with (
        paired(folder, RICH, comparing.dealt) as pair,
        pytest.raises(AssertionError, match="asks the custodian for kits_for"),
    ):
        comparing.difference(pair, Role.MONITOR, SHARE)
