"""Cohort definitions of OHDSI's ATLAS (Circe JSON), in and out. What cannot be carried over is said, never dropped.

Circe is two-valued: where it finds nothing it says no. Run its cohorts with ``Absence.CLOSED`` to get its answers.
"""

from equipoise.exchange.circe.read import is_circe, read_circe
from equipoise.exchange.circe.write import write_circe

__all__ = ["is_circe", "read_circe", "write_circe"]
