"""Circe cohorts in and out: real ones are read, what is lost is said, and Circe itself finds the same persons."""

import datetime
import json
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from equipoise.eligibility.evaluate import evaluate
from equipoise.eligibility.expression import (
    Age,
    And,
    AtLeast,
    AtMost,
    Criterion,
    Domain,
    Duration,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Parse,
    Period,
    Polarity,
    Range,
    Reading,
    Related,
    Sex,
    Span,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.person import Absence, Run
from equipoise.eligibility.sql.binding import bind
from equipoise.eligibility.sql.vocabulary import bundled
from equipoise.exchange.circe import is_circe, read_circe, write_circe
from equipoise.exchange.omop import read_people
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from tests.engines import CDM, Row, filled
from tests.oracle import Circe
from tests.spec.tables import pattern

AT = datetime.date(2024, 6, 30)
RUN = Run(AT, otherwise=Absence.CLOSED)
CONDITION, DRUG, PROCEDURE, OBSERVATION = Domain.CONDITION, Domain.DRUG, Domain.PROCEDURE, Domain.OBSERVATION


@pytest.fixture(scope="module")
def real_cohorts(shared_data: Path) -> list[tuple[str, bytes]]:
    folder = shared_data / "cohorts_circe"
    if not folder.exists():
        pytest.skip(f"REAL COHORTS MISSING: {folder}")
    return [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.json"))]


def test_every_real_cohort_is_read(real_cohorts: list[tuple[str, bytes]]) -> None:
    cohorts = [(name, raw) for name, raw in real_cohorts if is_circe(raw)]
    assert len(cohorts) == 83
    for name, raw in cohorts:
        reading, notes = read_circe(raw)
        told = json.loads(raw)
        rules = len(told.get("InclusionRules") or ()) + bool(told.get("AdditionalCriteria")) + 1
        assert len(reading.criteria) == rules, name
        for one in reading.criteria:
            assert (one.parse is Parse.FULL) == ('kind":"opaque' not in _json(one)), name
        assert notes[0].startswith("Windows are counted from the day of screening"), name


def _json(criterion: Criterion) -> str:
    import msgspec

    return msgspec.json.encode(criterion).decode()


def test_what_is_no_cohort_is_refused(real_cohorts: list[tuple[str, bytes]]) -> None:
    others = [raw for _, raw in real_cohorts if not is_circe(raw)]
    assert len(others) == 140
    for raw in others:
        with pytest.raises(Refused, match="has no PrimaryCriteria"):
            read_circe(raw)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'{"PrimaryCriteria": 4}', b'{"PrimaryCriteria": {"CriteriaList": 4}}', b"[" * 100_000]
)
def test_bad_cohorts_are_refused(raw: bytes) -> None:
    with pytest.raises(Refused, match=r"is not|has no|nests too deep"):
        read_circe(raw)


def _window(start: str | None, end: str = "0") -> Window:
    first = None if start is None else Period(Decimal(start), Unit.DAY)
    return Window(start=first, end=Period(Decimal(end), Unit.DAY))


A = Exists(pattern=pattern(CONDITION, "A"))
B = Exists(pattern=pattern(DRUG, "B"), window=_window("-90"))
SAME: dict[str, Expr] = {
    "any time": A,
    "window": B,
    "months": Exists(pattern=pattern(CONDITION, "AB"), window=Window(start=Period(Decimal(-4), Unit.MONTH))),
    "far end": Exists(pattern=pattern(PROCEDURE, "C"), window=_window("-300", "-30")),
    "twice": Exists(pattern=pattern(CONDITION, "AB"), count=2, window=_window("-365")),
    "overlap": Exists(pattern=pattern(DRUG, "A"), window=_window("-14"), touch="overlaps"),
    "without": Exists(pattern=pattern(CONDITION, "ABC", "B")),
    "observation": Exists(pattern=pattern(OBSERVATION, "A")),
    "value": Value(
        measure="weight", range=Range(Decimal(50), Decimal(100)), unit="kg", select="any", window=_window("-365")
    ),
    "over": Value(measure="weight", range=Range(Decimal(100), low_open=True), unit="kg", select="any"),
    "x ULN": Value(measure="alt", range=Range(high=Decimal("2.5")), reference="ULN", select="any"),
    "x LLN": Value(measure="alt", range=Range(low=Decimal(2)), reference="LLN", select="any"),
    "age": Age(low=Period(Decimal(40), Unit.YEAR), high=Period(Decimal(60), Unit.YEAR)),
    "under": Age(high=Period(Decimal(40), Unit.YEAR), high_open=True),
    "sex": Sex(sex="female"),
    "lasting": Duration(pattern=pattern(DRUG, "AB"), at_least=Period(Decimal(6), Unit.WEEK)),
    "after": Related(first=pattern(CONDITION, "A"), second=pattern(DRUG, "B"), gap=Range(Decimal(0), Decimal(60))),
    "before": Related(first=pattern(CONDITION, "A"), second=pattern(DRUG, "B"), gap=Range(Decimal(-60), Decimal(-1))),
    "all": And(of=(A, Sex(sex="male"))),
    "either": Or(of=(A, B)),
    "neither": And(of=(Not(of=A), Not(of=B))),
    "two of": AtLeast(count=2, of=(A, B, Sex(sex="female"))),
    "at most one": AtMost(count=1, of=(A, B, Sex(sex="female"))),
    "except": Except(base=A, allowed=B),
    "if": IfThen(guard=Sex(sex="female"), then=B),
}


def _reading(expr: Expr, polarity: Polarity = Polarity.INCLUDE) -> Reading:
    return Reading("test", (Criterion("one", polarity, "one", Span(0, 0), Parse.FULL, expr),))


@pytest.fixture(scope="module")
def hospital() -> dict[str, list[Row]]:
    """Eighty persons observed throughout, every event with its end, every value with its unit and its limits."""
    chance = random.Random(3)

    def day(back: int) -> datetime.date:
        return AT - datetime.timedelta(days=chance.choice([0, 1, 14, 29, 30, 31, 42, 60, 90, 91, 122, 300, 365, back]))

    tables: dict[str, list[Row]] = {name: [] for name in CDM}
    for number in range(1, 81):
        tables["person"].append(
            {
                "person_id": number,
                "gender_concept_id": chance.choice([8507, 8532]),
                "year_of_birth": chance.choice([1963, 1964, 1984, 1985, 2000]),
                "month_of_birth": 1,
                "day_of_birth": 1,
            }
        )
        period = {"observation_period_start_date": datetime.date(2000, 1, 1)}
        period["observation_period_end_date"] = datetime.date(2030, 1, 1)
        tables["observation_period"].append({"observation_period_id": number, "person_id": number, **period})
        for table, row in _events(chance, day):
            tables[table].append({"person_id": number, f"{table}_id": len(tables[table]) + 1, **row})
    return tables


def _events(chance: random.Random, day: object) -> Iterator[tuple[str, Row]]:
    kinds = {"condition_occurrence": "condition", "drug_exposure": "drug"}
    for table, kind in kinds.items():
        for _ in range(chance.randrange(3)):
            start = day(500)  # type: ignore[operator]
            prefix = "drug_exposure" if kind == "drug" else kind
            end = start + datetime.timedelta(days=chance.choice([0, 13, 42, 60, 400]))
            concept = chance.choice([1, 2, 3])
            yield table, {f"{kind}_concept_id": concept, f"{prefix}_start_date": start, f"{prefix}_end_date": end}
    for _ in range(chance.randrange(3)):
        yield "procedure_occurrence", {"procedure_concept_id": chance.choice([2, 3]), "procedure_date": day(500)}  # type: ignore[operator]
        yield "observation", {"observation_concept_id": chance.choice([1, 2]), "observation_date": day(500)}  # type: ignore[operator]
        for concept, unit, values in ((3025315, 9529, [49, 50, 100, 101]), (3006923, 8645, [20, 100, 101])):
            amount = {"value_as_number": float(chance.choice(values)), "unit_concept_id": unit}
            limits = {"range_low": 10.0, "range_high": 40.0}
            yield "measurement", {"measurement_concept_id": concept, "measurement_date": day(500), **amount, **limits}  # type: ignore[operator]


@pytest.fixture(scope="module")
def circe(hospital: dict[str, list[Row]]) -> Circe:
    pytest.importorskip("duckcdm", reason="DUCKCDM MISSING: pip install duckcdm")
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS cdm; USE cdm")
    for table, columns in CDM.items():
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    for statement in filled(hospital):
        connection.execute(statement)
    connection.execute("USE memory")
    return Circe(connection)


@pytest.mark.parametrize("polarity", Polarity)
@pytest.mark.parametrize("name", SAME)
def test_circe_finds_the_same_persons(
    name: str, polarity: Polarity, circe: Circe, hospital: dict[str, list[Row]]
) -> None:
    reading = _reading(SAME[name], polarity)
    cohort, _ = write_circe(reading, RUN)
    wanted = Truth.TRUE if polarity is Polarity.INCLUDE else Truth.FALSE
    ours = {int(one.id) for one in read_people(hospital) if evaluate(SAME[name], one, RUN) is wanted}
    assert 0 < len(ours) < 80
    assert circe.persons(cohort) == ours


@pytest.mark.parametrize("name", SAME)
def test_there_and_back(name: str, hospital: dict[str, list[Row]]) -> None:
    """A cohort written and read again selects the same persons as the reading it was written from."""
    cohort, _ = write_circe(_reading(SAME[name]), RUN)
    read, _ = read_circe(cohort)
    back = bind(read, bundled()).reading.criteria[-1]
    for one in read_people(hospital):
        again = evaluate(back.expr, one, RUN)
        assert again in (evaluate(SAME[name], one, RUN), Truth.UNKNOWN)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"PrimaryCriteria":' + b'{"a":' * 100_000, "nests too deep"),
        (b'{"PrimaryCriteria": "\xff"}', "is not JSON"),
    ],
)
def test_what_cannot_be_decoded_is_refused_with_what_to_do(raw: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        read_circe(raw)
    assert "ATLAS" in refused.value.do


def test_what_is_lost_is_said() -> None:
    asked = Opaque(text="Adequate organ function")
    criteria = tuple(
        Criterion(name, Polarity.INCLUDE, name, Span(0, 0), Parse.FULL, expr)
        for name, expr in (
            ("a", asked),
            ("b", A),
            ("c", Exists(pattern=pattern(CONDITION, "A", qualifiers=("severe",)))),
            ("d", Exists(pattern=pattern(CONDITION, "AB", ""))),
        )
    )
    criteria = (*criteria, Criterion("e", Polarity.INCLUDE, "e", Span(0, 0), Parse.FULL, A, scope="Part B"))
    cohort, notes = write_circe(Reading("test", criteria), RUN)
    assert [rule["name"] for rule in json.loads(cohort)["InclusionRules"]] == ["b"]
    assert "a: left out: no record says it." in notes
    assert "c: left out: events that are severe." in notes
    assert any(note.startswith("d: left out: no OMOP concept stands for") for note in notes)
    assert "e: left out: only for Part B." in notes
