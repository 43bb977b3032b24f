"""Criteria as FHIR R5: an EvidenceVariable (a tree) or a definitional Group (a flat list), in and out.

The standard elements never say anything else than the reading does: what they cannot say stands there in words, and is
told. Beside them each criterion is carried whole in an extension, which is taken where they still agree with it.
"""

from equipoise.exchange.evidence.read import is_evidence, read_evidence
from equipoise.exchange.evidence.write import write_evidence_variable, write_group

__all__ = ["is_evidence", "read_evidence", "write_evidence_variable", "write_group"]
