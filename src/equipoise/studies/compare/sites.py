"""Sites that opened, closed, came, went, or changed in what is recorded of them."""

from collections.abc import Hashable, Iterator

import msgspec

from equipoise.studies.compare.change import Change, ChangeKind, counted
from equipoise.studies.compare.lists import differing_fields, matched
from equipoise.studies.labels import Openness, openness, shown
from equipoise.studies.record import Location, Study
from equipoise.studies.sites import site_status

_VERBS = {
    "Sites now enrolling": ("now enrols", "now enrol"),
    "Sites no longer enrolling": ("no longer enrols", "no longer enrol"),
    "Site status": ("changed status", "changed status"),
    "Sites added": ("was added", "were added"),
    "Sites removed": ("was removed", "were removed"),
    "Site details": ("changed in what is recorded of it", "changed in what is recorded of them"),
}
_WORDS = {"geo_point": "map point", "zip": "postcode"}


class _Pair(msgspec.Struct, frozen=True):
    """One site in both versions, with its status or, where it gives none, the study's."""

    old: Location
    new: Location
    before: str
    after: str

    @property
    def turned(self) -> str:
        """The heading its change of status falls under; empty if it has none."""
        if self.before == self.after:
            return ""
        was, is_ = (openness(status) is Openness.OPEN for status in (self.before, self.after))
        if was == is_:
            return "Site status"
        return "Sites now enrolling" if is_ else "Sites no longer enrolling"


def site_changes(old: Study, new: Study) -> Iterator[Change]:
    if old.locations == new.locations:
        return
    match = matched(old.locations, new.locations, (_address_and_status, _address, _facility, _door))
    pairs = [_Pair(one, other, site_status(one, old), site_status(other, new)) for one, other in match.pairs]
    differing = [pair for pair in pairs if pair.old != pair.new]
    for heading in ("Sites now enrolling", "Sites no longer enrolling", "Site status"):
        yield from _told(heading, [_turn_words(pair) for pair in differing if pair.turned == heading])
    yield from _told("Sites added", [f"{site_words(site)} ({_shown(site_status(site, new))})" for site in match.added])
    yield from _told("Sites removed", [site_words(site) for site in match.removed])
    yield from _told("Site details", [words for pair in differing if (words := _details(pair))])
    if not (differing or match.added or match.removed):
        yield Change(ChangeKind.SITES, "Sites", "The order of the sites changed.")


def site_words(site: Location) -> str:
    """``Hospital, Lyon, France``."""
    parts = (site.facility, site.city, site.state, site.country)
    return ", ".join(part for part in parts if part) or "a site without a name"


def _told(heading: str, lines: list[str]) -> Iterator[Change]:
    one, many = _VERBS[heading]
    if len(lines) == 1:
        yield Change(ChangeKind.SITES, heading, f"One site {one}: {lines[0]}.")
    elif lines:
        yield Change(ChangeKind.SITES, heading, f"{counted(len(lines), 'site')} {many}.", details=tuple(lines))


def _turn_words(pair: _Pair) -> str:
    return f"{site_words(pair.new)} (was {_shown(pair.before)}, now {_shown(pair.after)})"


def _details(pair: _Pair) -> str:
    """What else differs; a status now written out, or left out, counts where it means the same as before."""
    names = [name for name in differing_fields(pair.old, pair.new) if name != "status"]
    if not names and pair.turned:
        return ""
    return f"{site_words(pair.new)}: {', '.join(_WORDS.get(name, name) for name in names) or 'status'}"


def _shown(status: str) -> str:
    return shown("RecruitmentStatus", status).lower()


def _folded(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _address_and_status(site: Location) -> Hashable:
    return (_address(site), site.status)


def _address(site: Location) -> Hashable:
    return (*_facility(site), _folded(site.zip))


def _facility(site: Location) -> tuple[str, ...]:
    return (_folded(site.facility), _folded(site.city), _folded(site.country))


def _door(site: Location) -> Hashable:
    """A town and a postcode: the site was renamed. Without a postcode nothing says it is the same one."""
    return (_folded(site.city), _folded(site.zip), _folded(site.country)) if site.city and site.zip else site
