"""The flow adds up whatever happened to whom, pooled and by arm (conduct.md 6.8)."""

import datetime
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from equipoise.conduct.masking import Held, Viewer
from equipoise.conduct.participant import Attendance, Consent, Ended, Participant, Screening
from equipoise.conduct.roles import Role
from equipoise.conduct.trial import Site, Trial
from equipoise.conduct.views.flow import adds_up, adds_up_by_arm, flow, flow_by_arm
from equipoise.kernel.truth import Truth
from tests.trials import PROTOCOL, SITES

DAY = datetime.date(2026, 3, 2)
INDEPENDENT = Viewer("i", "I", (Held(Role.INDEPENDENT_STATISTICIAN),))

reasons = st.sampled_from(["Rash", "rash ", "Moved away", ""])
screenings = st.builds(
    Screening,
    st.just(DAY),
    st.sampled_from(Truth),
    st.just(()),
    st.sampled_from(["", "not-eligible", "declined", "other"]),
    st.lists(st.sampled_from(["I1", "I2"]), unique=True, min_size=1).map(tuple),
).map(lambda one: one if one.failed == "not-eligible" else msgspec.structs.replace(one, criteria=()))
people = st.builds(
    Participant,
    st.just(""),
    st.sampled_from(SITES),
    st.just(""),
    consents=st.sampled_from([(), (Consent("1", DAY, "1.0"),)]),
    screenings=st.lists(screenings, max_size=3).map(tuple),
    number=st.integers(0, 1),
    kits=st.sampled_from([Map(), Map({"0000001": ""})]),
    visits=st.dictionaries(
        st.sampled_from(["screening", "baseline", "week-2"]),
        st.sampled_from([Attendance(DAY), Attendance(None, missed="Ill")]),
    ),
    stopped=st.none() | st.tuples(st.just(DAY), reasons),
    withdrawn=st.sampled_from([frozenset(), frozenset({"treatment"}), frozenset({"visits"})]),
    ends=st.lists(st.sampled_from(["completed", "withdrew", "lost", "died"]), unique=True).map(
        lambda ways: tuple(Ended(how, DAY) for how in ways)
    ),
)


@st.composite
def trials(draw: st.DrawFn) -> Trial:
    drawn = draw(st.lists(people, max_size=12))
    named = [msgspec.structs.replace(one, id=f"{one.site}-{place:03d}") for place, one in enumerate(drawn)]
    order = tuple(one.id for one in named if one.number)
    sites = {site: Site(site, site, "DE", "UTC") for site in SITES}
    found = Map({one.id: one for one in named})
    return Trial("T", version="1.0", protocols={"1.0": PROTOCOL}, sites=sites, participants=found, order=order)


@settings(max_examples=1000)
@given(trials(), st.randoms(use_true_random=False))
def test_must_29_the_flow_always_adds_up(trial: Trial, rng: Random) -> None:
    pooled = flow(trial, INDEPENDENT)
    assert adds_up(pooled) == ()
    assert pooled.followed.randomised == len(trial.order)
    assert sum(flow(trial, INDEPENDENT, site).assessed for site in SITES) == pooled.assessed
    arms = {name: rng.choice("ABC") for name in trial.order}
    unanalysed = {name: rng.choice(["Lost", "No value"]) for name in trial.order if rng.random() < 0.3}
    assert adds_up_by_arm(flow_by_arm(trial, INDEPENDENT, arms, dummy=False, not_analysed=unanalysed)) == ()
