"""What a person asks of the finder, and what it answers. Doors speak in these values; nothing here touches an index."""

from enum import StrEnum

import msgspec

from equipoise.studies.record import Location, Study

FARTHEST_KM = 805
"""The registry's own limit for a radius: 500 miles."""


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEAREST = "nearest"
    NEWEST = "newest"
    UPDATED = "updated"


class PlaceKind(StrEnum):
    CITY = "city"
    POSTCODE = "postcode"
    COUNTRY = "country"
    REGION = "region"
    POINT = "point"


class Place(msgspec.Struct, frozen=True):
    """Somewhere on the globe, in decimal degrees. A country or region has a name and, for the map, a middle.

    ``regions`` is a state or province in every way the records write it: ``country|state``.
    """

    name: str
    kind: PlaceKind
    lat: float
    lon: float
    country: str = ""
    spellings: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The name without what lies around it: Irvine, 92697, California."""
        return self.name if self.kind is PlaceKind.POINT else self.name.split(", ")[0]

    @property
    def is_area(self) -> bool:
        """Whether sites lie in it rather than so far from it."""
        return self.kind in (PlaceKind.COUNTRY, PlaceKind.REGION)

    @property
    def countries(self) -> frozenset[str]:
        """Of a country, every way the records write it."""
        return frozenset((self.country, *self.spellings))

    def holds(self, site: Location) -> bool:
        """Whether the site lies in this country or region, by the record's own words."""
        if self.kind is PlaceKind.REGION:
            return f"{site.country or ''}|{site.state or ''}" in self.regions
        return site.country in self.countries


class Ask(msgspec.Struct, frozen=True):
    """One search. Enumerated values are the registry's own (``RECRUITING``, ``PHASE3``, ``INDUSTRY``).

    ``within_km`` asks for sites that recruit now, unless ``any_site``. A country or region asks for sites there.
    ``age`` is in years. A region is written ``country|state``, a city ``country|state|city``. Facet fields admit any of
    their values; different fields must all hold.
    """

    words: str = ""
    place: Place | None = None
    within_km: int | None = None
    any_site: bool = False
    age: float | None = None
    sex: str | None = None
    healthy: bool | None = None
    has_results: bool | None = None
    status: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    study_type: tuple[str, ...] = ()
    funder: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    condition: tuple[str, ...] = ()
    sponsor: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    started_from: str | None = None
    started_to: str | None = None
    updated_from: str | None = None
    synonyms: bool = True
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 20


class Matched(msgspec.Struct, frozen=True):
    """Why a study was found: the field, in words, and a piece of its text.

    ``pieces`` alternates plain and highlighted text, beginning with plain (which may be empty).
    """

    field: str
    pieces: tuple[str, ...]

    @property
    def snippet(self) -> str:
        return "".join(self.pieces)


class NearestSite(msgspec.Struct, frozen=True):
    """A site and its great-circle distance from the place asked for, in kilometres."""

    facility: str | None
    city: str | None
    state: str | None
    country: str | None
    status: str
    distance_km: float


class Hit(msgspec.Struct, frozen=True):
    """One study found. ``sites_near`` and ``nearest`` answer only when a place was asked for.

    ``sites_total`` are the sites of the record held; ``study.sites_on_registry`` may be more.
    """

    study: Study
    score: float
    matched: tuple[Matched, ...]
    sites_total: int
    sites_open: int
    sites_near: int | None = None
    nearest: NearestSite | None = None


class FacetValue(msgspec.Struct, frozen=True):
    value: str
    count: int


class Expansion(msgspec.Struct, frozen=True):
    """Words that were added to what a person typed, and where they come from."""

    typed: str
    added: tuple[str, ...]
    source: str


class Offer(msgspec.Struct, frozen=True):
    """Everyday words that could mean several things, and what: for the person to choose, never added unasked."""

    typed: str
    meanings: tuple[str, ...]


class Found(msgspec.Struct, frozen=True):
    """The answer: how many studies, this page of them, counts by facet over all, and what was done to the words."""

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    expansions: tuple[Expansion, ...] = ()
    did_you_mean: str | None = None
    offers: tuple[Offer, ...] = ()
