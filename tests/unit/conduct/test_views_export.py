"""Tables for a viewer: what they hold, and what is not there."""

import datetime
from collections import Counter

import pytest
from immutables import Map
from msgspec.structs import replace

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.allocation.dummy import dummy_arms
from equipoise.conduct.masking import Held, Viewer, viewer_of
from equipoise.conduct.participant import Place
from equipoise.conduct.roles import MASKED, Information, Role
from equipoise.conduct.trial import Query
from equipoise.conduct.views.export import table, table_names, tables
from equipoise.conduct.views.records import ARMS
from equipoise.conduct.views.table import Sealed, Table, dictionary
from equipoise.kernel.refused import Refused
from tests.trials import PROTOCOL, Bench, person_for, running

DAY = datetime.date(2026, 3, 2)
LAB = Place("baseline", "laboratory")


@pytest.fixture(scope="module")
def bench() -> Bench:
    bench = running()
    one = bench.randomised()
    bench.randomised("02", "dm")
    bench.ask(do.RecordVisit(one, "baseline", DAY), by=Role.COORDINATOR)
    values = {"weight": "20.5", "pregnant": "yes", "week": "12"}
    bench.ask(do.EnterForm(one, "baseline", "vitals", values), by=Role.COORDINATOR)
    bench.ask(do.EnterForm(one, "baseline", "assessment", {"course": "up", "activity": "3"}), by=Role.ASSESSOR)
    lab = do.EnterForm(one, "baseline", "laboratory", {}, sealed={"signature": "ff" * 32})
    bench.ask(lab, by=Role.INDEPENDENT_STATISTICIAN)
    bench.ask(do.RecordMedication(one, "Prednisolone", started="2026-01"), by=Role.COORDINATOR)
    for term, reaction in (("Redness", True), ("Cough", False)):
        told = did.AdverseEvent(
            term, DAY, DAY, did.Severity.MILD, did.Causality.NOT_RELATED, did.Outcome.RECOVERED, reaction=reaction
        )
        bench.ask(do.ReportAdverseEvent(one, told), by=Role.COORDINATOR)
    for of in ("visit-window", "accidental-unmasking"):
        bench.ask(do.RecordDeviation(of, f"It was {of}", important=True, participant=one), by=Role.COORDINATOR)
    return bench


SEALED = Sealed({("01-001", LAB, "signature"): "1.23"}, {"01-001": "active", "02-001": "placebo"})


def _viewer(bench: Bench, role: Role, site: str = "01") -> Viewer:
    return viewer_of(bench.trial, person_for(role, site), bench.at)


def _table(bench: Bench, role: Role, name: str) -> Table:
    return table(bench.trial, _viewer(bench, role), name, SEALED)


def _row(found: Table, place: int = 0) -> dict[str, object]:
    names = [column.name for column in found.columns]
    return dict(zip(names, found.rows[place], strict=True))


def test_a_form_is_a_table_of_its_fields(bench: Bench) -> None:
    row = _row(_table(bench, Role.MONITOR, "form_vitals"))
    assert row["participant"] == "01-001"
    assert (row["visit"], row["visit_on"], row["copy"], row["signed"]) == ("baseline", "2026-03-02", 1, "no")
    assert (row["weight"], row["pregnant"], row["week"], row["on"]) == ("20.5", "yes", 12, None)


def test_every_row_has_a_cell_for_each_column_and_keys_tell_rows_apart(bench: Bench) -> None:
    for role in Role:
        for found in tables(bench.trial, _viewer(bench, role), SEALED):
            assert all(len(row) == len(found.columns) for row in found.rows), found.name
            keys = [place for place, column in enumerate(found.columns) if column.key]
            told = [tuple(row[place] for place in keys) for row in found.rows]
            assert len(set(told)) == len(told), found.name
            assert len({column.name for column in found.columns}) == len(found.columns), found.name


def test_participants_and_their_facts(bench: Bench) -> None:
    row = _row(_table(bench, Role.STATISTICIAN, "participants"))
    assert (row["consent_on"], row["randomised_on"], row["status"]) == ("2026-03-02", "2026-03-02", "in follow-up")
    assert (row["stratum_disease"], row["country"], row["eligible"]) == ("pm", "DE", "true")


def test_other_records(bench: Bench) -> None:
    assert _row(_table(bench, Role.MONITOR, "medications"))["started"] == "2026-01"
    assert _row(_table(bench, Role.MONITOR, "visits"))["outside"] == "no"
    assert _row(_table(bench, Role.MONITOR, "queries"))["field"] == "weight"
    kits = _table(bench, Role.PHARMACIST, "kits")
    assert _row(kits) == {"kit": "0000001", "site": "01", "participant": "01-001", "visit": None}
    assert len(kits.rows) == 20


def test_must_16_a_masked_viewer_gets_no_sealed_column_whatever_the_caller_hands_over(bench: Bench) -> None:
    for role in MASKED:
        found = list(tables(bench.trial, _viewer(bench, role), SEALED))
        names = {column.name for each in found if each.name != ARMS for column in each.columns}
        assert not names & {"arm", "signature", "randomisation_number"}, role
        assert not {"active", "placebo", "1.23"} & {cell for each in found for row in each.rows for cell in row}, role


def test_must_27_statisticians_alone_have_a_table_of_arms_and_the_masked_one_dummy_arms(bench: Bench) -> None:
    """The labels are those of the real arms, so that an analysis reads both alike."""
    for role in Role:
        theirs = ARMS in table_names(bench.trial, _viewer(bench, role))
        assert theirs == (role in (Role.STATISTICIAN, Role.INDEPENDENT_STATISTICIAN)), role
    masked, unmasked = (_table(bench, role, ARMS) for role in (Role.STATISTICIAN, Role.INDEPENDENT_STATISTICIAN))
    assert masked.columns == unmasked.columns
    assert masked.rows == tuple((one, arm, "yes") for one, arm in sorted(dummy_arms(bench.trial).items()))
    assert unmasked.rows == (("01-001", "active", "no"), ("02-001", "placebo", "no"))


def test_must_27_dummy_arms_follow_the_ratio_and_nothing_that_is_sealed(bench: Bench) -> None:
    many = replace(bench.trial, order=tuple(f"01-{number:04}" for number in range(3000)))
    uneven = replace(PROTOCOL, allocation=replace(PROTOCOL.allocation, ratio={"active": 2, "placebo": 1}))
    drawn = Counter(dummy_arms(replace(many, protocols={"1.0": uneven})).values())
    assert drawn["Active"] == pytest.approx(2000, abs=5 * (3000 * 2 / 9) ** 0.5)
    assert dummy_arms(replace(many, sealing=None, batches=())) == dummy_arms(many)
    assert dummy_arms(replace(many, id="OTHER")) != dummy_arms(many)
    blocks = replace(PROTOCOL, allocation=replace(PROTOCOL.allocation, block_sizes=(2,)))
    assert dummy_arms(replace(many, protocols={"1.0": blocks})) == dummy_arms(many)


def test_must_16_the_unmasked_statistician_gets_what_the_custodian_gave(bench: Bench) -> None:
    assert _row(_table(bench, Role.INDEPENDENT_STATISTICIAN, "form_laboratory"))["signature"] == "1.23"
    rows = _table(bench, Role.INDEPENDENT_STATISTICIAN, "participants")
    assert [(_row(rows, n)["arm"], _row(rows, n)["randomisation_number"]) for n in (0, 1)] == [
        ("active", 1),
        ("placebo", 2),
    ]


def test_must_16_classes_decide_which_tables_and_columns_there_are(bench: Bench) -> None:
    def names(role: Role) -> set[str]:
        return set(table_names(bench.trial, _viewer(bench, role)))

    usual = {
        "participants",
        "intercurrent_events",
        "visits",
        "medications",
        "deviations",
        "queries",
        "form_vitals",
        "form_assessment",
    }
    assert names(Role.ASSESSOR) == usual
    assert names(Role.STATISTICIAN) == usual | {"adverse_events", ARMS}
    assert names(Role.COORDINATOR) == usual | {"adverse_events", "kits", "form_reactions"}
    assert names(Role.PHARMACIST) == {"kits"}
    assert names(Role.ADMINISTRATOR) == set()
    with pytest.raises(Refused, match="no such table for your roles"):
        _table(bench, Role.ASSESSOR, "adverse_events")


def test_must_16_reactions_and_unmasking_are_rows_for_those_cleared(bench: Bench) -> None:
    assert [row[3] for row in _table(bench, Role.MONITOR, "adverse_events").rows] == ["Redness", "Cough"]
    blind = _table(bench, Role.STATISTICIAN, "adverse_events")
    assert [row[2:4] for row in blind.rows] == [(1, "Cough")]
    assert "reaction" not in {column.name for column in blind.columns}
    assert len(_table(bench, Role.MONITOR, "deviations").rows) == 2
    assert [row[3] for row in _table(bench, Role.STATISTICIAN, "deviations").rows] == ["visit-window"]


def test_a_site_exports_its_own(bench: Bench) -> None:
    for found in tables(bench.trial, _viewer(bench, Role.COORDINATOR)):
        assert "02" not in {cell for row in found.rows for cell in row}, found.name


def test_somebody_with_two_roles_sees_cells_of_each_where_it_holds(bench: Bench) -> None:
    both = Viewer("x", "X", (Held(Role.COORDINATOR, "02"), Held(Role.ASSESSOR, "01")))
    assert {row[1] for row in table(bench.trial, both, "participants").rows} == {"01", "02"}
    assert table(bench.trial, both, "adverse_events").rows == ()


def test_must_16_a_column_seen_at_one_site_is_empty_at_another(bench: Bench) -> None:
    """The class of a field is that of the protocol a participant consented to."""
    weight = replace(PROTOCOL.forms[0].fields[1], information=Information.REACTION)
    mixed = replace(PROTOCOL.forms[0], fields=(PROTOCOL.forms[0].fields[0], weight, *PROTOCOL.forms[0].fields[2:]))
    protocol = replace(PROTOCOL, forms=(mixed, *PROTOCOL.forms[1:]))
    trial = replace(bench.trial, protocols={"1.0": protocol})
    both = Viewer("x", "X", (Held(Role.COORDINATOR, "02"), Held(Role.ASSESSOR, "01")))
    row = _row(table(trial, both, "form_vitals"))
    assert (row["participant"], row["weight"], row["week"]) == ("01-001", None, 12)


def test_must_16_a_query_on_what_is_not_seen_is_no_row(bench: Bench) -> None:
    asked = Query("Q9", "01-001", Place("week", "reactions"), "size", "How large?", "m", "2026-03-02T09:00:00Z")
    whole = replace(asked, id="Q10", field="")
    trial = replace(bench.trial, queries=Map({"Q9": asked, "Q10": whole}))
    assert [row[0] for row in table(trial, _viewer(bench, Role.MONITOR), "queries").rows] == ["Q9", "Q10"]
    assert table(trial, _viewer(bench, Role.STATISTICIAN), "queries").rows == ()


def test_an_amended_form_keeps_the_columns_it_had(bench: Bench) -> None:
    fewer = replace(PROTOCOL.forms[0], fields=PROTOCOL.forms[0].fields[:2])
    amended = replace(PROTOCOL, version="2.0", forms=(fewer, *PROTOCOL.forms[1:]))
    trial = replace(bench.trial, version="2.0", protocols={"1.0": PROTOCOL, "2.0": amended})
    found = table(trial, _viewer(bench, Role.MONITOR), "form_vitals")
    assert [column.name for column in found.columns][-4:] == ["on", "weight", "pregnant", "week"]


def test_the_dictionary_says_what_each_column_means(bench: Bench) -> None:
    found = dictionary(tables(bench.trial, _viewer(bench, Role.STATISTICIAN)))
    told = {(row[0], row[1]): row[2:] for row in found.rows}
    assert told["form_vitals", "weight"] == ("Body weight", "number", "kg", "", "open")
    assert told["form_assessment", "course"] == ("Course", "text", "", "up=Better; down=Worse", "open")
    assert told["adverse_events", "term"][-1] == Information.SAFETY.value
