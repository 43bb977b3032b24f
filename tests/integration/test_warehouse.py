"""Screening from end to end: DuckDB files, Parquet folders, PostgreSQL in a schema, Spark; what is refused and why."""

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from equipoise.actions.screen import Screen, Screening, told
from equipoise.cli import app
from equipoise.eligibility.expression import (
    Age,
    Code,
    Concept,
    Criterion,
    Domain,
    Exists,
    Expr,
    Parse,
    Pattern,
    Period,
    Polarity,
    Range,
    Reading,
    Sex,
    Span,
    Unit,
    Value,
)
from equipoise.eligibility.format import to_json
from equipoise.eligibility.knobs import find_knob, turned
from equipoise.eligibility.person import Absence, Run
from equipoise.eligibility.verdict import judge
from equipoise.exchange.circe import write_circe
from equipoise.exchange.omop import read_people
from equipoise.kernel.refused import Refused
from equipoise.store.warehouse import Warehouse, open_warehouse
from tests.engines import CDM, PostgresEngine, SparkEngine, Tables, filled
from tests.spec.cases import COVERED, last
from tests.spec.tables import Population, pattern

A, B = (Exists(pattern=pattern(Domain.CONDITION, letter), window=last("365")) for letter in "AB")
CRITERIA: dict[str, tuple[Polarity, Expr]] = {
    "i1": (Polarity.INCLUDE, Age(low=Period(Decimal(18), Unit.YEAR), high=Period(Decimal(75), Unit.YEAR))),
    "i2": (Polarity.INCLUDE, A),
    "i3": (Polarity.INCLUDE, Value(measure="weight", range=Range(high=Decimal(100)), unit="kg")),
    "e1": (Polarity.EXCLUDE, B),
    "e2": (Polarity.EXCLUDE, Sex(sex="male")),
}
READING = Reading(
    "NCT99999999",
    tuple(
        Criterion(name, polarity, f"Criterion {name}", Span(0, 0), Parse.FULL, expr)
        for name, (polarity, expr) in CRITERIA.items()
    ),
)
_BASE = "observed 2020-01-01 to 2024-12-31; female; born 1980-05-01; condition A 2024-01-10"
PEOPLE = (
    12 * [f"{_BASE}; weight 80 kg 2024-03-01"]
    + 7 * [f"{_BASE}; weight 105 kg 2024-03-01"]
    + 9 * [_BASE]
    + 20 * ["observed 2020-01-01 to 2024-12-31; male; born 1940-05-01"]
    + 6 * [f"{_BASE}; weight 80 kg 2024-03-01; condition B 2024-05-01"]
)


@pytest.fixture(scope="module")
def tables() -> Tables:
    everyone = Population()
    for records in PEOPLE:
        everyone.add(records)
    return everyone.tables


@pytest.fixture(scope="module")
def file(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("warehouse") / "hospital.duckdb"
    with duckdb.connect(str(path)) as connection:
        for table, columns in CDM.items():
            connection.execute(
                f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
            )
        for statement in filled(tables):
            connection.execute(statement)
    return path


@pytest.fixture(scope="module")
def parquet(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parquet")
    with duckdb.connect(str(file), read_only=True) as connection:
        for table in CDM:
            connection.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
    return folder


@pytest.fixture
def warehouse(file: Path) -> Iterator[Warehouse]:
    held = open_warehouse(f"duckdb:{file}")
    yield held
    held.close()


@pytest.fixture
def screen(warehouse: Warehouse) -> Screen:
    return Screening(READING, COVERED, warehouse).screen()


def test_standing_and_attrition(screen: Screen) -> None:
    assert (screen.persons, screen.standing.definite, screen.standing.possible, screen.excluded) == (54, 12, 9, 33)
    assert [(one.id, one.lost, one.left, one.definite) for one in screen.protocol_order] == [
        ("i1", 20, 34, 34),
        ("i2", 0, 34, 34),
        ("i3", 7, 27, 18),
        ("e1", 6, 21, 12),
        ("e2", 0, 21, 12),
    ]
    assert [one.id for one in screen.best_order] == ["i1", "i3", "e1", "i2", "e2"]
    alone = {one.id: (one.alone, one.open, one.struck) for one in screen.criteria}
    assert alone == {"i1": (0, 0, 21), "i2": (0, 0, 21), "i3": (7, 9, 28), "e1": (6, 0, 27), "e2": (0, 0, 21)}
    assert sum(one.share or 0 for one in screen.criteria) == 34  # thirds of twenty, rounded
    assert screen.unbound == ()


def test_a_person_is_told_what_the_verdict_says(warehouse: Warehouse, tables: Tables) -> None:
    listed = {str(one.person): one for one in Screening(READING, COVERED, warehouse).people()}
    for person in read_people(tables):
        verdict = judge(READING, person, COVERED)
        found = listed.get(person.id)
        assert (found.standing if found else "excluded") == verdict.standing.value
        digits = {"false": "0", "unknown": "1", "true": "2"}
        assert found is None or found.digits == "".join(digits[one.met.value] for one in verdict.criteria)


def test_what_if_is_what_the_changed_reading_gives(warehouse: Warehouse) -> None:
    screening = Screening(READING, COVERED, warehouse)
    knob = find_knob(READING.criteria, "i3.high")
    screen = screening.screen([screening.asked("i3.high", Decimal(110)), *screening.relaxations()])
    changed = tuple(turned(one, knob, Decimal(110)) if one.id == "i3" else one for one in READING.criteria)
    other = Screening(Reading("", changed), COVERED, warehouse).screen()
    gain = screen.changes[0].gain
    assert (gain.definite, gain.possible) == (7, 0)
    assert (other.standing.definite, other.standing.possible) == (12 + 7, 9)
    names = [one.knob.name for one in screen.changes[1:]]
    assert names == ["i1.low", "i1.high", "i2.start", "i3.high", "e1.start"]


def test_small_counts_are_not_told_and_cannot_be_worked_out(screen: Screen) -> None:
    assert told(screen, 5).rounded is False
    kept = told(screen, 8)
    assert kept.rounded
    assert [one.lost for one in kept.protocol_order] == [16, 0, None, None, 0]
    counts = [kept.persons, kept.excluded, kept.standing.definite, *(one.left for one in kept.protocol_order)]
    assert all(count is not None and count % 8 == 0 for count in counts)
    assert told(screen, 0).protocol_order == screen.protocol_order


def test_parquet_files_are_a_warehouse(parquet: Path, screen: Screen) -> None:
    assert Screening(READING, COVERED, open_warehouse(f"duckdb:{parquet}")).screen() == screen


def test_postgres_in_a_schema(postgres: PostgresEngine, tables: Tables, screen: Screen) -> None:
    for statement in (
        "CREATE SCHEMA cdm",
        "SET search_path = cdm",
        *(
            f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
            for table, columns in CDM.items()
        ),
        *filled(tables),
        "SET search_path = public",
    ):
        postgres.run(statement)
    held = open_warehouse(postgres.uri, "cdm")
    assert Screening(READING, COVERED, held).screen() == screen
    with pytest.raises(Refused, match="read-only"):
        held.ask("DELETE FROM cdm.person RETURNING person_id")
    held.close()


def test_spark_over_parquet(spark: SparkEngine, parquet: Path, screen: Screen) -> None:
    assert Screening(READING, COVERED, open_warehouse(f"spark:{parquet}")).screen() == screen


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("oracle:x", "'oracle:x': is not a warehouse. Write duckdb:PATH"),
        ("duckdb:", "is not a warehouse"),
        ("duckdb:/no/such/file", "/no/such/file: is not there."),
        ("postgresql://x:secret@127.0.0.1:1/y", "127.0.0.1/y: connection failed"),
    ],
)
def test_a_warehouse_that_is_not_there(place: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        open_warehouse(place)
    assert words in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_text("not a database" * 100)
    with pytest.raises(Refused, match="Is it a DuckDB file"):
        open_warehouse(f"duckdb:{path}")


def test_a_database_that_is_no_cdm(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE patients (id INTEGER)")
    with pytest.raises(Refused, match=r"has no table condition_occurrence, drug_exposure, .*, person, procedure_occ"):
        Screening(READING, COVERED, open_warehouse(f"duckdb:{path}"))


def test_a_cdm_of_an_older_version(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "older.duckdb"
    path.write_bytes(file.read_bytes())
    with duckdb.connect(str(path)) as connection:
        connection.execute("ALTER TABLE procedure_occurrence DROP COLUMN procedure_end_date")
    with pytest.raises(Refused, match=r"not an OMOP CDM 5.4: it has no column procedure_occurrence.procedure_end_date"):
        Screening(READING, COVERED, open_warehouse(f"duckdb:{path}"))


def test_a_reading_without_criteria(warehouse: Warehouse) -> None:
    with pytest.raises(Refused, match="has no criteria"):
        Screening(Reading("NCT1", ()), COVERED, warehouse)


def with_words(words: str, *codes: Code, without: tuple[Concept, ...] = ()) -> Reading:
    sought = Exists(pattern=Pattern(Domain.CONDITION, Concept(words, codes=codes, without=without)))
    return Reading("", (Criterion("i1", Polarity.INCLUDE, words, Span(0, 0), Parse.FULL, sought),))


@pytest.fixture(scope="module")
def athena(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("athena")
    columns = ["concept_id", "concept_name", "domain_id", "vocabulary_id", "class", "standard_concept", "concept_code"]
    rows = [
        (1, "Dermatomyositis", "Condition", "SNOMED", "Disorder", "S", "396230008"),
        (2, "Juvenile dermatomyositis", "Condition", "SNOMED", "Disorder", "S", "1162305008"),
        (3, "Dermatopolymyositis, unspecified", "Condition", "ICD10CM", "5-char billing code", "", "M33.90"),
        (7, "Dermatomyositis", "Observation", "SNOMED", "Context", "S", "7"),
        (8, '12" ruler', "Device", "SNOMED", "Device", "S", "8"),
    ]
    _write_tabs(folder / "CONCEPT.csv", columns, rows)
    _write_tabs(folder / "CONCEPT_ANCESTOR.csv", ["ancestor_concept_id", "descendant_concept_id"], [(1, 1), (1, 2)])
    _write_tabs(
        folder / "CONCEPT_RELATIONSHIP.csv",
        ["concept_id_1", "concept_id_2", "relationship_id"],
        [(3, 1, "Maps to"), (3, 9, "Is a")],
    )
    return folder / "CONCEPT.csv"


def _write_tabs(path: Path, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    lines = [columns, *rows]
    path.write_text("".join("\t".join(str(cell) for cell in line) + "\n" for line in lines))


@pytest.mark.parametrize(
    ("reading", "ids"),
    [
        (with_words("dermatomyositis"), {"1", "2"}),
        (with_words("something", Code("SNOMED", "1162305008")), {"2"}),
        (with_words("something", Code("ICD10CM", "M33")), {"1", "2"}),
        (with_words("something", Code("OMOP+", "1")), {"1", "2"}),
        (with_words("something", Code("OMOP", "1")), {"1"}),
        (with_words("something"), set()),
        (with_words("a", Code("OMOP+", "1"), without=(Concept("juvenile dermatomyositis"),)), {"1", "2"}),
    ],
)
def test_binding_from_the_users_own_vocabulary(
    reading: Reading, ids: set[str], athena: Path, warehouse: Warehouse
) -> None:
    screening = Screening(reading, COVERED, warehouse, athena)
    (criterion,) = screening.binding.reading.criteria
    assert isinstance(criterion.expr, Exists)
    assert {code.code for code in criterion.expr.pattern.concept.codes} == ids
    assert {one.words for one in screening.binding.unbound} == (set() if ids else {"something"})
    for one in criterion.expr.pattern.concept.without:
        assert [code.code for code in one.codes] == ["2"]


def test_what_is_not_bound_is_unknown_of_everybody(warehouse: Warehouse) -> None:
    closed = Run(COVERED.at, otherwise=Absence.CLOSED)
    unbound = (with_words("something").criteria[0].expr, Value(measure="no_such_measure", range=Range(high=Decimal(1))))
    for expr in unbound:
        reading = Reading("", (Criterion("i1", Polarity.INCLUDE, "", Span(0, 0), Parse.FULL, expr),))
        screen = Screening(reading, closed, warehouse).screen()
        assert (screen.standing.definite, screen.standing.possible) == (0, 54)
        assert [one.criterion for one in screen.unbound] == ["i1"]


def test_a_vocabulary_that_is_none(tmp_path: Path, warehouse: Warehouse) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        Screening(READING, COVERED, warehouse, tmp_path / "CONCEPT.csv")
    (tmp_path / "CONCEPT.csv").write_text("id,name\n")
    with pytest.raises(Refused, match="has no column concept_id"):
        Screening(READING, COVERED, warehouse, tmp_path / "CONCEPT.csv")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.json"
    path.write_bytes(to_json(READING))
    return path


def screened(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["screen", *map(str, arguments), "--at", "2024-06-30"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command(rules: Path, file: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    found = json.loads(screened(rules, "--warehouse", f"duckdb:{file}", "--json", "--people", people))
    assert found["standing"] == {"definite": 12, "possible": 9}
    assert found["fewer_than"] == 5
    with people.open() as lines:
        listed = list(csv.DictReader(lines))
    assert len(listed) == 21
    assert listed[0] == {
        "person_id": "1",
        "standing": "definite",
        "i1": "2",
        "i2": "2",
        "i3": "2",
        "e1": "2",
        "e2": "2",
    }


def test_the_command_in_words(rules: Path, file: Path) -> None:
    words = screened(rules, "--warehouse", f"duckdb:{file}", "--what-if", "i3.high=110", "--small", "8")
    assert "NCT99999999, as of 2024-06-30" in words
    assert "fewer than 8" in words
    assert "100 kg" in words
    assert "110 kg" in words
    assert "person_id" not in words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--what-if", "i3.high"), "sets no number"),
        (("--what-if", "i3.high=much"), "'much': is not a number."),
        (("--what-if", "i9.high=1"), "is no number of this reading. Its numbers are: i1.low"),
        (("--at", "June"), "'June': is not a day."),
    ],
)
def test_what_the_command_refuses(options: tuple[str, ...], words: str, rules: Path, file: Path) -> None:
    with pytest.raises(Refused) as refused:
        CliRunner().invoke(
            app, ["screen", str(rules), "--warehouse", f"duckdb:{file}", *options], catch_exceptions=False
        )
    assert words in str(refused.value)


def test_the_report_can_be_read_in_a_narrow_window(rules: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    report = screened(rules, "--warehouse", f"duckdb:{file}", "--what-if", "all", "--small", "0")
    lines = [line.rstrip() for line in report.splitlines()]
    assert all(len(line) <= 80 for line in lines)
    first = lines.index("In the order that loses most first")
    losing = lines[first + 2 : lines.index("What each criterion costs")]
    assert losing
    assert not any(line.split()[-3:-2] == ["0"] for line in losing)
    assert "years" in report
    assert "nobody" in report


def test_a_circe_cohort_is_screened(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "cohort.json"
    path.write_bytes(write_circe(READING, COVERED)[0])
    found = json.loads(screened(path, "--warehouse", f"duckdb:{file}", "--json"))
    assert [one["id"] for one in found["criteria"]] == ["entry", "i1", "i2", "i3", "i4", "i5"]
