"""Criteria text to a reading: nothing dropped, every node with its place and rule, what is not understood shown."""

from equipoise.eligibility.read.reading import read_reading

__all__ = ["read_reading"]
