"""The audit trail and a participant's timeline: what each viewer may read, and how it is told."""

import datetime
import time

import pytest

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.forms import digest
from equipoise.conduct.masking import Viewer, viewer_of
from equipoise.conduct.participant import Place
from equipoise.conduct.roles import Role
from equipoise.conduct.views.audit import AuditLine, Changed, audit
from equipoise.conduct.views.timeline import timeline
from equipoise.kernel.refused import Refused
from tests.trials import Bench, person_for, running


@pytest.fixture(scope="module")
def bench() -> Bench:
    """One participant at each site: a visit, a form corrected and signed, a reaction, a broken code, an export."""
    bench = running()
    one = bench.randomised()
    bench.randomised("02", "dm")
    day = bench.at.date()
    bench.ask(do.RecordVisit(one, "baseline", day), by=Role.COORDINATOR)
    bench.ask(do.EnterForm(one, "baseline", "vitals", {"weight": "70"}), by=Role.COORDINATOR)
    correct = do.CorrectForm(one, "baseline", "vitals", {"weight": "71"})
    bench.ask(correct, by=Role.COORDINATOR, reason="Read off wrongly")
    sheet = bench.trial.participants[one].sheets[Place("baseline", "vitals")]
    bench.ask(do.SignForm(one, "baseline", "vitals", "I have checked this", digest(sheet)), by=Role.INVESTIGATOR)
    bench.ask(do.ReportAdverseEvent(one, _told("Redness", reaction=True)), by=Role.COORDINATOR)
    bench.ask(do.ReportAdverseEvent(one, _told("Headache", reaction=False)), by=Role.COORDINATOR)
    sealed = do.EnterForm(one, "baseline", "laboratory", {}, sealed={"signature": "ff" * 32})
    bench.ask(sealed, by=Role.INDEPENDENT_STATISTICIAN)
    bench.ask(do.BreakCode(one, "emergency", "Surgery", changes_care=True), by=Role.INVESTIGATOR)
    bench.ask(do.NoteExport("participants", 2, "d"), by=Role.MONITOR)
    return bench


def _told(term: str, *, reaction: bool) -> did.AdverseEvent:
    day = datetime.date(2026, 3, 1)
    none, mild, known = did.Causality.NOT_RELATED, did.Severity.MILD, did.Outcome.RECOVERED
    return did.AdverseEvent(term, day, day, mild, none, known, reaction=reaction)


def _viewer(bench: Bench, role: Role, site: str = "01") -> Viewer:
    return viewer_of(bench.trial, person_for(role, site), bench.at)


def _lines(bench: Bench, role: Role, **only: str) -> list[AuditLine]:
    return list(audit(bench.trial, _viewer(bench, role), bench.entries, **only))


def test_must_04_an_entry_says_who_when_where_why_and_what_changed(bench: Bench) -> None:
    (line,) = [one for one in _lines(bench, Role.COORDINATOR) if one.reason]
    assert line.words == "Vital signs at Baseline was corrected for 01-001: Body weight from 70 kg to 71 kg."
    assert line.changes == (Changed("Body weight", "70 kg", "71 kg"),)
    assert (line.by, line.role, line.site) == ("Coordinator 01", "Site coordinator", "Site 01")
    assert line.at.endswith("Z")
    assert line.local == "2026-03-02T10:32:00+01:00"
    assert line.local[11:16] != line.at[11:16]
    assert line.reason == "Read off wrongly"
    (signed,) = [one for one in _lines(bench, Role.INVESTIGATOR) if one.signed]
    assert signed.signed == "I have checked this"
    assert len(signed.digest) == 64


def test_must_04_one_participant_one_site_or_all(bench: Bench) -> None:
    monitor = _lines(bench, Role.MONITOR)
    assert {one.participant for one in monitor} == {"", "01-001", "02-001"}
    assert {one.participant for one in _lines(bench, Role.MONITOR, participant="02-001")} == {"02-001"}
    assert {one.site for one in _lines(bench, Role.MONITOR, site="02")} == {"Site 02"}
    assert [one.position for one in monitor] == sorted(one.position for one in monitor)


def test_a_site_reads_nothing_of_another(bench: Bench) -> None:
    assert not [one for one in _lines(bench, Role.COORDINATOR) if one.site == "Site 02" or "02-001" in one.words]
    assert _lines(bench, Role.COORDINATOR, participant="02-001") == []


def test_must_05_what_is_not_for_a_viewer_is_absent(bench: Bench) -> None:
    def read(role: Role) -> str:
        return " ".join(one.words for one in _lines(bench, role))

    assert "Redness" in read(Role.MONITOR)
    assert "Redness" not in read(Role.SPONSOR)
    assert "Headache" in read(Role.SPONSOR)
    assert "Headache" not in read(Role.ASSESSOR)
    assert "code of 01-001 was broken" in read(Role.SPONSOR)
    assert "was broken" not in read(Role.STATISTICIAN)
    assert "01-001" not in read(Role.ADMINISTRATOR)
    assert "ff" * 32 not in "".join(str(one) for one in _lines(bench, Role.MONITOR))


def test_nobody_reads_without_a_role(bench: Bench) -> None:
    assert list(audit(bench.trial, Viewer("x", "x", ()), bench.entries)) == []


def test_must_13_neither_words_nor_lines_tell_the_order_of_randomising(bench: Bench) -> None:
    (line,) = [one for one in _lines(bench, Role.COORDINATOR) if "was randomised" in one.words]
    assert line.words.startswith("01-001 was randomised on 2 March 2026 (Disease: PM).")
    assert line.changes == ()


def test_the_audit_streams(bench: Bench) -> None:
    """One entry in, one line out: nothing is read ahead."""
    taken = []

    def entries() -> object:
        for entry in bench.entries:
            taken.append(entry.position)
            yield entry

    stream = audit(bench.trial, _viewer(bench, Role.MONITOR), entries())  # type: ignore[arg-type]
    next(stream)
    assert len(taken) == 1


def test_fifty_thousand_entries_stream_in_seconds(bench: Bench) -> None:
    times = 50_000 // len(bench.entries)
    entries = (entry for _ in range(times) for entry in bench.entries)
    started = time.process_time()
    count = sum(1 for _ in audit(bench.trial, _viewer(bench, Role.MONITOR), entries))
    assert count > 45_000
    assert time.process_time() - started < 15


def test_a_timeline_goes_by_the_day_things_happened(bench: Bench) -> None:
    told = timeline(bench.trial, _viewer(bench, Role.COORDINATOR), bench.entries, "01-001")
    assert [one.on for one in told] == sorted(one.on for one in told)
    first = told[0]
    assert first.words.startswith("Redness of 01-001, from 1 March 2026")
    assert (first.on, first.recorded) == (datetime.date(2026, 3, 1), datetime.date(2026, 3, 2))
    assert {one.visit for one in told} == {"", "baseline"}


def test_a_timeline_is_refused_for_another_site(bench: Bench) -> None:
    with pytest.raises(Refused, match="no such participant here"):
        timeline(bench.trial, _viewer(bench, Role.COORDINATOR, "02"), bench.entries, "01-001")
