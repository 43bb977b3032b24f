"""Non-interference: what a role is not cleared for changes nothing of what the gate lets through to it.

The same things happen in two trials that differ in guarded information alone: values of an effect, reactions, adverse
events, numbers of kits, code breaks. Whoever is not cleared for one of these reads both logs alike.
"""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.log import canonical
from equipoise.conduct.masking import entry_seen, participants_seen, viewer_of
from equipoise.conduct.roles import Information, Role
from equipoise.kernel.refused import Refused
from tests.trials import SITES, Bench, person_for

C, V = Role.COORDINATOR, Role.INVESTIGATOR
GUARDED = {
    Information.EFFECT: ("ab" * 32, "cd" * 32),
    Information.REACTION: ("3", "7"),
    Information.SAFETY: ("Headache", "Cough"),
    Information.KITS: ("1", "2"),
    Information.UNBLINDING: ("Shock", "Fever"),
}
"""Two values of each class: one for either trial."""
UNCLEARED = {
    Role.COORDINATOR: {Information.EFFECT},
    Role.INVESTIGATOR: {Information.EFFECT},
    Role.MONITOR: {Information.EFFECT},
    Role.SAFETY_OFFICER: {Information.EFFECT},
    Role.SPONSOR: {Information.EFFECT, Information.REACTION},
    Role.STATISTICIAN: {Information.EFFECT, Information.REACTION, Information.KITS, Information.UNBLINDING},
    Role.ASSESSOR: set(GUARDED),
    Role.PHARMACIST: set(GUARDED) - {Information.KITS},
    Role.ADMINISTRATOR: set(GUARDED),
}
"""By hand, from the specification and the protocol, which withholds safety and reactions from the assessor."""
DONE = ("joins", "effect", "reaction", "reaction-corrected", "event", "reacts", "dispense", "break", "query", "visit")
things = st.lists(st.tuples(st.sampled_from(DONE), st.sampled_from(SITES)), min_size=4, max_size=25)


class Lived:
    """One of two trials. ``differs``: classes whose second value it has."""

    def __init__(self, differs: set[Information]) -> None:
        self.bench = Bench().staffed()
        self.told = {each: values[each in differs] for each, values in GUARDED.items()}
        self.bench.ask(do.SealAllocation("test/1", "ab" * 32, 40), by=Role.INDEPENDENT_STATISTICIAN)
        for number, site in enumerate(SITES):
            kits = tuple(f"{self.told[Information.KITS]}{number}{each:05d}" for each in range(30))
            self.bench.ask(do.ReceiveKits(site, kits), by=Role.PHARMACIST, site=site)

    def do(self, what: str, site: str) -> None:
        """Refused: what cannot be done now, alike in both."""
        bench, people = self.bench, [one for one in self.bench.trial.participants.values() if one.site == site]
        if what == "joins" or not people:
            bench.randomised(site)
            return
        number, day = people[-1].id, bench.at.date()
        copy = sum(place.form == "reactions" for place in people[-1].sheets) + 1
        told = did.AdverseEvent(
            self.told[Information.SAFETY],
            day,
            day,
            did.Severity.MILD,
            did.Causality.RELATED,
            did.Outcome.RECOVERED,
            reaction=what == "reacts",
        )
        size = {"size": self.told[Information.REACTION]}
        mark = {"signature": self.told[Information.EFFECT]}
        command, by = {
            "effect": (do.EnterForm(number, "week", "laboratory", {}, sealed=mark), Role.INDEPENDENT_STATISTICIAN),
            "reaction": (do.EnterForm(number, "week", "reactions", size, copy), C),
            "reaction-corrected": (do.CorrectForm(number, "week", "reactions", {"size": size["size"] + "0"}, 1), C),
            "event": (do.ReportAdverseEvent(number, told), C),
            "reacts": (do.ReportAdverseEvent(number, told), C),
            "dispense": (do.DispenseKits(number, "week", day, (bench.kit(site),)), C),
            "break": (do.BreakCode(number, "emergency", self.told[Information.UNBLINDING], changes_care=True), V),
            "query": (do.RaiseQuery(number, "week", "reactions", size["size"], "size"), Role.MONITOR),
            "visit": (do.RecordVisit(number, "week", day), C),
        }[what]
        bench.ask(command, by=by, site=site, reason="So it is")

    def live(self, happened: list[tuple[str, str]]) -> list[bool]:
        return [self._happens(what, site) for what, site in happened]

    def _happens(self, what: str, site: str) -> bool:
        self.bench.at += datetime.timedelta(days=1)
        try:
            self.do(what, site)
        except Refused:
            return False
        return True

    def read(self, role: Role) -> list[str]:
        """All that the gate lets through of the log, and whom they see."""
        trial = self.bench.trial
        viewer = viewer_of(trial, person_for(role), self.bench.at)
        seen = (entry_seen(trial, viewer, entry) for entry in self.bench.entries)
        return [*map(canonical, seen), *(one.id for one in participants_seen(trial, viewer))]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(things)
def test_must_16_what_is_not_for_a_role_changes_nothing_it_reads(happened: list[tuple[str, str]]) -> None:
    plain = Lived(set())
    went = plain.live(happened)
    others: dict[frozenset[Information], Lived] = {}
    for role, uncleared in UNCLEARED.items():
        kinds = frozenset(uncleared)
        if kinds not in others:
            others[kinds] = Lived(uncleared)
            assert others[kinds].live(happened) == went
        assert others[kinds].read(role) == plain.read(role), role


@pytest.mark.parametrize("information", GUARDED)
def test_must_16_who_is_cleared_reads_the_difference(information: Information) -> None:
    """So the test above could fail: each class does show to somebody, or, sealed, in the log itself."""
    happened = [(what, "01") for what in DONE]
    one, other = Lived(set()), Lived({information})
    assert one.live(happened) == other.live(happened) == [True] * len(DONE)
    if information is Information.EFFECT:
        assert [entry.body for entry in one.bench.entries] != [entry.body for entry in other.bench.entries]
    else:
        assert one.read(Role.INVESTIGATOR) != other.read(Role.INVESTIGATOR)
