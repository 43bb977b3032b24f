"""How recruitment may go on (Anisimov and Fedorov 2007), from what each open site recruited since it opened.

A site's rate is Gamma(a, b) before it opens and Gamma(a + n, b + t) after n participants in the time t: what is to come
is a sum of negative binomials. That sum is taken as one of the same mean and variance.
"""

import datetime
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, exp, lgamma, log

import msgspec

from equipoise.conduct.participant import Participant
from equipoise.conduct.trial import Site, Trial

MONTH = Fraction(487, 16)
"""Days in a month: 30.4375."""
SHAPE = Fraction(6, 5)
"""Shape of the prior, of which a plan gives only the mean. It is ours: sites differ widely, and the data soon tell."""
FARTHEST = 20 * 365
"""Days ahead beyond which an end is not told."""


class Exposure(msgspec.Struct, frozen=True):
    """A site: participants recruited, in so much time."""

    recruited: int
    time: Fraction


class Ahead(msgspec.Struct, frozen=True):
    """Participants to come over a time: mean and variance."""

    mean: Fraction
    variance: Fraction


class Projection(msgspec.Struct, frozen=True):
    """``expected``: as likely sooner as later. Eight times in ten the last participant comes between ``earliest`` and
    ``latest``. None: not in 20 years. ``by_planned_end``: how many by the plan's last day, never above the
    cap: low, expected, high.
    """

    remaining: int
    expected: datetime.date | None
    earliest: datetime.date | None
    latest: datetime.date | None
    planned_end: datetime.date | None
    by_planned_end: tuple[int, int, int] | None


def opened_on(site: Site) -> datetime.date | None:
    return datetime.datetime.fromisoformat(site.opened).date() if site.opened else None


def exposure_of(site: Site, people: Sequence[Participant], day: datetime.date) -> Exposure:
    """Since the site last opened, in months; nothing for one that never did. At least a day."""
    opened = opened_on(site)
    if opened is None or opened > day:
        return Exposure(0, Fraction(0))
    until = datetime.datetime.fromisoformat(site.closed).date() if site.closed and not site.is_open else day
    count = sum(one.randomised_on is not None and one.randomised_on >= opened for one in people)
    return Exposure(count, max((until - opened).days, 1) / MONTH)


def started_on(trial: Trial) -> datetime.date:
    opened = [day for site in trial.sites.values() if (day := opened_on(site))]
    return min(opened) if opened else datetime.datetime.fromisoformat(trial.opened).date()


def project(trial: Trial, people: Sequence[Participant], day: datetime.date) -> Projection | None:
    """From the sites open now. None: none is open, or neither plan nor participants say anything of their rate."""
    remaining = trial.protocol.allocation.cap - len(trial.order)
    by_site: dict[str, list[Participant]] = {}
    for one in people:
        by_site.setdefault(one.site, []).append(one)
    running = [exposure_of(site, by_site.get(site.id, []), day) for site in trial.sites.values() if site.is_open]
    rate = _expected_rate(trial, running)
    if remaining <= 0 or not running or not rate:
        return None
    prior = SHAPE, SHAPE / rate
    mean, variance = rates(prior, running)
    chances = [_day_of(remaining, mean, variance, chance, day) for chance in (0.5, 0.1, 0.9)]
    end = _planned_end(trial)
    return Projection(
        remaining,
        chances[0],
        chances[1],
        chances[2],
        end,
        _by(end, len(trial.order), trial.protocol.allocation.cap, prior, running, day),
    )


def _expected_rate(trial: Trial, running: Sequence[Exposure]) -> Fraction:
    """Of a site, a month: as planned over all sites, or as seen so far."""
    plan = trial.protocol.recruitment
    if plan and trial.sites:
        return Fraction(plan.per_month) / len(trial.sites)
    time = sum((one.time for one in running), Fraction(0))
    return Fraction(sum(one.recruited for one in running)) / time if time else Fraction(0)


def _planned_end(trial: Trial) -> datetime.date | None:
    plan = trial.protocol.recruitment
    return started_on(trial) + datetime.timedelta(days=round(plan.months * MONTH)) if plan else None


def _by(
    end: datetime.date | None,
    so_far: int,
    cap: int,
    prior: tuple[Fraction, Fraction],
    running: Sequence[Exposure],
    day: datetime.date,
) -> tuple[int, int, int] | None:
    if end is None or end <= day:
        return None
    span = ahead(prior, running, (end - day).days / MONTH)
    low, middle, high = (
        min(so_far + more, cap) for more in (quantile(span, 0.1), round(span.mean), quantile(span, 0.9))
    )
    return low, middle, high


def rates(prior: tuple[Fraction, Fraction], sites: Sequence[Exposure]) -> tuple[Fraction, Fraction]:
    """Mean and variance of the sites' rates together, given what each did. ``prior``: shape a and rate b of a Gamma."""
    a, b = prior
    mean = sum(((a + one.recruited) / (b + one.time) for one in sites), Fraction(0))
    variance = sum(((a + one.recruited) / (b + one.time) ** 2 for one in sites), Fraction(0))
    return mean, variance


def ahead(prior: tuple[Fraction, Fraction], sites: Sequence[Exposure], time: Fraction) -> Ahead:
    """Participants to come in ``time``, exactly: Poisson with a rate that is itself uncertain."""
    mean, variance = rates(prior, sites)
    return Ahead(time * mean, time * mean + time**2 * variance)


def quantile(span: Ahead, chance: float) -> int:
    """The least count that is not exceeded with at least this chance."""
    total, count = 0.0, 0
    shape, odds = _negative_binomial(span)
    while True:
        total += _probability(count, shape, odds)
        if total >= chance or count > 1_000_000:
            return count
        count += 1


def at_least(span: Ahead, count: int) -> float:
    """The chance of so many or more."""
    shape, odds = _negative_binomial(span)
    return max(0.0, 1.0 - sum(_probability(each, shape, odds) for each in range(count)))


def _negative_binomial(span: Ahead) -> tuple[float, float]:
    """Shape, and the chance of a success: of the mean and variance given, which lies above the mean."""
    return float(span.mean**2 / (span.variance - span.mean)), float(span.mean / span.variance)


def _probability(count: int, shape: float, success: float) -> float:
    ways = lgamma(count + shape) - lgamma(shape) - lgamma(count + 1)
    return exp(ways + shape * log(success) + count * log(1 - success))


def _day_of(
    remaining: int, mean: Fraction, variance: Fraction, chance: float, day: datetime.date
) -> datetime.date | None:
    """The first day by which the last participant has come with this chance."""

    def reached(days: int) -> bool:
        time = days / MONTH
        return at_least(Ahead(time * mean, time * mean + time**2 * variance), remaining) >= chance

    if not reached(FARTHEST):
        return None
    low, high = 0, min(FARTHEST, max(1, ceil(remaining * MONTH / mean)))
    while not reached(high):
        low, high = high, min(high * 2, FARTHEST)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return day + datetime.timedelta(days=high)
