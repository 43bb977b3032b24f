"""A hospital's population as OMOP CDM 5.4 in DuckDB: drawn from hashes, so that every run has the same people.

Per person ten conditions, fifteen drug exposures, thirty measurements, three procedures; few concepts are common and
most are rare; 85 in 100 are still observed on the last day.
"""

from pathlib import Path

import duckdb

from equipoise.eligibility.measures import MEASURES
from equipoise.kernel.units import OMOP_UNITS

LAST_DAY = "DATE '2025-01-01'"
LABS = {
    "weight": ("kg", 80, 15),
    "haemoglobin": ("g/dL", 13, 2),
    "platelets": ("10*9/L", 250, 70),
    "creatinine": ("mg/dL", 1, 0.3),
    "egfr": ("mL/min/{1.73_m2}", 80, 22),
    "alt": ("U/L", 30, 18),
    "ast": ("U/L", 28, 14),
    "bilirubin": ("mg/dL", 0.8, 0.4),
    "potassium": ("mmol/L", 4.2, 0.5),
    "hba1c": ("%", 6.2, 1.1),
    "ck": ("U/L", 180, 120),
    "neutrophils": ("10*9/L", 4.5, 1.5),
}
"""Measure: unit, mean and spread."""
OTHER_LABS = 48
CONCEPTS = {"condition": (1_000_000, 3000), "drug": (2_000_000, 2000), "procedure": (3_000_000, 1000)}
"""First concept id of each kind, and how many there are."""


def grow(path: Path, persons: int, *, ordered: bool = True) -> None:
    """``ordered``: rows stand in the order of their concepts, as a warehouse may keep them."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET enable_progress_bar = false")
        for statement in _statements(persons, ordered=ordered):
            connection.execute(statement)


def _statements(persons: int, *, ordered: bool) -> list[str]:
    labs = ", ".join(
        f"({place}, {MEASURES[name].omop[0]}, {OMOP_UNITS[unit]}, {mean}, {spread})"
        for place, (name, (unit, mean, spread)) in enumerate(LABS.items())
    )
    return [
        f"CREATE TABLE lab AS SELECT * FROM (VALUES {labs}) v(place, concept, unit, mean, spread)",
        f"""CREATE TABLE person AS SELECT i AS person_id,
            CASE WHEN {_draw("i", "sex")} < 0.5 THEN 8507 ELSE 8532 END AS gender_concept_id,
            CAST(1930 + 90 * {_draw("i", "year")} AS INTEGER) AS year_of_birth,
            CAST(1 + floor(12 * {_draw("i", "month")}) AS INTEGER) AS month_of_birth,
            CAST(1 + floor(28 * {_draw("i", "day")}) AS INTEGER) AS day_of_birth,
            0 AS race_concept_id, 0 AS ethnicity_concept_id
            FROM range(1, {persons} + 1) t(i)""",
        f"""CREATE TABLE observation_period AS SELECT i AS observation_period_id, i AS person_id,
            {LAST_DAY} - CAST(400 + 3000 * {_draw("i", "since")} AS INTEGER) AS observation_period_start_date,
            {LAST_DAY} + CASE WHEN {_draw("i", "now")} < 0.85 THEN 30
            ELSE -CAST(380 * {_draw("i", "until")} AS INTEGER) END AS observation_period_end_date,
            0 AS period_type_concept_id FROM range(1, {persons} + 1) t(i)""",
        _events("condition_occurrence", "condition", persons * 10, ordered),
        _events("drug_exposure", "drug", persons * 15, ordered),
        _events("procedure_occurrence", "procedure", persons * 3, ordered),
        """CREATE TABLE observation (observation_id BIGINT, person_id BIGINT, observation_concept_id INTEGER,
            observation_date DATE)""",
        _measurements(persons, ordered),
        "DROP TABLE lab",
        "CHECKPOINT",
    ]


def _draw(row: str, salt: str) -> str:
    """Evenly between 0 and 1."""
    return f"((hash({row}, '{salt}') % 1000003) / 1000003.0)"


def _day(row: str) -> str:
    return f"{LAST_DAY} - CAST(3000 * pow({_draw(row, 'day')}, 1.5) AS INTEGER)"


def _events(table: str, kind: str, rows: int, ordered: bool) -> str:
    first, concepts = CONCEPTS[kind]
    prefix = {"drug": "drug_exposure_", "condition": "condition_", "procedure": "procedure_"}[kind]
    start = f"{prefix}date" if kind == "procedure" else f"{prefix}start_date"
    lasting = {"drug": 60, "condition": 200, "procedure": 0}[kind]
    salt = f"{kind}"
    return f"""CREATE TABLE {table} AS SELECT row_number() OVER () AS {table}_id, * FROM (SELECT
        1 + (hash(i, '{salt} person') % {rows // {"drug": 15, "condition": 10, "procedure": 3}[kind]}) AS person_id,
        CAST({first} + floor({concepts} * pow({_draw("i", salt)}, 3)) AS INTEGER) AS {kind}_concept_id,
        {_day("i")} AS {start}, {start} + CAST({lasting} * {_draw("i", salt + " end")} AS INTEGER) AS {prefix}end_date,
        0 AS {kind}_type_concept_id, CAST(NULL AS BIGINT) AS visit_occurrence_id
        FROM range({rows}) t(i) {f"ORDER BY {kind}_concept_id, person_id" if ordered else ""})"""


def _measurements(persons: int, ordered: bool) -> str:
    kinds = len(LABS) + OTHER_LABS
    return f"""CREATE TABLE measurement AS SELECT row_number() OVER () AS measurement_id, * FROM (SELECT
        1 + (hash(i, 'measured') % {persons}) AS person_id,
        coalesce(concept, 4000000 + place) AS measurement_concept_id, {_day("i")} AS measurement_date,
        round(greatest(0, coalesce(mean, 10) + coalesce(spread, 2) * 2 * ({_draw("i", "a")} + {_draw("i", "b")}
            + {_draw("i", "c")} - 1.5)), 1) AS value_as_number,
        CASE WHEN {_draw("i", "unit")} < 0.03 THEN 0 ELSE coalesce(unit, 8713) END AS unit_concept_id,
        CAST(NULL AS DOUBLE) AS range_low,
        CASE WHEN {_draw("i", "range")} < 0.9 THEN round(coalesce(mean, 10) * 1.4, 0) END AS range_high,
        0 AS measurement_type_concept_id, CAST(NULL AS BIGINT) AS visit_occurrence_id
        FROM (SELECT i, CAST(floor({kinds} * pow({_draw("i", "lab")}, 1.3)) AS INTEGER) AS place
              FROM range({persons * 30}) t(i)) m LEFT JOIN lab USING (place)
        {"ORDER BY measurement_concept_id, person_id" if ordered else ""})"""
