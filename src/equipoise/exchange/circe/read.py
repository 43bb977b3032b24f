"""Circe JSON as a reading: each inclusion rule a criterion."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from equipoise.eligibility.expression import (
    And,
    AtLeast,
    AtMost,
    Constant,
    Criterion,
    Expr,
    Not,
    Opaque,
    Or,
    Parse,
    Polarity,
    Reading,
    Sex,
    Span,
)
from equipoise.eligibility.sql.people import GENDERS
from equipoise.eligibility.tree import walk
from equipoise.exchange.circe.concepts import concept_sets
from equipoise.exchange.circe.events import at_least, demographic_age, event
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

Json = Mapping[str, Any]
DEEPEST = 40
_GENDER = {concept: name for name, concept in GENDERS.items()}
_LOST = {
    "EndStrategy": "when persons leave the cohort",
    "CensoringCriteria": "what makes persons leave the cohort early",
    "CensorWindow": "the calendar days the cohort is cut to",
}
_DO = "Export the cohort's JSON from ATLAS."


def is_circe(raw: bytes) -> bool:
    """Whether JSON looks like a cohort of ATLAS rather than criteria of ours."""
    return re.search(rb'"PrimaryCriteria"\s*:', raw) is not None


def read_circe(raw: bytes) -> tuple[Reading, tuple[str, ...]]:
    """The reading, and in words what of the cohort it does not carry."""
    try:
        cohort = msgspec.json.decode(raw)
    except RecursionError:
        raise Refused("nests too deep.", what="the cohort", do=_DO) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"is not JSON: {str(error).rstrip('.')}.", what="the cohort", do=_DO) from None
    if not isinstance(cohort, dict) or not isinstance(cohort.get("PrimaryCriteria"), dict):
        raise Refused("has no PrimaryCriteria.", what="the cohort", do=_DO)
    try:
        return _Reader(cohort).reading()
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Refused(f"is not a Circe cohort: {error!r}.", what="the cohort") from None


class _Reader:
    def __init__(self, cohort: Json) -> None:
        self.cohort, self.notes = cohort, list[str]()
        self.sets = concept_sets(cohort.get("ConceptSets") or (), self.notes)

    def reading(self) -> tuple[Reading, tuple[str, ...]]:
        primary = self.cohort["PrimaryCriteria"].get("CriteriaList") or []
        criteria = [self._criterion("entry", "Entry event", self._any_of(primary))]
        if self.cohort.get("AdditionalCriteria"):
            criteria.append(self._criterion("also", "Entry event, also", self.group(self.cohort["AdditionalCriteria"])))
        for place, rule in enumerate(self.cohort.get("InclusionRules") or [], 1):
            expr = self.group(rule.get("expression") or {})
            criteria.append(self._criterion(f"i{place}", rule.get("name") or f"Rule {place}", expr))
        self.notes.insert(0, "Windows are counted from the day of screening, not from each entry event.")
        self.notes += [f"Not carried over: {words}." for key, words in _LOST.items() if _is_said(self.cohort.get(key))]
        return Reading(str(self.cohort.get("Title") or ""), tuple(criteria)), tuple(dict.fromkeys(self.notes))

    def _criterion(self, name: str, text: str, expr: Expr) -> Criterion:
        parts = list(walk(expr))
        opaque = [one for one in parts if isinstance(one, Opaque)]
        self.notes += [f"{name}: not computed: {one.text}." for one in opaque]
        parse = Parse.OPAQUE if isinstance(expr, Opaque) else Parse.PARTIAL if opaque else Parse.FULL
        return Criterion(name, Polarity.INCLUDE, text, Span(0, 0), parse, expr)

    def _any_of(self, entries: Iterable[Json]) -> Expr:
        """An entry event is at least one such event, at any time up to the day of screening."""
        found = tuple(at_least(1, event(one, None, self)) for one in entries)
        return found[0] if len(found) == 1 else Or(of=found)

    def group(self, told: Json, depth: int = 0) -> Expr:
        if depth > DEEPEST:
            raise Refused(f"nests deeper than {DEEPEST} levels.", what="the cohort")
        parts = [self._counted(one) for one in told.get("CriteriaList") or ()]
        parts += [self._demographic(one) for one in told.get("DemographicCriteriaList") or ()]
        parts += [self.group(one, depth + 1) for one in told.get("Groups") or ()]
        if not parts:
            return Constant(truth=Truth.TRUE)
        of, kind, count = tuple(parts), told.get("Type"), told.get("Count") or 0
        match kind:
            case "ANY":
                return Or(of=of)
            case "AT_LEAST":
                return AtLeast(count=count, of=of)
            case "AT_MOST":
                return AtMost(count=count, of=of)
            case _:
                return of[0] if len(of) == 1 else And(of=of)

    def _counted(self, told: Json) -> Expr:
        """An event and how often: exactly (0), at most (1) or at least (2) so many times."""
        times = told.get("Occurrence") or {"Type": 2, "Count": 1}
        count, found = times.get("Count", 1), event(told.get("Criteria") or {}, told, self)
        more = Not(of=at_least(count + 1, found))
        if times.get("IsDistinct"):
            return Opaque(text="events counted by distinct values", reason="circe")
        if times.get("Type") == 2:
            return at_least(count, found)
        if times.get("Type") == 1 or count == 0:
            return more
        return And(of=(at_least(count, found), more))

    def _demographic(self, told: Json) -> Expr:
        parts: list[Expr] = []
        if _is_said(told.get("Age")):
            parts.append(demographic_age(told["Age"]))
        if genders := told.get("Gender"):
            parts.append(sex_among(genders))
        others = [key for key, value in told.items() if key not in ("Age", "Gender") and _is_said(value)]
        parts += [Opaque(text=f"{key} of the person", reason="circe") for key in others]
        return parts[0] if len(parts) == 1 else And(of=tuple(parts))


def sex_among(genders: Iterable[Json]) -> Expr:
    named = [_GENDER.get(one.get("CONCEPT_ID", 0)) for one in genders]
    found: tuple[Expr, ...] = tuple(
        Sex(sex=name) if name else Opaque(text="another gender", reason="circe")  # type: ignore[arg-type]
        for name in named
    )
    return found[0] if len(found) == 1 else Or(of=found)


def _is_said(value: object) -> bool:
    return value not in (None, [], {}, "")
