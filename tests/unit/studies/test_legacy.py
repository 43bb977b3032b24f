"""The classic XML record read into registry JSON. All records here are invented."""

import json
from typing import Any

import pytest

from equipoise.kernel.refused import Refused
from equipoise.studies.legacy import read_legacy
from equipoise.studies.legacy.prose import marked, unwrapped
from equipoise.studies.legacy.words import age, agreement, code, day, last_day, masking, phases, std_ages
from equipoise.studies.read import read_study, unknown, write_study


def xml(inside: str = "", *, nct_id: str = "NCT99000001") -> bytes:
    ids = f"<id_info><org_study_id>GARDEN-1</org_study_id><nct_id>{nct_id}</nct_id></id_info>"
    return f"<clinical_study>{ids}{inside}</clinical_study>".encode()


def read(inside: str = "") -> Any:
    raw = read_legacy(xml(inside))
    read_study(raw)
    return json.loads(raw)


def protocol(inside: str, module: str) -> Any:
    return read(inside)["protocolSection"][f"{module}Module"]


def test_the_smallest_record() -> None:
    assert read() == {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT99000001", "orgStudyIdInfo": {"id": "GARDEN-1"}},
        },
        "hasResults": False,
    }


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("June 25, 2007", "2007-06-25"),
        ("February 03, 2023", "2023-02-03"),
        ("  April 2006 ", "2006-04"),
        ("04/2006", "2006-04"),
        ("2006", "2006"),
        ("February 30, 2006", None),
        ("Smarch 2006", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates(written: str, expected: str | None) -> None:
    assert day(written) == expected


def test_the_date_a_sentence_ends_with() -> None:
    assert last_day("The registry made this file on March 9, 2021") == "2021-03-09"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Active, not recruiting", "ACTIVE_NOT_RECRUITING"),
        ("Unknown status", "UNKNOWN"),
        ("Non-Randomized", "NON_RANDOMIZED"),
        ("Non-Inferiority or Equivalence (legacy)", "NON_INFERIORITY_OR_EQUIVALENCE_LEGACY"),
        ("Anticipated", "ESTIMATED"),
        ("Both", "ALL"),
        ("A word of tomorrow", "A_WORD_OF_TOMORROW"),
        ("", None),
    ],
)
def test_codes(written: str, expected: str | None) -> None:
    assert code(written) == expected


def test_phases() -> None:
    assert phases("Phase 1/Phase 2") == ["PHASE1", "PHASE2"]
    assert phases("N/A") == ["NA"]
    assert phases("Early Phase 1") == phases("Phase 0") == ["EARLY_PHASE1"]


def test_only_interventional_studies_have_the_phase_not_applicable() -> None:
    given = "<phase>N/A</phase><study_type>{}</study_type>"
    assert protocol(given.format("Interventional"), "design")["phases"] == ["NA"]
    observed = read(given.format("Observational"))
    assert "phases" not in observed["protocolSection"]["designModule"]
    assert observed["legacyXml"] == {"phase": "N/A"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("None (Open Label)", {"masking": "NONE"}),
        ("Open Label", {"masking": "NONE"}),
        ("Double-Blind", {"masking": "DOUBLE", "whoMasked": []}),
        (
            "Double Blind (Subject, Caregiver)",
            {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "CARE_PROVIDER"]},
        ),
        (
            "Triple (Participant, Investigator, Outcomes Assessor)",
            {"masking": "TRIPLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR", "OUTCOMES_ASSESSOR"]},
        ),
        ("Participant, Investigator", {"whoMasked": ["PARTICIPANT", "INVESTIGATOR"]}),
        ("By the phase of the moon", None),
    ],
)
def test_masking(written: str, expected: dict[str, Any] | None) -> None:
    assert masking(written) == expected


def test_ages() -> None:
    assert age("N/A") == ""
    assert std_ages("", "") == ["CHILD", "ADULT", "OLDER_ADULT"]
    assert std_ages("18 Years", "64 Years") == ["ADULT"]
    assert std_ages("17 Years", "18 Years") == ["CHILD", "ADULT"]
    assert std_ages("6 Months", "17 Years") == ["CHILD"]
    assert std_ages("65 Years", "") == ["OLDER_ADULT"]
    assert std_ages("ripe", "") == []


def test_eligibility() -> None:
    given = """<eligibility><criteria><textblock>
        Inclusion Criteria:&#xD;
&#xD;
          -  Owns a garden of at&#xD;
             least one bed&#xD;
      </textblock></criteria><gender>Both</gender><gender_based>Yes</gender_based><minimum_age>18 Years</minimum_age>
      <maximum_age>N/A</maximum_age><healthy_volunteers>Accepts Healthy Volunteers</healthy_volunteers></eligibility>"""
    assert protocol(given, "eligibility") == {
        "eligibilityCriteria": "Inclusion Criteria:\n\n* Owns a garden of at least one bed",
        "healthyVolunteers": True,
        "sex": "ALL",
        "genderBased": True,
        "minimumAge": "18 Years",
        "stdAges": ["ADULT", "OLDER_ADULT"],
    }


WRAPPED = """
      The first line of a summary that
      goes on here.\r

      Lists follow:

        -  one, which is long enough to be
           wrapped

             -  nested

                  1. deep

             -  nested again

           A second paragraph of one.

        -  two

      After the lists:

        9. nine

       10. ten with p<0.05 and 2*3

      1) kept as it is
    """


def test_wrapping_is_undone_and_lists_keep_their_nesting() -> None:
    assert unwrapped(WRAPPED) == "\n".join(
        [
            "The first line of a summary that goes on here.",
            "",
            "Lists follow:",
            "",
            "* one, which is long enough to be wrapped",
            "",
            "  * nested",
            "",
            "    1. deep",
            "  * nested again",
            "",
            "  A second paragraph of one.",
            "* two",
            "",
            "After the lists:",
            "",
            "9. nine",
            r"10. ten with p\<0.05 and 2\*3",
            "",
            r"1\) kept as it is",
        ]
    )


def test_the_first_line_of_a_text_has_lost_its_indent() -> None:
    assert unwrapped("\n        -  one\n\n          -  two\n\n               -  inner\n") == "* one\n* two\n\n  * inner"


def test_lines_of_unwrapped_text_are_the_authors_own() -> None:
    assert marked("Doses:\r\n- one\r\n- two\r\nThen rest.") == "Doses:\n\n* one\n* two\n\nThen rest."
    assert marked(" \n ") is None


def test_marks_are_escaped_as_the_registry_does() -> None:
    assert marked("a [b] & c ~ d_e _f_ m^2 \\") == r"a \[b\] \& c \~ d_e \_f\_ m\^2 " + "\\\\"
    assert marked("+ 3.5 kg") == r"\+ 3.5 kg"


def test_status_and_dates() -> None:
    given = """<overall_status>Recruiting</overall_status><start_date type="Anticipated">May 2020</start_date>
      <completion_date>someday</completion_date><study_first_posted type="Estimate">May 4, 2020</study_first_posted>
      <has_expanded_access>No</has_expanded_access><why_stopped>
    Too
    wet.
  </why_stopped>"""
    record = read(given)
    assert record["protocolSection"]["statusModule"] == {
        "overallStatus": "RECRUITING",
        "whyStopped": "Too wet.",
        "expandedAccessInfo": {"hasExpandedAccess": False},
        "startDateStruct": {"date": "2020-05", "type": "ESTIMATED"},
        "studyFirstPostDateStruct": {"date": "2020-05-04", "type": "ESTIMATED"},
    }
    assert record["legacyXml"] == {"completion_date": "someday"}


def test_arms_name_their_interventions() -> None:
    given = """<arm_group><arm_group_label>Watered</arm_group_label><arm_group_type>Experimental</arm_group_type>
      </arm_group><arm_group><arm_group_label>Dry</arm_group_label></arm_group>
      <intervention><intervention_type>Dietary Supplement</intervention_type>
      <intervention_name>Water</intervention_name><arm_group_label>Watered</arm_group_label><other_name>Aqua</other_name></intervention>"""
    assert protocol(given, "armsInterventions") == {
        "armGroups": [
            {"label": "Watered", "type": "EXPERIMENTAL", "interventionNames": ["Dietary Supplement: Water"]},
            {"label": "Dry"},
        ],
        "interventions": [
            {"type": "DIETARY_SUPPLEMENT", "name": "Water", "armGroupLabels": ["Watered"], "otherNames": ["Aqua"]}
        ],
    }


def test_a_patient_registry() -> None:
    given = "<study_type>Observational [Patient Registry]</study_type><target_duration>2 Years</target_duration>"
    assert protocol(given, "design") == {
        "studyType": "OBSERVATIONAL",
        "patientRegistry": True,
        "targetDuration": "2 Years",
    }


def test_design_as_one_sentence_of_before_2017() -> None:
    given = (
        "<study_design>Allocation:  Randomized, Endpoint Classification:  Safety Study, "
        "Masking:  Double Blind (Subject, Caregiver), Primary Purpose:  Prevention</study_design>"
    )
    record = read(given)
    assert record["protocolSection"]["designModule"]["designInfo"] == {
        "allocation": "RANDOMIZED",
        "primaryPurpose": "PREVENTION",
        "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "CARE_PROVIDER"]},
    }
    assert record["legacyXml"] == {"study_design_info": {"endpoint_classification": "Safety Study"}}


def test_sites_and_their_people() -> None:
    given = """<location><facility><name>Glasshouse</name><address><city>Kew</city><country>England</country></address>
      </facility><status>Recruiting</status><contact><last_name>A. Rose</last_name><phone>1</phone></contact>
      <contact_backup><first_name>Ivy</first_name><last_name>Green</last_name><degrees>MD</degrees></contact_backup>
      <investigator><last_name>B. Oak</last_name><role>Sub-Investigator</role><affiliation>Elsewhere</affiliation>
      </investigator></location><location_countries><country>England</country><country>Wales</country>
      </location_countries><overall_official><last_name>C. Elm</last_name><role>Study Chair</role></overall_official>"""
    record = read(given)
    assert record["protocolSection"]["contactsLocationsModule"] == {
        "overallOfficials": [{"name": "C. Elm", "role": "STUDY_CHAIR"}],
        "locations": [
            {
                "facility": "Glasshouse",
                "status": "RECRUITING",
                "city": "Kew",
                "country": "England",
                "contacts": [
                    {"name": "A. Rose", "phone": "1", "role": "CONTACT"},
                    {"name": "Ivy Green, MD", "role": "CONTACT"},
                    {"name": "B. Oak", "role": "SUB_INVESTIGATOR"},
                ],
            }
        ],
    }
    assert record["legacyXml"] == {
        "location": {"investigator": {"affiliation": "Elsewhere"}},
        "location_countries": {"country": ["Wales"]},
    }


def test_results_sent_back_stay_in_their_order() -> None:
    given = """<pending_results><submitted>May 1, 2020</submitted><returned>June 1, 2020</returned>
      <submission_canceled>Unknown</submission_canceled><submitted>July 1, 2020</submitted></pending_results>"""
    assert read(given)["annotationSection"]["annotationModule"]["unpostedAnnotation"]["unpostedEvents"] == [
        {"type": "RELEASE", "date": "2020-05-01"},
        {"type": "RESET", "date": "2020-06-01"},
        {"type": "UNRELEASE", "dateUnknown": True},
        {"type": "RELEASE", "date": "2020-07-01"},
    ]


def test_documents_keep_their_address() -> None:
    given = """<provided_document_section><provided_document><document_type>Study Protocol</document_type>
      <document_has_protocol>Yes</document_has_protocol><document_has_icf>No</document_has_icf>
      <document_has_sap>Yes</document_has_sap><document_date>May 1, 2020</document_date>
      <document_url>https://example.org/a/Plan.pdf</document_url></provided_document></provided_document_section>"""
    record = read(given)
    (document,) = record["documentSection"]["largeDocumentModule"]["largeDocs"]
    assert (document["typeAbbrev"], document["filename"], document["hasIcf"]) == ("Prot_SAP", "Plan.pdf", False)
    assert "https://example.org/a/Plan.pdf" in json.dumps(record["legacyXml"])


RESULTS = """<clinical_results>
  <participant_flow><group_list><group group_id="P1"><title>Watered</title></group></group_list><period_list><period>
    <title>Overall Study</title><milestone_list><milestone><title>STARTED</title><participants_list>
    <participants group_id="P1" count="12">All came</participants></participants_list></milestone></milestone_list>
  </period></period_list></participant_flow>
  <baseline><analyzed_list><analyzed><units>Participants</units><scope>Overall</scope><count_list>
    <count group_id="B1" value="12"/></count_list></analyzed></analyzed_list><measure_list><measure>
    <title>Height</title><units>cm</units><param>Mean</param><dispersion>95% Confidence Interval</dispersion>
    <class_list><class><category_list><category><measurement_list>
    <measurement group_id="B1" value="9" lower_limit="8" upper_limit="10"/>
    </measurement_list></category></category_list></class></class_list></measure></measure_list></baseline>
  <outcome_list><outcome><type>Post-Hoc</type><title>Bloom</title><measure><title>Bloom</title>
    <description>Another text</description><units>flowers</units><param>Count of Units</param></measure>
    <analysis_list><analysis><group_id_list><group_id>O1</group_id></group_id_list><ci_n_sides>2-Sided</ci_n_sides>
    <p_value>&lt;0.05</p_value></analysis></analysis_list></outcome>
    <outcome><type>Primary</type><title>Fruit</title><posting_date>06/2030</posting_date></outcome></outcome_list>
  <reported_events><group_list><group group_id="E1"><title>Watered</title></group></group_list><serious_events>
    <default_vocab>Almanac</default_vocab><category_list><category><title>Total</title><event_list><event>
    <sub_title>Total, all-cause mortality</sub_title>
    <counts group_id="E1" subjects_affected="1" subjects_at_risk="12"/></event></event_list></category><category>
    <title>Roots</title><event_list><event><sub_title>Rot</sub_title>
    <counts group_id="E1" events="3" subjects_affected="2" subjects_at_risk="12"/></event><event>
    <sub_title vocab="Herbal">Mould</sub_title></event></event_list></category></category_list></serious_events>
  </reported_events>
  <certain_agreements><pi_employee>All Principal Investigators ARE employed by the organization sponsoring the study.
    </pi_employee></certain_agreements></clinical_results>"""


def test_results() -> None:
    record = read(RESULTS)
    results = record["resultsSection"]
    assert record["hasResults"] is True
    (period,) = results["participantFlowModule"]["periods"]
    assert period["milestones"][0]["achievements"] == [{"groupId": "P1", "numSubjects": "12", "comment": "All came"}]
    assert results["baselineCharacteristicsModule"] == {
        "denoms": [{"units": "Participants", "counts": [{"groupId": "B1", "value": "12"}]}],
        "measures": [
            {
                "title": "Height",
                "unitOfMeasure": "cm",
                "paramType": "MEAN",
                "dispersionType": "CONFIDENCE_95",
                "classes": [
                    {
                        "categories": [
                            {"measurements": [{"groupId": "B1", "value": "9", "lowerLimit": "8", "upperLimit": "10"}]}
                        ]
                    }
                ],
            }
        ],
    }
    assert results["moreInfoModule"] == {"certainAgreement": {"piSponsorEmployee": True}}


def test_outcomes_posted_and_to_come() -> None:
    record = read(RESULTS)
    posted, awaited = record["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    assert (posted["type"], posted["reportingStatus"], posted["paramType"]) == ("POST_HOC", "POSTED", "COUNT_OF_UNITS")
    assert posted["analyses"] == [{"ciNumSides": "TWO_SIDED", "pValue": "<0.05", "groupIds": ["O1"]}]
    assert (awaited["reportingStatus"], awaited["anticipatedPostingDate"]) == ("NOT_POSTED", "2030-06")
    assert record["legacyXml"]["clinical_results"]["outcome_list"] == {
        "outcome": [{"#place": 1, "measure": {"description": "Another text"}}]
    }


def test_events_carry_the_vocabulary_of_their_list_and_totals_go_to_the_groups() -> None:
    events = read(RESULTS)["resultsSection"]["adverseEventsModule"]
    assert events == {
        "eventGroups": [{"id": "E1", "title": "Watered", "deathsNumAffected": 1, "deathsNumAtRisk": 12}],
        "seriousEvents": [
            {
                "term": "Rot",
                "organSystem": "Roots",
                "sourceVocabulary": "Almanac",
                "stats": [{"groupId": "E1", "numEvents": 3, "numAffected": 2, "numAtRisk": 12}],
            },
            {"term": "Mould", "organSystem": "Roots", "sourceVocabulary": "Herbal"},
        ],
    }


def test_a_total_given_twice_is_kept_beside_the_first() -> None:
    total = """<event><sub_title>Total, other adverse events</sub_title>
      <counts group_id="E1" subjects_affected="{}" subjects_at_risk="9"/></event>"""
    given = f"""<clinical_results><reported_events><group_list><group group_id="E1"/></group_list><other_events>
      <category_list><category><title>Total</title><event_list>{total.format(1)}{total.format(2)}</event_list>
      </category></category_list></other_events></reported_events></clinical_results>"""
    record = read(given)
    (group,) = record["resultsSection"]["adverseEventsModule"]["eventGroups"]
    assert group == {"id": "E1", "otherNumAffected": 1, "otherNumAtRisk": 9}
    assert '"@subjects_affected": "2"' in json.dumps(record["legacyXml"])


def test_head_counts_of_before_2017() -> None:
    given = """<clinical_results><baseline><measure_list>
      <measure><title>Number of Participants</title><category_list><category><measurement_list>
      <measurement group_id="B1" value="7"/></measurement_list></category></category_list></measure>
      <measure><title>Colour</title><category_list><category><sub_title>Red</sub_title><measurement_list>
      <measurement group_id="B1" value="3"/></measurement_list></category></category_list></measure>
      </measure_list></baseline></clinical_results>"""
    baseline = read(given)["resultsSection"]["baselineCharacteristicsModule"]
    assert baseline["denoms"] == [{"units": "Participants", "counts": [{"groupId": "B1", "value": "7"}]}]
    (measure,) = baseline["measures"]
    assert measure["classes"][0]["categories"][0]["title"] == "Red"


def test_agreements_in_the_sponsors_own_words() -> None:
    assert agreement("Ask the gardener.") == {
        "restrictionType": "OTHER",
        "restrictiveAgreement": True,
        "otherDetails": "Ask the gardener.",
    }


def test_what_the_api_has_no_place_for_is_kept() -> None:
    given = """<keyword>soil</keyword><sundial owner="Flora">Noon <hour>12</hour> struck</sundial>
      <required_header><download_date>The registry made this file on March 9, 2021</download_date></required_header>"""
    raw = read_legacy(xml(given))
    record = json.loads(raw)
    assert record["legacyXml"] == {
        "sundial": {"@owner": "Flora", "hour": "12", "#text": "Noon  struck"},
        "required_header": {"download_date": "The registry made this file on March 9, 2021"},
    }
    assert record["derivedSection"]["miscInfoModule"]["versionHolder"] == "2021-03-09"
    study = read_study(raw)
    assert json.loads(write_study(study, unknown(raw, study))) == record


BOMB = b"""<?xml version="1.0"?><!DOCTYPE clinical_study [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<clinical_study><id_info><nct_id>NCT99000001</nct_id></id_info><brief_title>&b;</brief_title></clinical_study>"""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (xml()[:-9], "NCT99000001: the XML is broken or cut short"),
        (xml("<brief_title>Loam & clay</brief_title>"), "NCT99000001: the XML is broken or cut short"),
        (b"", "the XML is broken or cut short"),
        (b"\xff\xfe<", "the XML is broken or cut short"),
        (BOMB, "NCT99000001: the XML declares entities"),
        (b"<clinical_study/>", "the XML record has no NCT id"),
        (xml(nct_id="ISRCTN99"), "the XML record has no NCT id"),
        (b"<html><p>NCT99000001</p></html>", "NCT99000001: the XML is a <html>, not a <clinical_study>"),
        (b'<?xml version="1.0" encoding="klingon"?><clinical_study/>', "the XML"),
        (xml("<a>" * 100 + "</a>" * 100), "NCT99000001: its elements are nested too deeply"),
    ],
)
def test_refused_by_name(given: bytes, message: str) -> None:
    with pytest.raises(Refused) as caught:
        read_legacy(given)
    assert message in str(caught.value)
    assert caught.value.do
