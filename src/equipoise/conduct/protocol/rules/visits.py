"""The schedule: one that can be kept, with a baseline, and with kits for what it dispenses."""

from collections.abc import Iterator
from itertools import pairwise

from equipoise.conduct.protocol.problem import Problem, error, shown, warning
from equipoise.conduct.protocol.rules.known import Known
from equipoise.conduct.protocol.schedule import MOST_REPEATS, MOST_VISITS, PlannedVisit, period_on
from equipoise.conduct.protocol.supply import kits_made, kits_needed

FARTHEST = 36_500
"""Days: a hundred years."""


def windows_forward(known: Known) -> Iterator[Problem]:
    for number, visit in enumerate(known.protocol.visits):
        for name in ("before", "after", "dispense"):
            if getattr(visit, name) < 0:
                yield error(
                    f"visits[{number}].{name}", "is below 0.", "Write 0 or more.", what=str(getattr(visit, name))
                )
        if max(abs(visit.day), visit.before, visit.after) > FARTHEST:
            yield error(f"visits[{number}]", "lies more than a hundred years away.", "Write days.", what=visit.id)


def repeats_end(known: Known) -> Iterator[Problem]:
    for number, visit in enumerate(known.protocol.visits):
        path = f"visits[{number}]"
        if (visit.every is None) != (visit.until is None):
            yield error(path, "needs every and until, or neither.", what=visit.id)
        elif visit.every is not None and visit.until is not None:
            if visit.every < 1:
                yield error(f"{path}.every", "is not a number of days.", "Write 28, say.", what=str(visit.every))
            elif visit.until < visit.day:
                yield error(f"{path}.until", f"is before day {visit.day}.", "Write a later day.", what=str(visit.until))
            elif (visit.until - visit.day) // visit.every >= MOST_REPEATS:
                yield error(f"{path}.until", f"gives more than {MOST_REPEATS} repeats.", what=str(visit.until))


def visits_not_too_many(known: Known) -> Iterator[Problem]:
    if len(known.planned) >= MOST_VISITS:
        yield error("visits", f"are more than {MOST_VISITS}, with their repeats.", "Is every or until a slip?")


def one_baseline(known: Known) -> Iterator[Problem]:
    found = [number for number, visit in enumerate(known.protocol.visits) if visit.baseline]
    if not found:
        yield error("visits", "None is the baseline, from which changes count.", "Mark one with baseline: true.")
    for number in found[1:]:
        why = f"is a second baseline, after {known.protocol.visits[found[0]].id}."
        yield error(f"visits[{number}].baseline", why, "Mark one alone.")
    for number in found:
        visit = known.protocol.visits[number]
        if visit.every is not None:
            yield error(
                f"visits[{number}].every", "A baseline visit does not repeat.", "Plan repeats as another visit."
            )
        if visit.day > 0:
            yield warning(f"visits[{number}].day", "The baseline is after the first day of treatment.", "Use day 0.")


def windows_apart(known: Known) -> Iterator[Problem]:
    """A day that two visits claim is of neither."""
    ordered = sorted(known.planned, key=lambda visit: (visit.day, visit.last))
    for one, other in pairwise(ordered):
        if other.first <= one.last:
            why = f"may be from day {other.first}, and {one.label} until day {one.last}."
            path = _path(known, other)
            yield error(path, why, "Narrow the windows, or move a visit.", what=other.label)
            if other.of == one.of:
                break


def _path(known: Known, planned: PlannedVisit) -> str:
    return next(f"visits[{n}]" for n, visit in enumerate(known.protocol.visits) if visit.id == planned.of)


def visits_within_periods(known: Known) -> Iterator[Problem]:
    """Screening, before day 0, belongs to none."""
    for visit in known.visits.values() if known.protocol.periods else ():
        if visit.day >= 0 and period_on(known.protocol, visit.day) is None:
            yield error(_path(known, visit), f"on day {visit.day} lies in no period.", "Widen one.", what=visit.label)


def windows_within_periods(known: Known) -> Iterator[Problem]:
    """After the last period ends nobody is in the trial."""
    last = max((period.to_day for period in known.protocol.periods), default=FARTHEST)
    for visit in known.visits.values():
        if visit.day <= last < visit.last:
            why = f"may be until day {visit.last}, and the last period ends on day {last}."
            yield warning(_path(known, visit), why, "Let the period end later.", what=visit.label)


def periods_in_order(known: Known) -> Iterator[Problem]:
    periods = known.protocol.periods
    for number, period in enumerate(periods):
        if period.to_day < period.from_day:
            yield error(f"periods[{number}].to_day", f"is before day {period.from_day}.", what=str(period.to_day))
    for number, (one, other) in enumerate(pairwise(periods), 1):
        if other.from_day <= one.to_day:
            why = f"begins on day {other.from_day}, and {one.id} ends on day {one.to_day}."
            yield error(f"periods[{number}].from_day", why, "Let each begin after the last.", what=other.id)
        elif other.from_day > one.to_day + 1:
            why = f"leaves days {one.to_day + 1} to {other.from_day - 1} in no period."
            yield warning(f"periods[{number}].from_day", why, "Close the gap.", what=other.id)


def dispensed_from_kits(known: Known) -> Iterator[Problem]:
    for number, visit in enumerate(known.protocol.visits):
        path = f"visits[{number}].dispense"
        period = period_on(known.protocol, visit.day)
        if visit.dispense and known.protocol.kits is None:
            yield error(path, "There are no kits to dispense.", "Add kits.", what=visit.id)
        elif visit.dispense and visit.day < 0:
            yield error(path, "is before the first day of treatment.", "Dispense from day 0 on.", what=visit.id)
        elif visit.dispense and period and not period.masked and not period.kit:
            yield error(path, f"The period {period.id} has no kit.", "Give it one.", what=visit.id)


def kits_enough(known: Known) -> Iterator[Problem]:
    """What is made of each kind at the seal, its share, against what sites must have had of it."""
    made, needed = kits_made(known.protocol), kits_needed(known.protocol)
    for kind, count in needed.items():
        if made.get(kind, count) < count:
            why = f"{made[kind]:,} are made of it, and the schedule takes {count:,}."
            do = f"Write kits.made: {max(needed.values()) * len(made):,}, or plan to number more later."
            yield warning("kits.made", why, do, what=f"Kit {kind}:")


def numbers_long_enough(known: Known) -> Iterator[Problem]:
    """The last digit is the check digit; a tenth of the range in use keeps a slip of the pen from being another kit."""
    kits = known.protocol.kits
    if kits and not 4 <= kits.number_length <= 12:
        yield error("kits.number_length", "is not from 4 to 12.", what=str(kits.number_length))
    elif kits and kits.made * 10 > 10 ** (kits.number_length - 1):
        do = "Make numbers longer."
        yield warning("kits.number_length", f"leaves few numbers unused for {kits.made:,} kits.", do)


def forms_used(known: Known) -> Iterator[Problem]:
    used = {form for visit in known.protocol.visits for form in visit.forms}
    for place, form in enumerate(known.protocol.forms):
        if form.id and form.id not in used:
            yield warning(
                f"forms[{place}]", "is filled in at no visit.", "Add it to one, or leave it out.", what=shown(form.id)
            )


RULES = (
    windows_forward,
    repeats_end,
    visits_not_too_many,
    one_baseline,
    windows_apart,
    visits_within_periods,
    windows_within_periods,
    periods_in_order,
    dispensed_from_kits,
    kits_enough,
    numbers_long_enough,
    forms_used,
)
