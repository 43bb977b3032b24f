"""Conditions, drugs and procedures in criteria: what is denied, listed, excepted, asked, and what stays open."""

import pytest

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import (
    And,
    Ask,
    Criterion,
    Domain,
    Except,
    Exists,
    IfThen,
    Not,
    Opaque,
    Or,
    Parse,
    Pattern,
    Sex,
    Topic,
)
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import atoms, walk


def criterion(line: str, section: str = "Inclusion") -> Criterion:
    (one,) = read_reading(f"{section} Criteria:\n\n* {line}\n").criteria
    return one


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Asthma, hypertension and diabetes", "Asthma; hypertension; and diabetes"),
        ("Asthma and/or hypertension", "Asthma or hypertension"),
        ("Heart failure (NYHA III-IV)", "Heart failure and heart failure class (NYHA) at least 3 and at most 4"),
        ("Severe asthma", "severe asthma"),
        ("Active tuberculosis", "active tuberculosis"),
        ("Uncontrolled hypertension", "uncontrolled hypertension"),
        ("Current use of warfarin", "warfarin now"),
        ("Known hypersensitivity to penicillin", "hypersensitivity to penicillin"),
        ("Treatment with methotrexate", "methotrexate"),
        ("Patients with rheumatoid arthritis", "rheumatoid arthritis"),
        ("Confirmed diagnosis of rheumatoid arthritis", "rheumatoid arthritis"),
        ("Without diabetes", "no diabetes"),
        ("No asthma or diabetes", "no asthma and no diabetes"),
        ("No known HIV infection", "no HIV infection"),
        ("Not pregnant or breastfeeding", "no pregnant now and no breastfeeding now"),
        ("Negative pregnancy test", "Negative pregnancy test"),
        ("Women who are not pregnant", "if female, then no pregnant now"),
        (
            "Female patients of childbearing potential must use contraception",
            "if (female and answered yes: Could you become pregnant?), then answered yes: Are you ready to "
            "follow the study's rules on contraception?",
        ),
        (
            "Willing to comply with study procedures",
            "answered yes: Is this true of you: Willing to comply with study procedures",
        ),
        ("Able to swallow tablets", "answered yes: Is this true of you: Able to swallow tablets"),
        ("Plans to move during the study", "answered yes: Is this true of you: Plans to move"),
        ("Life-threatening arrhythmia", "life-threatening arrhythmia"),
        ("Absence of heart failure", "no heart failure"),
        ("Signed informed consent", "answered yes: Are you able and willing to give informed consent?"),
    ],
)
def test_asked_for(words: str, expected: str) -> None:
    assert english(criterion(words).expr) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Malignancy except basal cell carcinoma", "Malignancy (not counting basal cell carcinoma)"),
        (
            "Malignancy within the past 5 years except for adequately treated basal cell carcinoma or "
            "cervical carcinoma in situ",
            "Malignancy (not counting basal cell carcinoma or cervical carcinoma in situ) in the last 5 years",
        ),
        ("Chemotherapy, with the exception of hydroxyurea", "Chemotherapy (not counting hydroxyurea)"),
        ("Heart failure other than NYHA class I", "Heart failure, except heart failure class (NYHA) 1"),
        (
            "Uncontrolled hypertension (systolic blood pressure > 160 mmHg or diastolic blood pressure > 100 mmHg)",
            "uncontrolled hypertension and (systolic blood pressure more than 160 mmHg or diastolic blood "
            "pressure more than 100 mmHg)",
        ),
        ("Hepatitis B or C", "Hepatitis B or Hepatitis C"),
        ("HIV, hepatitis B, or hepatitis C infection", "HIV; hepatitis B; or hepatitis C infection"),
        ("Warfarin, aspirin, and clopidogrel", "Warfarin; aspirin; or clopidogrel"),
        ("No history of stroke", "no history of stroke"),
        ("Asthma requiring oral corticosteroids", "Asthma and oral corticosteroids"),
        ("Blorptastic syndrome", "Blorptastic syndrome"),
        (
            "Platelets < 100 x 10^9/L, or hemoglobin < 9 g/dL",
            "platelet count less than 100 × 10⁹/L or haemoglobin less than 9 g/dL",
        ),
        ("Prior treatment with rituximab", "rituximab"),
        ("Taking warfarin", "warfarin"),
        ("Undergoing dialysis", "dialysis"),
        ("Use of NSAIDs", "NSAIDs"),
        ("Known or suspected tuberculosis", "tuberculosis"),
        ("Acute or chronic pancreatitis", "pancreatitis"),
        ("Chronic active hepatitis B", "chronic active hepatitis B"),
        ("Unable to give informed consent", "answered yes: Is this true of you: Unable to give informed consent"),
        (
            "Any condition that in the opinion of the investigator would interfere with the study",
            "answered yes: Is this true of you: Any condition that in the opinion of the investigator would "
            "interfere with the study",
        ),
        (
            "Stroke or myocardial infarction within 6 months",
            "Stroke in the last 6 months or myocardial infarction in the last 6 months",
        ),
    ],
)
def test_shuts_out(words: str, expected: str) -> None:
    assert english(criterion(words, "Exclusion").expr) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Peptic ulcer with or without bleeding", "Peptic ulcer"),
        ("Aneurysm (with or without rupture)", "Aneurysm"),
        ("Asthma regardless of severity", "Asthma"),
        ("Asthma with/without atopy, or gout", "Asthma or gout"),
    ],
)
def test_what_may_be_or_not_asks_nothing(words: str, expected: str) -> None:
    one = criterion(words, "Exclusion")
    assert (english(one.expr), one.parse) == (expected, Parse.FULL)


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Willing and able to provide written informed consent", Topic.CONSENT),
        ("Written informed consent obtained from the patient", Topic.CONSENT),
        ("Willing to comply with all study procedures", Topic.WILLINGNESS),
        ("Ability to understand and follow study instructions", Topic.WILLINGNESS),
        ("Agrees to use effective contraception during the study", Topic.CONTRACEPTION),
        ("Planning to become pregnant during the study", Topic.PLAN),
        ("In the opinion of the investigator, not a suitable candidate", Topic.JUDGEMENT),
    ],
)
def test_what_only_a_person_can_say_is_asked(words: str, topic: Topic) -> None:
    asked = [atom for atom in atoms(criterion(words).expr) if isinstance(atom, Ask)]
    assert topic in [one.topic for one in asked]


@pytest.mark.parametrize(
    "words",
    [
        "No brain metastases",
        "No evidence of brain metastases",
        "No known brain metastases",
        "Absence of brain metastases",
        "Without brain metastases",
        "Must not have brain metastases",
        "Patients must not have brain metastases",
        "Free of brain metastases",
        "Has no brain metastases",
    ],
)
def test_denied(words: str) -> None:
    expr = criterion(words).expr
    assert isinstance(expr, Not)
    assert isinstance(expr.of, Exists)
    assert expr.of.pattern.concept.words == "brain metastases"


@pytest.mark.parametrize(
    ("words", "name", "domain"),
    [
        ("Patients with rheumatoid arthritis", "rheumatoid arthritis", Domain.CONDITION),
        ("Current use of warfarin", "warfarin", Domain.DRUG),
        ("Treated with methotrexate", "methotrexate", Domain.DRUG),
        ("Taking prednisone", "prednisone", Domain.DRUG),
        ("Receiving chemotherapy", "chemotherapy", None),
        ("Undergoing dialysis", "dialysis", Domain.PROCEDURE),
        ("Documented diagnosis of gout", "gout", Domain.CONDITION),
    ],
)
def test_names_without_the_words_that_lead_to_them(words: str, name: str, domain: Domain | None) -> None:
    (found,) = [node for node in walk(criterion(words).expr) if isinstance(node, Exists)]
    assert found.pattern.concept.words == name
    assert domain in (None, found.pattern.domain)


def test_qualifiers_are_kept_apart() -> None:
    (found,) = [node for node in walk(criterion("Severe uncontrolled hypertension").expr) if isinstance(node, Exists)]
    assert found.pattern == Pattern(Domain.CONDITION, found.pattern.concept, ("severe", "uncontrolled"))
    assert found.pattern.concept.words == "hypertension"


def test_kinds_that_are_allowed_do_not_count() -> None:
    """Having a kind that is allowed and another still shuts out: no "and not" of the whole."""
    expr = criterion("Cancer except basal cell carcinoma", "Exclusion").expr
    assert isinstance(expr, Exists)
    assert [one.words for one in expr.pattern.concept.without] == ["basal cell carcinoma"]


def test_an_exception_that_is_no_kind_is_kept_as_one() -> None:
    expr = criterion("Cancer unless in remission for at least 5 years", "Exclusion").expr
    assert isinstance(expr, Except)
    assert isinstance(expr.base, Exists)


def test_an_exception_not_understood_stays_open() -> None:
    one = criterion("Diabetes unless the frobnication is quixotic", "Exclusion")
    assert one.parse is Parse.PARTIAL
    assert isinstance(one.expr, Except)
    assert any(isinstance(node, Opaque) for node in walk(one.expr.allowed))


def test_women_who_could_become_pregnant_only() -> None:
    expr = criterion("Women of childbearing potential must have a negative pregnancy test").expr
    assert isinstance(expr, IfThen)
    kinds = [type(atom) for atom in atoms(expr.guard)]
    assert kinds == [Sex, Ask]


def test_a_list_without_a_word_is_said_to_be_guessed() -> None:
    expr = criterion("Asthma; gout; stroke", "Exclusion").expr
    assert isinstance(expr, Or)
    assert expr.inferred


def test_none_of_two_is_neither() -> None:
    expr = criterion("No asthma or diabetes").expr
    assert isinstance(expr, And)
    assert all(isinstance(one, Not) for one in expr.of)


@pytest.mark.parametrize(
    "words",
    [
        "Asthma with quixotic frobnication",
        "Diabetes, treated by a qualified wizard",
        "At least two relapses of gout proven by thaumaturgy",
    ],
)
@pytest.mark.parametrize("section", ["Inclusion", "Exclusion"])
def test_words_that_narrow_are_shown(words: str, section: str) -> None:
    one = criterion(words, section)
    assert one.parse is not Parse.FULL
    assert any(isinstance(node, Opaque) for node in walk(one.expr))
