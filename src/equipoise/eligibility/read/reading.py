"""A study's criteria text and structured fields to its reading."""

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal

from equipoise.eligibility.expression import (
    Age,
    Ask,
    Criterion,
    Expr,
    Parse,
    Period,
    Polarity,
    Reading,
    Sex,
    Span,
    Topic,
    Unit,
)
from equipoise.eligibility.read.items import Source, criteria_of
from equipoise.kernel.ages import Age as Written
from equipoise.kernel.criteria import CriteriaSection, SectionKind, read_criteria
from equipoise.kernel.refused import Refused

_PLAIN_HEADING = re.compile(
    r"\b(?:key|main|major|primary|general|study|subjects?|patients?|participants?|inclusion|exclusion|inclusionary|"
    r"exclusionary|criteri\w*|eligibility|entry|enrol?lment|the|of|for|and|at|all|following|are|as|follows|disease|"
    r"characteristics|prior|concurrent|current|therapy|population|protocol)\b|[^\w]",
    re.IGNORECASE,
)
_AGE_UNITS = {"year": Unit.YEAR, "month": Unit.MONTH, "week": Unit.WEEK, "day": Unit.DAY, "hour": Unit.HOUR}
_NO_VOLUNTEERS = "Do you have the condition that this study is about? It takes no healthy volunteers."


def read_reading(
    text: str,
    *,
    study: str = "",
    minimum_age: str | None = None,
    maximum_age: str | None = None,
    sex: str | None = None,
    healthy_volunteers: bool | None = None,
) -> Reading:
    """``minimum_age`` and those after it are the registry's own fields, as it writes them."""
    source = Source(text)
    own = tuple(_of_sections(source, read_criteria(text)))
    fields = tuple(_of_fields(minimum_age, maximum_age, sex, healthy_volunteers))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Reading(study=study, criteria=(*own, *fields), text_sha256=digest)


def _of_sections(source: Source, sections: tuple[CriteriaSection, ...]) -> Iterator[Criterion]:
    counts = dict.fromkeys(Polarity, 0)
    for section in sections:
        polarity = Polarity.EXCLUDE if section.kind is SectionKind.EXCLUSION else Polarity.INCLUDE
        scope = _scope(section.heading)
        for item in section.items:
            counts[polarity] += 1
            name = f"{'E' if polarity is Polarity.EXCLUDE else 'I'}{counts[polarity]}"
            yield from criteria_of(source, item, polarity, name=name, scope=scope)


def _scope(heading: str) -> str:
    """What a heading says beside "inclusion criteria": the cohort or part it is for."""
    left = _PLAIN_HEADING.sub("", heading)
    return " ".join(heading.split()) if len(left) > 3 else ""


def _of_fields(minimum: str | None, maximum: str | None, sex: str | None, healthy: bool | None) -> Iterator[Criterion]:
    low, high = _period(minimum), _period(maximum)
    if low or high:
        written = [f"{word} age {value}" for word, value in (("minimum", minimum), ("maximum", maximum)) if value]
        yield _field("F1", ", ".join(written).capitalize(), Age(low=low, high=high, rule="field.age"), "age")
    if sex in ("FEMALE", "MALE"):
        expr = Sex(sex="female" if sex == "FEMALE" else "male", rule="field.sex")
        yield _field("F2", f"Sex: {sex.capitalize()}", expr, "sex")
    if healthy is False:
        ask = Ask(question=_NO_VOLUNTEERS, topic=Topic.LOGISTICS, rule="field.healthy_volunteers")
        yield _field("F3", "Healthy volunteers are not accepted", ask, "healthy_volunteers")


def _period(text: str | None) -> Period | None:
    """``None`` for none, and for what cannot be read: the record's page shows it as it is."""
    if not text:
        return None
    try:
        written = Written.read(text)
    except Refused:
        return None
    unit = _AGE_UNITS.get(written.unit)
    return Period(Decimal(written.count), unit) if unit else None


def _field(name: str, text: str, expr: Expr, field: str) -> Criterion:
    return Criterion(name, Polarity.INCLUDE, text, Span(0, 0), Parse.FULL, expr, field=field)
