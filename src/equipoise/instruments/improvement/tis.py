"""The 2016 ACR/EULAR Total Improvement Score: points for the absolute change of each measure, and its class.

Aggarwal et al., Arthritis Rheumatol 2017;69:898 (adults); Rider et al., 2017;69:911 (children).
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import cast

import msgspec

from equipoise.instruments.answers import Answers
from equipoise.instruments.improvement.measures import MEASURES, Scale, Visits, read_visits
from equipoise.kernel.refused import Refused

_TIERS = tuple(map(Decimal, (5, 15, 25, 40)))
_MMT_TIERS = tuple(map(Decimal, (2, 10, 20, 30)))
_POINTS = {
    "phga": ("0", "7.5", "15", "17.5", "20"),
    "ptga": ("0", "2.5", "5", "7.5", "10"),
    "mmt": ("0", "10", "20", "27.5", "32.5"),
    "haq": ("0", "5", "7.5", "7.5", "10"),
    "enzyme": ("0", "2.5", "5", "7.5", "7.5"),
    "extramuscular": ("0", "7.5", "12.5", "15", "20"),
}
"""Above none, one, two, three or four of the tiers. The equal neighbours are in the source."""
POINTS = {name: tuple(map(Decimal, points)) for name, points in _POINTS.items()}
ENZYME_RANGES = {"CK": Decimal(15), "ALD": Decimal(6), "ALT": Decimal(3), "AST": Decimal(3), "LDH": Decimal(3)}
"""In multiples of the upper limit of normal; from memory, see ``docs/instruments.md``."""


class Class(StrEnum):
    """Lowest first."""

    NONE = "none"
    MINIMAL = "minimal"
    MODERATE = "moderate"
    MAJOR = "major"


class Thresholds(StrEnum):
    ADULT = "adult"
    JUVENILE = "juvenile"


LEAST = {
    Thresholds.ADULT: {Class.MAJOR: 60, Class.MODERATE: 40, Class.MINIMAL: 20},
    Thresholds.JUVENILE: {Class.MAJOR: 70, Class.MODERATE: 45, Class.MINIMAL: 30},
}


class Settings(msgspec.Struct, frozen=True):
    """``clip_enzyme``: take a value above the enzyme's range as the range."""

    thresholds: Thresholds = Thresholds.ADULT
    enzyme_range_uln: Mapping[str, Decimal] = msgspec.field(default_factory=lambda: ENZYME_RANGES)
    clip_enzyme: bool = False


class Improvement(msgspec.Struct, frozen=True, kw_only=True):
    """``points`` by measure, and ``percent``, the absolute change in percent of the range to two decimals, better
    above 0; None where a value is missing. The score is never made up from fewer measures: ``tis_low`` and
    ``tis_high`` say what it could be.
    """

    instrument: str
    points: dict[str, Decimal | None]
    percent: dict[str, Decimal | None]
    tis: Decimal | None
    tis_low: Decimal
    tis_high: Decimal
    class_: Class | None = msgspec.field(name="class")
    at_least: Class
    at_most: Class
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    options: Settings


def score(answers: Answers) -> Improvement:
    return improve(read_visits(answers), read_settings(answers))


def read_settings(answers: Answers) -> Settings:
    ranges = cast("Mapping[str, Decimal]", answers.options["enzyme_range_uln"])
    for name, value in ranges.items():
        if not value:
            raise Refused("must be more than 0.", what=f"options.enzyme_range_uln.{name}")
    thresholds = Thresholds(str(answers.options["thresholds"]))
    return Settings(thresholds, {**ENZYME_RANGES, **ranges}, bool(answers.options["clip_enzyme"]))


def improve(visits: Visits, settings: Settings) -> Improvement:
    bounds = {name: _bounds(name, visits, settings) for name in MEASURES}
    low = sum((least for least, _ in bounds.values()), Decimal(0))
    high = sum((most for _, most in bounds.values()), Decimal(0))
    at_least, at_most = class_of(low, settings.thresholds), class_of(high, settings.thresholds)
    return Improvement(
        instrument="tis",
        points={name: least if least == most else None for name, (least, most) in bounds.items()},
        percent={name: _percent(name, visits, settings) for name in MEASURES},
        tis=low if low == high else None,
        tis_low=low,
        tis_high=high,
        class_=at_least if at_least is at_most else None,
        at_least=at_least,
        at_most=at_most,
        missing=visits.missing,
        warnings=_warnings(visits, settings),
        notes=_notes(visits, settings),
        options=settings,
    )


def class_of(tis: Decimal, thresholds: Thresholds) -> Class:
    return next((each for each, least in LEAST[thresholds].items() if tis >= least), Class.NONE)


def points_of(name: str, gain: Decimal, whole: Decimal) -> Decimal:
    """For a gain on a scale whose range is ``whole``: a tier is passed only when it is exceeded."""
    tiers = _MMT_TIERS if name == "mmt" else _TIERS
    return POINTS[name][sum(100 * gain > tier * whole for tier in tiers)]


def _bounds(name: str, visits: Visits, settings: Settings) -> tuple[Decimal, Decimal]:
    if name == "enzyme" and visits.enzyme is None:
        return POINTS[name][0], POINTS[name][-1]
    scale, whole = visits.scales[name], _range(name, visits, settings)
    least, most = (
        points_of(name, _gain(name, scale, ends, whole, settings), whole) for ends in scale.ends(visits.changes[name])
    )
    return least, most


def _range(name: str, visits: Visits, settings: Settings) -> Decimal:
    return settings.enzyme_range_uln[visits.enzyme or ""] if name == "enzyme" else visits.scales[name].most


def _gain(name: str, scale: Scale, ends: tuple[Decimal, Decimal], whole: Decimal, settings: Settings) -> Decimal:
    baseline, follow_up = ends
    if name == "enzyme" and settings.clip_enzyme:
        baseline, follow_up = min(baseline, whole), min(follow_up, whole)
    return scale.gain(baseline, follow_up)


def _percent(name: str, visits: Visits, settings: Settings) -> Decimal | None:
    baseline, follow_up = visits.changes[name]
    if baseline is None or follow_up is None:
        return None
    whole = _range(name, visits, settings)
    gain = _gain(name, visits.scales[name], (baseline, follow_up), whole, settings)
    return (100 * gain / whole).quantize(Decimal("0.01"))


def _warnings(visits: Visits, settings: Settings) -> tuple[str, ...]:
    """Where what is not settled about the enzyme changes its points."""
    if visits.enzyme is None:
        return ()
    other = msgspec.structs.replace(settings, clip_enzyme=not settings.clip_enzyme)
    if _bounds("enzyme", visits, settings) == _bounds("enzyme", visits, other):
        return ()
    done = "taken as the range" if settings.clip_enzyme else "counted as measured"
    return (f"An enzyme value above its range is {done}; the other way gives other points.",)


def _notes(visits: Visits, settings: Settings) -> tuple[str, ...]:
    if visits.enzyme is None or settings.enzyme_range_uln[visits.enzyme] != ENZYME_RANGES[visits.enzyme]:
        return ()
    return (f"The range of {visits.enzyme}, {ENZYME_RANGES[visits.enzyme]} × ULN, is not verified against the paper.",)
