"""Work that a view saves changes nothing of what it says: entries not read, and tasks not worked out anew."""

from datetime import timedelta

import pytest

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.forms import digest
from equipoise.conduct.masking import viewer_of
from equipoise.conduct.participant import Place
from equipoise.conduct.roles import Role
from equipoise.conduct.views.audit import audit, tags_seen
from equipoise.conduct.views.worklist import Known, worklist
from tests.trials import PROTOCOL, Bench, person_for, running


def _told(*, reaction: bool) -> did.AdverseEvent:
    day = PROTOCOL.dated
    kinds = did.Severity.MILD, did.Causality.RELATED, did.Outcome.RECOVERING
    return did.AdverseEvent("Redness", day, day, *kinds, reaction=reaction)


@pytest.fixture(scope="module")
def bench() -> Bench:
    """Something of every class of information that entries have."""
    bench = running()
    one = bench.randomised()
    bench.randomised("02", "dm")
    for reaction in (True, False):
        bench.ask(do.ReportAdverseEvent(one, _told(reaction=reaction)), by=Role.COORDINATOR)
    sealed = do.EnterForm(one, "baseline", "laboratory", {}, sealed={"signature": "ff" * 32})
    bench.ask(sealed, by=Role.INDEPENDENT_STATISTICIAN)
    bench.ask(do.BreakCode(one, "emergency", "Surgery", changes_care=True), by=Role.INVESTIGATOR)
    for of in ("accidental-unmasking", "other"):
        bench.ask(do.RecordDeviation(of, "It was seen", important=True, participant=one), by=Role.COORDINATOR)
    for what in ("participants", "sealed:arms"):
        bench.ask(do.NoteExport(what, 2, "d"), by=Role.INDEPENDENT_STATISTICIAN)
    return bench


@pytest.mark.parametrize("role", list(Role))
def test_entries_that_are_not_read_are_for_nobody_of_that_role(bench: Bench, role: Role) -> None:
    viewer = viewer_of(bench.trial, person_for(role), bench.at)
    tags = tags_seen(bench.trial, viewer)
    read = [entry for entry in bench.entries if entry.tag in tags]
    assert list(audit(bench.trial, viewer, read)) == list(audit(bench.trial, viewer, bench.entries))


def test_some_entries_are_not_read(bench: Bench) -> None:
    administrator = viewer_of(bench.trial, "administrator", bench.at)
    assert "form-entered" not in tags_seen(bench.trial, administrator)
    assert tags_seen(bench.trial, viewer_of(bench.trial, "nobody", bench.at)) == ()


def test_what_is_known_of_tasks_never_shows() -> None:
    """After each thing done, for each who looks, and on another day."""
    bench, known = running(), Known()
    one = bench.randomised()
    other = bench.randomised("02", "dm")
    day = bench.at.date()

    def same() -> None:
        for later in (0, 40):
            at = bench.at + timedelta(days=later)
            for role in (Role.MONITOR, Role.COORDINATOR, Role.ASSESSOR, Role.INDEPENDENT_STATISTICIAN):
                viewer = viewer_of(bench.trial, person_for(role), at)
                anew = worklist(bench.trial, viewer, at)
                assert worklist(bench.trial, viewer, at, known=known) == anew
                told.append(len(anew))

    told: list[int] = []
    same()
    for number in (one, other):
        bench.ask(do.RecordVisit(number, "baseline", day), by=Role.COORDINATOR, site=number[:2])
        same()
    bench.ask(do.EnterForm(one, "baseline", "vitals", {"weight": "70"}), by=Role.COORDINATOR)
    same()
    sheet = bench.trial.participants[one].sheets[Place("baseline", "vitals")]
    bench.ask(do.SignForm(one, "baseline", "vitals", "I have checked this", digest(sheet)), by=Role.INVESTIGATOR)
    same()
    assert len(set(told)) > 4
    assert known[one].one is bench.trial.participants[one]
