import pytest

from equipoise.studies.read import read_study
from equipoise.studies.record import Study
from equipoise.studies.sites import is_open, open_sites, site_status
from tests.making import record, site


def study(overall: str | None, *own: str | None) -> Study:
    sites = [site("Lyon") | ({"status": status} if status else {}) for status in own]
    status = {"overallStatus": overall} if overall else {}
    return read_study(record(1, statusModule=status, contactsLocationsModule={"locations": sites}))


@pytest.mark.parametrize(
    ("overall", "own", "shown", "opened"),
    [
        ("RECRUITING", "RECRUITING", "RECRUITING", True),
        ("RECRUITING", None, "RECRUITING", True),
        ("RECRUITING", "COMPLETED", "COMPLETED", False),
        ("RECRUITING", "UNKNOWN", "UNKNOWN", False),
        ("COMPLETED", "RECRUITING", "COMPLETED", False),
        ("ACTIVE_NOT_RECRUITING", None, "ACTIVE_NOT_RECRUITING", False),
        ("UNKNOWN", "RECRUITING", "UNKNOWN", False),
        ("NOT_YET_RECRUITING", "RECRUITING", "NOT_YET_RECRUITING", False),
        ("AVAILABLE", "AVAILABLE", "AVAILABLE", True),
        (None, "RECRUITING", "UNKNOWN", False),
        (None, None, "UNKNOWN", False),
    ],
)
def test_a_site_is_open_only_when_study_and_site_say_so(
    overall: str | None, own: str | None, shown: str, opened: bool
) -> None:
    one = study(overall, own)
    assert site_status(one.locations[0], one) == shown
    assert is_open(one.locations[0], one) is opened


def test_open_sites_keep_the_records_order() -> None:
    one = study("RECRUITING", "RECRUITING", "COMPLETED", None)
    assert open_sites(one) == (one.locations[0], one.locations[2])
