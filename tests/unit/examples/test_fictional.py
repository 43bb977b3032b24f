"""Fictional studies: the same every time, marked, shaped like the registry's, and true to themselves."""

import json
import math
import re
from collections import Counter
from itertools import groupby, pairwise
from statistics import median
from typing import Any

import pytest

from equipoise.examples import COUNT, JASMINE, earlier_versions, fictional_studies, sample
from equipoise.examples.criteria import standard_ages
from equipoise.examples.sites import cities
from equipoise.examples.tables import areas, conditions, places, words
from equipoise.kernel.ages import Age
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.identifiers import is_fictional
from equipoise.studies.read import read_study, unknown
from equipoise.studies.record import Study
from equipoise.studies.sites import is_open

STUDY_STATUS = {
    "ACTIVE_NOT_RECRUITING", "COMPLETED", "ENROLLING_BY_INVITATION", "NOT_YET_RECRUITING", "RECRUITING", "SUSPENDED",
    "TERMINATED", "WITHDRAWN", "AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING", "WITHHELD", "UNKNOWN",
}  # fmt: skip
SITE_STATUS = {
    "ACTIVE_NOT_RECRUITING", "COMPLETED", "ENROLLING_BY_INVITATION", "NOT_YET_RECRUITING", "RECRUITING", "SUSPENDED",
    "TERMINATED", "WITHDRAWN", "AVAILABLE",
}  # fmt: skip
ENUMERATIONS = {
    "phases": {"NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4"},
    "allocation": {"RANDOMIZED", "NON_RANDOMIZED", "NA"},
    "intervention_model": {"SINGLE_GROUP", "PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL"},
    "primary_purpose": {
        "TREATMENT", "PREVENTION", "DIAGNOSTIC", "ECT", "SUPPORTIVE_CARE", "SCREENING", "HEALTH_SERVICES_RESEARCH",
        "BASIC_SCIENCE", "DEVICE_FEASIBILITY", "OTHER",
    },
    "arm": {
        "EXPERIMENTAL", "ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION", "OTHER",
    },
    "intervention": {
        "BEHAVIORAL", "BIOLOGICAL", "COMBINATION_PRODUCT", "DEVICE", "DIAGNOSTIC_TEST", "DIETARY_SUPPLEMENT", "DRUG",
        "GENETIC", "PROCEDURE", "RADIATION", "OTHER",
    },
    "class": {"NIH", "FED", "OTHER_GOV", "INDIV", "INDUSTRY", "NETWORK", "AMBIG", "OTHER", "UNKNOWN"},
}  # fmt: skip
MASKED = {"NONE": {0}, "SINGLE": {1}, "DOUBLE": {0, 2}, "TRIPLE": {3}, "QUADRUPLE": {4}}


@pytest.fixture(scope="module")
def raws() -> list[bytes]:
    return list(fictional_studies())


@pytest.fixture(scope="module")
def studies(raws: list[bytes]) -> list[Study]:
    return [read_study(raw) for raw in raws]


@pytest.fixture(scope="module")
def older() -> list[Study]:
    return [read_study(raw) for raw in earlier_versions()]


@pytest.fixture(scope="module")
def with_results(studies: list[Study]) -> list[Study]:
    return [study for study in studies if study.has_results]


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


def test_the_same_seed_gives_the_same_bytes(raws: list[bytes]) -> None:
    assert list(fictional_studies()) == raws
    assert list(fictional_studies(30)) == raws[:30]
    assert list(fictional_studies(30, seed=1)) != raws[:30]
    assert list(earlier_versions()) == list(earlier_versions())


def test_identifiers_are_outside_the_registry(studies: list[Study]) -> None:
    assert [study.nct_id for study in studies] == [f"NCT{99_000_000 + number}" for number in range(1, COUNT + 1)]
    assert all(is_fictional(study.nct_id) for study in studies)


def test_every_record_says_fictional(raws: list[bytes], studies: list[Study]) -> None:
    assert all(json.loads(raw)["equipoise"]["fictional"] is True for raw in raws)
    assert all((study.title or "").endswith("(fictional)") for study in studies)
    assert all("This study is fictional" in (study.description.brief_summary or "") for study in studies)
    assert all("Fictional" in (place.facility or "") for study in studies for place in study.locations)


def test_the_model_knows_every_key_but_the_mark(raws: list[bytes], studies: list[Study]) -> None:
    for raw, study in zip(raws, studies, strict=True):
        assert list(unknown(raw, study)) == ["equipoise"]


def test_absent_means_absent(raws: list[bytes]) -> None:
    assert not any(b"{}" in raw or b"[]" in raw or b":null" in raw or b'""' in raw for raw in raws)


def test_types_and_statuses_have_the_registrys_shares(studies: list[Study]) -> None:
    types = Counter(study.design.study_type for study in studies)
    assert types["INTERVENTIONAL"] == pytest.approx(0.75 * COUNT, rel=0.1)
    assert types["OBSERVATIONAL"] == pytest.approx(0.22 * COUNT, rel=0.2)
    assert 5 <= types["EXPANDED_ACCESS"] <= 20
    statuses = Counter(study.status.overall_status for study in studies)
    assert set(statuses) <= STUDY_STATUS
    assert 0.45 <= statuses["COMPLETED"] / COUNT <= 0.6
    assert 0.1 <= statuses["RECRUITING"] / COUNT <= 0.18
    assert 0.1 <= statuses["UNKNOWN"] / COUNT <= 0.18
    assert {"TERMINATED", "WITHDRAWN", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING"} <= set(statuses)


def test_many_conditions_of_many_fields(studies: list[Study]) -> None:
    found = {name for study in studies for name in study.conditions}
    assert len(found) >= 40
    wanted = {"Dermatomyositis", "Polymyositis", "Rheumatoid Arthritis", "Breast Cancer", "Type 2 Diabetes"}
    assert wanted <= found
    used = {condition.area for condition in conditions().conditions if condition.name in found}
    assert used == set(areas())


def test_enumerations_are_the_registrys(studies: list[Study]) -> None:
    for study in studies:
        info = study.design.design_info
        assert set(study.design.phases) <= ENUMERATIONS["phases"]
        for field in ("allocation", "intervention_model", "primary_purpose"):
            assert getattr(info, field) in {*ENUMERATIONS[field], None}
        assert {arm.type for arm in study.arms} <= {*ENUMERATIONS["arm"], None}
        assert {given.type for given in study.interventions} <= ENUMERATIONS["intervention"]
        sponsors = (study.sponsors.lead_sponsor, *study.sponsors.collaborators)
        assert {sponsor.class_ for sponsor in sponsors} <= ENUMERATIONS["class"]
        assert study.eligibility.sex in {"ALL", "FEMALE", "MALE"}


def test_all_design_models_and_maskings_occur(studies: list[Study]) -> None:
    info = [study.design.design_info for study in studies if study.design.study_type == "INTERVENTIONAL"]
    assert {each.intervention_model for each in info} == ENUMERATIONS["intervention_model"]
    assert {each.masking_info.masking for each in info} == set(MASKED)
    for each in info:
        assert len(each.masking_info.who_masked) in MASKED[each.masking_info.masking or ""]
        assert (each.intervention_model == "SINGLE_GROUP") == (each.allocation == "NA")


def test_only_interventional_studies_have_phases(studies: list[Study]) -> None:
    assert all(bool(s.design.phases) == (s.design.study_type == "INTERVENTIONAL") for s in studies)


def test_arms_and_interventions_name_each_other(studies: list[Study]) -> None:
    for study in studies:
        kinds = {
            f"{(given.type or '').replace('_', ' ').title()}: {given.name}": given for given in study.interventions
        }
        for arm in study.arms:
            for name in arm.intervention_names:
                assert arm.label in kinds[name].arm_group_labels
        labels = [arm.label for arm in study.arms]
        assert len(labels) == len(set(labels))
        assert all(set(given.arm_group_labels) <= set(labels) for given in study.interventions)
        assert all((arm.type == "NO_INTERVENTION") == (not arm.intervention_names) for arm in study.arms if arm.type)


def test_single_group_has_one_arm_and_the_others_more(studies: list[Study]) -> None:
    for study in studies:
        if model := study.design.design_info.intervention_model:
            assert (len(study.arms) == 1) == (model == "SINGLE_GROUP")


def test_medicines_are_not_real(raws: list[bytes], studies: list[Study], real_records: list[bytes]) -> None:
    stems = tuple(stem.capitalize() for stem in words().stems)
    names = {
        given.name or ""
        for study in studies
        for given in study.interventions
        if given.type in ("DRUG", "BIOLOGICAL") and study.design.phases != ("NA",)
    }
    named = {name for name in names if name.startswith(stems)}
    assert len(named) > 50
    assert all(" for " in name or name == "Convalescent plasma" for name in names - named)
    real = b"\n".join(real_records).lower()
    assert [name for name in named if name.lower().encode() in real] == []


def test_site_counts_are_skewed(studies: list[Study]) -> None:
    counts = [len(study.locations) for study in studies]
    assert 2 <= median(counts) <= 4
    assert max(counts) == 444
    assert counts.count(444) == 1
    assert counts.count(218) == 1
    assert sum(count > 100 for count in counts) >= 5
    assert min(counts) == 0


def test_one_study_of_the_size_of_jasmine(studies: list[Study]) -> None:
    (large,) = [study for study in studies if len(study.locations) == 218]
    assert large.conditions == ("Dermatomyositis",)
    assert large.status.overall_status == "RECRUITING"
    assert all(is_open(place, large) for place in large.locations)
    assert len({place.country for place in large.locations}) >= 20


def test_sites_differ_within_a_study(studies: list[Study]) -> None:
    for study in studies:
        seen = [
            (place.facility, place.city, place.state, place.geo_point) for place in study.locations if place.geo_point
        ]
        assert len(seen) == len(set(seen))


def test_site_statuses_are_mixed_only_while_recruiting(studies: list[Study]) -> None:
    mixed = 0
    for study in studies:
        statuses = {place.status for place in study.locations}
        assert statuses <= {*SITE_STATUS, None}
        if study.status.overall_status == "RECRUITING":
            mixed += len(statuses) > 1
            assert not study.locations or "RECRUITING" in statuses
        else:
            assert statuses <= {study.status.overall_status, None}
    assert mixed >= 10


def test_sites_stand_in_cities_of_the_gazetteer(studies: list[Study]) -> None:
    known = {(city.name, city.country, city.lat, city.lon) for rows in cities().values() for city in rows}
    assert {city.population > 300_000 for rows in cities().values() for city in rows} == {True}
    missing = 0
    for study in studies:
        for place in study.locations:
            if place.geo_point is None:
                missing += 1
            else:
                assert (place.city, place.country, place.geo_point.lat, place.geo_point.lon) in known
                assert abs(place.geo_point.lat) <= 90
                assert abs(place.geo_point.lon) <= 180
    total = sum(len(study.locations) for study in studies)
    assert 0 < missing < 0.03 * total


def test_where_the_sites_are(studies: list[Study]) -> None:
    europe = "FRDEGBESITPLNLBESEDKCZHUCHATGRPTROBGFINOIERS"
    names = {row.name for code, row in places().countries.items() if code in re.findall("..", europe)}
    found = Counter(place.country for study in studies for place in study.locations)
    assert found["United States"] / found.total() == pytest.approx(0.4, abs=0.1)
    assert sum(found[name] for name in names) / found.total() == pytest.approx(0.3, abs=0.1)
    american = {place.state for study in studies for place in study.locations if place.country == "United States"}
    assert {"California", "New York", "Texas"} <= american
    assert None not in american


def test_nobody_can_be_reached(raws: list[bytes], studies: list[Study]) -> None:
    addresses = {found for raw in raws for found in re.findall(rb"[\w.]+@([\w.]+)", raw)}
    assert addresses == {b"example.org"}
    contacts = [
        c for s in studies for c in (*s.contacts.central_contacts, *(c for p in s.locations for c in p.contacts))
    ]
    assert all(re.fullmatch(r"555-01\d\d", contact.phone) for contact in contacts if contact.phone)
    allowed = {*words().roles, "Fictional Trial Information Line", "Site Investigator (fictional)"}
    assert {contact.name for contact in contacts} <= allowed
    assert set(re.findall(rb"https?://([\w.]+)", b"".join(raws))) == {b"example.org"}


def test_closed_studies_have_no_contacts(studies: list[Study]) -> None:
    for study in studies:
        if study.status.overall_status in ("COMPLETED", "TERMINATED", "WITHDRAWN"):
            assert not study.contacts.central_contacts
            assert not any(place.contacts for place in study.locations)


def test_dates_agree_with_each_other_and_with_the_status(studies: list[Study]) -> None:
    for study in studies:
        status = study.status
        dates = [status.start_date_struct, status.primary_completion_date_struct, status.completion_date_struct]
        start, primary, end = (PartialDate.read(each.date or "") for each in dates)
        assert start.earliest() <= primary.latest()
        assert primary.earliest() <= end.latest()
        posted = PartialDate.read(status.study_first_post_date_struct.date or "")
        updated = PartialDate.read(status.last_update_post_date_struct.date or "")
        assert PartialDate.read(status.study_first_submit_date or "").latest() <= posted.latest() <= updated.latest()
        assert updated.latest() <= PartialDate(2026, 1, 27).latest()
        assert updated.latest() >= start.earliest() or status.overall_status == "NOT_YET_RECRUITING"
        if status.overall_status in ("COMPLETED", "TERMINATED", "WITHDRAWN"):
            assert {each.type for each in dates} == {"ACTUAL"}
        if status.overall_status in ("RECRUITING", "NOT_YET_RECRUITING", "UNKNOWN"):
            assert status.completion_date_struct.type == "ESTIMATED"
        assert (status.start_date_struct.type == "ESTIMATED") == (status.overall_status == "NOT_YET_RECRUITING")


def test_some_dates_are_known_to_the_month_only(studies: list[Study]) -> None:
    lengths = Counter(len(study.status.start_date_struct.date or "") for study in studies)
    assert set(lengths) == {7, 10}
    assert 0.05 < lengths[7] / COUNT < 0.4


def test_stopped_studies_say_why(studies: list[Study]) -> None:
    for study in studies:
        stopped = study.status.overall_status in ("TERMINATED", "WITHDRAWN", "SUSPENDED")
        assert (study.status.why_stopped in words().reservations) == stopped
        assert (study.status.last_known_status is not None) == (study.status.overall_status == "UNKNOWN")


def test_enrolment(studies: list[Study]) -> None:
    counts = []
    for study in studies:
        size = study.design.enrollment_info
        if study.design.study_type == "EXPANDED_ACCESS":
            assert size.count is None
            continue
        assert size.count is not None
        assert (size.count == 0) == (study.status.overall_status == "WITHDRAWN")
        assert size.count == 0 or study.status.overall_status == "TERMINATED" or size.count >= len(study.locations)
        counts.append(size.count)
    assert 50 <= median(counts) <= 200
    logs = [math.log(count) for count in counts if count]
    assert abs(sum(logs) / len(logs) - median(logs)) < 0.4


def test_ages_and_their_bands(studies: list[Study]) -> None:
    for study in studies:
        low, high = study.eligibility.minimum_age, study.eligibility.maximum_age
        if low and high:
            assert Age.read(low).days() < Age.read(high).days()
        assert study.eligibility.std_ages == standard_ages(low or "", high or "")
        assert study.eligibility.std_ages
    assert len({study.eligibility.minimum_age for study in studies}) >= 8
    assert {study.eligibility.healthy_volunteers for study in studies} == {True, False, None}


@pytest.mark.parametrize(
    ("low", "high", "bands"),
    [
        ("18 Years", "", ("ADULT", "OLDER_ADULT")),
        ("18 Years", "64 Years", ("ADULT",)),
        ("18 Years", "65 Years", ("ADULT", "OLDER_ADULT")),
        ("6 Months", "17 Years", ("CHILD",)),
        ("", "28 Days", ("CHILD",)),
        ("", "", ("CHILD", "ADULT", "OLDER_ADULT")),
        ("65 Years", "90 Years", ("OLDER_ADULT",)),
    ],
)
def test_standard_ages(low: str, high: str, bands: tuple[str, ...]) -> None:
    assert standard_ages(low, high) == bands


def test_sex_follows_the_condition(studies: list[Study]) -> None:
    only = {condition.name: condition.sex for condition in conditions().conditions if condition.sex != "ALL"}
    for study in studies:
        if study.conditions[0] in only:
            assert study.eligibility.sex == only[study.conditions[0]]
    assert Counter(study.eligibility.sex for study in studies)["ALL"] > 0.8 * COUNT


def test_criteria_have_both_lists_and_no_hole(studies: list[Study]) -> None:
    nested = numbered = 0
    for study in studies:
        text = study.eligibility.eligibility_criteria or ""
        assert text.index("Inclusion Criteria:") < text.index("Exclusion Criteria:")
        assert not re.search(r"[{}]|(?<!\\)[<>]", text)
        nested += bool(re.search(r"\n\n +\* ", text))
        numbered += "\n1. " in text
    assert nested > COUNT / 2
    assert COUNT / 4 < numbered < COUNT * 3 / 4


def test_outcomes(studies: list[Study]) -> None:
    for study in studies:
        assert bool(study.outcomes.primary_outcomes) == (study.design.study_type != "EXPANDED_ACCESS")
        assert all(outcome.measure and outcome.time_frame for outcome in study.outcomes.primary_outcomes)
    assert {len(study.outcomes.secondary_outcomes) for study in studies} >= set(range(8))


def test_mesh_terms_have_ancestors_and_true_ids(studies: list[Study], real_records: list[bytes]) -> None:
    real: dict[str, str] = {}
    for raw in real_records:
        browse = json.loads(raw).get("derivedSection", {}).get("conditionBrowseModule", {})
        real |= {mesh["term"]: mesh["id"] for mesh in (*browse.get("meshes", ()), *browse.get("ancestors", ()))}
    for study in studies:
        browse = study.derived_section.condition_browse_module
        assert bool(browse.meshes) == (study.conditions != ("Healthy Volunteers",))
        for mesh in (*browse.meshes, *browse.ancestors):
            assert mesh.id is None or re.fullmatch(r"D\d{6}(\d{3})?", mesh.id)
            if mesh.id and mesh.term in real:
                assert int(mesh.id[1:]) == int(real[mesh.term][1:])


def test_no_name_of_a_real_sponsor_or_site(studies: list[Study], real_records: list[bytes]) -> None:
    names = {place.facility or "" for study in studies for place in study.locations}
    for study in studies:
        names |= {sponsor.name or "" for sponsor in (study.sponsors.lead_sponsor, *study.sponsors.collaborators)}
    real = {text.casefold() for raw in real_records for text in strings(json.loads(raw))}
    assert [name for name in names if name.casefold() in real] == []
    invented = re.compile(
        r"fictional|fictive|imaginary|invented|made-up|make-?believe|pretend|no such|nowhere", re.IGNORECASE
    )
    assert [name for name in names if not invented.search(name)] == []


def test_about_one_in_twenty_has_results(with_results: list[Study], studies: list[Study]) -> None:
    assert 0.03 <= len(with_results) / len(studies) <= 0.08
    for study in with_results:
        assert study.status.overall_status in ("COMPLETED", "TERMINATED")
        assert study.status.results_first_post_date_struct.date
    assert all(not study.results.participant_flow_module.groups for study in studies if not study.has_results)


def test_participant_flow_adds_up(with_results: list[Study]) -> None:
    for study in with_results:
        flow = study.results.participant_flow_module
        (period,) = flow.periods
        numbers = {m.type: [int(a.num_subjects or "") for a in m.achievements] for m in period.milestones}
        assert sum(numbers["STARTED"]) == study.design.enrollment_info.count
        assert len(flow.groups) == len(study.arms) == len(numbers["STARTED"])
        left = [0] * len(flow.groups)
        for reason in period.drop_withdraws:
            for place, each in enumerate(reason.reasons):
                left[place] += int(each.num_subjects or "")
        assert left == numbers["NOT COMPLETED"]
        assert [a + b for a, b in zip(numbers["COMPLETED"], left, strict=True)] == numbers["STARTED"]


def test_baseline_adds_up(with_results: list[Study]) -> None:
    for study in with_results:
        baseline = study.results.baseline_characteristics_module
        *arms, total = [int(count.value or "") for count in baseline.denoms[0].counts]
        assert sum(arms) == total == study.design.enrollment_info.count
        (sexes,) = [measure for measure in baseline.measures if measure.title == "Sex: Female, Male"]
        rows = [[int(m.value or "") for m in category.measurements] for category in sexes.classes[0].categories]
        assert [sum(column) for column in zip(*rows, strict=True)] == [*arms, total]
        (ages,) = [measure for measure in baseline.measures if measure.title == "Age, Continuous"]
        means = [float(m.value or "") for m in ages.classes[0].categories[0].measurements]
        assert min(means[:-1]) - 0.1 <= means[-1] <= max(means[:-1]) + 0.1


def test_outcome_and_its_analysis_agree(with_results: list[Study]) -> None:
    analysed = 0
    for study in with_results:
        (outcome,) = study.results.outcome_measures_module.outcome_measures
        assert outcome.title == study.outcomes.primary_outcomes[0].measure
        sizes = [int(count.value or "") for count in outcome.denoms[0].counts]
        counts = [int(m.value or "") for m in outcome.classes[0].categories[0].measurements]
        assert all(count <= size for count, size in zip(counts, sizes, strict=True))
        for analysis in outcome.analyses:
            analysed += 1
            difference = counts[0] / sizes[0] - counts[-1] / sizes[-1]
            assert float(analysis.param_value or "") == pytest.approx(difference, abs=0.001)
            low, high = float(analysis.ci_lower_limit or ""), float(analysis.ci_upper_limit or "")
            assert low <= float(analysis.param_value or "") <= high
            small = analysis.p_value == "<0.001" or float(analysis.p_value or "") < 0.049
            assert not small or not low < 0 < high
    assert analysed >= 3


def test_adverse_events_add_up(with_results: list[Study]) -> None:
    for study in with_results:
        events = study.results.adverse_events_module
        for place, group in enumerate(events.event_groups):
            for kind, any_of, at_risk in (
                (events.serious_events, group.serious_num_affected, group.serious_num_at_risk),
                (events.other_events, group.other_num_affected, group.other_num_at_risk),
            ):
                affected = [event.stats[place].num_affected or 0 for event in kind]
                assert any_of is not None
                assert at_risk is not None
                assert max(affected) <= any_of <= min(sum(affected), at_risk)
                assert {event.stats[place].num_at_risk for event in kind} == {at_risk}
            assert (group.deaths_num_affected or 0) <= (group.deaths_num_at_risk or 0)


def test_some_studies_have_documents(studies: list[Study]) -> None:
    with_documents = [s for s in studies if s.document_section.large_document_module.large_docs]
    assert 5 <= len(with_documents) <= 50


def test_earlier_versions_are_older_and_differ(studies: list[Study], older: list[Study]) -> None:
    now = {study.nct_id: study for study in studies}
    histories = {key: list(group) for key, group in groupby(older, key=lambda study: study.nct_id)}
    assert len(histories) == len({study.nct_id for study in older})
    assert 0.03 * COUNT <= len(histories) <= 0.09 * COUNT
    for key, versions in histories.items():
        chain = [*versions, now[key]]
        days = [study.status.last_update_post_date_struct.date or "" for study in chain]
        assert days == sorted(set(days))
        assert all(before != after for before, after in pairwise(chain))
        assert all(not study.has_results for study in versions)


def test_earlier_versions_have_other_status_size_criteria_and_sites(studies: list[Study], older: list[Study]) -> None:
    now = {study.nct_id: study for study in studies}
    changed: Counter[str] = Counter()
    for study in older:
        today = now[study.nct_id]
        assert len(study.locations) <= len(today.locations)
        changed["status"] += study.status.overall_status != today.status.overall_status
        changed["size"] += study.design.enrollment_info != today.design.enrollment_info
        changed["criteria"] += study.eligibility.eligibility_criteria != today.eligibility.eligibility_criteria
        changed["sites"] += len(study.locations) < len(today.locations)
    assert all(changed[part] > len(older) / 4 for part in ("status", "size", "criteria", "sites"))
    assert {study.status.overall_status for study in older} <= STUDY_STATUS


def test_large_studies_have_a_history(older: list[Study]) -> None:
    assert {"NCT99000001", "NCT99000002"} <= {study.nct_id for study in older}


def test_sample_is_in_the_order_to_load() -> None:
    found = [read_study(raw) for raw in sample(40)]
    assert found[0].nct_id == JASMINE
    assert [study.nct_id for study in found].count(JASMINE) == 1
    assert [study.nct_id for study in found[-40:]] == [f"NCT{99_000_000 + number}" for number in range(1, 41)]
    last: dict[str, str] = {}
    for study in found[1:]:
        day = study.status.last_update_post_date_struct.date or ""
        assert last.get(study.nct_id, "") < day
        last[study.nct_id] = day
