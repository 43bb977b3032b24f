"""Leaves about events: that there are some, that one has lasted, that one came after another."""

from collections.abc import Iterable

from equipoise.eligibility.expression import Anchor, Duration, Exists, Pattern, Period, Related, Unit, Window
from equipoise.eligibility.finding import Because, Finding, known, unknown
from equipoise.eligibility.matching import is_surely, matching, qualified, refutes, states_all
from equipoise.eligibility.moments import (
    FIRST,
    Days,
    anchor_day,
    covered,
    overlaps,
    shift,
    started,
    surest,
    whole_days,
    widest,
    within,
)
from equipoise.eligibility.person import Absence, Event, Person, Run
from equipoise.kernel.truth import Truth


def find_exists(atom: Exists, person: Person, run: Run) -> Finding:
    sure, wide = surest(atom.window, person, run), widest(atom.window, person, run)
    if sure is None or wide is None:
        return unknown(Because.DATE)
    events = matching(atom.pattern, person.events)
    truths = [(_touches(event, atom, sure, wide, run) & qualified(atom.pattern, event), event) for event in events]
    if _is_ahead(atom.window, wide, run) and not any(truth is Truth.TRUE for truth, _ in truths):
        return unknown(Because.FUTURE)
    return _counted(atom.pattern, truths, atom.count) or absent(atom.pattern, wide, person, run)


def find_duration(atom: Duration, person: Person, run: Run) -> Finding:
    if atom.at_least.unit is Unit.HALF_LIFE:
        return unknown(Because.NOT_COMPUTABLE)
    until = anchor_day(atom.until, person, run)
    if until is None:
        return unknown(Because.DATE)
    moment = Days(until.earliest(), until.latest())
    back = Period(-atom.at_least.amount, atom.at_least.unit)
    since = Days(shift(moment.start, back), shift(moment.end, back))
    events = matching(atom.pattern, person.events)
    truths = [(_lasted(event, since, moment) & qualified(atom.pattern, event), event) for event in events]
    return _counted(atom.pattern, truths, 1) or absent(atom.pattern, Days(since.start, moment.end), person, run)


def find_related(atom: Related, person: Person, run: Run) -> Finding:
    firsts = matching(atom.first, person.events)
    seconds = matching(atom.second, person.events)
    pairs = [(_apart(one, two, atom), one) for one in firsts for two in seconds]
    ever = Days(FIRST, run.at)
    missing = [absent(pattern, ever, person, run) for pattern in (atom.first, atom.second)]
    return _counted(atom.first, pairs, 1) or min(missing, key=lambda finding: finding.truth is not Truth.FALSE)


def absent(pattern: Pattern, days: Days, person: Person, run: Run) -> Finding:
    """What it means that there is no such event in these days, or not enough of them."""
    denied = [event.source for event in person.events if event.refuted and refutes(pattern, event)]
    if denied:
        return known(Truth.FALSE, denied)
    policy = run.policy(pattern.domain)
    if policy is Absence.OPEN:
        return unknown(Because.NO_DATA)
    if not pattern.concept.codes:
        return unknown(Because.UNBOUND)
    if policy is Absence.CLOSED or covered(days, person.observed, run):
        return Finding(Truth.FALSE, Because.ABSENCE)
    return unknown(Because.NO_DATA)


def _counted(pattern: Pattern, truths: Iterable[tuple[Truth, Event]], count: int) -> Finding | None:
    yes = [event for truth, event in truths if truth is Truth.TRUE]
    maybe = [event for truth, event in truths if truth is Truth.UNKNOWN]
    if len(yes) >= count:
        return known(Truth.TRUE, (event.source for event in yes))
    if len(yes) + len(maybe) >= count:
        return unknown(_why_open(pattern, maybe), (event.source for event in (*yes, *maybe)))
    return None


def _why_open(pattern: Pattern, maybe: list[Event]) -> Because:
    if not all(states_all(pattern, event) for event in maybe):
        return Because.QUALIFIER
    return Because.DATE if all(is_surely(pattern.concept, event) for event in maybe) else Because.UNBOUND


def _touches(event: Event, atom: Exists, sure: Days, wide: Days, run: Run) -> Truth:
    """What a record holds without a date was by the index; what it says goes on, or is over, does so at the index."""
    if event.start is None and atom.window is None:
        return Truth.TRUE
    if atom.touch == "starts":
        return _starts(event, sure, wide)
    if event.end is None and event.ended is False and event.start is None and sure.start <= run.at <= sure.end:
        return Truth.TRUE
    if event.end is None and event.ended is True and wide.start >= run.at:
        return Truth.FALSE
    return overlaps(event, sure, wide)


def _starts(event: Event, sure: Days, wide: Days) -> Truth:
    return Truth.UNKNOWN if event.start is None else within(event.start, sure, wide)


def _lasted(event: Event, since: Days, moment: Days) -> Truth:
    """Begun by ``since`` and going on at ``moment``: both days may be partial."""
    return started(event, since.start, since.end) & overlaps(event, moment, moment)


def _apart(one: Event, two: Event, atom: Related) -> Truth:
    if one.start is None or two.start is None:
        return Truth.UNKNOWN
    least = (one.start.earliest() - two.start.latest()).days
    most = (one.start.latest() - two.start.earliest()).days
    low, high = whole_days(atom.gap)
    inside = (low is None or low <= least) and (high is None or most <= high)
    reached = (low is None or low <= most) and (high is None or least <= high)
    right = qualified(atom.first, one) & qualified(atom.second, two)
    return right if inside else Truth.UNKNOWN if reached and _is_some(low, high) else Truth.FALSE


def _is_some(low: int | None, high: int | None) -> bool:
    return low is None or high is None or low <= high


def _is_ahead(window: Window | None, wide: Days, run: Run) -> bool:
    """Whether the window reaches into days that are still to come."""
    if window is None:
        return False
    return window.anchor is Anchor.STUDY or (window.end is not None and wide.end > run.at)
