"""Recruitment: by day against the plan, at each site, who was screened out and why, and how it may go on."""

import datetime
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import msgspec

from equipoise.conduct.masking import Viewer
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Site, Trial
from equipoise.conduct.views.flow import FailedCriterion, excluded_because, failed_criteria
from equipoise.conduct.views.projection import MONTH, Projection, exposure_of, opened_on, project, started_on
from equipoise.conduct.views.sight import Sight


class DayPoint(msgspec.Struct, frozen=True):
    """``total`` and ``planned`` by the end of the day; the plan of all sites or of one, and of nothing between."""

    day: datetime.date
    randomised: int
    total: int
    planned: Decimal | None


class SiteLine(msgspec.Struct, frozen=True):
    """``a_month``: randomised a month since it opened."""

    site: str
    label: str
    country: str
    is_open: bool
    opened: datetime.date | None
    screened: int
    screened_out: int
    in_screening: int
    randomised: int
    target: int | None
    last: datetime.date | None
    a_month: Decimal | None


class Recruited(msgspec.Struct, frozen=True):
    """``whole``: of all sites. Without that there is no projection."""

    day: datetime.date
    whole: bool
    screened: int
    screened_out: int
    in_screening: int
    randomised: int
    cap: int
    days: tuple[DayPoint, ...]
    sites: tuple[SiteLine, ...]
    not_eligible: int
    declined: int
    other: int
    criteria: tuple[FailedCriterion, ...]
    projection: Projection | None


def recruitment(trial: Trial, viewer: Viewer, day: datetime.date, site: str = "") -> Recruited:
    """Of the sites the viewer sees, or of one, up to ``day``. Refused: trial data are not for them."""
    sight = Sight(trial, viewer)
    sight.need(Information.OPEN, site)
    people = tuple(sight.participants(Information.OPEN, site))
    places = [
        one for one in trial.sites.values() if (not site or one.id == site) and sight.sees(Information.OPEN, one.id)
    ]
    whole = len(places) == len(trial.sites)
    sites = _sites(places, people, day)
    out = Counter(excluded_because(one) for one in people if not one.is_randomised)
    total = sum(one.randomised for one in sites)
    ineligible = (one for one in people if excluded_because(one) == "not-eligible")
    return Recruited(
        day=day,
        whole=whole,
        screened=len(people),
        screened_out=sum(one.screened_out for one in sites),
        in_screening=sum(one.in_screening for one in sites),
        randomised=total,
        cap=trial.protocol.allocation.cap,
        days=_days(trial, people, day, places),
        sites=sites,
        not_eligible=out["not-eligible"],
        declined=out["declined"],
        other=out["other"],
        criteria=failed_criteria(trial, ineligible),
        projection=project(trial, people, day) if whole else None,
    )


def _sites(places: list[Site], people: tuple[Participant, ...], day: datetime.date) -> tuple[SiteLine, ...]:
    by_site: dict[str, list[Participant]] = {}
    for one in people:
        by_site.setdefault(one.site, []).append(one)
    return tuple(_site_line(site, by_site.get(site.id, []), day) for site in places)


def _site_line(site: Site, people: list[Participant], day: datetime.date) -> SiteLine:
    came = [one.randomised_on for one in people if one.randomised_on]
    out = sum(bool(excluded_because(one)) for one in people)
    exposure = exposure_of(site, people, day)
    rate = Fraction(exposure.recruited) / exposure.time if exposure.time else None
    return SiteLine(
        site=site.id,
        label=site.label,
        country=site.country,
        is_open=site.is_open,
        opened=opened_on(site),
        screened=len(people),
        screened_out=out,
        in_screening=len(people) - out - len(came),
        randomised=len(came),
        target=site.target,
        last=max(came, default=None),
        a_month=Decimal(round(rate * 100)) / 100 if rate is not None else None,
    )


def _days(
    trial: Trial, people: tuple[Participant, ...], day: datetime.date, places: list[Site]
) -> tuple[DayPoint, ...]:
    """Every day from the first opening of a site on."""
    start = started_on(trial)
    came = Counter(one.randomised_on for one in people if one.randomised_on and one.randomised_on <= day)
    start = min([start, *came]) if came else start
    total, points = 0, []
    for ordinal in range(start.toordinal(), day.toordinal() + 1):
        today = datetime.date.fromordinal(ordinal)
        total += came[today]
        points.append(DayPoint(today, came[today], total, _planned(trial, places, start, today)))
    return tuple(points)


def _planned(trial: Trial, places: list[Site], start: datetime.date, day: datetime.date) -> Decimal | None:
    if len(places) == len(trial.sites):
        return planned_by(trial.protocol, start, day)
    return planned_at(places[0], trial.protocol, start, day) if len(places) == 1 else None


def planned_by(protocol: Protocol, start: datetime.date, day: datetime.date) -> Decimal | None:
    """The plan's straight line, never above the cap; none where there is no plan. To a tenth of a participant."""
    plan = protocol.recruitment
    return None if plan is None else _on_line(plan.per_month, plan.months, protocol.allocation.cap, (day - start).days)


@lru_cache(maxsize=10_000)
def _on_line(per_month: Decimal, months: int, cap: int, days: int) -> Decimal:
    done = min(Fraction(days) / MONTH, Fraction(months))
    return Decimal(round(min(Fraction(per_month) * done, Fraction(cap)) * 10)) / 10


def planned_at(site: Site, protocol: Protocol, start: datetime.date, day: datetime.date) -> Decimal | None:
    """A straight line from the day the site opened to its target on the last day of the plan."""
    plan, opened = protocol.recruitment, opened_on(site)
    if plan is None or site.target is None or opened is None:
        return None
    last = start + datetime.timedelta(days=round(plan.months * MONTH))
    done = Fraction((min(day, last) - opened).days, max((last - opened).days, 1))
    return Decimal(round(max(done, Fraction(0)) * site.target * 10)) / 10
