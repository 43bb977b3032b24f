"""People from FHIR R4: Bundles, single resources and bulk exports, read as they are found."""

from equipoise.exchange.fhir.read import PersonRecord, read_fhir, read_lines

__all__ = ["PersonRecord", "read_fhir", "read_lines"]
