"""Equipoise: from a registry record to a running trial."""

__version__ = "0.1.0"
