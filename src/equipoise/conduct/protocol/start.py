"""The beginning of a protocol file: what a registry record tells, and what is still to be settled."""

import re
import textwrap
from collections.abc import Iterator
from datetime import date

import msgspec

from equipoise.conduct.protocol.model import (
    Allocation,
    Arm,
    ArmKind,
    Endpoint,
    EndpointKind,
    EndpointRole,
    Field,
    Form,
    Kind,
    Kit,
    Kits,
    Masking,
    Method,
    Party,
    PlannedSite,
    TrialPeriod,
    Visit,
)
from equipoise.conduct.protocol.problem import Problem
from equipoise.conduct.protocol.reading import examine
from equipoise.conduct.protocol.rules.naming import FORMAT
from equipoise.conduct.protocol.writing import write_section
from equipoise.conduct.roles import Role
from equipoise.eligibility.expression import Criterion
from equipoise.eligibility.tree import bare

_WEEKS, _WEEK = 12, 7
_LONGEST = 24
_KINDS = {kind.name: kind for kind in ArmKind}
_PARTIES = {party.name: party for party in Party}


class FactArm(msgspec.Struct, frozen=True):
    """``kind`` in the registry's word, such as ``PLACEBO_COMPARATOR``."""

    label: str
    kind: str = ""
    describe: str = ""


class FactSite(msgspec.Struct, frozen=True):
    label: str
    country: str


class Facts(msgspec.Struct, frozen=True):
    """What is known of a study. ``masked``: parties in the registry's words; ``outcomes``: measure and time frame."""

    title: str = "A trial"
    sponsor: str = ""
    registry: str = ""
    acronym: str = ""
    phase: str = ""
    arms: tuple[FactArm, ...] = (FactArm("First arm", "EXPERIMENTAL"), FactArm("Second arm", "ACTIVE_COMPARATOR"))
    masked: tuple[str, ...] = ()
    enrolment: int | None = None
    outcomes: tuple[tuple[str, str], ...] = ()
    sites: tuple[FactSite, ...] = ()
    eligibility: tuple[Criterion, ...] = ()


def start_protocol(facts: Facts, *, today: date) -> str:
    """YAML that ``trial check`` reads; every problem it still has stands at its head as something to do."""
    body = "\n".join(_sections(facts, today))
    todo = dict.fromkeys(_comment(_task(each)) for each in examine(body).problems)
    return "\n".join([_comment(_HEAD), *todo, "", body])


def _task(problem: Problem) -> str:
    return " ".join(f"TODO {problem.path or 'protocol'}: {problem.what} {problem.why} {problem.do}".split())


_HEAD = (
    "A protocol begun by `equipoise trial new`. What the registry does not tell is filled in with a first guess: go "
    "through all of it. `equipoise trial check` names every mistake with its line; docs/protocol.md explains each part."
)


def _comment(words: str) -> str:
    return "\n".join(textwrap.wrap(words, 116, initial_indent="# ", subsequent_indent="#   "))


def _sections(facts: Facts, today: date) -> Iterator[str]:
    arms, last = _arms(facts), _last_day(facts)
    yield write_section(_head(facts, today))
    yield _section("Who gets what. Arms of a masked trial have a kind of kit each.", {"arms": arms})
    yield _section("Stretches of the trial, in days from the first treatment.", {"periods": _periods(last)})
    yield _section(
        "How participants are assigned; cap is the most who may be.", {"allocation": _allocation(facts, arms)}
    )
    yield _section("Who does not know the arm.", {"masking": _masking(facts)})
    if facts.masked:
        yield _section("Kits look alike; what each kind holds is for the unmasked alone.", {"kits": _kits(arms)})
    yield _section("Visits and the days about them on which they may be.", {"visits": _visits(last, facts)})
    yield _section("What is recorded. See docs/protocol.md for the kinds of field.", {"forms": _forms(facts)})
    yield _section(
        "What is measured. The claim of the trial rests on the one whose role is primary.",
        {"endpoints": _endpoints(facts)},
    ) + _outcomes(facts)
    yield _section("Versions of the consent form, from the day they are valid.", {"consent": []})
    if facts.sites:
        yield _section("Sites, each with its time zone.", {"sites": _sites(facts)})
    yield _section("Each criterion as people read it and as a computer asks it.", {"eligibility": _criteria(facts)})


def _section(words: str, part: object) -> str:
    return f"{_comment(words)}\n{write_section(part)}"


def _head(facts: Facts, today: date) -> dict[str, object]:
    told = {"acronym": facts.acronym, "phase": facts.phase, "registry": facts.registry}
    return {
        "format": FORMAT,
        "id": _slug(facts.acronym or facts.registry or facts.title),
        "version": "0.1",
        "dated": today,
        "title": facts.title,
        "sponsor": facts.sponsor or "not settled",
        **{name: words for name, words in told.items() if words},
    }


def _slug(words: str) -> str:
    """The first words that fit; not those in brackets."""
    found = ""
    for word in re.findall(r"[A-Za-z0-9]+", re.sub(r"\(.*?\)", "", words)):
        if len(found) + len(word) < _LONGEST:
            found = f"{found}-{word}".strip("-")
    return found or "trial"


def _arms(facts: Facts) -> tuple[Arm, ...]:
    arms: list[Arm] = []
    for number, told in enumerate(facts.arms):
        identifier = _slug(told.label).lower()
        taken = identifier in {arm.id for arm in arms}
        kit = _letter(number) if facts.masked else ""
        kind = _KINDS.get(told.kind, ArmKind.EXPERIMENTAL)
        name = f"{identifier}-{number + 1}" if taken else identifier
        arms.append(Arm(name, told.label.strip() or f"Arm {number + 1}", kind, told.describe, kit))
    return tuple(arms)


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"K{number + 1}"


def _last_day(facts: Facts) -> int:
    frame = facts.outcomes[0][1] if facts.outcomes else ""
    found = re.search(r"\bweek\s+(\d{1,3})\b|\b(\d{1,3})\s+weeks?\b", frame, re.IGNORECASE)
    weeks = int(next(filter(None, found.groups()))) if found else _WEEKS
    return max(weeks, 1) * _WEEK


def _periods(last: int) -> tuple[TrialPeriod, ...]:
    return (TrialPeriod("treatment", "Treatment", 0, last + _WEEK),)


def _allocation(facts: Facts, arms: tuple[Arm, ...]) -> Allocation:
    cap = facts.enrolment or 100
    ratio = dict.fromkeys((arm.id for arm in arms), 1)
    if len(arms) < 2:
        return Allocation(Method.SIMPLE, ratio, cap)
    return Allocation(Method.PERMUTED_BLOCKS, ratio, cap, block_sizes=(2 * len(arms), 3 * len(arms)))


def _masking(facts: Facts) -> Masking:
    return Masking(tuple(_PARTIES[each] for each in facts.masked if each in _PARTIES))


def _kits(arms: tuple[Arm, ...]) -> Kits:
    return Kits(tuple(Kit(arm.kit, arm.label) for arm in arms))


def _visits(last: int, facts: Facts) -> tuple[Visit, ...]:
    dispense = 1 if facts.masked else 0
    return (
        Visit("screening", "Screening", -14, before=14, after=13, forms=("outcome",)),
        Visit("baseline", "Baseline", 0, forms=("outcome",), dispense=dispense, baseline=True),
        Visit("end", "End of treatment", last, before=_WEEK, after=_WEEK, forms=("outcome",)),
    )


def _forms(facts: Facts) -> tuple[Form, ...]:
    label = facts.outcomes[0][0] if facts.outcomes else "What is measured"
    field = Field("value", label, Kind.NUMBER, required=True)
    return (Form("outcome", "Primary outcome", (field,), (Role.COORDINATOR, Role.INVESTIGATOR)),)


def _endpoints(facts: Facts) -> tuple[Endpoint, ...]:
    label = facts.outcomes[0][0] if facts.outcomes else "What is measured"
    return (Endpoint("primary", label, EndpointKind.VALUE, "outcome.value", "end", role=EndpointRole.PRIMARY),)


def _outcomes(facts: Facts) -> str:
    """Those the registry tells, for whoever writes the endpoints."""
    return "".join(f"{_comment(f'Registered: {measure} ({frame})')}\n" for measure, frame in facts.outcomes)


def _criteria(facts: Facts) -> list[dict[str, object]]:
    """Without marks of where each part was read: in the file each criterion stands beside its text."""
    told = ("id", "polarity", "text", "parse", "span", "scope", "heading", "field")
    rows = []
    for one in facts.eligibility:
        row = {name: getattr(one, name) for name in told if getattr(one, name) not in ("", ())}
        rows.append({**row, "expr": bare(one.expr)})
    return rows


def _sites(facts: Facts) -> tuple[PlannedSite, ...]:
    return tuple(PlannedSite(str(100 + number), site.label, site.country) for number, site in enumerate(facts.sites, 1))
