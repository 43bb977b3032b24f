"""The classic XML record (``clinical_study``, as the registry served it until 2024), read into its API v2 JSON."""

from equipoise.studies.legacy.read import read_legacy

__all__ = ["read_legacy"]
