import pytest

from equipoise.kernel.ages import Age, AgeUnit
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


def test_units_agree_with_each_other() -> None:
    assert Age.read("24 Months").days() == pytest.approx(Age.read("2 Years").days())
    assert Age.read("2 Weeks").days() == 14
    assert Age.read("36 Hours").days() == 1.5
    assert Age.read("18 Months").years() == pytest.approx(1.5)
