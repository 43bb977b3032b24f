"""Ids: present, well-formed, unique; and no required words left empty."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from equipoise.conduct.protocol.model import Part
from equipoise.conduct.protocol.problem import Problem, error, shown
from equipoise.conduct.protocol.rules.known import Known, form_fields
from equipoise.eligibility.format import CriterionDocument

FORMAT = "equipoise-protocol/1"
LONGEST = 40
_ID = re.compile(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*", re.ASCII)
_DOTTED = {"consent", ""}
_RESERVED = ("today", "consent", "randomisation", "baseline")
"""What an edit check may name beside fields."""


def format_known(known: Known) -> Iterator[Problem]:
    if known.protocol.format != FORMAT:
        yield error("format", "is not a format we know.", f"Write {FORMAT}.", what=shown(known.protocol.format))


def ids_well_formed(known: Known) -> Iterator[Problem]:
    do = f"Use at most {LONGEST} letters, digits, hyphens and underscores."
    for path, _, part in _parts(known.protocol, ""):
        identifier = getattr(part, "id", None)
        if identifier and not _well_formed(identifier, path):
            yield error(f"{path}.id" if path else "id", "cannot be an id.", do, what=shown(identifier))


def _well_formed(identifier: str, path: str) -> bool:
    dotted = "." in identifier and path.partition("[")[0] not in _DOTTED
    return len(identifier) <= LONGEST and bool(_ID.fullmatch(identifier)) and not dotted


def ids_unique(known: Known) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for path, holder, part in _parts(known.protocol, ""):
        identifier = getattr(part, "id", None)
        if identifier and (holder, identifier) in seen:
            first = seen[holder, identifier]
            yield error(f"{path}.id", f"is the id of {first} already.", "Give it another.", what=shown(identifier))
        elif identifier:
            seen[holder, identifier] = path


def repeats_named_apart(known: Known) -> Iterator[Problem]:
    """A repeat must not take the id of another visit."""
    own = {visit.id: number for number, visit in enumerate(known.protocol.visits)}
    for visit in known.planned:
        if visit.number > 1 and visit.id in own:
            why = f"is what {visit.of} is called on day {visit.day}, when it is repeated."
            yield error(f"visits[{own[visit.id]}].id", why, "Rename one.", what=shown(visit.id))


def fields_not_reserved(known: Known) -> Iterator[Problem]:
    for path, _, field in form_fields(known.protocol):
        if field.id in _RESERVED:
            do = f"Choose another; edit checks mean something else by {', '.join(_RESERVED)}."
            yield error(f"{path}.id", "cannot be the id of a field.", do, what=shown(field.id))


def words_present(known: Known) -> Iterator[Problem]:
    for path, _, part in _parts(known.protocol, ""):
        for field in msgspec.structs.fields(part):
            value = getattr(part, field.name)
            if field.required and field.type is str and not value.strip():
                yield error(f"{path}.{field.name}" if path else field.name, "is empty.", f"Write the {field.name}.")


def _parts(part: Any, path: str, holder: str = "") -> Iterator[tuple[str, str, Part | CriterionDocument]]:
    """Every part with its path, and the path of the list that holds it; criteria, but not what is in them."""
    yield path, holder, part
    if isinstance(part, CriterionDocument):
        return
    for name in part.__struct_fields__:
        inner = f"{path}.{name}" if path else name
        value = getattr(part, name)
        if isinstance(value, Part):
            yield from _parts(value, inner, inner)
        elif isinstance(value, tuple) and not isinstance(value, Mapping):
            for number, each in enumerate(value):
                if isinstance(each, Part | CriterionDocument):
                    yield from _parts(each, f"{inner}[{number}]", inner)


RULES = (format_known, ids_well_formed, ids_unique, repeats_named_apart, fields_not_reserved, words_present)
