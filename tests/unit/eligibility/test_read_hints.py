"""Limits that belong to no measure by name: disorders, doses, bone marrow, drink, sizes, and how many there are."""

import pytest

from equipoise.eligibility.expression import And, Concept, Domain, Exists, Expr, Not, Opaque, Pattern, Value
from equipoise.eligibility.tree import atoms
from tests.reading import excluded, had, included, pattern, took, value, window


def values(text: str) -> list[Value]:
    return [atom for atom in atoms(excluded(text)) if isinstance(atom, Value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fever > 38.2 °C", value("temperature", "(38.2,]", "Cel")),
        ("Fever > 38.2", value("temperature", "(38.2,]", "Cel")),
        ("Thrombocytopenia (< 60,000/mm3)", value("platelets", "[,60000)", "/uL")),
        ("Hyperkalaemia (> 5.6 mmol/L)", value("potassium", "(5.6,]", "mmol/L")),
        ("Tachycardia of more than 130 beats per minute", value("heart_rate", "(130,]", "/min")),
    ],
)
def test_a_disorder_with_a_limit_is_both(text: str, expected: Value) -> None:
    read = excluded(text)
    assert isinstance(read, And)
    assert isinstance(read.of[0], Exists)
    assert read.of[1] == expected


def test_hypertension_with_a_pair_is_two_pressures() -> None:
    read = values("Uncontrolled hypertension (> 170/105)")
    assert [(one.measure, str(one.range.low)) for one in read] == [("systolic_bp", "170"), ("diastolic_bp", "105")]


def test_hypertension_with_one_number_says_not_which() -> None:
    assert values("Uncontrolled hypertension (> 170)") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Prednisolone > 12 mg/day", value("steroid_dose", "(12,]", "mg/d")),
        ("Corticosteroids (more than 12 mg/day of prednisone)", value("steroid_dose", "(12,]", "mg/d")),
        ("Aspirin > 300 mg/day", value("aspirin_dose", "(300,]", "mg/d")),
        ("Furosemide at a dose of at least 60 mg/day", value("furosemide_dose", "[60,]", "mg/d")),
        ("More than 60 mg/day of furosemide", value("furosemide_dose", "(60,]", "mg/d")),
        ("Cumulative doxorubicin > 280 mg/m2", value("anthracycline_dose", "(280,]", "mg/m2")),
        ("Total daily insulin dose above 90 units", value("insulin_dose", "(90,]", "U")),
    ],
)
def test_doses(text: str, expected: Value) -> None:
    assert values(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["Prednisone of more than 70 mg per week", "More than 400 mg of glubberine", "Heparin > 5000 mg of sugar"],
)
def test_no_dose_is_guessed(text: str) -> None:
    assert values(text) == []


def test_each_drug_of_a_list_has_its_own_dose() -> None:
    read = values("Simvastatin > 30 mg/day, atorvastatin > 15 mg/day")
    doses = [("simvastatin_dose", "30"), ("atorvastatin_dose", "15")]
    assert [(one.measure, str(one.range.low)) for one in read] == doses


def test_a_dose_leaves_the_drug_an_event() -> None:
    assert excluded("Aspirin > 300 mg/day") == And(of=(took("Aspirin"), value("aspirin_dose", "(300,]", "mg/d")))


def test_radiotherapy_of_bone_marrow() -> None:
    read = values("Radiotherapy to more than 20% of the bone marrow")
    assert read == [value("marrow_irradiated", "(20,]", "%")]
    assert values("More than 20% of bone marrow cells abnormal") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Drinks more than 15 units of alcohol per week", value("drinks_per_week", "(15,]", "/wk")),
        ("Alcohol use of more than 4 drinks per day", value("drinks_per_day", "(4,]", "/d")),
        ("Average weekly intake of > 16 drinks", value("drinks_per_week", "(16,]", "/wk")),
        ("A liver lesion of at least 3 cm", value("tumour_size", "[3,]", "cm")),
    ],
)
def test_drinks_and_sizes(text: str, expected: Value) -> None:
    assert values(text) == [expected]


@pytest.mark.parametrize(
    ("text", "count", "words", "negated"),
    [
        ("At least 3 swollen fingers", 3, "swollen fingers", False),
        ("More than two odd bruises in the past month", 3, "odd bruises", False),
        ("No more than 2 wet nappies", 3, "wet nappies", True),
        ("Two or more prior chemotherapy regimens", 2, "chemotherapy regimens", False),
        ("0-1 prior chemotherapy regimens", 2, "chemotherapy regimens", True),
    ],
)
def test_counts_of_what_no_dictionary_knows(text: str, count: int, words: str, negated: bool) -> None:
    found = [atom for atom in atoms(included(text)) if isinstance(atom, Exists)]
    assert [(one.count, one.pattern.concept.words) for one in found] == [(count, words)]
    assert isinstance(included(text), Not) is negated


def test_a_count_has_its_time() -> None:
    made = Pattern(Domain.ANY, Concept("odd bruises"))
    assert excluded("At least 3 odd bruises in the past month") == Exists(pattern=made, count=3, window=window("-1 mo"))


@pytest.mark.parametrize("text", ["At least 3 weeks", "More than 2 doses of vaccine", "Up to 5 points"])
def test_lengths_and_doses_are_no_counts(text: str) -> None:
    assert all(atom.count == 1 for atom in atoms(included(text)) if isinstance(atom, Exists))


@pytest.mark.parametrize(
    "text",
    [
        "A rise in creatinine of more than 0.4 mg/dL",
        "Haemoglobin decrease of at least 2 g/dL",
        "At least 40% reduction in the MADRS total score",
        "Difference in LDL of more than 20 mg/dL",
    ],
)
def test_a_limit_on_a_change_is_none_on_the_value(text: str) -> None:
    assert values(text) == []
    assert any(isinstance(atom, Opaque) for atom in atoms(excluded(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Pain of 5 or more on a 0-10 scale",
        "Colonies in the urine with white blood cells and a culture of more than 90,000 cfu/mL",
        "Grade 3 glioma",
        "Spondylolisthesis of grade 2",
    ],
)
def test_what_is_no_limit_of_the_measure_is_not_read_as_one(text: str) -> None:
    read = [(one.measure, one.range.high) for one in values(text)]
    assert [one for one in read if one[0] in ("leukocytes", "ctcae_grade") or one[1] is not None] == []


def test_findings_are_observations() -> None:
    assert included("Measurable disease") == Exists(pattern=pattern(Domain.OBSERVATION, "Measurable disease"))


def test_contraceptives_of_the_last_weeks_are_medicines() -> None:
    read = excluded("Oral contraceptives within 3 weeks before screening")
    assert [type(atom).__name__ for atom in atoms(read)] == ["Exists"]


def test_an_example_ends_where_the_time_begins() -> None:
    read: Expr = excluded("Heart disease such as angina within 5 months")
    assert read == had("Heart disease", when=window("-5 mo"))
