import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.finder.ask import Place, PlaceKind
from equipoise.finder.globe import distance_km
from equipoise.finder.names import Names, fold
from equipoise.finder.places import LONGEST, Gazetteer, OwnPlace, UnknownPlace
from equipoise.finder.postcodes import comparable
from equipoise.kernel.refused import Refused
from equipoise.studies.record import Location

OWN = (
    OwnPlace("United Kingdom", "", "London", "SW1A 2AA", 51.50853, -0.12574, sites=3),
    OwnPlace("United Kingdom", "Merseyside", "Liverpool", "L9 7LJ", 53.41058, -2.97794, sites=7),
    OwnPlace("France", "", "Paris", "75013", 48.85341, 2.3488, sites=4),
    OwnPlace("Germany", "Baden-Württemberg", "Heidelberg", "69120", 49.40768, 8.69079, sites=5),
    OwnPlace("Germany", "", "Bad Bramstedt", "D-24576", 53.91827, 9.88425),
    OwnPlace("Canada", "ON", "Ottawa", "", 45.41117, -75.69812),
    OwnPlace("Canada", "Ontario", "Toronto", "M5G 2C4", 43.70643, -79.39864, sites=2),
    OwnPlace("Netherlands", "", "Amsterdam", "1105AZ", 52.37403, 4.88969),
    OwnPlace("Switzerland", "", "Zurich", "CH - 8091", 47.36667, 8.55),
    OwnPlace("Korea, Republic of", "", "Seoul", "03080", 37.566, 126.9784, sites=9),
    OwnPlace("South Korea", "", "Seoul", "", 37.566, 126.9784),
    OwnPlace("Turkey", "", "Ankara", "06100", 39.91987, 32.85427, sites=2),
    OwnPlace("Turkey (Türkiye)", "", "Ankara", "", 39.91987, 32.85427, sites=3),
    OwnPlace("Former Yugoslavia", "", "Belgrade", "", 44.80401, 20.46513),
    OwnPlace("United States", "Vermont", "Tiny Hamlet", "05499", 44.5, -73.2),
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(OWN)


@pytest.fixture(scope="module")
def bare() -> Gazetteer:
    """A library that holds no record yet."""
    return Gazetteer()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Los Angeles", "Los Angeles, California, United States"),
        ("  los   angeles ", "Los Angeles, California, United States"),
        ("los angeles, ca", "Los Angeles, California, United States"),
        ("LOS ANGELES CA", "Los Angeles, California, United States"),
        ("Irvine, California", "Irvine, California, United States"),
        ("Irvine, Scotland", "Irvine, Scotland, United Kingdom"),
        ("München", "Munich, Bavaria, Germany"),
        ("Munich", "Munich, Bavaria, Germany"),
        ("Muenchen", "Munich, Bavaria, Germany"),
        ("munchen, de", "Munich, Bavaria, Germany"),
        ("Paris", "Paris, France"),
        ("Paris, Texas", "Paris, Texas, United States"),
        ("paris texas usa", "Paris, Texas, United States"),
        ("Cambridge", "Cambridge, England, United Kingdom"),
        ("Cambridge, UK", "Cambridge, England, United Kingdom"),
        ("Cambridge, MA", "Cambridge, Massachusetts, United States"),
        ("cambridge ma, usa", "Cambridge, Massachusetts, United States"),
        ("Cambridge, Ontario", "Cambridge, Ontario, Canada"),
        ("London, ON", "London, Ontario, Canada"),
        ("New York", "New York City, New York, United States"),
        ("NYC", "New York City, New York, United States"),
        ("Washington D.C.", "Washington, District of Columbia, United States"),
        ("Washington, DC", "Washington, District of Columbia, United States"),
        ("St Louis", "St. Louis, Missouri, United States"),
        ("Saint Louis, Missouri", "St. Louis, Missouri, United States"),
        ("Frankfurt", "Frankfurt am Main, Hesse, Germany"),
        ("Sao Paulo", "São Paulo, Brazil"),
        ("Ankara, Türkiye", "Ankara, Turkey (Türkiye)"),
        ("東京", "Tokyo, Japan"),
        ("Bad Bramstedt", "Bad Bramstedt, Schleswig-Holstein, Germany"),
        ("Tiny Hamlet", "Tiny Hamlet, Vermont, United States"),
        ("Bar Harbor, Maine", "Bar Harbor, Maine, United States"),
        ("Bar Harbor", "Bar Harbor, Maine, United States"),
        ("Seoul", "Seoul, Korea, Republic of"),
        ("Los\u200b Angeles\n", "Los Angeles, California, United States"),
    ],
)
def test_towns(gazetteer: Gazetteer, text: str, name: str) -> None:
    found = gazetteer.find(text)
    assert (found.name, found.kind) == (name, PlaceKind.CITY)


def test_a_town_is_where_it_is(gazetteer: Gazetteer) -> None:
    irvine = gazetteer.find("Irvine, California")
    assert distance_km(irvine.lat, irvine.lon, 33.66946, -117.82311) < 1
    assert irvine.country == "United States"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("United States", "United States"),
        ("usa", "United States"),
        ("U.S.A.", "United States"),
        ("UK", "United Kingdom"),
        ("england", "United Kingdom"),
        ("Germany", "Germany"),
        ("Deutschland", "Germany"),
        ("Czechia", "Czechia"),
        ("Czech Republic", "Czechia"),
        ("Georgia", "Georgia"),
        ("Netherlands", "Netherlands"),
        ("Iran, Islamic Republic of", "Iran"),
        ("Côte D'Ivoire", "Côte d'Ivoire"),
        ("Cote d’Ivoire", "Côte d'Ivoire"),
        ("South Korea", "Korea, Republic of"),
        ("Korea, Republic of", "Korea, Republic of"),
        ("Turkey", "Turkey (Türkiye)"),
        ("Turkey (Türkiye)", "Turkey (Türkiye)"),
        ("turkiye", "Turkey (Türkiye)"),
        ("Former Yugoslavia", "Former Yugoslavia"),
        ("Congo, The Democratic Republic of the", "Democratic Republic of the Congo"),
    ],
)
def test_countries_are_spelled_as_the_records_mostly_do(gazetteer: Gazetteer, text: str, country: str) -> None:
    found = gazetteer.find(text)
    assert (found.name, found.country, found.kind) == (country, country, PlaceKind.COUNTRY)


def test_the_middle_of_a_country_is_in_it(bare: Gazetteer) -> None:
    for text, lat, lon, within in (
        ("France", 47, 2.5, 200),
        ("United States", 39, -94, 500),
        ("Fiji", -17.8, 178, 100),
    ):
        found = bare.find(text)
        assert distance_km(found.lat, found.lon, lat, lon) < within, found


def test_all_spellings_of_a_country_are_told(gazetteer: Gazetteer) -> None:
    assert gazetteer.spellings("South Korea") == ("Korea, Republic of", "South Korea")
    assert gazetteer.spellings("Turkey") == ("Turkey (Türkiye)", "Turkey")
    assert gazetteer.spellings("Atlantis") == ("Atlantis",)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("90210", "90210, Beverly Hills, California, United States"),
        ("90210-1234", "90210, Beverly Hills, California, United States"),
        ("90210 USA", "90210, Beverly Hills, California, United States"),
        ("62701 Springfield", "62701, Springfield, Illinois, United States"),
        ("1 Main Street, Irvine, CA 92697", "92697, Irvine, California, United States"),
        ("00936", "00936, San Juan, Puerto Rico"),
        ("SW1A 2AA", "SW1A 2AA, London, United Kingdom"),
        ("sw1a2aa", "SW1A 2AA, London, United Kingdom"),
        ("SW1A 1AA", "SW1A 1AA, London, United Kingdom"),
        ("SW1", "SW1, London, United Kingdom"),
        ("Liverpool L9 7LJ", "L9 7LJ, Liverpool, Merseyside, United Kingdom"),
        ("75013 Paris", "75013, Paris, France"),
        ("Paris 75013, France", "75013, Paris, France"),
        ("D-69120", "69120, Heidelberg, Baden-Württemberg, Germany"),
        ("69120 Heidelberg", "69120, Heidelberg, Baden-Württemberg, Germany"),
        ("24576 Germany", "24576, Bad Bramstedt, Germany"),
        ("m5g 2c4", "M5G 2C4, Toronto, Ontario, Canada"),
        ("M5G", "M5G, Toronto, Ontario, Canada"),
        ("1105 AZ", "1105 AZ, Amsterdam, Netherlands"),
        ("CH-8091", "8091, Zurich, Switzerland"),
    ],
)
def test_postal_codes(gazetteer: Gazetteer, text: str, name: str) -> None:
    found = gazetteer.find(text)
    assert (found.name, found.kind) == (name, PlaceKind.POSTCODE)


@pytest.mark.parametrize(
    ("text", "name"), [("75013 Paris", "Paris, France"), ("London SW1", "London, England, United Kingdom")]
)
def test_beside_a_postal_code_we_do_not_know_the_town_is_enough(bare: Gazetteer, text: str, name: str) -> None:
    assert bare.find(text).name == name


def test_a_code_without_streets_lies_in_its_town(bare: Gazetteer) -> None:
    """The package puts 90095, a university in the west of Los Angeles, 35 km off in the harbour."""
    found = bare.find("90095")
    assert distance_km(found.lat, found.lon, 34.05223, -118.24368) < 1


def test_a_bare_number_may_be_a_code_of_several_countries(gazetteer: Gazetteer) -> None:
    names = [place.name for place in gazetteer.candidates("69120")]
    assert names == ["69120, Arnold, Nebraska, United States", "69120, Heidelberg, Baden-Württemberg, Germany"]


def test_unknown_postal_codes_are_refused_with_towns_that_have_such(gazetteer: Gazetteer, bare: Gazetteer) -> None:
    with pytest.raises(Refused, match=r"We do not know the postal code 'SW1A 1AA'\. Type the town instead\."):
        bare.find("SW1A 1AA")
    with pytest.raises(
        Refused, match=r"'D-69124'\. Type the town instead, such as Heidelberg, Baden-Württemberg, Germany."
    ):
        gazetteer.find("D-69124")


@pytest.mark.parametrize(
    "text",
    [
        "33.67,-117.82",
        "33.67 -117.82",
        "33.67; -117.82",
        "33.67 N, 117.82 W",
        "33.67° N 117.82° W",
        "N33.67 W117.82",
        "117.82 W, 33.67 N",
        "(33.67, \u2212117.82)",
        "33°40'12\"N 117°49'12\"W",
    ],
)
def test_coordinates(bare: Gazetteer, text: str) -> None:
    assert bare.find(text) == Place("33.67° N, 117.82° W", PlaceKind.POINT, 33.67, -117.82)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("91, 0", "The latitude 91 is off the globe: it runs from -90 to 90. Did you mean 0, 91?"),
        ("-117.82, 33.67", "Did you mean 33.67, -117.82?"),
        ("0, 181", "The longitude 181 is off the globe: it runs from -180 to 180."),
        ("99999.5, 2", "The latitude 99999.5 is off the globe"),
        ("12 N, 13 S", "'12 N, 13 S' gives the same direction twice."),
    ],
)
def test_coordinates_off_the_globe_are_refused(bare: Gazetteer, text: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        bare.find(text)
    assert words in str(refused.value)


def test_unknown_places_are_refused_with_names_like_them(gazetteer: Gazetteer) -> None:
    with pytest.raises(Refused) as refused:
        gazetteer.find("Los Angelos")
    told = str(refused.value)
    assert told.startswith(
        "We do not know a place called 'Los Angelos'. Did you mean Los Angeles, California, United States"
    )
    assert told.endswith("?")
    assert len(gazetteer.suggestions("Los Angelos")) <= 5


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Los Angelos, CA", "Los Angeles, California, United States"),
        ("Los Angelos California", "Los Angeles, California, United States"),
        ("Germny", "Germany"),
        ("Heidelburg, Germany", "Heidelberg, Baden-Württemberg, Germany"),
        ("Cambridge, Texas", "Cambridge, England, United Kingdom"),
        ("Amsterdm", "Amsterdam, Netherlands"),
    ],
)
def test_the_likeliest_is_suggested_first(gazetteer: Gazetteer, text: str, first: str) -> None:
    assert gazetteer.suggestions(text)[0].name == first


@pytest.mark.parametrize("text", ["xqzvwk", "???", "Xqzvwk, Texas"])
def test_where_nothing_is_like_it_the_refusal_says_what_can_be_typed(gazetteer: Gazetteer, text: str) -> None:
    with pytest.raises(UnknownPlace, match="Type a town, a state, a country, a postal code, or coordinates") as refused:
        gazetteer.find(text)
    assert refused.value.names == ()


@pytest.mark.parametrize(
    ("text", "name", "regions"),
    [
        ("California", "California, United States", ("United States|California",)),
        ("california, USA", "California, United States", ("United States|California",)),
        ("CA", "California, United States", ("United States|California",)),
        ("Bavaria", "Bavaria, Germany", ("Germany|Bavaria",)),
        ("Bayern, Deutschland", "Bavaria, Germany", ("Germany|Bavaria",)),
        ("Ontario", "Ontario, Canada", ("Canada|Ontario", "Canada|ON")),
        ("ontario, canada", "Ontario, Canada", ("Canada|Ontario", "Canada|ON")),
        ("Georgia, USA", "Georgia, United States", ("United States|Georgia",)),
        ("New York State", "New York (region), United States", ("United States|New York",)),
        ("New York (region), United States", "New York (region), United States", ("United States|New York",)),
        ("Merseyside", "Merseyside, United Kingdom", ("United Kingdom|Merseyside",)),
    ],
)
def test_a_state_is_a_place_as_the_records_write_it(
    gazetteer: Gazetteer, text: str, name: str, regions: tuple[str, ...]
) -> None:
    found = gazetteer.find(text)
    assert (found.name, found.kind, found.regions) == (name, PlaceKind.REGION, regions)
    assert found.country == name.rsplit(", ", maxsplit=1)[-1]
    assert gazetteer.find(found.name) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("New York", "New York City, New York, United States"),
        ("Ontario, CA", "Ontario, California, United States"),
        ("Georgia", "Georgia"),
        ("Hamburg", "Hamburg, Germany"),
    ],
)
def test_what_is_better_known_than_the_state_comes_first(gazetteer: Gazetteer, text: str, name: str) -> None:
    assert gazetteer.find(text).name == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ca", ("Canada", "California, United States")),
        ("de", ("Germany", "Delaware, United States")),
        ("Califronia", ("California, United States",)),
    ],
)
def test_a_short_form_in_small_letters_is_asked_about(gazetteer: Gazetteer, text: str, names: tuple[str, ...]) -> None:
    with pytest.raises(UnknownPlace) as refused:
        gazetteer.find(text)
    assert refused.value.names == names
    assert all(gazetteer.find(name).name == name for name in names)


def test_a_region_holds_sites_by_the_records_words_and_lies_in_its_middle(gazetteer: Gazetteer) -> None:
    california = gazetteer.find("California")
    assert california.holds(Location(state="California", country="United States"))
    assert not california.holds(Location(state="California", country="Mexico"))
    assert not california.holds(Location(city="Irvine", country="United States"))
    assert distance_km(california.lat, california.lon, 36.78, -119.42) < 250


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u200b"])
def test_nothing_is_refused(bare: Gazetteer, text: str) -> None:
    with pytest.raises(Refused, match=r"No place was given\."):
        bare.find(text)


@pytest.mark.parametrize("text", ["Par\x00is", "Paris\x7f", "\x1b[31mParis", "Paris\ud800"])
def test_control_characters_are_refused(bare: Gazetteer, text: str) -> None:
    with pytest.raises(Refused, match="control characters"):
        bare.find(text)
    assert bare.candidates(text) == ()


def test_what_is_too_long_is_refused_and_the_limit_said(bare: Gazetteer) -> None:
    with pytest.raises(Refused, match=r"The place is 101 characters long\. Use at most 100\."):
        bare.find("a" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("paris", ["Paris, France", "Paris, Texas, United States"]),
        ("los a", ["Los Angeles, California, United States"]),
        ("paris, t", ["Paris, Texas, United States", "Paris, Tennessee, United States"]),
        ("paris te", ["Paris, Texas, United States", "Paris, Tennessee, United States"]),
        ("new y", ["New York City, New York, United States"]),
        ("germ", ["Germany"]),
        ("ontario", ["Ontario, Canada", "Ontario, California, United States"]),
        ("tiny h", ["Tiny Hamlet, Vermont, United States"]),
    ],
)
def test_candidates_complete_what_is_typed(gazetteer: Gazetteer, text: str, names: list[str]) -> None:
    found = [place.name for place in gazetteer.candidates(text)]
    assert found[: len(names)] == names
    assert len(found) == len(set(found)) <= 8


def test_candidates_keep_to_the_limit(gazetteer: Gazetteer) -> None:
    assert len(gazetteer.candidates("s", 3)) == 3
    assert gazetteer.candidates("") == ()


@cache
def kept() -> Gazetteer:
    return Gazetteer(OWN)


@settings(max_examples=200)
@given(st.text(max_size=60) | st.text("SW1A 0925-,NEK'°.", max_size=20))
def test_anything_typed_is_found_or_refused(text: str) -> None:
    gazetteer = kept()
    gazetteer.candidates(text)
    try:
        found = gazetteer.find(text)
    except Refused as refused:
        found = None
        told = str(refused)
    assert found or told.endswith((".", "?"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saint-Étienne", "st. etienne"),
        ("Łódź", "lodz"),
        ("Tromsø", "tromso"),
        ("İstanbul", "istanbul"),
        ("Ｌｏｎｄｏｎ", "london"),
        ("Coeur d’Alene", "Coeur D'Alene"),
        ("Weißenfels", "weissenfels"),
    ],
)
def test_folding(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.lists(st.tuples(st.text("abc \u0434", min_size=1, max_size=4), st.integers(0, 50)), max_size=30))
def test_the_sorted_list_finds_what_was_put_in(pairs: list[tuple[str, int]]) -> None:
    names = Names((number, [name]) for name, number in pairs)
    for name, _ in pairs:
        assert names.exact(name).tolist() == sorted({number for each, number in pairs if each == name})
        begun = {number for each, number in pairs if each.startswith(name[:1])}
        assert set(names.beginning(name[:1]).tolist()) == begun
    assert names.exact("abcabc").tolist() == []


@pytest.mark.parametrize(
    ("code", "country", "same"),
    [
        ("90095-1772", "US", "90095"),
        ("CH - 6006", "CH", "6006"),
        ("D-61462", "DE", "61462"),
        ("QC H4J 1C5", "CA", "H4J 1C5"),
        ("1066CX", "NL", "1066 CX"),
        ("sw1a1aa", "GB", "SW1A 1AA"),
        ("141 86", "SE", "14186"),
        ("n/a", "US", ""),
    ],
)
def test_postal_codes_of_records_are_made_comparable(code: str, country: str, same: str) -> None:
    assert comparable(code, country) == same


@pytest.mark.parametrize(
    "start", ["san", "new", "mon", "d", "s", "901", "korea", "cambridge", "69120", "L9", "10.5, 20"]
)
def test_what_is_offered_can_be_chosen(gazetteer: Gazetteer, start: str) -> None:
    for place in gazetteer.candidates(start, 30):
        assert gazetteer.find(place.name) == place


def test_places_of_real_records_are_all_found(shared_data: Path) -> None:
    own = tuple(_own_places(shared_data))
    gazetteer = Gazetteer(own)
    unknown = []
    for place in own:
        try:
            found = gazetteer.find(f"{place.city}, {place.country}"[:LONGEST])
        except Refused:
            unknown.append(place)
            continue
        if not place.state and found.kind is PlaceKind.CITY:
            assert found.country == gazetteer.find(place.country).country
    assert not unknown, unknown[:10]


def test_small_and_quick() -> None:
    """Each web worker has its own: seconds and megabytes are taken in a fresh process, with room for a slow machine."""
    pytest.importorskip("resource")
    script = (
        "import time, resource, h3, numpy, rapidfuzz, msgspec\n"
        "import equipoise.finder.places as places\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "began = time.process_time(); gazetteer = places.Gazetteer(); built = time.process_time() - began\n"
        "grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024\n"
        "print(built, grown)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    built, grown = map(float, ran.stdout.split())
    assert built < 5
    assert grown < 80


def test_lookups_are_quick(gazetteer: Gazetteer) -> None:
    gazetteer.find("90210")
    for text, seconds in (("Paris, Texas", 0.05), ("90210", 0.05), ("Germany", 0.05), ("Los Angeles", 0.05)):
        gazetteer.find(text)
        began = time.process_time()
        gazetteer.find(text)
        assert time.process_time() - began < seconds, text
    began = time.process_time()
    gazetteer.suggestions("Los Angelos")
    assert time.process_time() - began < 0.5


def _own_places(folder: Path) -> Iterator[OwnPlace]:
    with gzip.open(folder / "studies_v2.jsonl.gz") as lines:
        for line in lines:
            protocol = json.loads(line).get("protocolSection", {})
            for site in protocol.get("contactsLocationsModule", {}).get("locations", ()):
                point = site.get("geoPoint")
                if point and site.get("city") and site.get("country"):
                    parts = (site.get(part) or "" for part in ("country", "state", "city", "zip"))
                    yield OwnPlace(*parts, point["lat"], point["lon"])
