from typing import Any

import msgspec
import pytest

from equipoise.kernel.dates import PartialDate
from equipoise.studies.changes import Change, ChangeKind, Importance, Piece, PieceKind, changes
from equipoise.studies.compare.dates import slip_words
from equipoise.studies.compare.words import word_pieces
from equipoise.studies.read import read_study
from equipoise.studies.record import Study


def study(has_results: bool | None = None, results: dict[str, Any] | None = None, **modules: Any) -> Study:
    record: dict[str, Any] = {"protocolSection": {f"{name}Module": value for name, value in modules.items()}}
    record["protocolSection"].setdefault("identificationModule", {})["nctId"] = "NCT06455449"
    if has_results is not None:
        record["hasResults"] = has_results
    if results:
        record["resultsSection"] = results
    return read_study(msgspec.json.encode(record))


def told(old: Study, new: Study) -> list[str]:
    return [change.sentence for change in changes(old, new)]


def only(old: Study, new: Study) -> Change:
    [change] = changes(old, new)
    return change


def test_equal_records_have_no_changes() -> None:
    assert changes(study(), study()) == ()


def test_status() -> None:
    old = study(status={"overallStatus": "NOT_YET_RECRUITING"})
    change = only(old, study(status={"overallStatus": "RECRUITING"}))
    assert change.kind is ChangeKind.STATUS
    assert change.importance is Importance.MAJOR
    assert change.sentence == "Status changed from Not yet recruiting to Enrolling."


def test_the_plan_of_jasmine_grew() -> None:
    """Its first public plan named polymyositis only, about 162 people, 18 to 70."""
    old = study(
        conditions={"conditions": ["Polymyositis"]},
        design={"enrollmentInfo": {"count": 162, "type": "ESTIMATED"}, "phases": ["PHASE3"]},
        eligibility={"minimumAge": "18 Years", "maximumAge": "70 Years", "sex": "ALL"},
    )
    new = study(
        conditions={"conditions": ["Polymyositis", "Dermatomyositis"]},
        design={"enrollmentInfo": {"count": 240, "type": "ESTIMATED"}, "phases": ["PHASE3"]},
        eligibility={"minimumAge": "18 Years", "maximumAge": "75 Years", "sex": "ALL"},
    )
    assert told(old, new) == [
        "Ages changed from “18 to 70 years” to “18 to 75 years”.",
        "Enrolment changed from 162 estimated to 240 estimated.",
        "Conditions added: Dermatomyositis.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2024-06-20", "2024-07-02", "12 days later"),
        ("2024-06-20", "2024-06-19", "1 day earlier"),
        ("2024-06-20", "2025-02-01", "about 7 months later"),
        ("2024-06-20", "2028-08-04", "about 4 years and 1 month later"),
        ("2024-06-20", "2025-06-20", "about 1 year later"),
        ("2024-06", "2024-09", "about 3 months later"),
        ("2024-06", "2024-09-15", "about 3 months later"),
        ("2024-06", "2024-06-20", "which may be the same date"),
        ("2024", "2024-06-20", "which may be the same date"),
        ("2024", "2026-01", "about 2 years later"),
        ("2026", "2024", "about 2 years earlier"),
    ],
)
def test_slips_are_told_no_more_exactly_than_the_dates_are_known(old: str, new: str, words: str) -> None:
    assert slip_words(PartialDate.read(old), PartialDate.read(new)) == words


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            {"date": "2027-05", "type": "ESTIMATED"},
            {"date": "2028-08-04", "type": "ESTIMATED"},
            "Study completion changed from May 2027 (estimated) to 4 August 2028 (estimated), about 15 months later.",
        ),
        (
            {"date": "2024-06-20", "type": "ESTIMATED"},
            {"date": "2024-06-20", "type": "ACTUAL"},
            "Study completion, 20 June 2024, is now actual; it was estimated.",
        ),
        ({}, {"date": "2024-06"}, "Study completion given: June 2024."),
        ({"date": "2024-06", "type": "ACTUAL"}, {}, "Study completion removed; it was June 2024 (actual)."),
        ({"date": "soon"}, {"date": "2024-06"}, "Study completion changed from soon to June 2024."),
    ],
)
def test_dates(old: dict[str, str], new: dict[str, str], sentence: str) -> None:
    change = only(study(status={"completionDateStruct": old}), study(status={"completionDateStruct": new}))
    assert change.kind is ChangeKind.DATES
    assert change.sentence == sentence


def test_criteria_are_shown_word_by_word() -> None:
    old = study(eligibility={"eligibilityCriteria": "Inclusion Criteria:\n\n* Age \\>= 18 years\n* Polymyositis\n"})
    new = study(eligibility={"eligibilityCriteria": "Inclusion Criteria:\n\n* Age \\>= 12 years\n* Polymyositis\n"})
    change = only(old, new)
    assert change.sentence == "Eligibility criteria changed: 1 word added, 1 removed."
    assert change.pieces == (
        Piece(PieceKind.SAME, "Inclusion Criteria:\n\n* Age >="),
        Piece(PieceKind.REMOVED, " 18"),
        Piece(PieceKind.ADDED, " 12"),
        Piece(PieceKind.SAME, " years\n* Polymyositis\n"),
    )


def test_a_text_that_only_changed_its_layout_says_so() -> None:
    old = study(eligibility={"eligibilityCriteria": "Age > 18"})
    change = only(old, study(eligibility={"eligibilityCriteria": "Age  \\> 18"}))
    assert change.sentence == "Eligibility criteria: only the layout changed."


def test_lone_words_between_larger_changes_count_as_changed() -> None:
    pieces = word_pieces("the cat sat of the mat now", "a dog ran of two long roads")
    assert [piece.kind for piece in pieces] == [PieceKind.REMOVED, PieceKind.ADDED]


def test_very_long_texts_are_exchanged_whole() -> None:
    old, new = "a " * 5000, "b " * 5000
    assert word_pieces(old, new) == (Piece(PieceKind.REMOVED, old), Piece(PieceKind.ADDED, new))


def test_titles_and_summaries_come_and_go() -> None:
    assert told(study(), study(description={"briefSummary": "Text."})) == ["Summary given."]
    assert told(study(description={"detailedDescription": "Text."}), study()) == ["Description removed."]


def site(facility: str, status: str | None = None, **rest: Any) -> dict[str, Any]:
    return {"facility": facility, "city": "Lyon", "country": "France"} | ({"status": status} if status else {}) | rest


def with_sites(*sites: dict[str, Any], status: str = "RECRUITING") -> Study:
    return study(contactsLocations={"locations": list(sites)}, status={"overallStatus": status})


def test_a_site_that_opens() -> None:
    change = only(with_sites(site("A", "NOT_YET_RECRUITING")), with_sites(site("A", "RECRUITING")))
    assert change.heading == "Sites now enrolling"
    assert change.sentence == "One site now enrols: A, Lyon, France (was not yet recruiting, now enrolling)."


def test_sites_that_close_are_counted_and_listed() -> None:
    old = with_sites(site("A", "RECRUITING"), site("B", "RECRUITING"))
    change = only(old, with_sites(site("A", "COMPLETED"), site("B", "WITHDRAWN")))
    assert change.sentence == "2 sites no longer enrol."
    assert change.details == (
        "A, Lyon, France (was enrolling, now completed)",
        "B, Lyon, France (was enrolling, now withdrawn)",
    )


def test_sites_that_come_and_go() -> None:
    assert told(with_sites(site("A"), site("B")), with_sites(site("A"), site("C"))) == [
        "One site was added: C, Lyon, France (enrolling).",
        "One site was removed: B, Lyon, France.",
    ]


def test_a_site_with_the_same_name_is_another_site() -> None:
    """Sponsors list many sites as "Research Site"; the one that closed must not be told as two."""
    old = with_sites(*(site("Research Site", "RECRUITING", zip=str(number)) for number in (1, 2, 2)))
    new = with_sites(
        site("Research Site", "COMPLETED", zip="1"),
        site("Research Site", "COMPLETED", zip="2"),
        site("Research Site", "RECRUITING", zip="2"),
    )
    assert only(old, new).sentence == "2 sites no longer enrol."


def test_a_site_renamed_at_its_address_is_the_same_site() -> None:
    old = with_sites(site("Local Institution - 0088", zip="69003"))
    change = only(old, with_sites(site("Hôpital Édouard Herriot", zip="69003")))
    assert change.heading == "Site details"
    assert change.sentence.endswith("Hôpital Édouard Herriot, Lyon, France: facility.")


def test_other_turns_of_a_site_and_its_contacts() -> None:
    old = with_sites(site("A", "COMPLETED"), site("B", contacts=[{"name": "Jo"}]), site("C"))
    new = with_sites(site("A", "WITHDRAWN"), site("B", contacts=[{"name": "Al"}]), site("C", "RECRUITING"))
    assert told(old, new) == [
        "One site changed status: A, Lyon, France (was completed, now withdrawn).",
        "2 sites changed in what is recorded of them.",
    ]
    assert changes(old, new)[1].details == ("B, Lyon, France: contacts", "C, Lyon, France: status")


def test_sites_in_another_order() -> None:
    assert told(with_sites(site("A"), site("B")), with_sites(site("B"), site("A"))) == [
        "The order of the sites changed."
    ]


def with_arms(*arms: dict[str, Any]) -> Study:
    return study(armsInterventions={"armGroups": list(arms)})


def test_arms() -> None:
    placebo = {"label": "Placebo", "type": "PLACEBO_COMPARATOR"}
    assert told(with_arms(), with_arms(placebo)) == ["Arm added: Placebo."]
    assert told(with_arms(placebo), with_arms()) == ["Arm removed: Placebo."]
    assert told(with_arms(placebo), with_arms(placebo | {"type": "SHAM_COMPARATOR"})) == [
        "Arm “Placebo”: type changed from Placebo Comparator to Sham Comparator."
    ]
    assert told(with_arms(placebo), with_arms(placebo | {"label": "Placebos"})) == [
        "Arm “Placebo”: label changed from “Placebo” to “Placebos”."
    ]
    other = {"label": "Active"}
    assert told(with_arms(placebo, other), with_arms(other, placebo)) == ["The order of the arms changed."]
    change = only(with_arms(), with_arms(placebo, other))
    assert (change.sentence, change.details) == ("2 arms added.", ("Placebo", "Active"))


def test_treatments() -> None:
    old = {"type": "DRUG", "name": "Anifrolumab", "armGroupLabels": ["A"], "description": "Under the skin. " * 10}
    new = old | {"armGroupLabels": ["A", "B"], "description": "In a vein. " * 10}
    change = only(study(armsInterventions={"interventions": [old]}), study(armsInterventions={"interventions": [new]}))
    assert change.sentence == "Treatment “Drug: Anifrolumab”: description changed; arms added: B."
    assert {piece.kind for piece in change.pieces} >= {PieceKind.ADDED, PieceKind.REMOVED}


def test_outcomes() -> None:
    measure = {"measure": "Total Improvement Score", "timeFrame": "Week 24"}
    old, new = (
        study(outcomes={"primaryOutcomes": [measure | {"timeFrame": frame}]}) for frame in ("Week 24", "Week 52")
    )
    assert told(old, new) == [
        "Primary outcome “Total Improvement Score”: time frame changed from “Week 24” to “Week 52”."
    ]


def test_design_and_masking() -> None:
    old = study(design={"designInfo": {"allocation": "NON_RANDOMIZED", "maskingInfo": {"masking": "NONE"}}})
    masking = {"masking": "SINGLE", "whoMasked": ["PARTICIPANT"]}
    new = study(design={"designInfo": {"allocation": "RANDOMIZED", "maskingInfo": masking}})
    assert told(old, new) == [
        "Allocation changed from Non-Randomized to Randomized.",
        "Masking changed from None (Open Label) to Single: participant.",
    ]


def test_volunteers() -> None:
    yes, no = (study(eligibility={"healthyVolunteers": accepts}) for accepts in (True, False))
    assert told(no, yes) == ["Healthy volunteers can now join."]
    assert told(yes, no) == ["Healthy volunteers cannot join."]


def test_sponsors() -> None:
    old = study(sponsorCollaborators={"leadSponsor": {"name": "A", "class": "INDUSTRY"}})
    new = study(sponsorCollaborators={"leadSponsor": {"name": "B", "class": "OTHER"}, "collaborators": [{"name": "A"}]})
    assert told(old, new) == [
        "Sponsor: name changed from “A” to “B”; kind of organisation changed from Industry to Other.",
        "Collaborator added: A.",
    ]


def test_results() -> None:
    flow = {"participantFlowModule": {"recruitmentDetails": "x"}}
    none = study(has_results=False)
    posted = study(has_results=True, results=flow, status={"resultsFirstPostDateStruct": {"date": "2026-05-03"}})
    assert told(none, posted) == ["Results were posted on 3 May 2026."]
    assert told(posted, none) == ["Results were taken down."]
    more = study(
        has_results=True,
        results=flow | {"moreInfoModule": {"pointOfContact": {"title": "y"}}},
        status={"resultsFirstPostDateStruct": {"date": "2026-05-04"}},
    )
    assert told(posted, more) == ["The posted results changed: more info, date posted."]


def test_results_written_differently_but_saying_the_same_are_no_change() -> None:
    head = b'{"protocolSection":{"identificationModule":{"nctId":"NCT06455449"}},"resultsSection":'
    one = read_study(head + b'{"moreInfoModule":{"pointOfContact":{"title":"a","phone":"1"}}}}')
    other = read_study(head + b' {"moreInfoModule": {"pointOfContact": {"phone": "1", "title": "a"}}} }')
    assert changes(one, other) == ()


def test_contacts_and_documents() -> None:
    assert told(study(), study(contactsLocations={"centralContacts": [{"name": "Jo"}]})) == ["Contact added: Jo."]
    old = study()
    new = msgspec.convert(
        msgspec.to_builtins(old)
        | {
            "documentSection": {
                "largeDocumentModule": {"largeDocs": [{"label": "Study Protocol", "date": "2024-05-03"}]}
            }
        },
        Study,
    )
    assert told(old, new) == ["Document added: Study Protocol (3 May 2024)."]


def test_housekeeping_is_minor_and_in_one_sentence() -> None:
    old = study(status={"statusVerifiedDate": "2026-01", "lastUpdatePostDateStruct": {"date": "2026-01-27"}})
    change = only(old, study(status={"statusVerifiedDate": "2026-02"}))
    assert change.sentence == "Record: verified February 2026, last update posted no longer given."
    assert change.importance is Importance.MINOR


def test_what_has_no_sentence_is_still_told() -> None:
    old = study(references={"seeAlsoLinks": [{"url": "https://a.example"}]}, design={"targetDuration": "1 Year"})
    change = only(old, study(design={"targetDuration": "2 Years"}))
    assert change.kind is ChangeKind.OTHER
    assert change.sentence == "Other fields changed: target duration, see also links."
    assert change.details == ("target duration: “1 Year”, now “2 Years”", "see also links: 1 listed, now nothing")
