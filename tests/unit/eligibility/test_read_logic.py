"""What joins the parts of a line: lists, brackets, relations, exceptions, guards, denials, and unread words."""

import pytest

from equipoise.eligibility.expression import (
    And,
    AtLeast,
    Constant,
    Domain,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Parse,
    Sex,
    Topic,
)
from equipoise.eligibility.tree import atoms
from equipoise.kernel.truth import Truth
from tests.reading import (
    excluded,
    had,
    has,
    included,
    only,
    pattern,
    score,
    took,
    underwent,
    unread,
    value,
    window,
    years,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Severe hepatic impairment", had("hepatic impairment", "severe")),
        ("Uncontrolled hypertension", had("hypertension", "uncontrolled")),
        ("Clinically significant cardiovascular disease", had("cardiovascular disease", "clinically significant")),
        ("Known HIV infection", had("HIV infection")),
        ("History of cryptococcal meningitis", had("cryptococcal meningitis")),
        ("Active rheumatoid arthritis", had("rheumatoid arthritis", "active")),
        ("Inclusion body myositis (IBM)", had("Inclusion body myositis")),
        ("Has ever had severe herpes zoster.", had("herpes zoster", "severe")),
        ("Major surgery", underwent("Major surgery")),
        ("Allergy to penicillin or cephalosporins", had("Allergy to penicillin or cephalosporins")),
        ("Hypersensitivity to any of the study drugs", had("Hypersensitivity to any of the study drugs")),
    ],
)
def test_one_thing_with_its_qualifiers(text: str, expected: Expr) -> None:
    assert excluded(text) == expected


def test_how_it_was_confirmed_is_a_qualifier() -> None:
    assert included("Patients with histologically confirmed breast cancer") == had(
        "breast cancer", "histologically confirmed"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No history of cryptococcal meningitis", Not(of=had("cryptococcal meningitis"))),
        ("No prior chemotherapy", Not(of=underwent("chemotherapy"))),
        ("Patients must not have received radiotherapy", Not(of=underwent("radiotherapy"))),
        ("HIV negative", Not(of=had("HIV"))),
        ("Not pregnant or nursing", And(of=(Not(of=has("pregnant")), Not(of=has("nursing"))))),
        ("Concurrent corticosteroids are not allowed", Not(of=took("corticosteroids", when=window("0 d")))),
        ("Prior chemotherapy is not permitted", Not(of=underwent("chemotherapy"))),
        ("No prior chemotherapy allowed", Not(of=underwent("chemotherapy"))),
    ],
)
def test_denied(text: str, expected: Expr) -> None:
    assert included(text) == expected


def test_no_in_an_exclusion_shuts_out_who_has_none() -> None:
    assert excluded("No measurable disease") == Not(
        of=Exists(pattern=pattern(Domain.OBSERVATION, "measurable disease"))
    )


def test_must_not_in_an_exclusion_is_the_exclusion_again() -> None:
    assert excluded("Patients must not have asthma") == had("asthma")


def test_a_required_result_is_a_qualifier_not_a_denial() -> None:
    """A test that was not done is not a negative one."""
    assert included("Must have a negative serum pregnancy test") == underwent("serum pregnancy test", "negative")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Asthma or eczema", Or(of=(had("Asthma"), had("eczema")))),
        ("Asthma, eczema, or psoriasis", Or(of=(had("Asthma"), had("eczema"), had("psoriasis")), inferred=True)),
        ("Asthma and eczema", Or(of=(had("Asthma"), had("eczema")))),
        ("Asthma; eczema", Or(of=(had("Asthma"), had("eczema")), inferred=True)),
        (
            "Active hepatitis B or C",
            Or(of=(had("hepatitis B", "active"), had("hepatitis C", "active"))),
        ),
        ("Asthma requiring prednisone", And(of=(had("Asthma"), took("prednisone")))),
        (
            "Active infection requiring systemic antibiotics or hospitalization",
            And(
                of=(
                    had("infection", "active"),
                    Or(of=(took("antibiotics", "systemic"), had("hospitalization"))),
                )
            ),
        ),
        (
            "Uncontrolled hypertension (systolic BP >160 mmHg or diastolic BP > 100 mmHg)",
            And(
                of=(
                    had("hypertension", "uncontrolled"),
                    Or(of=(value("systolic_bp", "(160,]", "mm[Hg]"), value("diastolic_bp", "(100,]", "mm[Hg]"))),
                )
            ),
        ),
        (
            "Congestive heart failure (NYHA class III-IV)",
            And(of=(had("Congestive heart failure"), score("nyha", "[3, 4]"))),
        ),
    ],
)
def test_joined(text: str, expected: Expr) -> None:
    assert excluded(text) == expected


def test_two_things_asked_for_are_both_asked_for() -> None:
    assert included("Asthma and eczema") == And(of=(had("Asthma"), had("eczema")))


def test_at_least_some_of_a_list_in_one_line() -> None:
    read = included("At least 2 of the following: fever, cough, asthma")
    assert read == AtLeast(count=2, of=(had("fever"), had("cough"), had("asthma")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At least 2 prior chemotherapy regimens", underwent("chemotherapy regimens", count=2)),
        ("More than 2 lines of chemotherapy", underwent("chemotherapy", count=3)),
        ("No more than 2 prior chemotherapy regimens", Not(of=underwent("chemotherapy regimens", count=3))),
    ],
)
def test_counted(text: str, expected: Expr) -> None:
    assert included(text) == expected


SKIN = "basal cell carcinoma of the skin"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"History of malignancy within the last 5 years, except adequately treated {SKIN}",
            had("malignancy", when=window("-5 y"), without=(SKIN,)),
        ),
        (
            "Any malignancy (other than non-melanoma skin cancer) within the past 5 years",
            had("malignancy", when=window("-5 y"), without=("non-melanoma skin cancer",)),
        ),
        (
            "Cancer (except adequately treated basal cell carcinoma or cervical cancer in situ)",
            had("Cancer", without=("basal cell carcinoma", "cervical cancer in situ")),
        ),
        (
            "Prior use of biologics; inhaled corticosteroids are allowed",
            Except(base=took("biologics"), allowed=took("inhaled corticosteroids")),
        ),
    ],
)
def test_exceptions(text: str, expected: Expr) -> None:
    assert excluded(text) == expected


def test_a_denial_with_an_exception_denies_all_but_that() -> None:
    read = included(f"No other malignancy except {SKIN}")
    assert read == Not(of=had("malignancy", without=(SKIN,)))


def test_an_exception_to_a_limit_that_is_asked_for_lets_in() -> None:
    """Whoever has Gilbert's syndrome need not keep the limit."""
    read = included("Total bilirubin ≤ 1.5 mg/dL, except patients with Gilbert's syndrome")
    assert read == Or(of=(value("bilirubin", "[,1.5]", "mg/dL"), had("Gilbert's syndrome")))


def test_a_permission_asks_nothing() -> None:
    assert included("Prior radiotherapy allowed") == Constant(truth=Truth.TRUE)
    assert excluded("Prior radiotherapy is allowed") == Constant(truth=Truth.FALSE)


def test_a_permission_with_a_condition_asks_it_of_those_it_is_for() -> None:
    read = included("Patients with asthma are eligible if taking prednisone")
    assert isinstance(read, IfThen)
    assert (read.guard, read.then) == (had("asthma"), took("prednisone"))


def test_only_women_only_men_and_both() -> None:
    women = Sex(sex="female")
    assert included("Women") == women
    assert included("Female patients aged 18 to 40 years") == And(of=(women, years("[18, 40]")))
    assert included("Male and female patients aged 18 to 40 years") == years("[18, 40]")


def test_women_who_could_become_pregnant() -> None:
    read = included("Women of childbearing potential must have a negative serum pregnancy test")
    assert isinstance(read, IfThen)
    assert isinstance(read.guard, And)
    sex, able = read.guard.of
    assert sex == Sex(sex="female")
    assert getattr(able, "topic", None) is Topic.CHILDBEARING
    assert read.then == underwent("serum pregnancy test", "negative")


def test_a_part_of_the_study_is_a_guard() -> None:
    read = excluded("For Part C: have a history of asthma")
    assert read == And(of=(unread("Part C", "part of the study"), had("asthma")))


class TestUnreadWords:
    """They stay, and where they stand decides: a further part of a list, or narrower than what was read."""

    def test_as_an_alternative(self) -> None:
        read = excluded("Unheard-of wobbliness or asthma")
        assert read == Or(of=(unread("Unheard-of wobbliness"), had("asthma")))

    def test_beside_what_was_read(self) -> None:
        read = excluded("Asthma of the wobbly sort")
        assert read == And(of=(had("Asthma"), unread("wobbly sort")), inferred=True)

    def test_denied_with_what_they_narrow(self) -> None:
        """Who never had chemotherapy never had that kind."""
        read = included("No prior chemotherapy of the wobbly sort")
        narrowed = And(of=(underwent("chemotherapy"), unread("wobbly sort")), inferred=True)
        assert read == Not(of=narrowed)

    def test_alone(self) -> None:
        one = only("Affiliated to a social security regimen", "Inclusion")
        assert (one.parse, one.expr.rule) == (Parse.OPAQUE, "opaque")

    def test_all_of_them_are_kept(self) -> None:
        text = "Wobbly knees, asthma with wheezy grommets, or blue moods; no snarks seen in the last 2 years"
        kept = " ".join(atom.text for atom in atoms(excluded(text)) if isinstance(atom, Opaque))
        assert {"Wobbly", "wheezy", "grommets", "blue", "moods"} <= set(kept.replace(",", "").split())


@pytest.mark.parametrize(
    ("text", "parse"),
    [("Asthma", Parse.FULL), ("Asthma of the wobbly sort", Parse.PARTIAL), ("The wobbly sort is out.", Parse.OPAQUE)],
)
def test_how_much_was_read(text: str, parse: Parse) -> None:
    assert only(text, "Exclusion").parse is parse
