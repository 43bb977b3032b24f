"""What a leaf is for one person, and why: the evidence it rests on, or what is missing to know."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from equipoise.kernel.truth import Truth


class Because(StrEnum):
    """Why a leaf is what it is. The first three settle it; the others say why it is not known."""

    RECORD = "record"
    ANSWER = "answer"
    ABSENCE = "absence"
    NO_DATA = "no_data"
    STALE = "stale"
    DATE = "date"
    QUALIFIER = "qualifier"
    UNIT = "unit"
    REFERENCE = "reference"
    NOT_ASKED = "not_asked"
    NOT_SURE = "not_sure"
    NOT_COMPUTABLE = "not_computable"
    CONFLICT = "conflict"
    FUTURE = "future"
    UNBOUND = "unbound"


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """``evidence`` names records of the person (``Event.source``, ``Measurement.source``)."""

    truth: Truth
    because: Because
    evidence: tuple[str, ...] = ()


def known(truth: Truth, evidence: Iterable[str] = ()) -> Finding:
    return Finding(truth, Because.RECORD, tuple(one for one in evidence if one))


def unknown(because: Because, evidence: Iterable[str] = ()) -> Finding:
    return Finding(Truth.UNKNOWN, because, tuple(one for one in evidence if one))
