"""Participants' flow through the trial (CONSORT 2025): pooled for everybody, by arm only from arms that are given.

While a trial runs, each box has a place for those of whom it is not settled yet.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from equipoise.conduct.masking import Viewer
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.labels import Labels
from equipoise.conduct.views.sight import Sight, version_of
from equipoise.kernel.refused import Refused


class Reason(msgspec.Struct, frozen=True):
    words: str
    count: int


class FailedCriterion(msgspec.Struct, frozen=True):
    """One person may fail several: these do not add up to the persons."""

    criterion: str
    words: str
    count: int


class Excluded(msgspec.Struct, frozen=True):
    total: int
    not_eligible: int
    declined: int
    other: int
    criteria: tuple[FailedCriterion, ...]


class Followed(msgspec.Struct, frozen=True):
    """What became of those randomised. ``not_yet``: randomised, first treatment to come.

    ``stopped``: of those who received treatment; follow-up goes on after it.
    """

    randomised: int
    received: int
    not_yet: int
    did_not_receive: int
    why_not_received: tuple[Reason, ...]
    stopped: int
    why_stopped: tuple[Reason, ...]
    completed: int
    withdrew: int
    lost: int
    died: int
    in_follow_up: int


class Flow(msgspec.Struct, frozen=True):
    """All arms together."""

    assessed: int
    in_screening: int
    excluded: Excluded
    followed: Followed


class ArmFlow(msgspec.Struct, frozen=True):
    """``not_analysed`` of those randomised, with the reasons."""

    arm: str
    followed: Followed
    analysed: int
    not_analysed: int
    why_not_analysed: tuple[Reason, ...]


class FlowByArm(msgspec.Struct, frozen=True):
    """``dummy``: the arms are made up, to rehearse the analysis before unblinding."""

    pooled: Flow
    arms: tuple[ArmFlow, ...]
    dummy: bool


def flow(trial: Trial, viewer: Viewer, site: str = "") -> Flow:
    """Of the sites the viewer sees, or of one. Refused: trial data are not for them."""
    sight = Sight(trial, viewer)
    sight.need(Information.OPEN, site)
    return _flow(trial, tuple(sight.participants(Information.OPEN, site)))


def flow_by_arm(
    trial: Trial, viewer: Viewer, arms: Mapping[str, str], *, dummy: bool, not_analysed: Mapping[str, str] | None = None
) -> FlowByArm:
    """``arms``: label of the arm by participant; ``not_analysed``: why not, by participant.

    Refused: real arms for somebody not cleared for totals by arm, or arms that do not cover everyone randomised.
    """
    sight = Sight(trial, viewer)
    sight.need(Information.OPEN if dummy else Information.TOTALS)
    people = tuple(sight.participants(Information.OPEN))
    missing = [one.id for one in people if one.is_randomised and one.id not in arms]
    if missing:
        raise Refused(f"{len(missing)} randomised participants have none.", what="The arms", do="Give all of them.")
    names = sorted({arms[one.id] for one in people if one.is_randomised})
    found = (
        _arm_flow(trial, name, [one for one in people if arms.get(one.id) == name], not_analysed) for name in names
    )
    return FlowByArm(_flow(trial, people), tuple(found), dummy)


def _arm_flow(trial: Trial, arm: str, people: list[Participant], not_analysed: Mapping[str, str] | None) -> ArmFlow:
    followed = _followed(trial, people)
    why = [not_analysed[one.id] for one in people if one.is_randomised and not_analysed and one.id in not_analysed]
    return ArmFlow(arm, followed, followed.randomised - len(why), len(why), _reasons(why))


def _flow(trial: Trial, people: tuple[Participant, ...]) -> Flow:
    out = [(one, why) for one in people if (why := excluded_because(one))]
    open_still = sum(not one.is_randomised and not excluded_because(one) for one in people)
    return Flow(len(people), open_still, _excluded(trial, out), _followed(trial, people))


def excluded_because(one: Participant) -> str:
    """not-eligible, declined or other; empty for those randomised or still in screening.

    Whoever withdrew before randomisation declined; whoever died before it is excluded for another reason.
    """
    if one.is_randomised:
        return ""
    if one.ended and one.ended.how == "died":
        return "other"
    if one.withdrawn or one.ended:
        return "declined"
    return one.screening.failed if one.screening else ""


def _excluded(trial: Trial, out: list[tuple[Participant, str]]) -> Excluded:
    by_reason = Counter(why for _, why in out)
    ineligible = (one for one, why in out if why == "not-eligible")
    return Excluded(
        len(out),
        by_reason["not-eligible"],
        by_reason["declined"],
        by_reason["other"],
        failed_criteria(trial, ineligible),
    )


def failed_criteria(trial: Trial, people: Iterable[Participant]) -> tuple[FailedCriterion, ...]:
    """Most frequent first."""
    labels = Labels(trial)
    found = Counter(criterion for one in people if one.screening for criterion in one.screening.criteria)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FailedCriterion(criterion, labels.criterion(criterion), count) for criterion, count in ordered)


def _followed(trial: Trial, people: Iterable[Participant]) -> Followed:
    randomised = [one for one in people if one.is_randomised]
    treated = _Treated(trial)
    received = [one for one in randomised if treated.received(one)]
    never = [one for one in randomised if not treated.received(one) and (one.stopped or one.ended)]
    stopped = [one for one in received if one.stopped]
    ends = Counter(one.ended.how if one.ended else "" for one in randomised)
    return Followed(
        randomised=len(randomised),
        received=len(received),
        not_yet=len(randomised) - len(received) - len(never),
        did_not_receive=len(never),
        why_not_received=_reasons(_why_never(one) for one in never),
        stopped=len(stopped),
        why_stopped=_reasons(one.stopped[1] for one in stopped if one.stopped),
        completed=ends["completed"],
        withdrew=ends["withdrew"],
        lost=ends["lost"],
        died=ends["died"],
        in_follow_up=ends[""],
    )


class _Treated:
    """Received treatment: came on its first day or later, and was given a kit where there are kits."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._days: dict[str, dict[str, int]] = {}

    def received(self, one: Participant) -> bool:
        version = version_of(self._trial, one)
        if version not in self._days:
            self._days[version] = {each.id: each.day for each in planned_visits(self._trial.protocols[version])}
        days = self._days[version]
        came = any(seen.on and days.get(visit, -1) >= 0 for visit, seen in one.visits.items())
        return came and (bool(one.kits) or self._trial.protocols[version].kits is None)


def _why_never(one: Participant) -> str:
    if one.stopped:
        return one.stopped[1]
    how = {"withdrew": "withdrew", "lost": "lost to follow-up", "died": "died"}
    return how.get(one.ended.how, "completed without treatment") if one.ended else ""


def _reasons(words: Iterable[str]) -> tuple[Reason, ...]:
    """Most frequent first; the same words in another case are one reason."""
    counted: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for each in words:
        text = " ".join(each.split()) or "No reason given"
        counted[shown.setdefault(text.casefold(), text)] += 1
    return tuple(Reason(text, count) for text, count in sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def adds_up(flow: Flow) -> tuple[str, ...]:
    """What does not add up (must 29), in words; nothing where all does."""
    return tuple(_pooled_problems(flow))


def adds_up_by_arm(flow: FlowByArm) -> tuple[str, ...]:
    return tuple(_by_arm_problems(flow))


def _equal(words: str, total: int, *parts: int) -> Iterator[str]:
    if total != sum(parts):
        yield f"{words}: {total} is not {' + '.join(str(part) for part in parts)}."


def _pooled_problems(flow: Flow) -> Iterator[str]:
    out, randomised = flow.excluded, flow.followed.randomised
    yield from _equal(
        "Assessed = excluded + in screening + randomised", flow.assessed, out.total, flow.in_screening, randomised
    )
    yield from _equal("Excluded = sum of reasons", out.total, out.not_eligible, out.declined, out.other)
    if any(one.count > out.not_eligible for one in out.criteria):
        yield "A criterion was not met by more people than were not eligible."
    yield from _followed_problems(flow.followed)


def _followed_problems(one: Followed) -> Iterator[str]:
    yield from _equal(
        "Randomised = received + not yet + did not", one.randomised, one.received, one.not_yet, one.did_not_receive
    )
    ends = (one.completed, one.withdrew, one.lost, one.died, one.in_follow_up)
    yield from _equal("Randomised = ended + in follow-up", one.randomised, *ends)
    yield from _equal(
        "Did not receive = sum of reasons", one.did_not_receive, *(each.count for each in one.why_not_received)
    )
    yield from _equal("Stopped = sum of reasons", one.stopped, *(each.count for each in one.why_stopped))
    if one.stopped > one.received:
        yield "More stopped treatment than received it."
    if min(msgspec.structs.astuple(one)[:4]) < 0 or one.in_follow_up < 0:
        yield "A count is below nothing."


def _by_arm_problems(flow: FlowByArm) -> Iterator[str]:
    yield from _pooled_problems(flow.pooled)
    for name in Followed.__struct_fields__:
        if not name.startswith("why_"):
            parts = [getattr(arm.followed, name) for arm in flow.arms]
            yield from _equal(f"{name.replace('_', ' ')} = sum of arms", getattr(flow.pooled.followed, name), *parts)
    for arm in flow.arms:
        yield from _followed_problems(arm.followed)
        yield from _equal(f"{arm.arm} = analysed + not", arm.followed.randomised, arm.analysed, arm.not_analysed)
        why = (each.count for each in arm.why_not_analysed)
        yield from _equal(f"{arm.arm}: not analysed = sum of reasons", arm.not_analysed, *why)
