"""The older definition of improvement: at least three of six measures better by a fifth, and few of them worse.

Rider et al., Arthritis Rheum 2004;50:2281 (IMACS preliminary definition).
"""

from decimal import Decimal
from enum import IntEnum

import msgspec

from equipoise.instruments.answers import Answers
from equipoise.instruments.improvement.measures import MEASURES, Scale, Visits, read_visits

BETTER_PERCENT, WORSE_PERCENT = 20, 25
LEAST_BETTER, MOST_WORSE = 3, 2


class Course(IntEnum):
    WORSE = -1
    SAME = 0
    BETTER = 1


class Relative(msgspec.Struct, frozen=True, kw_only=True):
    """``class``: ``improved`` or ``not improved``; None while missing measures leave it open."""

    instrument: str
    class_: str | None = msgspec.field(name="class")
    at_least: str
    at_most: str
    better: tuple[str, ...]
    worse: tuple[str, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...] = ()


CLASSES = ("not improved", "improved")


def score(answers: Answers) -> Relative:
    return compare(read_visits(answers))


def compare(visits: Visits) -> Relative:
    """A measure with a value missing may have gone any way its other value allows."""
    bounds = {name: _bounds(visits.scales[name], visits, name) for name in MEASURES}
    least = CLASSES[_improved({name: low for name, (low, _) in bounds.items()})]
    most = CLASSES[_improved({name: high for name, (_, high) in bounds.items()})]
    return Relative(
        instrument="imacs-improvement",
        class_=least if least == most else None,
        at_least=least,
        at_most=most,
        better=_sure(bounds, Course.BETTER),
        worse=_sure(bounds, Course.WORSE),
        missing=visits.missing,
    )


def course_of(scale: Scale, baseline: Decimal, follow_up: Decimal) -> Course:
    """By the change relative to the baseline; any rise from nothing counts as all of it."""
    gain = scale.gain(baseline, follow_up)
    if gain > 0 and 100 * gain >= BETTER_PERCENT * baseline:
        return Course.BETTER
    return Course.WORSE if gain < 0 and -100 * gain >= WORSE_PERCENT * baseline else Course.SAME


def _bounds(scale: Scale, visits: Visits, name: str) -> tuple[Course, Course]:
    least, most = (course_of(scale, *ends) for ends in scale.ends(visits.changes[name]))
    return least, most


def _improved(courses: dict[str, Course]) -> bool:
    told = list(courses.values())
    enough = told.count(Course.BETTER) >= LEAST_BETTER and told.count(Course.WORSE) <= MOST_WORSE
    return enough and courses["mmt"] is not Course.WORSE


def _sure(bounds: dict[str, tuple[Course, Course]], course: Course) -> tuple[str, ...]:
    return tuple(name for name, ends in bounds.items() if ends == (course, course))
