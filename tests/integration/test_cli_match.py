"""``equipoise match`` and ``equipoise criteria`` as a person or a script meets them."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from equipoise import cli
from equipoise.actions.library import Library
from equipoise.actions.load import load_entries
from equipoise.actions.readings import read_curated, reading_of, save_curated
from equipoise.eligibility.format import from_json
from equipoise.exchange.files import Entry
from equipoise.kernel.refused import Refused
from equipoise.store.load import Origin
from tests.making import record, updated

AT = "2026-11-01T00:00:00+00:00"
CRITERIA = (
    "Inclusion Criteria:\n\n* Age 18 to 75 years\n* Gout\n* Weight > 50 kg\n\nExclusion Criteria:\n\n* Pregnant\n"
)
Run = Callable[..., tuple[int, str, str]]


def study(number: int, *conditions: str, status: str = "RECRUITING", text: str = CRITERIA, **fields: Any) -> bytes:
    return record(
        number,
        statusModule=updated("2026-01-01") | {"overallStatus": status},
        conditionsModule={"conditions": list(conditions)},
        eligibilityModule={"eligibilityCriteria": text, "minimumAge": "18 Years"} | fields,
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    found = Library.open(tmp_path / "home")
    raws = [
        study(1, "Gout"),
        study(2, "Gout", sex="MALE"),
        study(3, "Asthma"),
        study(4, "Gout", status="COMPLETED"),
        study(5, "Gout", "Asthma"),
    ]
    load_entries(found, (Entry(where="made", raw=raw) for raw in raws), Origin("import", "made", AT))
    return found


@pytest.fixture
def run(library: Library, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("EQUIPOISE_HOME", str(library.home))
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["equipoise", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        code = stopped.value.code
        return (int(code or 0), *capfd.readouterr())

    return run


@pytest.fixture
def person(tmp_path: Path) -> str:
    file = tmp_path / "person.yaml"
    file.write_text(
        "id: anna\nborn: 1970-05\nsex: female\nconditions: [{name: gout, since: 2011}]\nmeasurements: {weight: 80 kg}\n"
    )
    return str(file)


def matched(run: Run, *arguments: str) -> Any:
    code, out, err = run("match", *arguments, "--json", "--on", "2026-11-01")
    assert code == 0, err
    return json.loads(out)


def test_a_match_is_the_documented_object(run: Run, person: str) -> None:
    found = matched(run, person)
    assert (found["person"], found["at"], found["recruiting"]) == ("anna", "2026-11-01", 4)
    assert (found["definite"], found["possible"], found["excluded"]) == (0, 2, 1)
    assert [one["nct_id"] for one in found["studies"]] == ["NCT00000001", "NCT00000005"]
    first = found["studies"][0]
    assert (first["standing"], first["because_record"]) == ("possible", "conditions: gout")
    assert first["because"] == "gout: the study is about Gout"
    met = {one["text"]: one for one in first["met"]}
    (reason,) = met["Weight > 50 kg"]["reasons"]
    assert reason["evidence"] == [{"record": "measurements: weight", "words": "weight 80 kg, 1 November 2026"}]
    assert "Pregnant" in {one["text"] for one in first["unknown"]}
    assert all(reason["settles"] for one in first["unknown"] for reason in one["reasons"])
    assert first["unmet"] == []
    assert first["nearest_site"] is None


def test_excluded_and_other_studies_on_request(run: Run, person: str) -> None:
    listed = [(one["nct_id"][-1], one["standing"]) for one in matched(run, person, "--excluded")["studies"]]
    assert listed == [("1", "possible"), ("5", "possible"), ("2", "excluded")]
    others = matched(run, person, "--any-topic")["studies"]
    assert {one["nct_id"][-1] for one in others} == {"1", "3", "5"}
    assert next(one for one in others if one["nct_id"].endswith("3"))["because"] == ""
    assert len(matched(run, person, "--limit", "1")["studies"]) == 1


def test_a_match_in_words(run: Run, person: str) -> None:
    code, out, _ = run("match", person)
    assert code == 0
    assert "anna has: gout" in out
    assert "Listed for gout: the study is about Gout" in out
    assert "“Weight > 50 kg”" in out
    assert "[measurements: weight]" in out
    assert "The study team decides" in out


def test_what_was_not_used_is_said(run: Run, tmp_path: Path) -> None:
    patient = {"resourceType": "Patient", "id": "p", "birthDate": "1970", "gender": "male"}
    gout = {"resourceType": "Condition", "id": "c", "code": {"text": "Gout"}, "subject": {"reference": "Patient/p"}}
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": one} for one in (patient, gout, {"resourceType": "Claim"})],
    }
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    _, _, err = run("match", str(tmp_path / "bundle.json"))
    assert "Not used, 1 ×: a kind of resource that is not read (Claim)" in err
    (note,) = matched(run, str(tmp_path / "bundle.json"))["notes"]
    assert (note["count"], note["examples"]) == (1, ["Claim"])


def test_the_library_is_followed(run: Run, person: str, library: Library) -> None:
    assert len(matched(run, person)["studies"]) == 2
    load_entries(library, [Entry(where="made", raw=study(6, "Gout"))], Origin("import", "made", AT))
    assert len(matched(run, person)["studies"]) == 3
    reading = reading_of(library, "NCT00000006")
    save_curated(library, _only(reading, "I2"), by="Ada", at=AT)
    best = matched(run, person)["studies"][0]
    assert best["nct_id"] == "NCT00000006"
    assert best["criteria"] == 1


def _only(reading: Any, name: str) -> Any:
    import msgspec

    kept = tuple(one for one in reading.criteria if one.id == name)
    return msgspec.structs.replace(reading, criteria=kept)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--within", "10km"), "needs a place"),
        (("--near", "Nowhereville"), "Nowhereville"),
        (("--on", "2026"), "is not a whole date"),
        (("--person", "bert"), "is nobody's id in this file"),
    ],
)
def test_wrong_wishes_are_refused(run: Run, person: str, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run("match", person, *arguments)
    assert (code, out) == (cli.REFUSED, "")
    assert message in err


def test_a_library_without_studies_says_what_to_do(
    run: Run, person: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path / "empty"))
    code, _, err = run("match", person)
    assert code == cli.REFUSED
    assert "No studies are kept here" in err
    assert not (tmp_path / "empty").exists()


def test_a_person_that_cannot_be_read_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("born: 1970\nsexe: f\n")
    code, out, err = run("match", str(tmp_path / "bad.yaml"))
    assert (code, out) == (cli.REFUSED, "")
    assert "bad.yaml, line 2" in err


# Criteria.


def test_criteria_of_a_study_as_json(run: Run) -> None:
    code, out, err = run("criteria", "NCT00000001", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert (told["format"], told["study"]) == ("equipoise-criteria/1", "NCT00000001")
    assert {"Gout", "Weight > 50 kg", "Pregnant"} <= {one["text"] for one in told["criteria"]}
    assert from_json(out).study == "NCT00000001"


def test_criteria_of_a_file_of_standard_input_and_of_json(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.txt").write_text(CRITERIA)
    code, out, _ = run("criteria", str(tmp_path / "text.txt"), "--json")
    assert code == 0
    (tmp_path / "criteria.json").write_text(out)
    assert run("criteria", str(tmp_path / "criteria.json"), "--json")[1] == out
    (tmp_path / "record.json").write_bytes(study(1, "Gout"))
    assert "Minimum age 18 years" in run("criteria", str(tmp_path / "record.json"))[1]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CRITERIA.encode())))
    assert run("criteria", "-", "--json")[1] == out


def test_criteria_in_english_as_a_tree_and_as_questions(run: Run) -> None:
    english = run("criteria", "NCT00000001")[1]
    assert english == run("criteria", "NCT00000001", "--english")[1]
    assert "include (full): Weight > 50 kg" in english
    assert "more than 50 kg" in english
    tree = run("criteria", "NCT00000001", "--tree")[1]
    assert "value weight" in tree
    assert "[" in tree
    questions = run("criteria", "NCT00000001", "--questions")[1]
    assert "How old are you?" in questions
    assert json.loads(run("criteria", "--schema")[1])["title"] == "equipoise-criteria/1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("NCT09999999",), "is not among the studies kept here"),
        (("nowhere.txt",), "cannot be read"),
        ((), "Nothing was named"),
        (("NCT00000001", "--json", "--tree"), "exclude each other"),
    ],
)
def test_criteria_that_cannot_be_shown(run: Run, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run("criteria", *arguments)
    assert (code, out) == (cli.REFUSED, "")
    assert message in err


# Readings that are kept.


def test_a_curated_reading_comes_first_and_all_are_kept(library: Library) -> None:
    automatic = reading_of(library, "NCT00000001")
    assert automatic.by == ""
    first = save_curated(library, _only(automatic, "I1"), by=" Ada ", at=AT)
    second = save_curated(library, _only(automatic, "I2"), by="Grace", at=AT)
    assert (first.by, reading_of(library, "nct1")) == ("Ada", second)
    assert [(one.version, one.by, one.outdated) for one in read_curated(library, "NCT00000001")] == [
        (2, "Grace", False),
        (1, "Ada", False),
    ]


def test_a_curated_reading_knows_that_its_text_has_changed(library: Library) -> None:
    save_curated(library, reading_of(library, "NCT00000001"), by="Ada", at=AT)
    changed = study(1, "Gout", text=CRITERIA + "* Asthma\n")
    load_entries(library, [Entry(where="made", raw=changed)], Origin("import", "made", AT))
    assert read_curated(library, "NCT00000001")[0].outdated
    assert reading_of(library, "NCT00000001").by == "Ada"


def test_an_automatic_reading_follows_its_text(library: Library) -> None:
    before = {one.text for one in reading_of(library, "NCT00000001").criteria}
    changed = study(1, "Gout", text=CRITERIA + "* Asthma\n")
    load_entries(library, [Entry(where="made", raw=changed)], Origin("import", "made", AT))
    after = {one.text for one in reading_of(library, "NCT00000001").criteria}
    assert after - before == {"Asthma"}


def test_who_settles_a_reading_gives_a_name(library: Library) -> None:
    with pytest.raises(Refused, match="who settled it"):
        save_curated(library, reading_of(library, "NCT00000001"), by=" ", at=AT)


def test_what_no_study_is_about_is_said_with_what_to_do(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("born: 1970\nconditions: [psoriasis]\n")
    code, out, _ = run("match", str(other))
    assert code == 0
    assert "Of 4 recruiting studies kept here none is about these." in out
    assert "--any-topic" in out


@pytest.mark.parametrize("held", ['{"resourceType": "Patient", "id": "p"}', "id: p"])
def test_a_record_that_says_nothing_is_called_so(run: Run, tmp_path: Path, held: str) -> None:
    file = tmp_path / ("p.json" if held.startswith("{") else "p.yaml")
    file.write_text(held)
    code, out, _ = run("match", str(file), "--any-topic")
    assert code == 0
    assert "The record of p says nothing. Missing: date of birth, sex, conditions, drugs, measurements." in out
    assert "p has:" not in out
    assert matched(run, str(file))["is_empty"] is True


def test_what_the_record_lacks_is_named(run: Run, person: str) -> None:
    assert "Missing from the record: drugs" in run("match", person)[1]
    assert matched(run, person)["missing"] == ["drugs"]


def test_one_is_counted_as_one(run: Run, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path / "single"))
    (tmp_path / "one.json").write_bytes(record(7, statusModule=updated("2026-01-01") | {"overallStatus": "RECRUITING"}))
    assert "1 study read: 1 new" in run("import", str(tmp_path / "one.json"))[1]
    assert "1 study" in run("search")[1].splitlines()
    (tmp_path / "x.yaml").write_text("conditions: [psoriasis]\n")
    assert "Of 1 recruiting study kept here none is about these." in run("match", str(tmp_path / "x.yaml"))[1]


def test_a_field_that_says_what_the_text_says_stands_once(run: Run, library: Library, tmp_path: Path) -> None:
    text = "Inclusion Criteria:\n\n* At least 18 years old\n* Gout\n"
    load_entries(library, (Entry(where="made", raw=study(9, "Gout", text=text)),), Origin("import", "made", AT))
    told = tmp_path / "told.yaml"
    told.write_text("age: 40\nconditions: [gout]\n")
    out = run("match", str(told), "--limit", "1")[1]
    assert ("NCT00000009" in out, "“At least 18 years old”" in out, "Minimum age" in out) == (True, True, False)
    assert "Minimum age 18 years" in str(matched(run, str(told), "--limit", "1")["studies"][0]["met"])
    english = run("criteria", "NCT00000009", "--english")[1]
    assert "I1 include (full) · also in the registry's own field (F1): At least 18 years old" in english
    assert "Minimum age" not in english
    assert "Minimum age" in run("criteria", "NCT00000009", "--json")[1]


def test_reasons_stand_under_their_criterion(run: Run, tmp_path: Path) -> None:
    told = tmp_path / "told.yaml"
    told.write_text(
        "born: 1970\nconditions: [{name: gout, since: 2019}]\nmeasurements: {weight: 84.17543298882894 kg}\n"
    )
    _, out, _ = run("match", str(told), "--limit", "1")
    lines = [line.strip() for line in out.splitlines()]
    place = lines.index("Met: “Weight > 50 kg”")
    assert lines[place + 1].startswith("Yes: weight more than 50 kg (in the record): weight 84.175 kg, ")
    place = lines.index("Not known: “Pregnant”")
    assert lines[place + 1].startswith("Not known: ")
    assert lines[place + 1].endswith("(nothing is known of it). The medical record, with dates, would settle it.")


def test_a_criterion_for_one_cohort_says_so(run: Run, library: Library, tmp_path: Path) -> None:
    text = "Inclusion Criteria:\n\n* Gout\n\nInclusion Criteria for Cohort A:\n\n* Male\n"
    load_entries(library, (Entry(where="made", raw=study(9, "Gout", text=text)),), Origin("import", "made", AT))
    told = tmp_path / "told.yaml"
    told.write_text("born: 1970\nsex: female\nconditions: [gout]\n")
    _, out, _ = run("match", str(told), "--json")
    (found,) = [one for one in json.loads(out)["studies"] if one["nct_id"] == "NCT00000009"]
    assert (found["standing"], found["unmet"]) == ("possible", [])
    assert "No: male (in the record), but this is only for Cohort A" in str(found["unknown"])


@pytest.mark.parametrize("flag", ["--english", "--tree", "--questions"])
def test_that_there_are_no_criteria_is_said(run: Run, monkeypatch: pytest.MonkeyPatch, flag: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    code, out, err = run("criteria", "-", flag)
    assert (code, out) == (0, "")
    assert "No criteria were found" in err
