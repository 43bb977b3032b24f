"""Which sites of a study take people now. A site shown open that is closed costs a sick person a journey."""

from equipoise.studies.record import Location, Study

_OPEN = frozenset({"RECRUITING", "AVAILABLE"})


def site_status(location: Location, study: Study) -> str:
    """The site's own status; the study's where the site gives none, or says it recruits and the study does not."""
    overall = study.status.overall_status or "UNKNOWN"
    stale = location.status in _OPEN and overall not in _OPEN
    return overall if stale else location.status or overall


def is_open(location: Location, study: Study) -> bool:
    """Whether the site takes people now: the study does, and the site, if it gives a status, says so too."""
    return site_status(location, study) in _OPEN


def open_sites(study: Study) -> tuple[Location, ...]:
    return tuple(location for location in study.locations if is_open(location, study))
