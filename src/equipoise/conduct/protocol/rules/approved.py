"""What an ethics committee approves: consent and its dates, criteria a computer can ask, sites, clocks of safety."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from equipoise.conduct.protocol.problem import Problem, error, nearest, shown, warning
from equipoise.conduct.protocol.rules.known import Known
from equipoise.eligibility.expression import Classified, Opaque, Parse
from equipoise.eligibility.format import DEEPEST
from equipoise.eligibility.tree import children, walk
from equipoise.instruments.catalogue import INSTRUMENTS

_ORDINARY = {"site_reports_serious_within_hours": 24, "fatal_or_life_threatening_within_days": 7}
_ORDINARY["other_serious_unexpected_within_days"] = 15


def consent_there(known: Known) -> Iterator[Problem]:
    if not known.protocol.consent:
        yield error("consent", "has no version, and nobody can consent.", "Add one.")


def consent_valid(known: Known) -> Iterator[Problem]:
    for number, version in enumerate(known.protocol.consent):
        path = f"consent[{number}]"
        if version.valid_until and version.valid_until < version.valid_from:
            why = f"is before {version.valid_from}, from which it is valid."
            yield error(f"{path}.valid_until", why, "Correct a date.", what=str(version.valid_until))
        if version.valid_from < known.protocol.dated and not known.protocol.amends:
            why = f"is before the protocol, of {known.protocol.dated}."
            yield warning(f"{path}.valid_from", why, "Is one of the dates wrong?", what=str(version.valid_from))
        if version.protocol not in ("", known.protocol.version, known.protocol.amends):
            why = "is neither this version nor the one it amends."
            yield warning(f"{path}.protocol", why, what=shown(version.protocol))


def consent_without_gaps(known: Known) -> Iterator[Problem]:
    for number, (one, other) in enumerate(pairwise(known.protocol.consent), 1):
        path = f"consent[{number}].valid_from"
        if other.valid_from <= one.valid_from:
            yield error(
                path, f"is not after that of version {one.id}.", "Put versions in order.", what=str(other.valid_from)
            )
        elif one.valid_until is None or other.valid_from <= one.valid_until:
            why = f"lies within version {one.id}: two would be valid."
            yield error(path, why, f"Let {one.id} end the day before.", what=str(other.valid_from))
        elif other.valid_from > one.valid_until + timedelta(days=1):
            why = f"is after a gap: no version is valid from {one.valid_until + timedelta(days=1)}."
            yield warning(path, why, "Close the gap.", what=str(other.valid_from))


def consent_open(known: Known) -> Iterator[Problem]:
    last = known.protocol.consent[-1:]
    if last and last[0].valid_until and last[0].valid_until < known.protocol.dated:
        number = len(known.protocol.consent) - 1
        why = f"No version is valid when this protocol is: the last ended on {last[0].valid_until}."
        yield error(f"consent[{number}].valid_until", why, "Add a version.")


def criteria_there(known: Known) -> Iterator[Problem]:
    if not known.protocol.eligibility:
        yield error("eligibility", "There is no criterion, and anybody could join.", "Add them.")


def criteria_understood(known: Known) -> Iterator[Problem]:
    for number, one in enumerate(known.protocol.eligibility):
        opaque = any(isinstance(node, Opaque) for node in walk(one.expr))
        if opaque or one.parse is not Parse.FULL:
            why = "is not wholly understood by a computer; an investigator answers it alone."
            yield warning(f"eligibility[{number}]", why, "Write expr, and set parse: full.", what=f"Criterion {one.id}")


def criteria_asked_of_instruments(known: Known) -> Iterator[Problem]:
    for number, one in enumerate(known.protocol.eligibility):
        for node in walk(one.expr):
            if isinstance(node, Classified):
                instrument = INSTRUMENTS.get(node.instrument)
                among = instrument.classes if instrument else tuple(INSTRUMENTS)
                word = node.reaches if instrument else node.instrument
                if among and word not in among:
                    kind = f"a class of {node.instrument}" if instrument else "an instrument we have"
                    yield error(
                        f"eligibility[{number}].expr", f"is not {kind}.", nearest(word, among), what=shown(word)
                    )


def criteria_not_too_deep(known: Known) -> Iterator[Problem]:
    for number, one in enumerate(known.protocol.eligibility):
        level, depth = [one.expr], 0
        while level:
            level, depth = [child for node in level for child in children(node)], depth + 1
        if depth > DEEPEST:
            yield error(f"eligibility[{number}].expr", f"nests deeper than {DEEPEST} levels.", "Make it flatter.")


def zones_known(known: Known) -> Iterator[Problem]:
    for number, site in enumerate(known.protocol.sites):
        try:
            ZoneInfo(site.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            do = "Write one such as Europe/Oslo."
            yield error(f"sites[{number}].zone", "is not a time zone.", do, what=shown(site.zone))


def clocks_no_slower(known: Known) -> Iterator[Problem]:
    """ICH E2A: 7 and 15 days; at once, which is read as 24 hours, from the site."""
    for name, most in _ORDINARY.items():
        value = getattr(known.protocol.safety, name)
        if value < 1:
            yield error(f"safety.{name}", "is not 1 or more.", what=str(value))
        elif value > most:
            yield warning(f"safety.{name}", f"is longer than {most}, which ICH E2A allows.", what=str(value))


def numbers_sensible(known: Known) -> Iterator[Problem]:
    protocol = known.protocol
    if protocol.screening_days < 1:
        yield error("screening_days", "is not 1 or more.", what=str(protocol.screening_days))
    if protocol.rescreenings < 0:
        yield error("rescreenings", "is below 0.", what=str(protocol.rescreenings))
    if protocol.emergency and not 1 <= protocol.emergency.view_minutes <= 60:
        do = "The treatment should not stay on a screen."
        yield error("emergency.view_minutes", "is not from 1 to 60.", do, what=str(protocol.emergency.view_minutes))
    if protocol.amends and protocol.amends == protocol.version:
        yield error("amends", "is this version itself.", "Raise version.", what=shown(protocol.amends))


def screening_in_time(known: Known) -> Iterator[Problem]:
    for number, visit in enumerate(known.protocol.visits):
        if visit.day < 0 and visit.before - visit.day > known.protocol.screening_days:
            why = f"may be on day {visit.day - visit.before}, and screening holds {known.protocol.screening_days} days."
            yield warning(f"visits[{number}].before", why, "Narrow the window.", what=shown(visit.id))


RULES = (
    consent_there,
    consent_valid,
    consent_without_gaps,
    consent_open,
    criteria_there,
    criteria_understood,
    criteria_asked_of_instruments,
    criteria_not_too_deep,
    zones_known,
    clocks_no_slower,
    numbers_sensible,
    screening_in_time,
)
