"""Which sites of a study take people now. A site shown open that is closed costs a sick person a journey."""

from equipoise.studies.record import Location, Study

_OPEN = frozenset({"RECRUITING", "AVAILABLE"})


def is_open(location: Location, study: Study) -> bool:
    """A site is open when the study is, and the site's own status, if it gives one, says so too."""
    return study.status.overall_status in _OPEN and (location.status or study.status.overall_status) in _OPEN


def open_sites(study: Study) -> tuple[Location, ...]:
    return tuple(location for location in study.locations if is_open(location, study))
