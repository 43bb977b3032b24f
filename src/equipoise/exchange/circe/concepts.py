"""Circe's concept sets."""

from collections.abc import Iterable, Mapping
from typing import Any

from equipoise.eligibility.expression import Code, Concept
from equipoise.eligibility.sql.vocabulary import OMOP, UNDER

Json = Mapping[str, Any]


def concept_sets(told: Iterable[Json], notes: list[str]) -> dict[int, Concept]:
    """By id. A concept with all under it is a code of ``UNDER``, which binding spells out."""
    found = {}
    for one in told:
        items = (one.get("expression") or {}).get("items") or []
        name = str(one.get("name") or f"Concept set {one['id']}")
        if any(item.get("includeMapped") for item in items):
            notes.append(f"{name}: concepts mapped to others are not added.")
        if any(item.get("includeDescendants") for item in items):
            notes.append(f"{name}: what is under its concepts is added where CONCEPT_ANCESTOR.csv is given.")
        kept = [item for item in items if not item.get("isExcluded")]
        left_out = [item for item in items if item.get("isExcluded")]
        without = (Concept(f"what {name} leaves out", codes=_codes(left_out)),) if left_out else ()
        found[int(one["id"])] = Concept(name, codes=_codes(kept), without=without)
    return found


def _codes(items: Iterable[Json]) -> tuple[Code, ...]:
    return tuple(
        Code(UNDER if item.get("includeDescendants") else OMOP, str(item["concept"]["CONCEPT_ID"])) for item in items
    )
