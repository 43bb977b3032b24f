import pytest

from equipoise.kernel.ages import Age, AgeUnit, read_years
from equipoise.kernel.refused import Refused


@pytest.mark.parametrize(
    ("text", "age", "words"),
    [
        ("18 Years", Age(18, AgeUnit.YEAR), "18 years"),
        ("1 Year", Age(1, AgeUnit.YEAR), "1 year"),
        ("6 months", Age(6, AgeUnit.MONTH), "6 months"),
        ("0 Days", Age(0, AgeUnit.DAY), "0 days"),
        (" 30 Minutes ", Age(30, AgeUnit.MINUTE), "30 minutes"),
    ],
)
def test_reads_the_registrys_units(text: str, age: Age, words: str) -> None:
    assert Age.read(text) == age
    assert age.words() == words


@pytest.mark.parametrize("text", ["", "N/A", "eighteen years", "18", "-1 Years", "1.5 Years", "18 Fortnights"])
def test_refuses_what_is_no_age(text: str) -> None:
    with pytest.raises(Refused, match="is not an age"):
        Age.read(text)


@pytest.mark.parametrize(("text", "years"), [("54", 54), ("2.5", 2.5), ("6 months", 0.5), ("0", 0)])
def test_reads_what_people_type(text: str, years: float) -> None:
    assert read_years(text) == pytest.approx(years)


@pytest.mark.parametrize("text", ["121", "-1", "ninety", "5e1", "1500 months", "٥"])
def test_refuses_what_is_no_age_of_a_person(text: str) -> None:
    with pytest.raises(Refused, match="Age must be from 0 to 120 years, such as 54, or 6 months"):
        read_years(text)


def test_units_agree_with_each_other() -> None:
    assert Age.read("24 Months").days() == pytest.approx(Age.read("2 Years").days())
    assert Age.read("2 Weeks").days() == 14
    assert Age.read("36 Hours").days() == 1.5
    assert Age.read("18 Months").years() == pytest.approx(1.5)
