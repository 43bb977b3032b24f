"""An expression as a characteristic of an EvidenceVariable."""

from decimal import Decimal

import msgspec

from equipoise.eligibility.english import MOMENT, english, measure_words, unit_words, window_words
from equipoise.eligibility.expression import (
    Age,
    Anchor,
    And,
    Ask,
    AtLeast,
    AtMost,
    Classified,
    Concept,
    Constant,
    Duration,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Pattern,
    Period,
    Related,
    Sex,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.measures import MEASURES
from equipoise.eligibility.moments import nominal_days
from equipoise.exchange.evidence.model import (
    Between,
    Characteristic,
    CodeableConcept,
    Coding,
    Combination,
    Extension,
    Quantity,
    TimeFromEvent,
    TypeAndValue,
)
from equipoise.exchange.evidence.words import (
    AGE,
    ANCHOR,
    DOMAIN,
    EVENT,
    GENDER,
    INSTRUMENT,
    KIND,
    KINDS,
    LOINC,
    MEASURE,
    MULTIPLES,
    SELECT,
    SEX,
    STANDARD_EVENT,
    TOPIC,
    TOUCH,
    UNITS,
    coding_of,
    length_of,
)


class Unsaid(Exception):
    """No standard element says this exactly."""


def say(expr: Expr, lost: list[str]) -> Characteristic:
    """Appends to ``lost``, in English, what stands in words only."""
    match expr:
        case And(of=of) if of:
            return combined("all-of", [say(one, lost) for one in of])
        case Or(of=of) if of:
            return combined("any-of", [say(one, lost) for one in of])
        case Not(of=one):
            return excluded(say(one, lost))
        case AtLeast(count=count, of=of) if of and count > 0:
            return combined("at-least", [say(one, lost) for one in of], count)
        case AtMost(count=count, of=of) if of and count > 0:
            return combined("at-most", [say(one, lost) for one in of], count)
        case AtMost(count=0, of=of) if of:
            return excluded(combined("any-of", [say(one, lost) for one in of]))
        case Except(base=base, allowed=allowed):
            return say(And(of=(base, Not(of=allowed))), lost)
        case IfThen(guard=guard, then=then):
            return say(Or(of=(Not(of=guard), then)), lost)
        case _:
            return _leaf(expr, lost)


def combined(code: str, parts: list[Characteristic], threshold: int | None = None) -> Characteristic:
    told = Combination(code=code, threshold=threshold, characteristic=tuple(parts))
    return Characteristic(definition_by_combination=told)


def excluded(one: Characteristic) -> Characteristic:
    return msgspec.structs.replace(plain(one), exclude=True)


def plain(one: Characteristic) -> Characteristic:
    """The same without the flag, whose place is taken from outside."""
    return combined("all-of", [one]) if one.exclude else one


def in_words(expr: Expr, lost: list[str]) -> Characteristic:
    lost.append(english(expr))
    return Characteristic(definition_codeable_concept=CodeableConcept(text=english(expr)))


def _leaf(expr: Expr, lost: list[str]) -> Characteristic:
    try:
        parts = _parts(expr)
    except Unsaid:
        return in_words(expr, lost)
    if isinstance(expr, Exists | Duration) and (expr.pattern.qualifiers or expr.pattern.concept.without):
        parts.append(in_words(expr, lost))
    return parts[0] if len(parts) == 1 else combined("all-of", parts)


def _parts(expr: Expr) -> list[Characteristic]:
    """Characteristics that together say it."""
    match expr:
        case Age():
            return _age(expr)
        case Sex(sex=sex):
            value = CodeableConcept(coding=(Coding(system=GENDER, code=sex),), text=sex)
            return [_valued(TypeAndValue(type=SEX, value_codeable_concept=value))]
        case Value():
            return _value(expr)
        case Exists():
            return [_exists(expr)]
        case Duration(at_least=period, until=until):
            told = msgspec.structs.replace(_length(period), comparator=">=")
            times = _at(until)
            return [msgspec.structs.replace(_event(expr.pattern), duration_quantity=told, time_from_event=times)]
        case Related():
            return [_related(expr)]
        case Classified(instrument=instrument, reaches=reaches):
            kind = CodeableConcept(coding=(Coding(system=INSTRUMENT, code=instrument),), text="Class, or a higher one")
            return [_valued(TypeAndValue(type=kind, value_codeable_concept=CodeableConcept(text=reaches)))]
        case Ask(question=question, topic=topic):
            told_by = CodeableConcept(coding=(Coding(system=TOPIC, code=topic),), text=question)
            return [Characteristic(definition_codeable_concept=told_by)]
        case Opaque(text=text):
            return [Characteristic(definition_codeable_concept=CodeableConcept(text=text or "not understood"))]
        case Constant() | And() | Or() | Not() | AtLeast() | AtMost() | Except() | IfThen():
            raise Unsaid


def _valued(told: TypeAndValue) -> Characteristic:
    return Characteristic(definition_by_type_and_value=told)


def _age(atom: Age) -> list[Characteristic]:
    low, high = (None if one is None else _length(one) for one in (atom.low, atom.high))
    limits = _limits(low, high, low_open=atom.low_open, high_open=atom.high_open)
    if not limits or any(one.unit is Unit.HALF_LIFE for one in (atom.low, atom.high) if one is not None):
        raise Unsaid
    return [msgspec.structs.replace(_limited(AGE, one), time_from_event=_at(atom.at)) for one in limits]


def _value(atom: Value) -> list[Characteristic]:
    low, high = (None if one is None else _amount(one, atom) for one in (atom.range.low, atom.range.high))
    limits = _limits(low, high, low_open=atom.range.low_open, high_open=atom.range.high_open)
    if not limits or (len(limits) > 1 and atom.select == "any"):
        raise Unsaid
    known = MEASURES.get(atom.measure)
    codes = [Coding(system=LOINC, code=code) for code in known.loinc] if known else []
    kind = CodeableConcept(coding=(*codes, Coding(system=MEASURE, code=atom.measure)), text=measure_words(atom.measure))
    method = CodeableConcept(coding=(Coding(system=SELECT, code=atom.select),), text=f"{atom.select} value")
    times = _times(atom.window)
    return [msgspec.structs.replace(_limited(kind, one, method), time_from_event=times) for one in limits]


def _limited(kind: CodeableConcept, limit: Quantity | Between, *method: CodeableConcept) -> Characteristic:
    if isinstance(limit, Between):
        return _valued(TypeAndValue(type=kind, method=method, value_range=limit))
    return _valued(TypeAndValue(type=kind, method=method, value_quantity=limit))


def _limits(
    low: Quantity | None, high: Quantity | None, *, low_open: bool, high_open: bool
) -> list[Quantity | Between]:
    """One value, a range with both its ends, or an amount for each end: FHIR has no range with an open end."""
    if low and high and low.code == high.code and not low_open and not high_open and _ordered(low, high):
        return [low] if low == high else [Between(low=low, high=high)]
    found: list[Quantity | Between] = []
    if low:
        found.append(msgspec.structs.replace(low, comparator=">" if low_open else ">="))
    if high:
        found.append(msgspec.structs.replace(high, comparator="<" if high_open else "<="))
    return found


def _ordered(low: Quantity, high: Quantity) -> bool:
    return low.value is not None and high.value is not None and low.value <= high.value


def _amount(number: Decimal, atom: Value) -> Quantity:
    if not number.is_finite():
        raise Unsaid
    if atom.reference:
        return Quantity(value=number, unit=f"× {atom.reference}", system=UNITS, code=MULTIPLES[atom.reference])
    if atom.unit is None:
        return Quantity(value=number)
    return Quantity(value=number, unit=unit_words(atom.unit).strip() or atom.unit, system=UNITS, code=atom.unit)


def _length(period: Period) -> Quantity:
    if not period.amount.is_finite():
        raise Unsaid
    return length_of(period)


def _exists(atom: Exists) -> Characteristic:
    told = _event(atom.pattern, overlaps=atom.touch == "overlaps")
    often = Quantity(value=Decimal(atom.count), comparator=">=") if atom.count != 1 else None
    return msgspec.structs.replace(told, instances_quantity=often, time_from_event=_times(atom.window))


def _event(pattern: Pattern, *, overlaps: bool = False) -> Characteristic:
    kind = CodeableConcept(coding=(Coding(system=KINDS, code=KIND[pattern.domain]),))
    coding = Coding(system=TOUCH, code="overlaps")
    method = (CodeableConcept(coding=(coding,), text="overlaps the window"),) if overlaps else ()
    return _valued(TypeAndValue(type=kind, method=method, value_codeable_concept=_concept(pattern.concept)))


def _concept(concept: Concept) -> CodeableConcept:
    """Other words for it are codings without a code."""
    if not concept.words and not concept.codes:
        raise Unsaid
    codes = [coding_of(code) for code in concept.codes]
    return CodeableConcept(coding=(*codes, *(Coding(display=one) for one in concept.synonyms)), text=concept.words)


def _related(atom: Related) -> Characteristic:
    gap = atom.gap
    bare = all(not one.qualifiers and not one.concept.without for one in (atom.first, atom.second))
    if not bare or gap.low_open or gap.high_open or (gap.low is None and gap.high is None):
        raise Unsaid
    start, end = (None if one is None else Period(one, Unit.DAY) for one in (gap.low, gap.high))
    domain = (Extension(url=DOMAIN, value_code=atom.second.domain),)
    time = TimeFromEvent(extension=domain, event_codeable_concept=_concept(atom.second.concept))
    return msgspec.structs.replace(_event(atom.first), time_from_event=(_from(time, start, end),))


def _times(window: Window | None) -> tuple[TimeFromEvent, ...]:
    if window is None:
        return ()
    if window.other is not None or window.whichever is not None:
        raise Unsaid
    limited = window.start is not None or window.end is not None
    said = window_words(window) if limited else ""
    time = TimeFromEvent(description=said, event_codeable_concept=_moment(window.anchor))
    return (_from(time, window.start, window.end),)


def _at(anchor: Anchor) -> tuple[TimeFromEvent, ...]:
    if anchor is Anchor.INDEX:
        return ()
    return (TimeFromEvent(event_codeable_concept=_moment(anchor), quantity=length_of(Period(Decimal(0), Unit.DAY))),)


def _from(time: TimeFromEvent, start: Period | None, end: Period | None) -> TimeFromEvent:
    low, high = (None if one is None else _length(one) for one in (start, end))
    if start is not None and end is not None:
        first, last = nominal_days(start), nominal_days(end)
        if first is not None and last is not None and first > last:
            raise Unsaid
        return msgspec.structs.replace(time, range=Between(low=low, high=high))
    if low is not None:
        return msgspec.structs.replace(time, quantity=msgspec.structs.replace(low, comparator=">="))
    if high is not None:
        return msgspec.structs.replace(time, quantity=msgspec.structs.replace(high, comparator="<="))
    return time


def _moment(anchor: Anchor) -> CodeableConcept:
    standard = STANDARD_EVENT.get(anchor)
    coding = (Coding(system=EVENT, code=standard),) if standard else ()
    return CodeableConcept(coding=(*coding, Coding(system=ANCHOR, code=anchor)), text=MOMENT[anchor])
