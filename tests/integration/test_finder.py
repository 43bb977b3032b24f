"""The finder against the records themselves: what it finds is what a plain reading of every record finds."""

import msgspec
import pytest

from equipoise.actions.browse import browse_conditions, browse_places, browse_sponsors
from equipoise.actions.find import count_studies, find_place, find_studies, identified
from equipoise.actions.library import Library
from equipoise.actions.load import load_entries
from equipoise.exchange.files import Entry
from equipoise.finder import search
from equipoise.finder.ask import Ask, Place, PlaceKind, Sort
from equipoise.finder.fields import FACETS
from equipoise.finder.globe import distance_km
from equipoise.finder.search import Search
from equipoise.finder.words import read_words
from equipoise.kernel.refused import Refused
from equipoise.store.load import Origin
from equipoise.studies.read import read_study
from equipoise.studies.record import Study
from equipoise.studies.sites import is_open
from tests.making import record, site, updated

PARIS = Place("Paris", PlaceKind.POINT, 48.8534, 2.3488)
BOSTON = Place("Boston", PlaceKind.POINT, 42.3584, -71.0598)
FIJI = Place("Fiji", PlaceKind.POINT, -17.8, 179.9)


@pytest.fixture(scope="module")
def studies(real_records: list[bytes]) -> list[Study]:
    return [read_study(raw) for raw in real_records]


def found_ids(library: Library, ask: Ask) -> set[str]:

    found = find_studies(library, msgspec.structs.replace(ask, per_page=600))
    assert found.total == len(found.hits)
    return {hit.study.nct_id for hit in found.hits}


@pytest.mark.parametrize("place", [PARIS, BOSTON, FIJI], ids=lambda place: place.name)
@pytest.mark.parametrize("km", [1, 30, 100, 400, 805])
@pytest.mark.parametrize("any_site", [True, False])
def test_a_radius_finds_exactly_the_studies_with_a_site_inside(
    real_library: Library, studies: list[Study], place: Place, km: int, any_site: bool
) -> None:
    expected = {
        study.nct_id
        for study in studies
        for site in study.locations
        if site.geo_point and (any_site or is_open(site, study))
        if distance_km(place.lat, place.lon, site.geo_point.lat, site.geo_point.lon) <= km
    }
    assert found_ids(real_library, Ask(place=place, within_km=km, any_site=any_site)) == expected


def test_some_radius_finds_something(real_library: Library) -> None:
    assert count_studies(real_library, Ask(place=PARIS, within_km=30, any_site=True)) > 3


def test_an_age_admits_those_whose_limits_do(real_library: Library, studies: list[Study]) -> None:
    def admits(study: Study, age: int) -> bool:
        low, high = study.eligibility.minimum_age, study.eligibility.maximum_age
        assert all(text is None or text.endswith(("Years", "Year")) for text in (low, high))
        return (low is None or age >= int(low.split()[0])) and (high is None or age <= int(high.split()[0]))

    in_years = [
        study
        for study in studies
        if all("Year" in text for text in (study.eligibility.minimum_age, study.eligibility.maximum_age) if text)
    ]
    assert len(in_years) > 400
    for age in (0, 17, 18, 54, 65, 66, 100):
        found = found_ids(real_library, Ask(age=float(age)))
        assert {study.nct_id for study in in_years if admits(study, age)} == found & {s.nct_id for s in in_years}


def test_a_sex_finds_studies_for_it_for_all_and_those_that_do_not_say(
    real_library: Library, studies: list[Study]
) -> None:
    expected = {study.nct_id for study in studies if study.eligibility.sex in ("FEMALE", "ALL", None)}
    assert found_ids(real_library, Ask(sex="FEMALE")) == expected


def test_facets_count_what_choosing_them_would_find(real_library: Library) -> None:
    ask = Ask(words="pain")
    found = find_studies(real_library, ask)
    assert found.total > 20
    for name, field in (("status", "status"), ("phase", "phase"), ("study_type", "study_type"), ("country", "country")):
        for value in found.facets[name][:5]:
            chosen = Ask(words="pain", **{field: (value.value,)})
            assert count_studies(real_library, chosen) == value.count, (name, value)


def test_a_chosen_facet_still_counts_its_other_values(real_library: Library) -> None:
    free = find_studies(real_library, Ask(words="pain"))
    chosen = find_studies(real_library, Ask(words="pain", status=("COMPLETED",)))
    assert chosen.facets["status"] == free.facets["status"]
    assert chosen.facets["phase"] != free.facets["phase"]


@pytest.mark.parametrize("ask", [Ask(), Ask(words="pain"), Ask(words="cancer", age=30.0), Ask(country=("France",))])
def test_facets_counted_value_by_value_or_study_by_study_are_the_same(
    real_library: Library, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for many in (0, 10_000):
        monkeypatch.setattr(search, "MANY", many)
        view = Search(real_library.index)
        view.view.remembered.clear()
        found.append(view.rank(read_words(ask.words), ask).facets)
    assert found[0] == found[1]
    assert tuple(found[0]) == FACETS


def test_pages_together_are_everything_once(real_library: Library) -> None:
    pages = [find_studies(real_library, Ask(words="study", page=page, per_page=7)) for page in range(1, 80)]
    ids = [hit.study.nct_id for found in pages for hit in found.hits]
    assert len(ids) == len(set(ids)) == pages[0].total


@pytest.mark.parametrize("any_site", [True, False])
def test_nearest_first_over_all_pages(real_library: Library, any_site: bool) -> None:
    ask = Ask(place=PARIS, sort=Sort.NEAREST, any_site=any_site, per_page=600)
    distances = [hit.nearest.distance_km for hit in find_studies(real_library, ask).hits if hit.nearest]
    assert len(distances) > 50
    assert distances == sorted(distances)

    paged = [
        hit.nearest.distance_km
        for page in range(1, 6)
        for hit in find_studies(real_library, msgspec.structs.replace(ask, page=page, per_page=20)).hits
        if hit.nearest
    ]
    assert all(far >= near * 0.6 - 2 for near, far in zip(paged, paged[20:], strict=False))


@pytest.mark.parametrize("text", ["California", "Ontario", "Bavaria"])
def test_a_state_finds_the_studies_with_a_site_there(real_library: Library, studies: list[Study], text: str) -> None:
    place = find_place(real_library, text)
    expected = {study.nct_id for study in studies if any(map(place.holds, study.locations))}
    assert found_ids(real_library, Ask(place=place)) == expected
    by_name = {study.nct_id for study in studies if any(site.state == text for site in study.locations)}
    assert by_name <= expected
    if text == "California":
        assert len(by_name) > 20


def test_newest_first(real_library: Library) -> None:
    hits = find_studies(real_library, Ask(sort=Sort.NEWEST, per_page=600)).hits
    dates = [hit.study.status.study_first_post_date_struct.date or "" for hit in hits]
    assert dates == sorted(dates, reverse=True)


def test_every_hit_says_why(real_library: Library) -> None:
    for words in ("pain", "breast cancer", '"quality of life"', "treatment:placebo"):
        for hit in find_studies(real_library, Ask(words=words)).hits:
            assert hit.matched, (words, hit.study.nct_id)
            marked = hit.matched[0].pieces[1::2]
            assert marked
            assert all(piece.strip() for piece in marked)


def test_words_are_all_wanted_and_minus_is_not(real_library: Library) -> None:
    pain, knee = (count_studies(real_library, Ask(words=words)) for words in ("pain", "pain knee"))
    without = count_studies(real_library, Ask(words="pain -knee"))
    assert 0 < knee < pain
    assert knee + without == pain


def test_a_record_s_own_identifiers_lead_to_it(real_library: Library, studies: list[Study]) -> None:
    study = studies[100]
    assert identified(real_library, study.nct_id.lower()) == study.nct_id
    own = next(s for s in studies if any(c.isdigit() for c in s.identification.org_study_id_info.id or ""))
    assert identified(real_library, own.identification.org_study_id_info.id or "") == own.nct_id
    assert identified(real_library, "NCT99999999") is None
    assert identified(real_library, "pain") is None


def test_a_misspelt_word_gets_a_suggestion(real_library: Library) -> None:
    assert find_studies(real_library, Ask(words="diabtes treatment")).did_you_mean == "diabetes treatment"
    assert find_studies(real_library, Ask(words="diabetes")).did_you_mean is None


def test_a_word_we_know_is_spelt_well_though_no_study_has_it(library: Library) -> None:
    raws = (record(number, identificationModule={"briefTitle": "Gouty asthma"}) for number in range(1, 4))
    load_entries(library, (Entry(where="made", raw=raw) for raw in raws), Origin("import", "made", "2026-11-01"))
    told = {word: find_studies(library, Ask(words=word)).did_you_mean for word in ("gout", "goty", "asma")}
    assert told == {"gout": None, "goty": "gouty", "asma": "asthma"}


def test_a_piece_of_a_text_keeps_the_signs_at_its_end(library: Library) -> None:
    raw = record(1, identificationModule={"briefTitle": "Asthma at night (in children)."})
    load_entries(library, (Entry(where="made", raw=raw),), Origin("import", "made", "2026-11-01"))
    (hit,) = find_studies(library, Ask(words="asthma")).hits
    assert "".join(hit.matched[0].pieces) == "Asthma at night (in children)."


def test_browsing_counts_what_searching_finds(real_library: Library) -> None:
    for country in browse_places(real_library)[:5]:
        assert count_studies(real_library, Ask(country=(country.name,))) == country.studies
        recruiting = count_studies(real_library, Ask(country=(country.name,), status=("RECRUITING",)))
        assert recruiting == country.recruiting
    for state in browse_places(real_library, "United States")[:5]:
        assert count_studies(real_library, Ask(region=(f"United States|{state.name}",))) == state.studies
    for city in browse_places(real_library, "United States", "California")[:5]:
        assert count_studies(real_library, Ask(city=(f"United States|California|{city.name}",))) == city.studies
    for value in browse_conditions(real_library)[:5]:
        assert count_studies(real_library, Ask(condition=(value.value,))) == value.count
    for value in browse_sponsors(real_library)[:5]:
        assert count_studies(real_library, Ask(sponsor=(value.value,))) == value.count


def test_a_search_before_anything_is_indexed_says_what_to_do(library: Library) -> None:
    with pytest.raises(Refused, match="equipoise index --rebuild"):
        find_studies(library, Ask())


def test_a_country_is_found_however_the_records_write_it(library: Library) -> None:

    raws = [
        record(number, statusModule=updated("2024-01-01"), contactsLocationsModule={"locations": [seoul]})
        for number, seoul in enumerate(
            [
                site("Seoul", 37.566, 126.978, country="Korea, Republic of"),
                site("Seoul", 37.566, 126.978, country="South Korea"),
                site("Tokyo", 35.69, 139.69, country="Japan"),
            ],
            1,
        )
    ]
    load_entries(library, (Entry("test", raw=raw) for raw in raws), Origin("import", "test", "2026-11-01"))
    for name in ("South Korea", "Korea, Republic of"):
        found = find_studies(library, Ask(place=find_place(library, name)))
        assert {hit.study.nct_id for hit in found.hits} == {"NCT00000001", "NCT00000002"}
        assert [hit.sites_near for hit in found.hits] == [1, 1]
