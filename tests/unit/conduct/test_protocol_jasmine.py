"""The worked example says what its public record says, and marks what is ours."""

from datetime import date

from equipoise.conduct.protocol.model import Kind, Party
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import Information, Role
from equipoise.conduct.screening import compute, run_of
from equipoise.eligibility.format import from_json
from equipoise.eligibility.person import Person
from equipoise.eligibility.tree import bare
from equipoise.examples import jasmine_criteria
from equipoise.instruments.catalogue import INSTRUMENTS
from equipoise.kernel.truth import Truth
from tests.protocols import jasmine_protocol

JASMINE = jasmine_protocol()


def test_the_facts_of_the_registry_page() -> None:
    assert (JASMINE.registry, JASMINE.allocation.cap, JASMINE.phase) == ("NCT06455449", 240, "Phase 3")
    assert set(JASMINE.masking.masked) == set(Party)
    assert [arm.id for arm in JASMINE.arms] == ["anifrolumab", "placebo"]
    assert [(p.from_day, p.to_day, p.masked) for p in JASMINE.periods[:2]] == [(0, 363, True), (364, 728, False)]
    first, *others = JASMINE.endpoints
    assert (first.variable, first.visit, first.at_least) == ("course.tis", "week-52", 40)
    assert first.unless is not None
    assert first.unless.consecutive == 2
    assert [(each.visit, each.within) for each in others] == [
        ("week-52", ""),
        ("week-52", ""),
        ("week-52", "disease=pm"),
        ("week-52", "disease=dm"),
        ("week-8", "disease=dm"),
    ]


def test_what_is_not_public_is_said_to_be_ours() -> None:
    ours = " ".join(JASMINE.ours)
    for words in ("Stratification", "visit days", "blocks", "fictional", "estimands", "deterioration", "muscle test"):
        assert words in ours
    assert JASMINE.fictional
    assert all("(fictional)" in site.label for site in JASMINE.sites)


def test_the_criteria_are_those_of_the_curated_reading() -> None:
    reading = from_json(jasmine_criteria())
    assert [one.id for one in JASMINE.eligibility] == [one.id for one in reading.criteria]
    for ours, theirs in zip(JASMINE.eligibility, reading.criteria, strict=True):
        assert bare(ours.expr) == bare(theirs.expr)
        assert (ours.polarity, ours.span, ours.field) == (theirs.polarity, theirs.span, theirs.field)
        assert ours.text.replace(";", "").rstrip(".") == theirs.text.replace(";", "").rstrip(".")


def test_pens_last_for_every_week_of_treatment() -> None:
    """Weekly from week 0: 52 masked injections and 52 in the open-label year."""
    assert JASMINE.kits is not None
    doses = {kit.id: kit.doses for kit in JASMINE.kits.kinds}
    given = [(visit.day, visit.dispense * doses["A"]) for visit in planned_visits(JASMINE)]
    assert sum(pens for day, pens in given if day < 364) == 52
    assert sum(pens for day, pens in given if day >= 364) == 52


def test_must_16_what_reveals_the_arm_is_sealed_and_filled_in_by_one_role() -> None:
    form = next(each for each in JASMINE.forms if each.id == "central-laboratory")
    assert {field.information for field in form.fields} == {Information.EFFECT}
    assert form.by == (Role.INDEPENDENT_STATISTICIAN,)


def test_must_20_the_assessor_is_told_of_no_harm_and_no_enzyme() -> None:
    assert set(JASMINE.masking.withheld[Role.ASSESSOR]) == {Information.SAFETY, Information.REACTION}
    hidden = {form.id for form in JASMINE.forms for field in form.fields if field.information is not Information.OPEN}
    assert hidden == {"enzymes", "course", "reactions", "safety-laboratory", "central-laboratory"}
    assert all(Role.ASSESSOR not in form.by for form in JASMINE.forms if form.id in hidden)


def test_scores_are_computed_and_never_typed() -> None:
    computed = {
        f"{form.id}.{field.id}" for form in JASMINE.forms for field in form.fields if field.kind is Kind.COMPUTED
    }
    assert computed == {"assessment.mmt8", "questionnaire.haq", "course.tis"}


def test_activity_by_the_core_set_is_left_to_the_investigator_since_no_limits_are_public() -> None:
    """All six measures are known, and the question stays open: they have no published classes."""
    measures = {"phga": 6, "ptga": 6, "mmt": 90, "mmt_max": 150, "haq": 2, "enzymes": {"CK": 9}, "extramuscular": 5}
    run = run_of(date(2026, 3, 2), date(2026, 3, 1))
    verdict = compute(JASMINE, Person(items={"imacs-core-set": measures}), run)["I4"]
    assert verdict.met is Truth.UNKNOWN
    assert not INSTRUMENTS["imacs-core-set"].classes
    assert "criterion I4 is not computed" in " ".join(" ".join(JASMINE.ours).split())
