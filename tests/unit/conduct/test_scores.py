"""Computed fields against the hand vectors of the instruments, through JASMINE's own forms, and behind the gate."""

import datetime
from decimal import Decimal

import msgspec
import pytest

from equipoise import examples
from equipoise.conduct.masking import Held, Viewer
from equipoise.conduct.participant import Consent, Participant, Place, Sheet
from equipoise.conduct.protocol.model import Field, Form, Kind, Protocol
from equipoise.conduct.protocol.reading import read_protocol
from equipoise.conduct.roles import Information, Role
from equipoise.conduct.scores import scores, scores_seen
from equipoise.conduct.trial import Trial
from tests.trials import PROTOCOL

MUSCLES = (
    "deltoid",
    "biceps",
    "gluteus-maximus",
    "gluteus-medius",
    "quadriceps",
    "wrist-extensors",
    "ankle-dorsiflexors",
)
GRADES = (*(f"{name}-{side}" for name in MUSCLES for side in ("right", "left")), "neck")
AREAS = ("dressing", "arising", "eating", "walking", "hygiene", "reach", "grip", "activities")
DAY = datetime.date(2026, 3, 2)


@pytest.fixture(scope="module")
def jasmine() -> Protocol:
    return read_protocol(examples.jasmine_protocol())


def strength(total: int) -> dict[str, str]:
    """Grades of fifteen muscles that add up."""
    whole, rest = divmod(total, len(GRADES))
    return {name: str(whole + (place < rest)) for place, name in enumerate(GRADES)}


def disability(eighths: int) -> dict[str, str]:
    whole, rest = divmod(eighths, 8)
    return {name: str(whole + (place < rest)) for place, name in enumerate(AREAS)}


def visit(phga: str, ptga: str, mmt: int, haq: str, ck: str, extra: str) -> dict[str, dict[str, str]]:
    return {
        "assessment": {"phga": phga, "extramuscular": extra, **strength(mmt)},
        "questionnaire": {"ptga": ptga, **disability(int(Decimal(haq) * 8))},
        "enzymes": {"ck": ck},
        "course": {"rescue": "no"},
    }


def person(**visits: dict[str, dict[str, str]]) -> Participant:
    sheets = {
        Place(at.replace("_", "-"), form): Sheet(values, {}, "", "")
        for at, forms in visits.items()
        for form, values in forms.items()
    }
    return Participant("101-001", "101", "", consents=(Consent("1.0", DAY, "1.0"),), sheets=sheets)


COURSE = Place("week-52", "course")
VECTORS = (
    ("T1", ("5", "5", 120, "1.5", "3", "3"), ("5", "5", 120, "1.5", "3", "3"), "0"),
    ("T3", ("6", "6", 130, "1.5", "2", "3"), ("4.8", "5", 135, "1.375", "1.9", "2.6"), "20"),
    ("T4", ("6", "6", 125, "1.625", "5", "3.5"), ("3.9", "4.2", 138, "1.25", "3", "2.1"), "45"),
    ("T5", ("7.5", "7", 100, "2", "14", "5"), ("1.5", "2.5", 146, "0.625", "1", "0.8"), "100"),
    ("T6", ("6", "5", 140, "1", "1", "5"), ("3", "4", 132, "1.25", "1.5", "1"), "35"),
    ("T8", ("10", "10", 0, "3", "15", "10"), ("0", "0", 150, "0", "0", "0"), "100"),
)


@pytest.mark.parametrize(("name", "before", "after", "tis"), VECTORS, ids=[each[0] for each in VECTORS])
def test_the_improvement_score_of_each_vector(
    jasmine: Protocol,
    name: str,
    before: tuple[str, str, int, str, str, str],
    after: tuple[str, str, int, str, str, str],
    tis: str,
) -> None:
    assert name
    one = person(baseline=visit(*before), week_52=visit(*after))
    assert scores(jasmine, one, COURSE) == {"tis": tis}


def test_strength_and_disability_by_hand(jasmine: Protocol) -> None:
    one = person(week_4=visit("6", "6", 125, "1.625", "5", "3.5"))
    assert scores(jasmine, one, Place("week-4", "assessment")) == {"mmt8": "125"}
    assert scores(jasmine, one, Place("week-4", "questionnaire")) == {"haq": "1.625"}
    assert scores(jasmine, one, Place("week-4", "enzymes")) == {}


def test_an_aid_lifts_its_area(jasmine: Protocol) -> None:
    """Eight areas of 1 make 1; two lifted to 2 make 10/8."""
    forms = {"questionnaire": {**disability(8), "aids": "walking,grip"}}
    assert scores(jasmine, person(week_4=forms), Place("week-4", "questionnaire")) == {"haq": "1.25"}


def test_the_enzyme_most_abnormal_at_baseline_counts(jasmine: Protocol) -> None:
    """LDH of 6 is above CK of 2 at baseline; its fall of 3 x ULN is all of its range: 7.5 points."""
    before, after = visit("5", "5", 120, "1.5", "2", "3"), visit("5", "5", 120, "1.5", "9", "3")
    before["enzymes"] |= {"ldh": "6", "alt": "6"}
    after["enzymes"] |= {"ldh": "3", "alt": "3"}
    assert scores(jasmine, person(baseline=before, week_52=after), COURSE) == {"tis": "7.5"}


@pytest.mark.parametrize("missing", ["baseline", "assessment", "questionnaire", "neck"])
def test_what_is_not_known_leaves_the_score_absent(jasmine: Protocol, missing: str) -> None:
    before, after = visit("6", "6", 125, "1.625", "5", "3.5"), visit("3.9", "4.2", 138, "1.25", "3", "2.1")
    after.pop(missing, None)
    after.get("assessment", {}).pop(missing, None)
    one = person(week_52=after) if missing == "baseline" else person(baseline=before, week_52=after)
    assert scores(jasmine, one, COURSE) == {}


def test_a_score_that_does_not_fit_its_instrument_is_absent() -> None:
    field = Field(id="haq", label="H", kind=Kind.COMPUTED, instrument="haq-di", items={"dressing": "=9"})
    protocol = msgspec.structs.replace(PROTOCOL, forms=(Form(id="f", label="F", fields=(field,), by=()),))
    assert scores(protocol, person(baseline={"f": {}}), Place("baseline", "f")) == {}


def test_a_score_that_needs_itself_is_absent() -> None:
    items = {name.replace("-", "_"): "total" for name in ("neck_flexors",)}
    field = Field(id="total", label="T", kind=Kind.COMPUTED, instrument="mmt-8", items=items)
    protocol = msgspec.structs.replace(PROTOCOL, forms=(Form(id="f", label="F", fields=(field,), by=()),))
    assert scores(protocol, person(baseline={"f": {}}), Place("baseline", "f")) == {}


def test_a_sealed_item_leaves_the_score_absent(jasmine: Protocol) -> None:
    one = person(week_4=visit("6", "6", 125, "1.625", "5", "3.5"))
    place = Place("week-4", "assessment")
    sheet = one.sheets[place]
    hidden = Sheet({k: v for k, v in sheet.values.items() if k != "neck"}, {"neck": "ab" * 32}, "", "")
    one = msgspec.structs.replace(one, sheets={**one.sheets, place: hidden})
    assert scores(jasmine, one, place) == {}


def test_must_16_a_score_shows_only_to_whom_its_own_class_is_cleared(jasmine: Protocol) -> None:
    one = person(baseline=visit(*VECTORS[2][1]), week_52=visit(*VECTORS[2][2]))
    trial = Trial("JASMINE", version="1.0", protocols={"1.0": jasmine})
    tis = next(each for form in jasmine.forms for each in form.fields if each.id == "tis")
    assert tis.information is Information.SAFETY

    def seen(role: Role, site: str, place: Place = COURSE) -> dict[str, str]:
        return scores_seen(trial, Viewer("x", "X", (Held(role, site),)), one, place)

    assert seen(Role.INVESTIGATOR, "101") == {"tis": "45"}
    assert seen(Role.ASSESSOR, "101") == {}
    assert seen(Role.ADMINISTRATOR, "") == {}
    assert seen(Role.INVESTIGATOR, "102") == {}
    assert seen(Role.ASSESSOR, "101", Place("week-52", "assessment")) == {"mmt8": "138"}


def test_every_computed_field_of_jasmine_names_a_score(jasmine: Protocol) -> None:
    computed = {field.id for form in jasmine.forms for field in form.fields if field.kind is Kind.COMPUTED}
    assert computed == {"mmt8", "haq", "tis"}
