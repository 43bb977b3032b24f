"""The protocol in plain words for a page. What tells of the allocation is there only for those cleared for it."""

import re
from decimal import Decimal

import msgspec
from msgspec import UNSET, UnsetType

from equipoise.conduct.masking import Viewer
from equipoise.conduct.protocol.model import Allocation, Method, Protocol
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import LABELS, Information
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.labels import listed, plain
from equipoise.conduct.views.sight import Sight

_METHODS = {
    Method.SIMPLE: "Each participant is assigned independently, as by the toss of a coin",
    Method.PERMUTED_BLOCKS: "Assignments are drawn in random blocks that keep the arms in balance",
    Method.BIG_STICK: "Each assignment is a toss of a coin, until one arm is too far ahead",
    Method.EFRON: "A biased coin favours the arm that is behind",
    Method.WEI_URN: "Assignments are drawn from an urn to which the other arm is added after each draw",
    Method.MINIMISATION: "The arm that balances the factors best is favoured, with a random element",
}
_PER_STRATUM = frozenset({Method.PERMUTED_BLOCKS, Method.BIG_STICK, Method.EFRON, Method.WEI_URN})
_TELLS_OF_BLOCKS = re.compile(r"\bblocks?\b[^.]*\d|\d[^.]*\bblocks?\b", re.IGNORECASE)


class ArmLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """``kit`` and ``holds`` only for those cleared for what kits hold."""

    label: str
    kind: str
    describe: str
    share: int
    kit: str | UnsetType = UNSET
    holds: str | UnsetType = UNSET


class ScheduleColumn(msgspec.Struct, frozen=True):
    visit: str
    label: str
    day: int
    before: int
    after: int
    kits: int


class ScheduleRow(msgspec.Struct, frozen=True):
    """``at``: whether the form is filled in, for each column."""

    form: str
    label: str
    by: str
    at: tuple[bool, ...]


class Described(msgspec.Struct, frozen=True, omit_defaults=True):
    """``secret``: the parameters that would let somebody guess, for those cleared for the sequence alone."""

    title: str
    version: str
    arms: tuple[ArmLine, ...]
    allocation: str
    factors: tuple[tuple[str, tuple[str, ...]], ...]
    cap: int
    masking: str
    columns: tuple[ScheduleColumn, ...]
    rows: tuple[ScheduleRow, ...]
    periods: tuple[str, ...]
    stopping: tuple[tuple[str, str], ...]
    emergency: str
    ours: tuple[str, ...]
    why: str = ""
    secret: str | UnsetType = UNSET


def describe(trial: Trial, viewer: Viewer, version: str = "") -> Described:
    """Of a version of the protocol, or of the latest. Refused: the viewer has no role here."""
    sight = Sight(trial, viewer)
    sight.need(Information.ORGANISATION)
    protocol = trial.protocols.get(version) or trial.protocol
    columns, rows = _schedule(protocol)
    secret = sight.sees(Information.SEQUENCE)
    allocation = protocol.allocation
    return Described(
        title=protocol.title,
        version=protocol.version,
        arms=_arms(protocol, contents=sight.sees(Information.CONTENT)),
        allocation=allocation_words(protocol),
        factors=tuple((one.label, tuple(level.label for level in one.levels)) for one in allocation.factors),
        cap=allocation.cap,
        masking=masking_words(protocol),
        columns=columns,
        rows=rows,
        periods=tuple(_period(protocol)),
        stopping=tuple((one.label, one.words) for one in protocol.stopping),
        emergency=emergency_words(protocol),
        ours=tuple(each for each in protocol.ours if secret or not _TELLS_OF_BLOCKS.search(each)),
        why=allocation.why if secret or not _TELLS_OF_BLOCKS.search(allocation.why) else "",
        secret=secret_words(allocation) if secret else UNSET,
    )


def _arms(protocol: Protocol, *, contents: bool) -> tuple[ArmLine, ...]:
    holds = {kit.id: kit.holds for kit in protocol.kits.kinds} if protocol.kits else {}
    return tuple(
        ArmLine(
            arm.label,
            plain(arm.kind.value).capitalize(),
            arm.describe,
            protocol.allocation.ratio.get(arm.id, 0),
            arm.kit if contents else UNSET,
            holds.get(arm.kit, "") if contents else UNSET,
        )
        for arm in protocol.arms
    )


def allocation_words(protocol: Protocol) -> str:
    """Method, ratio and factors, for everybody: never a block's size, a probability or a limit (must 12)."""
    allocation = protocol.allocation
    ratio = ":".join(str(allocation.ratio.get(arm.id, 0)) for arm in protocol.arms)
    factors = listed([factor.label for factor in allocation.factors])
    within = f", within each combination of {factors}" if factors and allocation.method in _PER_STRATUM else ""
    over = f", over {factors}" if factors and allocation.method is Method.MINIMISATION else ""
    return f"{_METHODS[allocation.method]}{within}{over}. Ratio {ratio} ({listed([a.label for a in protocol.arms])})."


def secret_words(allocation: Allocation) -> str:
    match allocation.method:
        case Method.PERMUTED_BLOCKS:
            return f"Block sizes: {listed([str(size) for size in allocation.block_sizes])}."
        case Method.BIG_STICK:
            return f"Limit of imbalance: {allocation.limit}."
        case Method.WEI_URN:
            return f"At first {allocation.alpha} of each; {allocation.beta} of the others after each draw."
        case Method.EFRON | Method.MINIMISATION:
            return f"Probability of the favoured arm: {allocation.probability or Decimal(0)}."
        case _:
            return "There is nothing more to know."


def masking_words(protocol: Protocol) -> str:
    masked = [plain(party.value) for party in protocol.masking.masked]
    who = f"Masked: {listed(masked)}." if masked else "Nobody is masked."
    withheld = [
        f"The {LABELS[role].lower()} is not told of {listed([plain(each.value) for each in classes])}."
        for role, classes in protocol.masking.withheld.items()
    ]
    return " ".join([who, protocol.masking.describe, *withheld]).replace("  ", " ").strip()


def _period(protocol: Protocol) -> list[str]:
    return [
        f"{one.label}: days {one.from_day} to {one.to_day}, "
        + ("masked." if one.masked else f"not masked{f': {one.treatment}' if one.treatment else ''}.")
        for one in protocol.periods
    ]


def emergency_words(protocol: Protocol) -> str:
    emergency = protocol.emergency
    if emergency is None:
        return "The protocol names no emergency contact."
    told = listed([LABELS[role].lower() for role in emergency.notice_to])
    return (
        f"In an emergency the investigator breaks one participant's code at once, without asking anybody. "
        f"Contact: {emergency.contact}. The treatment is shown once; "
        f"{told} are told that the code was broken, not what it was."
    )


def _schedule(protocol: Protocol) -> tuple[tuple[ScheduleColumn, ...], tuple[ScheduleRow, ...]]:
    visits = planned_visits(protocol)
    columns = tuple(ScheduleColumn(one.id, one.label, one.day, one.before, one.after, one.dispense) for one in visits)
    rows = tuple(
        ScheduleRow(
            form.id,
            form.label,
            listed([LABELS[role] for role in form.by]),
            tuple(form.id in visit.forms for visit in visits),
        )
        for form in protocol.forms
    )
    return columns, rows
