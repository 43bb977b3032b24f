"""Visits, forms entered and corrected, queries, signatures."""

import datetime

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.visiting import is_signed
from equipoise.conduct.forms import digest
from equipoise.conduct.participant import Place
from equipoise.conduct.protocol.model import Field, Form, Kind
from equipoise.conduct.roles import Information, Role
from equipoise.kernel.refused import Refused
from tests.trials import PROTOCOL, START, Bench, running

C, V, A, M = Role.COORDINATOR, Role.INVESTIGATOR, Role.ASSESSOR, Role.MONITOR
DAY = START.date()
ONE = datetime.timedelta(days=1)
BASE = Place("baseline", "vitals")


@pytest.fixture
def bench() -> Bench:
    return running()


def enter(bench: Bench, number: str, values: dict[str, str], place: Place = BASE, **more: Role) -> None:
    bench.ask(do.EnterForm(number, place.visit, place.form, values, place.copy), by=more.get("by", C))


def correct(bench: Bench, number: str, values: dict[str, str], reason: str = "Misread") -> None:
    bench.ask(do.CorrectForm(number, BASE.visit, BASE.form, values), by=C, reason=reason)


def sign(bench: Bench, number: str, marked: str = "") -> None:
    sheet = bench.one(number).sheets[BASE]
    bench.ask(do.SignForm(number, BASE.visit, BASE.form, "It is right", marked or digest(sheet)), by=V)


def test_a_visit_has_a_day_that_can_be(bench: Bench) -> None:
    number = bench.randomised()
    day = bench.later(28)
    for visit, on, why in (
        ("week", day + ONE, "lies in the future"),
        ("week", DAY - ONE, "is before consent"),
        ("baseline", DAY - ONE, "is before consent"),
        ("year", day, "there is no such visit"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(do.RecordVisit(number, visit, on), by=C)
    (done,) = bench.ask(do.RecordVisit(number, "week", day), by=C)
    assert done == did.VisitDone(number, "week", day)
    (late,) = bench.ask(do.RecordVisit(number, "week-2", day), by=C)
    assert late.outside


def test_must_03_another_day_of_a_visit_needs_a_reason(bench: Bench) -> None:
    number = bench.randomised()
    bench.ask(do.RecordVisit(number, "baseline", DAY), by=C)
    with pytest.raises(Refused, match="is recorded on 2026-03-02 already"):
        bench.ask(do.RecordVisit(number, "baseline", DAY), by=C)
    day = bench.later()
    with pytest.raises(Refused, match="Changing a visit's day: a reason is needed"):
        bench.ask(do.RecordVisit(number, "baseline", day), by=C)
    bench.ask(do.RecordVisit(number, "baseline", day), by=C, reason="Came later")


def test_before_randomisation_there_are_visits_up_to_the_first_day_of_treatment(bench: Bench) -> None:
    number = bench.screened()
    bench.ask(do.RecordVisit(number, "baseline", DAY), by=C)
    for command in (
        do.RecordVisit(number, "week", DAY),
        do.MissVisit(number, "week", "Ill"),
        do.EnterForm(number, "week", "vitals", {"weight": "70"}),
    ):
        with pytest.raises(Refused, match="has not been randomised"):
            bench.ask(command, by=C)


def test_a_visit_was_missed_or_it_took_place(bench: Bench) -> None:
    number = bench.randomised()
    bench.later(28)
    bench.ask(do.MissVisit(number, "week", "Ill"), by=C)
    with pytest.raises(Refused, match="Week: is recorded as missed"):
        enter(bench, number, {"weight": "70"}, Place("week", "vitals"))
    with pytest.raises(Refused, match="a reason is needed"):
        bench.ask(do.MissVisit(number, "week", "Away"), by=C)
    enter(bench, number, {"weight": "70"})
    with pytest.raises(Refused, match="Baseline: is recorded as done"):
        bench.ask(do.MissVisit(number, "baseline", "Ill"), by=C)
    with pytest.raises(Refused, match="Why the visit was missed: nothing was written"):
        bench.ask(do.MissVisit(number, "week-2", ""), by=C)


def test_a_form_is_entered_once_where_it_belongs(bench: Bench) -> None:
    number = bench.randomised()
    enter(bench, number, {"weight": "70.0", "pregnant": "YES", "week": "12"})
    assert bench.one(number).sheets[BASE].values == {"weight": "70", "pregnant": "yes", "week": "12"}
    for place, why in (
        (BASE, "Vital signs: is entered already"),
        (Place("screening", "reactions"), "Injection reactions: does not belong to Screening"),
        (Place("screening", "vitals", 2), "Vital signs: is filled in once at a visit"),
        (Place("screening", "vitals", 0), "Vital signs: is filled in once at a visit"),
        (Place("screening", "blood"), "there is no such form"),
    ):
        with pytest.raises(Refused, match=why):
            enter(bench, number, {"weight": "70"}, place)


def test_must_07_a_form_is_filled_in_by_those_it_is_for(bench: Bench) -> None:
    number = bench.randomised()
    with pytest.raises(Refused, match="Disease activity: is filled in by the outcomes assessor"):
        enter(bench, number, {"activity": "5"}, Place("baseline", "assessment"))
    with pytest.raises(Refused, match="Vital signs: is filled in by the site coordinator or investigator"):
        enter(bench, number, {"weight": "70"}, by=A)
    enter(bench, number, {"activity": "5"}, Place("baseline", "assessment"), by=A)


def test_must_09_the_sponsor_and_the_monitor_enter_and_correct_nothing(bench: Bench) -> None:
    number = bench.randomised()
    enter(bench, number, {"weight": "70"})
    for role in (Role.SPONSOR, M, Role.STATISTICIAN, Role.SAFETY_OFFICER):
        for command in (
            do.EnterForm(number, "screening", "vitals", {"weight": "70"}),
            do.CorrectForm(number, "baseline", "vitals", {"weight": "60"}),
            do.RecordVisit(number, "baseline", DAY),
            do.CorrectStratum(number, "disease", "dm"),
            do.SignForm(number, "baseline", "vitals", "Right", ""),
        ):
            with pytest.raises(Refused, match="Not allowed: this is for the"):
                bench.ask(command, by=role, reason="Looks better")


def test_must_03_a_correction_keeps_old_new_and_reason(bench: Bench) -> None:
    number = bench.randomised()
    enter(bench, number, {"weight": "70", "pregnant": "no"})
    with pytest.raises(Refused, match="A correction: a reason is needed"):
        correct(bench, number, {"weight": "71"}, "")
    with pytest.raises(Refused, match="nothing changed"):
        correct(bench, number, {"weight": "70.0"})
    correct(bench, number, {"weight": "71", "pregnant": ""}, "Scales were off")
    entry = bench.entries[-1]
    assert (entry.tag, entry.reason, entry.by) == ("form-corrected", "Scales were off", "coordinator-01")
    assert did.read_event(entry.tag, entry.schema, entry.body) == did.FormCorrected(
        number, "baseline", "vitals", (did.Change("weight", "70", "71"), did.Change("pregnant", "no", ""))
    )
    assert bench.one(number).sheets[BASE].values == {"weight": "71"}


def test_a_form_not_entered_is_neither_corrected_nor_signed(bench: Bench) -> None:
    number = bench.randomised()
    with pytest.raises(Refused, match="has not been entered"):
        correct(bench, number, {"weight": "71"})
    with pytest.raises(Refused, match="has not been entered"):
        bench.ask(do.SignForm(number, "baseline", "vitals", "Right", "0"), by=V)


def test_must_08_a_signature_binds_what_was_seen_and_a_change_voids_it(bench: Bench) -> None:
    number = bench.randomised()
    enter(bench, number, {"weight": "70"})
    seen = digest(bench.one(number).sheets[BASE])
    correct(bench, number, {"weight": "71"})
    with pytest.raises(Refused, match="was changed after you opened it"):
        sign(bench, number, seen)
    sign(bench, number)
    assert is_signed(bench.one(number).sheets[BASE])
    with pytest.raises(Refused, match="is signed already"):
        sign(bench, number)
    correct(bench, number, {"weight": "72"})
    assert not is_signed(bench.one(number).sheets[BASE])


def test_must_08_a_change_taken_back_is_signed_again_too(bench: Bench) -> None:
    number = bench.randomised()
    enter(bench, number, {"weight": "70"})
    sign(bench, number)
    correct(bench, number, {"weight": "71"})
    correct(bench, number, {"weight": "70"})
    sheet = bench.one(number).sheets[BASE]
    assert not is_signed(sheet)
    assert sheet.signature is not None
    sign(bench, number)
    assert is_signed(bench.one(number).sheets[BASE])


def test_must_08_a_signature_says_what_it_means(bench: Bench) -> None:
    number = bench.randomised()
    enter(bench, number, {"weight": "70"})
    sheet = bench.one(number).sheets[BASE]
    with pytest.raises(Refused, match="What the signature means: nothing was written"):
        bench.ask(do.SignForm(number, "baseline", "vitals", " ", digest(sheet)), by=V)


def test_what_looks_wrong_is_kept_and_asked_about_once(bench: Bench) -> None:
    number = bench.randomised()
    enter(bench, number, {"weight": "200"})
    (query,) = bench.trial.open_queries()
    assert (query.field, query.check, query.id) == ("weight", "usual", "Q1")
    correct(bench, number, {"weight": "201"})
    assert len(bench.trial.queries) == 1
    correct(bench, number, {"weight": "70"})
    assert bench.trial.open_queries() == ()
    correct(bench, number, {"weight": ""})
    assert [query.check for query in bench.trial.open_queries()] == ["required"]


def test_what_cannot_be_is_refused_and_nothing_is_kept(bench: Bench) -> None:
    number = bench.randomised()
    for values, why in (
        ({"weight": "5"}, "weight: Body weight is at least 20 kg"),
        ({"weight": "70", "height": "1"}, "height: This form has no such field"),
        ({"weight": "70", "week": "3"}, "week: This is not asked with the other answers given"),
        ({"weight": "seventy"}, "is not a number"),
    ):
        with pytest.raises(Refused, match=why):
            enter(bench, number, values)
    assert BASE not in bench.one(number).sheets


def test_must_16_sealed_values_never_come_into_the_log(bench: Bench) -> None:
    number = bench.randomised()
    statistician, place = Role.INDEPENDENT_STATISTICIAN, Place("baseline", "laboratory")
    with pytest.raises(Refused, match="Gene signature: came by the wrong way"):
        enter(bench, number, {"signature": "3.2"}, place, by=statistician)
    with pytest.raises(Refused, match="Body weight: came by the wrong way"):
        bench.ask(do.EnterForm(number, "baseline", "vitals", {}, sealed={"weight": "ab"}), by=C)
    with pytest.raises(Refused, match="has no such field"):
        bench.ask(do.EnterForm(number, "baseline", "laboratory", {}, sealed={"x": "ab"}), by=statistician)
    bench.ask(do.EnterForm(number, "baseline", "laboratory", {}, sealed={"signature": "ab" * 32}), by=statistician)
    assert bench.one(number).sheets[place].values == {}
    assert not any("3.2" in entry.body for entry in bench.entries)


def test_a_sealed_value_that_is_required_is_not_asked_for_when_it_is_there() -> None:
    field = Field(id="signature", label="S", kind=Kind.NUMBER, required=True, information=Information.EFFECT)
    form = Form(id="laboratory", label="L", by=(Role.INDEPENDENT_STATISTICIAN,), fields=(field,))
    forms = tuple(form if one.id == form.id else one for one in PROTOCOL.forms)
    bench = Bench(msgspec.structs.replace(PROTOCOL, forms=forms)).staffed().sealed()
    number, by = bench.randomised(), Role.INDEPENDENT_STATISTICIAN
    bench.ask(do.EnterForm(number, "baseline", "laboratory", {}), by=by)
    assert len(bench.trial.open_queries()) == 1
    bench.ask(do.CorrectForm(number, "baseline", "laboratory", {}, sealed={"signature": "ab"}), by=by, reason="Came")
    assert bench.trial.open_queries() == ()


def test_must_16_nobody_asks_about_a_field_they_may_not_see(bench: Bench) -> None:
    number = bench.randomised()
    for role, visit, form, field in (
        (Role.SPONSOR, "week", "reactions", "size"),
        (M, "baseline", "laboratory", "signature"),
    ):
        with pytest.raises(Refused, match=f"{field}: is not a field of this form"):
            bench.ask(do.RaiseQuery(number, visit, form, "Sure?", field), by=role)
        with pytest.raises(Refused, match="holds nothing for you to ask about"):
            bench.ask(do.RaiseQuery(number, visit, form, "Sure?"), by=role)
    bench.ask(do.RaiseQuery(number, "week", "reactions", "Sure?", "size"), by=M)
    with pytest.raises(Refused, match="size: is not a field of this form"):
        bench.ask(do.CloseQuery("Q1", "Fine"), by=Role.SPONSOR)
    with pytest.raises(Refused, match="size: is not a field of this form"):
        bench.ask(do.AnswerQuery("Q1", "Yes"), by=A)


def test_a_query_is_raised_answered_and_closed(bench: Bench) -> None:
    number = bench.randomised()
    enter(bench, number, {"weight": "70"})
    for words, field, why in ((" ", "", "The question: nothing"), ("Sure?", "x", "x: is not a field of this form")):
        with pytest.raises(Refused, match=why):
            bench.ask(do.RaiseQuery(number, "baseline", "vitals", words, field), by=M)
    bench.ask(do.RaiseQuery(number, "baseline", "vitals", "Sure?", "weight"), by=M)
    with pytest.raises(Refused, match="Q1: has no answer yet"):
        bench.ask(do.CloseQuery("Q1"), by=M)
    with pytest.raises(Refused, match="Vital signs: is filled in by"):
        bench.ask(do.AnswerQuery("Q1", "Yes"), by=A)
    with pytest.raises(Refused, match="The answer: nothing was written"):
        bench.ask(do.AnswerQuery("Q1", ""), by=C)
    bench.ask(do.AnswerQuery("Q1", "Yes, weighed twice"), by=C)
    bench.ask(do.CloseQuery("Q1"), by=M)
    with pytest.raises(Refused, match="Q1: is closed"):
        bench.ask(do.AnswerQuery("Q1", "Again"), by=C)
    with pytest.raises(Refused, match="there is no such query"):
        bench.ask(do.CloseQuery("Q7"), by=M)


def test_queries_of_a_participant_are_theirs(bench: Bench) -> None:
    first, second = bench.randomised(), bench.randomised("02")
    for number in (first, second, first):
        bench.ask(do.RaiseQuery(number, "baseline", "vitals", "Sure?"), by=M)
    assert [query.id for query in bench.trial.queries_of(first)] == ["Q1", "Q3"]
    assert [query.id for query in bench.trial.queries_of(second)] == ["Q2"]
    assert bench.trial.queries_of("01-999") == ()
    with pytest.raises(Refused, match="there is no such query"):
        bench.ask(do.AnswerQuery("Q1", "Yes"), by=C, site="02")


def test_a_form_that_repeats_has_copies(bench: Bench) -> None:
    number = bench.randomised()
    for copy in (1, 2):
        enter(bench, number, {"size": str(copy)}, Place("week", "reactions", copy))
    assert [place.copy for place in bench.one(number).sheets] == [1, 2]
