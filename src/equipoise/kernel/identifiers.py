"""Registry identifiers."""

import re

from equipoise.kernel.refused import Refused

_NCT = re.compile(r"\s*NCT0*([1-9]\d{0,7})\s*\Z", re.ASCII | re.IGNORECASE)

FIRST_FICTIONAL = 99_000_000
"""Numbers from here on are far above any the registry has given out; our fictional studies use them."""


def read_nct_id(text: str) -> str:
    """The identifier in its one written form: NCT and eight digits."""
    match = _NCT.match(text)
    if not match:
        raise Refused("is not a ClinicalTrials.gov identifier.", what=repr(text[:40]), do="Write NCT and eight digits.")
    return f"NCT{int(match[1]):08d}"


def is_nct_id(text: str) -> bool:
    return _NCT.match(text) is not None


def is_fictional(nct_id: str) -> bool:
    return is_nct_id(nct_id) and int(nct_id[3:]) >= FIRST_FICTIONAL


def number_of(nct_id: str) -> int:
    """The number in an identifier, under which tables and indexes keep the study."""
    return int(read_nct_id(nct_id)[3:])


def nct_id_of(number: int) -> str:
    return f"NCT{number:08d}"
