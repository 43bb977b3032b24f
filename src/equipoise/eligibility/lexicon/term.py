"""The shape of one condition, drug or procedure, and the reading of the tables they are written in."""

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from equipoise.eligibility.expression import Code, Domain

_MARKED = {"s": "SNOMED", "r": "RxNorm", "v": "CVX"}
_CODE = re.compile(r"([srv])(\d+)\Z")
_HALF_LIFE = re.compile(r"h([\d.]+)\Z")


class Term(msgspec.Struct, frozen=True, omit_defaults=True):
    """A concept under its British name. ``codes`` are its own; ``broader`` names terms that cover it.

    ``capitals`` are words only as written here (PAD); ``doubtful`` are such words with a second meaning (MS), which
    alone name nothing. ``half_life_hours`` is the usual terminal half-life in adults.
    """

    name: str
    domain: Domain
    words: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    plain: str = ""
    broader: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    half_life_hours: Decimal | None = None


def read_table(text: str, domain: Domain) -> Iterator[Term]:
    """Terms of a table: name | broader | codes | words | plain words, a line for each; lists part at ``;``.

    Codes: ``I21.4`` ICD-10-CM, ``s`` SNOMED, ``r`` RxNorm, ``v`` CVX, ``h`` half-life in hours. A word with ``=``
    before it is known only in these very letters; with ``?``, and it has a second meaning; with ``<`` it is something
    narrower, a term of its own without codes: daptomycin is an antibiotic, but not all antibiotics; with ``~`` it is
    such a term beside this one, under the same broader terms.
    """
    for line in text.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        name, broader, codes, words, plain = cells + [""] * (5 - len(cells))
        listed = _listed(words)
        yield Term(
            name=name,
            domain=domain,
            words=tuple(word for word in listed if word[0] not in "=?<~"),
            codes=tuple(_code(code) for code in codes.split() if not _HALF_LIFE.match(code)),
            plain=plain or name,
            broader=_listed(broader),
            capitals=tuple(word[1:] for word in listed if word[0] == "="),
            doubtful=tuple(word[1:] for word in listed if word[0] == "?"),
            half_life_hours=next((Decimal(found[1]) for found in map(_HALF_LIFE.match, codes.split()) if found), None),
        )
        for word in listed:
            if word[0] in "<~":
                above = (name,) if word[0] == "<" else _listed(broader)
                yield Term(name=word[1:], domain=domain, plain=word[1:], broader=above)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word for word in (part.strip() for part in text.split(";")) if word)


def _code(text: str) -> Code:
    match = _CODE.match(text)
    return Code(_MARKED[match[1]], match[2]) if match else Code("ICD10CM", text)
