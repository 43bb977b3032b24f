"""Whether a database is an OMOP CDM 5.4, as far as screening reads it."""

from equipoise.eligibility.sql.rows import SOURCES
from equipoise.kernel.refused import Refused
from equipoise.store.warehouse import Warehouse

COLUMNS = {
    "person": {"person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth"},
    "observation_period": {"person_id", "observation_period_start_date", "observation_period_end_date"},
    "measurement": {
        *("measurement_id", "person_id", "measurement_concept_id", "measurement_date"),
        *("value_as_number", "unit_concept_id", "range_low", "range_high"),
    },
    **{one.table: {"person_id", one.concept, one.start, one.end} for one in SOURCES.values()},
}


def check_cdm(warehouse: Warehouse) -> None:
    """``Refused`` names the tables and columns that are missing."""
    there = warehouse.tables()
    where = f"schema {warehouse.schema}" if warehouse.schema else "the warehouse"
    missing = sorted(set(COLUMNS) - set(there))
    if missing:
        raise Refused(
            f"has no table {', '.join(missing)}.",
            what=where,
            do="Screening reads an OMOP CDM 5.4: is it in another schema (--schema, EQUIPOISE_WAREHOUSE_SCHEMA)?",
        )
    lacking = [f"{table}.{column}" for table, own in COLUMNS.items() for column in sorted(own - there[table])]
    if lacking:
        raise Refused(
            f"is not an OMOP CDM 5.4: it has no column {', '.join(lacking)}.",
            what=where,
            do="Bring the tables to version 5.4, or lay views of those names over them.",
        )
