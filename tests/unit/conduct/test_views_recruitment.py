"""Recruitment against plan, and its projection: the hand vector of the literature, and coverage by simulation."""

import datetime
import math
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from msgspec.structs import replace

from equipoise.conduct import commands as do
from equipoise.conduct.masking import Held, Viewer
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Recruitment
from equipoise.conduct.roles import Role
from equipoise.conduct.trial import Site
from equipoise.conduct.views.projection import Ahead, Exposure, ahead, at_least, exposure_of, quantile, rates
from equipoise.conduct.views.recruitment import Recruited, recruitment
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from tests.trials import PROTOCOL, Bench

MONITOR = Viewer("m", "M", (Held(Role.MONITOR),))
START = datetime.date(2026, 3, 2)
PRIOR = Fraction(12, 10), Fraction(2)
SITES = (Exposure(4, Fraction(6)), Exposure(1, Fraction(6)), Exposure(0, Fraction(2)))


def test_the_hand_vector_is_reproduced_exactly() -> None:
    assert [rates(PRIOR, (one,))[0] for one in SITES] == [Fraction(65, 100), Fraction(275, 1000), Fraction(3, 10)]
    assert rates(PRIOR, SITES)[1] == Fraction(190625, 1_000_000)
    assert ahead(PRIOR, SITES, Fraction(12)) == Ahead(Fraction(147, 10), Fraction(4215, 100))


def test_time_counts_from_the_last_opening_of_a_site() -> None:
    day = datetime.date(2026, 3, 2)
    people = [
        Participant("01-001", "01", "", randomised_on=day - _days(1)),
        Participant("01-002", "01", "", randomised_on=day),
        Participant("01-003", "01", ""),
    ]
    site = Site("01", "Site", "DE", "UTC", is_open=True, opened="2026-03-02T09:00:00.000000Z")
    month = Fraction(487, 16)
    assert exposure_of(site, people, day + _days(30)) == Exposure(1, 30 / month)
    closed = replace(site, is_open=False, closed="2026-03-12T09:00:00.000000Z")
    assert exposure_of(closed, people, day + _days(30)) == Exposure(1, 10 / month)
    assert exposure_of(replace(site, opened=""), people, day) == Exposure(0, Fraction(0))
    assert exposure_of(site, people, day).time == 1 / month


def test_quantiles_are_those_of_the_negative_binomial() -> None:
    """Shape 1 is the geometric distribution, whose chances are known: P(N >= n) = q ** n."""
    geometric = Ahead(Fraction(3), Fraction(12))  # success 1/4
    assert at_least(geometric, 5) == pytest.approx(0.75**5, rel=1e-12)
    assert quantile(geometric, 0.5) == math.ceil(math.log(0.5) / math.log(0.75)) - 1
    assert quantile(geometric, 0.9) == math.ceil(math.log(0.1) / math.log(0.75)) - 1
    assert at_least(geometric, 0) == 1.0


def test_eight_times_in_ten_means_eight_times_in_ten() -> None:
    """Rates drawn from the posterior, counts from the rates: what the projection says holds."""
    rng = random.Random(20261123)
    span = ahead(PRIOR, SITES, Fraction(12))
    low, high = quantile(span, 0.1), quantile(span, 0.9)
    inside = above = 0
    for _ in range(4000):
        rate = sum(rng.gammavariate(1.2 + one.recruited, 1 / (2 + float(one.time))) for one in SITES)
        count = _poisson(rng, 12 * rate)
        inside += low <= count <= high
        above += count >= 15
    assert 0.80 <= inside / 4000 <= 0.86  # counts are whole: a little more than 0.8
    assert above / 4000 == pytest.approx(at_least(span, 15), abs=0.03)


def _poisson(rng: random.Random, mean: float) -> int:
    count, left = 0, rng.expovariate(1)
    while left < mean:
        count, left = count + 1, left + rng.expovariate(1)
    return count


@pytest.fixture(scope="module")
def bench() -> Bench:
    """Four randomised at one site and one at the other in six weeks; one screened out; two a month were planned."""
    bench = Bench(replace(PROTOCOL, recruitment=Recruitment(Decimal(2), 6))).staffed().sealed()
    for site in ("01", "01", "02", "01", "01"):
        bench.at += datetime.timedelta(days=7)
        bench.randomised(site)
    out = bench.screened(age=80, met=Truth.FALSE)
    bench.ask(do.FailScreening(out, "not-eligible"), by=Role.COORDINATOR)
    bench.at += datetime.timedelta(days=7)
    return bench


@pytest.fixture(scope="module")
def seen(bench: Bench) -> Recruited:
    return recruitment(bench.trial, MONITOR, bench.at.date())


def test_by_day_against_the_plan(seen: Recruited) -> None:
    assert len(seen.days) == 43
    assert [(one.day - START).days for one in seen.days if one.randomised] == [7, 14, 21, 28, 35]
    assert [one.total for one in seen.days][-1] == 5
    assert seen.days[0].planned == 0
    assert seen.days[-1].planned == Decimal("2.8")  # 42 / 30.4375 months, two a month
    assert [one.total for one in seen.days] == sorted(one.total for one in seen.days)


def test_each_site_and_all_of_them(seen: Recruited) -> None:
    first, second = seen.sites
    assert (first.screened, first.screened_out, first.randomised, first.last) == (5, 1, 4, START + _days(35))
    assert (second.screened, second.randomised, second.a_month) == (1, 1, Decimal("0.72"))
    assert (seen.screened, seen.screened_out, seen.in_screening, seen.randomised, seen.cap) == (6, 1, 0, 5, 12)
    assert (seen.not_eligible, seen.criteria[0].words) == (1, "18 to 75 years of age")


def _days(count: int) -> datetime.timedelta:
    return datetime.timedelta(days=count)


def test_the_projection_tells_a_span(seen: Recruited) -> None:
    told = seen.projection
    assert told is not None
    assert told.remaining == 7
    assert told.earliest is not None
    assert told.expected is not None
    assert told.latest is not None
    assert seen.day < told.earliest < told.expected < told.latest
    assert told.planned_end == START + _days(183)
    assert told.by_planned_end is not None
    assert 5 < told.by_planned_end[0] < told.by_planned_end[1] <= told.by_planned_end[2] == 12


def test_nothing_is_projected_above_the_cap(bench: Bench) -> None:
    protocol = replace(bench.trial.protocol, allocation=replace(PROTOCOL.allocation, cap=6))
    told = recruitment(replace(bench.trial, protocols={"1.0": protocol}), MONITOR, bench.at.date()).projection
    assert told is not None
    assert told.by_planned_end == (6, 6, 6)


def test_a_site_sees_its_own_and_without_a_target_no_plan(bench: Bench) -> None:
    own = recruitment(bench.trial, Viewer("c", "C", (Held(Role.COORDINATOR, "02"),)), bench.at.date())
    assert [one.site for one in own.sites] == ["02"]
    assert (own.whole, own.projection, own.randomised) == (False, None, 1)
    assert {one.planned for one in own.days} == {None}
    with pytest.raises(Refused, match="nothing here for your roles"):
        recruitment(bench.trial, Viewer("p", "P", (Held(Role.PHARMACIST, "02"),)), bench.at.date())


def test_a_site_with_a_target_is_measured_against_it(bench: Bench) -> None:
    """To 6 in 183 days from its opening: a straight line, and no higher once the plan is over."""
    trial = replace(bench.trial, sites={**bench.trial.sites, "02": replace(bench.trial.sites["02"], target=6)})
    own = Viewer("c", "C", (Held(Role.COORDINATOR, "02"),))
    planned = [one.planned for one in recruitment(trial, own, bench.at.date()).days]
    assert (planned[0], planned[42]) == (0, Decimal("1.4"))
    assert recruitment(trial, own, START + _days(183)).days[-1].planned == 6
    assert recruitment(trial, own, START + _days(400)).days[-1].planned == 6
    assert recruitment(trial, MONITOR, bench.at.date(), "02").days[42].planned == Decimal("1.4")


def test_nothing_is_projected_from_nothing() -> None:
    bench = Bench()
    assert recruitment(bench.trial, MONITOR, START).projection is None
    assert recruitment(bench.staffed().trial, MONITOR, START).projection is None
