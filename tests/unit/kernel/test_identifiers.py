import pytest

from equipoise.kernel.identifiers import is_fictional, is_nct_id, nct_id_of, number_of, read_nct_id
from equipoise.kernel.refused import Refused


@pytest.mark.parametrize("text", ["NCT06455449", "nct06455449", " NCT6455449 ", "NCT0006455449"])
def test_one_study_has_one_written_form(text: str) -> None:
    assert read_nct_id(text) == "NCT06455449"


@pytest.mark.parametrize("text", ["", "06455449", "NCT", "NCT00000000", "NCT123456789", "NCT06455449x", "NCT٠٦"])
def test_refuses_other_identifiers(text: str) -> None:
    assert not is_nct_id(text)
    with pytest.raises(Refused, match="is not a ClinicalTrials"):
        read_nct_id(text)


def test_number_and_identifier_name_each_other() -> None:
    assert nct_id_of(number_of("NCT00000102")) == "NCT00000102"


def test_fictional_studies_lie_outside_the_registrys_range() -> None:
    assert is_fictional("NCT99000001")
    assert not is_fictional("NCT06455449")
    assert not is_fictional("not an identifier")
