"""The base of every piece of a registry record."""

import msgspec


class Part(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel", gc=False):
    """One object of the record. Absent text is None, an absent list is (), an absent object is an empty one."""
