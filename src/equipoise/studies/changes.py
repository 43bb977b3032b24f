"""Placeholder until changes are in place."""

import msgspec

from equipoise.studies.record import Study


class Change(msgspec.Struct, frozen=True):
    kind: str
    heading: str
    sentence: str
    pieces: tuple[tuple[str, str], ...] = ()


def changes(old: Study, new: Study) -> tuple[Change, ...]:
    return ()
