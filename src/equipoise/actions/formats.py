"""Criteria in the formats of others: told from ours, read, and written. What is lost is said.

Circe is imported where it is needed: it takes longer than reading criteria does.
"""

import datetime
from enum import StrEnum

from equipoise.eligibility.expression import Reading
from equipoise.eligibility.format import from_json
from equipoise.eligibility.person import Run
from equipoise.exchange.evidence import is_evidence, read_evidence, write_evidence_variable, write_group

Notes = tuple[str, ...]


class Form(StrEnum):
    """Circe: a cohort of OHDSI's ATLAS. The others: FHIR R5."""

    CIRCE = "circe"
    EVIDENCE_VARIABLE = "evidence-variable"
    GROUP = "group"


def read_criteria_json(raw: bytes) -> tuple[Reading, Notes]:
    """The reading in JSON of ours, of Circe or of FHIR R5, and in words what of it was lost."""
    from equipoise.exchange.circe import is_circe, read_circe

    if is_circe(raw):
        return read_circe(raw)
    return read_evidence(raw) if is_evidence(raw) else (from_json(raw), ())


def write_as(form: Form, reading: Reading, *, at: datetime.date) -> tuple[bytes, Notes]:
    """The reading in that form, and in words what of it was lost. ``at``: the day a Circe cohort is made for."""
    match form:
        case Form.CIRCE:
            from equipoise.exchange.circe import write_circe

            return write_circe(reading, Run(at=at))
        case Form.EVIDENCE_VARIABLE:
            return write_evidence_variable(reading)
        case Form.GROUP:
            return write_group(reading)
