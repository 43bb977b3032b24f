"""The bundled record of JASMINE holds every fact of its registry page, and nothing that is not known."""

import json
import re

import pytest

from equipoise.examples import JASMINE, jasmine
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.identifiers import is_fictional
from equipoise.studies.read import read_study, unknown, write_study
from equipoise.studies.record import Study
from equipoise.studies.sites import is_open

TITLE = (
    "A Study to Investigate the Efficacy and Safety of Anifrolumab Administered as Subcutaneous Injection and Added to "
    "Standard of Care Compared With Placebo Added to Standard of Care in Adult Participants With Idiopathic "
    "Inflammatory Myopathies (Polymyositis and Dermatomyositis)"
)


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study(jasmine())


def criteria(study: Study) -> tuple[str, str, str]:
    text = study.eligibility.eligibility_criteria or ""
    preamble, rest = text.split("\n\nInclusion Criteria:\n\n")
    inclusion, exclusion = rest.split("\n\nExclusion Criteria:\n\n")
    return preamble, inclusion, exclusion


def entry(part: str, number: int) -> str:
    """One numbered criterion with its sublist."""
    found = re.search(rf"^{number}\. (.*?)(?=^\d+\. |\Z)", part, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_title_acronym_and_identifiers(study: Study) -> None:
    assert study.nct_id == JASMINE == "NCT06455449"
    assert not is_fictional(study.nct_id)
    assert study.title == TITLE
    assert study.identification.acronym == "JASMINE"
    assert study.identification.org_study_id_info.id == "D3463C00003"


def test_sponsor(study: Study) -> None:
    lead = study.sponsors.lead_sponsor
    assert (lead.name, lead.class_) == ("AstraZeneca", "INDUSTRY")
    assert study.sponsors.collaborators == ()


def test_status_phase_and_type(study: Study) -> None:
    assert study.status.overall_status == "RECRUITING"
    assert study.design.phases == ("PHASE3",)
    assert study.design.study_type == "INTERVENTIONAL"


def test_conditions(study: Study) -> None:
    assert study.conditions == ("Polymyositis", "Dermatomyositis")


def test_interventions(study: Study) -> None:
    assert [(given.type, given.name) for given in study.interventions] == [
        ("COMBINATION_PRODUCT", "Anifrolumab (unblinded, open label)"),
        ("COMBINATION_PRODUCT", "Anifrolumab (blinded)"),
        ("OTHER", "Placebo"),
    ]


def test_enrolment(study: Study) -> None:
    assert (study.design.enrollment_info.count, study.design.enrollment_info.type) == (240, "ESTIMATED")


def test_who_may_join(study: Study) -> None:
    who = study.eligibility
    assert (who.sex, who.minimum_age, who.maximum_age, who.healthy_volunteers) == ("ALL", "18 Years", "75 Years", False)
    assert who.std_ages == ("ADULT", "OLDER_ADULT")


def test_design(study: Study) -> None:
    info = study.design.design_info
    assert (info.primary_purpose, info.allocation, info.intervention_model) == ("TREATMENT", "RANDOMIZED", "PARALLEL")
    assert info.masking_info.masking == "QUADRUPLE"
    assert info.masking_info.who_masked == ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR")


def test_arms_name_what_they_receive(study: Study) -> None:
    first, second = study.arms
    assert (first.label, first.type) == ("Anifrolumab (subcutaneous weekly injection)", "EXPERIMENTAL")
    assert first.intervention_names == (
        "Combination Product: Anifrolumab (blinded)",
        "Combination Product: Anifrolumab (unblinded, open label)",
    )
    assert (second.label, second.type) == ("Placebo (subcutaneous weekly injection)", "PLACEBO_COMPARATOR")
    assert second.intervention_names == ("Other: Placebo",)
    labels = {arm.label for arm in study.arms}
    assert all(set(given.arm_group_labels) <= labels for given in study.interventions)
    assert all("under the skin once a week" in (arm.description or "") for arm in study.arms)


def test_periods(study: Study) -> None:
    text = study.description.detailed_description or ""
    assert "Weeks 0 to 52, double-blind" in text
    assert "From week 52, open label: every participant" in text
    assert "another 52 weeks" in text


def test_primary_outcome(study: Study) -> None:
    (primary,) = study.outcomes.primary_outcomes
    assert "TIS" in (primary.measure or "")
    assert "≥ 40" in (primary.measure or "")
    assert 'not met "confirmed deterioration" at two consecutive visits' in (primary.description or "")
    assert primary.time_frame == "Week 52"


def test_key_secondary_outcomes(study: Study) -> None:
    found = [(outcome.measure, outcome.time_frame) for outcome in study.outcomes.secondary_outcomes]
    assert found == [
        ("Manual Muscle Testing 8 (MMT-8)", "Week 52"),
        ("Oral corticosteroid dose ≤ 7.5 mg/day", "Week 52"),
        ("Moderate improvement in disease activity in polymyositis (PM)", "Week 52"),
        ("Moderate improvement in disease activity in dermatomyositis (DM)", "Week 52"),
        ("Cutaneous Dermatomyositis Disease Area and Severity Index (CDASI)", "Week 8"),
    ]


def test_dates_are_those_known_and_no_others(study: Study) -> None:
    status = study.status
    assert status.study_first_post_date_struct.date == "2024-06-12"
    assert status.start_date_struct.date == "2024-06-20"
    assert (status.completion_date_struct.date, status.completion_date_struct.type) == ("2028-08-04", "ESTIMATED")
    assert status.last_update_post_date_struct.date == "2026-01-27"
    assert status.primary_completion_date_struct.date is None
    for text in re.findall(rb'"date": "([^"]+)"', jasmine()):
        assert PartialDate.read(text.decode()).day is not None


def test_contact_without_an_invented_number(study: Study) -> None:
    (contact,) = study.contacts.central_contacts
    assert contact.name == "AstraZeneca Clinical Study Information Center"
    assert (contact.phone, contact.email) == (None, None)


def test_only_the_known_sites_and_only_the_certain_status(study: Study) -> None:
    assert [(place.city, place.state, place.status) for place in study.locations] == [
        ("Irvine", "California", "RECRUITING"),
        ("Aurora", "Colorado", "UNKNOWN"),
        ("Denver", "Colorado", "UNKNOWN"),
        ("New Haven", "Connecticut", "UNKNOWN"),
    ]
    assert {place.country for place in study.locations} == {"United States"}
    assert [place.facility for place in study.locations] == ["University of California Irvine", None, None, None]
    assert is_open(study.locations[0], study)


@pytest.mark.parametrize(
    ("city", "lat", "lon"),
    [
        ("Irvine", 33.66946, -117.82311),
        ("Aurora", 39.72943, -104.83192),
        ("Denver", 39.73915, -104.9847),
        ("New Haven", 41.30815, -72.92816),
    ],
)
def test_sites_stand_at_their_city(study: Study, city: str, lat: float, lon: float) -> None:
    (point,) = [place.geo_point for place in study.locations if place.city == city]
    assert point is not None
    assert (point.lat, point.lon) == (lat, lon)


def test_mesh_terms(study: Study) -> None:
    browse = study.derived_section.condition_browse_module
    assert {(mesh.id, mesh.term) for mesh in browse.meshes} == {
        ("D017285", "Polymyositis"),
        ("D003882", "Dermatomyositis"),
    }
    assert {mesh.term for mesh in browse.ancestors} == {
        "Myositis",
        "Muscular Diseases",
        "Musculoskeletal Diseases",
        "Neuromuscular Diseases",
        "Nervous System Diseases",
        "Connective Tissue Diseases",
        "Skin and Connective Tissue Diseases",
        "Skin Diseases",
    }


def test_criteria_are_seven_and_eleven(study: Study) -> None:
    preamble, inclusion, exclusion = criteria(study)
    assert preamble == "Able to give informed consent."
    assert re.findall(r"^(\d+)\.", inclusion, re.MULTILINE) == [str(number) for number in range(1, 8)]
    assert re.findall(r"^(\d+)\.", exclusion, re.MULTILINE) == [str(number) for number in range(1, 12)]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, ["18", "75 years"]),
        (2, ["at least 40 kg", "at most 100 kg"]),
        (3, ['"probable"', '"definite"', "PM or DM", "2017 EULAR/ACR"]),
        (4, ["moderate or severe", "core set"]),
        (5, ["oral prednisone", "or another treatment", "stable dose"]),
        (6, ["no history", "active tuberculosis", "severe COVID-19"]),
        (7, ["contraception", "men and women"]),
    ],
)
def test_inclusion(study: Study, number: int, words: list[str]) -> None:
    text = entry(criteria(study)[1], number)
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (2, ["PM or DM", "high risk of malignancy"]),
        (3, ["interstitial lung disease", "progresses rapidly"]),
        (4, ["investigator's opinion", "severe muscle damage or permanent weakness", "other than PM or DM", "stroke"]),
        (5, ["ever", "severe herpes zoster"]),
        (7, ["cytomegalovirus or Epstein-Barr", "not completely resolved within 12 weeks", "consent"]),
        (8, ["opportunistic", "hospital", "intravenous antimicrobial", "within 3 years before randomisation"]),
        (9, ["recently", "non-opportunistic", "hospital", "anti-infective"]),
        (10, ["another clinical study", "investigational product", "recently"]),
        (11, ["lactating, breastfeeding or pregnant", "intends to become pregnant", "breastfeeding"]),
    ],
)
def test_exclusion(study: Study, number: int, words: list[str]) -> None:
    text = entry(criteria(study)[2], number)
    assert [word for word in words if word not in text] == []


def test_excluded_diseases_are_a_sublist(study: Study) -> None:
    assert re.findall(r"^   \* (.+)$", entry(criteria(study)[2], 1), re.MULTILINE) == [
        "inclusion body myositis (IBM)",
        "immune-mediated necrotising myopathy (IMNM)",
        "juvenile myositis, if diagnosed within 10 years before signing the consent form",
        "drug-induced myositis",
        "cancer-associated myositis",
        "amyopathic DM",
        "a non-inflammatory myopathy (such as muscular dystrophy)",
    ]


def test_excluded_histories_are_a_sublist(study: Study) -> None:
    assert re.findall(r"^   \* (.+)$", entry(criteria(study)[2], 6), re.MULTILINE) == [
        "cancer (except adequately treated basal cell carcinoma or cervical cancer in situ)",
        "immunodeficiency",
        "HIV",
        "hepatitis B",
        "active hepatitis C",
    ]


def test_prose_is_ours(study: Study) -> None:
    """Sentences of the registry's summary and criteria are not repeated."""
    theirs = (
        "The purpose of this multicenter, randomized, placebo-controlled and double-blind study is to evaluate",
        "efficacy and safety of subcutaneous anifrolumab compared with placebo on the overall disease activity",
        "Any clinical cytomegalovirus or Epstein-Barr virus infection that has not completely resolved within",
        "Participants with severe muscle damage or permanent weakness due to non-PM or non-DM conditions",
    )
    ours = f"{study.description.brief_summary} {study.eligibility.eligibility_criteria}"
    assert [text for text in theirs if text in ours] == []


def test_the_record_says_what_it_is() -> None:
    mark = json.loads(jasmine())["equipoise"]
    note = mark.pop("note")
    assert mark == {
        "fictional": False,
        "locationsOnRegistry": 218,
        "locationsListed": 4,
        "recordDate": "2026-01-27",
        "wording": "prose restated",
    }
    assert "218 locations on the registry page; the full list comes with `equipoise sync`" in note


def test_nothing_is_lost_on_the_way_through_the_model(study: Study) -> None:
    raw = jasmine()
    assert json.loads(write_study(study, unknown(raw, study))) == json.loads(raw)
    assert study.has_results is False
