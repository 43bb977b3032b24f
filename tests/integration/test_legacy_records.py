"""All real XML records: each is read, none loses a word, and what is also known from the API agrees with it."""

import calendar
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import msgspec
import pytest
from defusedxml.ElementTree import fromstring

from equipoise.studies.labels import KINDS
from equipoise.studies.legacy import read_legacy
from equipoise.studies.read import read_study

RECORDS = 8_512
NO_PLACE = {
    "@rank",
    "clinical_results/baseline/measure_list/measure/param",
    "clinical_results/baseline/measure_list/measure/title",
    "clinical_results/baseline/measure_list/measure/units",
    "clinical_results/outcome_list/outcome/measure_list/measure/param",
    "clinical_results/outcome_list/outcome/measure_list/measure/title",
    "clinical_results/outcome_list/outcome/measure_list/measure/units",
    "clinical_results/outcome_list/outcome/safety_issue",
    "firstreceived_date",
    "is_fda_regulated",
    "is_section_801",
    "last_update_submitted_qc",
    "lastchanged_date",
    "number_of_arms",
    "number_of_groups",
    "oversight_info/authority",
    "phase",
    "primary_outcome/safety_issue",
    "provided_document_section/provided_document/document_url",
    "required_header/download_date",
    "required_header/link_text",
    "required_header/url",
    "secondary_outcome/safety_issue",
    "study_design",
    "study_design_info/endpoint_classification",
    "study_design_info/observational_model",
    "study_design_info/time_perspective",
    "study_type",
}
"""Elements that some record has and the API has no field for, or no room for in that record."""

CODED = {
    "overallStatus": "Status",
    "lastKnownStatus": "Status",
    "locations.status": "RecruitmentStatus",
    "studyType": "StudyType",
    "phases": "Phase",
    "allocation": "DesignAllocation",
    "interventionModel": "InterventionalAssignment",
    "primaryPurpose": "PrimaryPurpose",
    "observationalModel": "ObservationalModel",
    "timePerspective": "DesignTimePerspective",
    "samplingMethod": "SamplingMethod",
    "masking": "DesignMasking",
    "whoMasked": "WhoMasked",
    "armGroups.type": "ArmGroupType",
    "interventions.type": "InterventionType",
    "sex": "Sex",
    "stdAges": "StandardAge",
    "leadSponsor.class": "AgencyClass",
    "collaborators.class": "AgencyClass",
    "startDateStruct.type": "DateType",
    "enrollmentInfo.type": "EnrollmentType",
    "responsibleParty.type": "ResponsiblePartyType",
    "retention": "BioSpecRetention",
    "overallOfficials.role": "OfficialRole",
    "contacts.role": "ContactRole",
    "ipdSharing": "IpdSharing",
    "infoTypes": "IpdSharingInfoType",
    "outcomeMeasures.type": "OutcomeMeasureType",
    "reportingStatus": "ReportingStatus",
    "outcomeMeasures.paramType": "MeasureParam",
    "measures.paramType": "MeasureParam",
    "measures.dispersionType": "MeasureDispersionType",
    "analyses.dispersionType": "AnalysisDispersionType",
    "nonInferiorityType": "NonInferiorityType",
    "ciNumSides": "ConfidenceIntervalNumSides",
    "assessmentType": "EventAssessment",
    "restrictionType": "AgreementRestrictionType",
    "unpostedEvents.type": "UnpostedEventType",
}

MONTHS = list(calendar.month_name)
WORDED = {
    "Unknown status": ["UNKNOWN"],
    "Both": ["ALL"],
    "U.S. Fed": ["FED"],
    "Educational/Counseling/Training": ["ECT"],
    "None (Open Label)": ["NONE"],
    "Open Label": ["NONE"],
    "No masking": ["NONE"],
    "Anticipated": ["ESTIMATED"],
    "Estimate": ["ESTIMATED"],
    "Statistical Analysis Plan (SAP)": ["SAP"],
    "Informed Consent Form (ICF)": ["ICF"],
    "Clinical Study Report (CSR)": ["CSR"],
    "1-Sided": ["ONE_SIDED"],
    "2-Sided": ["TWO_SIDED"],
    "Standard Error of the Mean": ["STANDARD_ERROR_OF_MEAN"],
    "Geometric Coefficient of Variation": ["GEOMETRIC_COEFFICIENT"],
    "Accepts Healthy Volunteers": ["true"],
    "Observational [Patient Registry]": ["OBSERVATIONAL", "true"],
}
SENTENCES = {
    "All Principal Investigators ARE": "true",
    "Principal Investigators are NOT": "false",
    "There is NOT an agreement between": "false",
    "There IS an agreement between": "true",
    "The only disclosure restriction on the PI is that the sponsor can review results communications prior to public "
    "release and can embargo communications regarding trial results for a period that is less than or equal to 60 "
    "days. ": "LTE60",
    "The only disclosure restriction on the PI is that the sponsor can review results communications prior to public "
    "release and can embargo communications regarding trial results for a period that is more than 60 days": "GT60",
}
EVENTS_OF_RETURN = {"submitted", "returned", "submission_canceled"}
TOLD_AGAIN = (
    "outcome/measure/title",
    "outcome/measure/description",
    "outcome/measure/population",
    "outcome/measure_list/measure/title",
    "outcome/measure_list/measure/description",
    "/location_countries/country",
)
"""Places that say again what stands elsewhere: their words must be found, but not once more."""
UNSAID = re.compile(
    r"/(hasResults|versionHolder|#place|typeAbbrev|filename|reportingStatus|typeUnitsAnalyzed)$"
    r"|/(stdAges|interventionNames)/|/organization/class$"
)
"""What a record says that its XML does not: derived, or said a second time."""
SPREAD = ("organSystem", "sourceVocabulary", "assessmentType")
"""What the XML says once for many events."""


class Survey(msgspec.Struct):
    """What one pass over all records found."""

    read: list[str] = []
    lost: list[str] = []
    left: set[str] = set()
    codes: set[tuple[str, str]] = set()
    both: list[tuple[Any, Any]] = []


@pytest.fixture(scope="module")
def survey(shared_data: Path, real_records: list[bytes]) -> Survey:
    path = shared_data / "studies_xml.jsonl.gz"
    if not path.exists():
        pytest.skip(f"REAL XML RECORDS MISSING: {path}")
    known = {read_study(raw).nct_id: raw for raw in real_records}
    survey = Survey()
    with gzip.open(path) as file:
        for line in file:
            look(msgspec.json.decode(line), known, survey)
    return survey


def look(line: dict[str, str], known: dict[str, bytes], survey: Survey) -> None:
    xml = line["xml"].encode()
    raw = read_legacy(xml)
    study = read_study(raw)
    assert study.results is not None
    survey.read.append(study.nct_id)
    record = msgspec.json.decode(raw)
    found = leaves(record)
    survey.lost += [f"{line['nct_id']} {text}" for text in lost(fromstring(xml), found)]
    survey.left.update(path for path, _ in legacy_leaves(record["legacyXml"]))
    survey.codes.update(coded(found))
    if study.nct_id in known:
        survey.both.append((record, msgspec.json.decode(known[study.nct_id])))


def test_every_record_is_read(survey: Survey) -> None:
    assert len(survey.read) == len(set(survey.read)) == RECORDS


def test_no_word_is_lost(survey: Survey) -> None:
    assert survey.lost == []


def test_what_the_api_has_no_place_for_is_known(survey: Survey) -> None:
    assert survey.left == NO_PLACE


def test_every_choice_is_one_the_api_knows(survey: Survey) -> None:
    assert len({kind for kind, _ in survey.codes}) == len(set(CODED.values()))
    assert {(kind, value) for kind, value in survey.codes if value not in KINDS[kind]} == set()


def test_a_record_known_from_the_api_in_the_same_version_agrees_value_by_value(survey: Survey) -> None:
    same = [(ours, theirs) for ours, theirs in survey.both if version(ours) == version(theirs)]
    assert len(survey.both) == 4
    assert len(same) == 3
    for ours, theirs in same:
        registry = dict(leaves(theirs["protocolSection"]))
        assert dict(leaves(ours["protocolSection"])).items() <= registry.items()


def test_a_record_known_in_a_later_version_agrees_in_what_does_not_change(survey: Survey) -> None:
    for ours, theirs in survey.both:
        assert ours["protocolSection"]["identificationModule"]["nctId"] in json.dumps(theirs)
        for path in ("studyFirstSubmitDate", "startDateStruct", "studyFirstPostDateStruct"):
            assert ours["protocolSection"]["statusModule"][path] == theirs["protocolSection"]["statusModule"][path]
        for module in ("conditionsModule", "oversightModule"):
            assert ours["protocolSection"].get(module) == theirs["protocolSection"].get(module)


def test_posted_results_agree_with_the_api(survey: Survey) -> None:
    (ours, theirs), *others = [pair for pair in survey.both if "resultsSection" in pair[0]]
    assert not others
    theirs = json.loads(re.sub(r'"([BFOE])G00(\d)"', old_group_id, json.dumps(theirs["resultsSection"])))
    assert figures(ours["resultsSection"]) == figures(theirs)


@pytest.mark.parametrize(("nct_id", "step"), [("NCT00000105", 1), ("NCT04280705", 97)])
def test_the_check_for_lost_words_misses_none(shared_data: Path, nct_id: str, step: int) -> None:
    with gzip.open(shared_data / "studies_xml.jsonl.gz") as file:
        xml = next(line["xml"] for line in map(msgspec.json.decode, file) if line["nct_id"] == nct_id)
    element = fromstring(xml)
    found = leaves(msgspec.json.decode(read_legacy(xml.encode())))
    for place, (path, _) in list(enumerate(found))[::step]:
        if not UNSAID.search(path) and not path.endswith(SPREAD):
            assert lost(element, found[:place] + found[place + 1 :]), path


def version(record: Any) -> Any:
    return record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]


def old_group_id(match: re.Match[str]) -> str:
    letter = {"F": "P"}.get(match[1], match[1])
    return f'"{letter}{int(match[2]) + 1}"'


def figures(results: Any) -> Counter[Any]:
    """The API has the events in another order, and names the two ages apart."""
    values = (value for _, value in leaves(results))
    return Counter("Age" if value in ("Age, Categorical", "Age, Continuous") else value for value in values)


def leaves(value: Any) -> list[tuple[str, Any]]:
    found, waiting = [], [("", value)]
    while waiting:
        at, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{at}/{key}", inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{at}/{place}", inner) for place, inner in enumerate(value)]
        else:
            found.append((at, value))
    return found


def legacy_leaves(rest: Any) -> Iterator[tuple[str, Any]]:
    for path, value in leaves(rest):
        if not path.endswith("/#place"):
            yield "/".join(part for part in path.split("/") if part and not part.isdecimal()), value


def coded(found: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    for path, value in found:
        *_, before, last = ("", *(step for step in path.split("/") if not step.isdecimal()))
        kind = CODED.get(last) or CODED.get(f"{before}.{last}")
        if kind and not path.startswith("/legacyXml"):
            yield kind, value


Claim = tuple[str, ...]
"""The ways a text may be written in the record, the nearest to its own words first."""


def lost(element: Element, found: list[tuple[str, Any]]) -> list[str]:
    """Each text and attribute of the XML that the record does not say as often as the XML does."""
    once, again = said(element)
    held = Counter(token(value) for path, value in found if not UNSAID.search(path))
    missing = [claim for path, text in again for claim in claimed(path, text) if not any(held[way] for way in claim)]
    needed: Counter[Claim] = Counter()
    for (path, text), times in Counter(once).items():
        for claim in claimed(path, text):
            needed[claim] += times
    for rank in range(max(map(len, needed))):
        spend(held, needed, rank)
    return [" or ".join(claim) for claim in [*missing, *needed.elements()]]


def spend(held: Counter[str], needed: Counter[Claim], rank: int) -> None:
    """Take words out of those held, so that no word of the record answers for two of the XML."""
    for claim, times in needed.items():
        if times and rank < len(claim):
            taken = min(held[claim[rank]], times)
            held[claim[rank]] -= taken
            needed[claim] -= taken


Said = list[tuple[str, str]]


def said(element: Element) -> tuple[Said, Said]:
    """Path and text of all that the XML says once, and of what it says again of something else."""
    once: Said = []
    again: Said = []
    waiting = [(element, "")]
    while waiting:
        element, path = waiting.pop()
        texts = again if path.endswith(TOLD_AGAIN) else once
        if element.text and not element.text.isspace():
            texts.append((path, element.text))
        for name, value in element.attrib.items():
            (again if "/TOTAL/" in path and name == "group_id" else once).append((f"{path}/@{name}", value))
        total = element.tag == "category" and element.findtext("title") == "Total"
        inside = f"{path}/TOTAL" if total else path
        waiting += [(child, f"{inside}/{child.tag}") for child in element]
    return once, again


@cache
def claimed(path: str, text: str) -> tuple[Claim, ...]:
    """What the record must say for this text: for each claim, the ways it may be written."""
    words = " ".join(text.split())
    if words == "N/A" and path.endswith(("/minimum_age", "/maximum_age")):
        return ()
    if path.endswith("/scope") or ("/TOTAL/" in path and path.endswith("title")):
        return ()
    return tuple(ways(*each) for each in parts(path.rpartition("/")[2], words))


def parts(tag: str, words: str) -> list[tuple[str, ...]]:
    """The text cut into what the API keeps apart, each with its code where that is spelt otherwise."""
    if words in WORDED:
        return [(words, code) for code in WORDED[words]]
    if tag in ("pi_employee", "restrictive_agreement"):
        return [(words, *(code for start, code in SENTENCES.items() if words.startswith(start)))]
    if tag.endswith(("_date", "_posted", "_submitted", "_qc", "returned", "submitted")):
        return [(iso(words) or words, words)]
    if tag == "submission_canceled":
        return [("true" if words == "Unknown" else iso(words) or words,)]
    if tag == "sharing_ipd":
        return [(snake(words),)]
    if tag == "phase" and words != "N/A":
        return [(phase, snake(phase).replace("PHASE_", "PHASE")) for phase in words.split("/")]
    if tag == "masking":
        return [(part,) for part in re.split(r"(?: Blind)? \(|, |\)$", words) if part]
    if tag == "study_design":
        named = [part.split(": ") for part in re.split(r", (?=[A-Z][A-Za-z ]+: )", words)]
        return [each for name, *rest in named for each in parts(snake(name).lower(), *(rest or [name]))]
    return [(words,)]


def ways(words: str, *others: str) -> Claim:
    code = snake(words)
    truth = {"Yes": "true", "No": "false"}.get(words)
    number = str(int(words)) if words.isdecimal() else None
    short = code.removesuffix("_ASSIGNMENT").removesuffix("_BLIND")
    older = {"SUBJECT": "PARTICIPANT", "CAREGIVER": "CARE_PROVIDER", "N_A": "NA"}.get(code)
    written = [token(way) for way in (words, number, truth, *others, code, short, older) if way]
    return tuple(dict.fromkeys(written))


def iso(words: str) -> str | None:
    if match := re.fullmatch(r"(?:(\d\d)/)?(\d{4})", words):
        return f"{match[2]}-{match[1]}" if match[1] else match[2]
    match = re.fullmatch(r"([A-Z][a-z]+) (?:(\d+), )?(\d{4})", words)
    if not match or match[1] not in MONTHS:
        return None
    month = f"{match[3]}-{MONTHS.index(match[1]):02d}"
    return f"{month}-{int(match[2]):02d}" if match[2] else month


def snake(words: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").upper()


def token(value: Any) -> str:
    """Free of white space and of markdown: escapes dropped, a bullet the same whether ``*`` or ``-``."""
    if not isinstance(value, str):
        return json.dumps(value)
    return "".join(value.split()).replace("\\", "").replace("*", "-")
