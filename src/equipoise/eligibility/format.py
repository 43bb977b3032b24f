"""A reading as JSON: one documented, versioned format for all who read or write it (docs/criteria-format.md)."""

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, TypeVar, cast

import msgspec

from equipoise.eligibility.check import Lint, check
from equipoise.eligibility.expression import (
    Concept,
    Criterion,
    Expr,
    Parse,
    Pattern,
    Polarity,
    Reading,
    Span,
)
from equipoise.eligibility.flat import FlatAtom, flat_atoms
from equipoise.eligibility.tree import atoms, children
from equipoise.kernel.refused import Refused

FORMAT: Final = "equipoise-criteria/1"
T = TypeVar("T")
DEEPEST = 60
"""No criterion that people wrote nests deeper."""
_DO = f"Write JSON of the format {FORMAT}, as `equipoise criteria NCT… --json` does."


class CriterionDocument(msgspec.Struct, frozen=True):
    """``atoms`` repeat the leaves of ``expr`` in a flat form; reading the JSON back leaves them aside."""

    id: str
    polarity: Polarity
    text: str
    span: Span
    parse: Parse
    expr: Expr
    scope: str = ""
    heading: str = ""
    field: str = ""
    atoms: tuple[FlatAtom, ...] = ()


class Document(msgspec.Struct, frozen=True):
    format: Literal["equipoise-criteria/1"]
    criteria: tuple[CriterionDocument, ...]
    study: str = ""
    text_sha256: str = ""
    by: str = ""
    at: str = ""
    note: str = ""
    checks: tuple[Lint, ...] = ()


def document_of(reading: Reading) -> Document:
    return Document(
        format=FORMAT,
        criteria=tuple(_criterion_document(one) for one in reading.criteria),
        study=reading.study,
        text_sha256=reading.text_sha256,
        by=reading.by,
        at=reading.at,
        note=reading.note,
        checks=check(reading),
    )


def to_json(reading: Reading) -> bytes:
    return msgspec.json.encode(document_of(reading))


def from_json(data: bytes | str) -> Reading:
    """The reading in JSON of this format; ``Refused`` says what is wrong and where."""
    found: Document = _decoded(data, Document)
    reading = Reading(
        study=found.study,
        criteria=tuple(_criterion(one) for one in found.criteria),
        text_sha256=found.text_sha256,
        by=found.by,
        at=found.at,
        note=found.note,
    )
    _hold_to_limits(reading)
    return reading


def expression_to_json(expr: Expr) -> str:
    """One expression, indented for a person to edit."""
    return msgspec.json.format(msgspec.json.encode(expr), indent=1).decode()


def expression_from_json(data: str) -> Expr:
    expr = cast(Expr, _decoded(data, Expr))
    if _depth(expr) > DEEPEST:
        raise Refused(f"nests deeper than {DEEPEST} levels.", what="the expression", do="Make it flatter.")
    return expr


def _decoded(data: bytes | str, wanted: Any) -> Any:
    try:
        return msgspec.json.decode(data, type=wanted)
    except RecursionError:
        raise Refused("The expression nests too deep.", what="criteria", do=_DO) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, ArithmeticError) as error:
        raise Refused(str(error).rstrip(".") + ".", what="criteria", do=_DO) from None


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the format."""
    schema = msgspec.json.schema(Document)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": FORMAT} | schema


def _criterion_document(one: Criterion) -> CriterionDocument:
    fields = {name: getattr(one, name) for name in one.__struct_fields__}
    return CriterionDocument(**fields, atoms=flat_atoms(one.expr))


def _criterion(one: CriterionDocument) -> Criterion:
    return Criterion(**{name: getattr(one, name) for name in Criterion.__struct_fields__})


def _hold_to_limits(reading: Reading) -> None:
    ids: set[str] = set()
    for one in reading.criteria:
        if one.id in ids:
            raise Refused("is the id of two criteria.", what=repr(one.id), do="Give each criterion its own id.")
        ids.add(one.id)
        if _depth(one.expr) > DEEPEST:
            raise Refused(f"nests deeper than {DEEPEST} levels.", what=f"criterion {one.id}", do="Make it flatter.")


def _depth(expr: Expr) -> int:
    """With what concepts leave out, and what that leaves out in its turn."""
    return _levels((expr,), children) + _levels(tuple(_left_out(expr)), lambda one: one.without)


def _left_out(expr: Expr) -> Iterator[Concept]:
    for atom in atoms(expr):
        for name in atom.__struct_fields__:
            if isinstance(part := getattr(atom, name), Pattern):
                yield from part.concept.without


def _levels(top: tuple[T, ...], under: Callable[[T], tuple[T, ...]]) -> int:
    levels = 0
    while top:
        levels += 1
        top = tuple(below for one in top for below in under(one))
    return levels
