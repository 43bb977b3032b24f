"""A calculator's form: what was typed, to be shown again; the answers it makes; and what is wrong with them."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

import msgspec
from django.http import QueryDict

from equipoise.instruments.instrument import Instrument, Item
from equipoise.instruments.kinds import (
    BeforeAfter,
    Choice,
    EnzymeChange,
    Multiples,
    Number,
    Numbers,
    Several,
    Sides,
    YesNo,
)
from equipoise.kernel.refused import Refused
from equipoise.web.public.asking import Problem

_LONGEST = 40
_NOT_KNOWN = "unknown"


class Sheet(msgspec.Struct, frozen=True):
    """``given``: an object as the instrument reads it. ``problems``: by the field they belong to."""

    given: dict[str, object]
    typed: dict[str, list[str]]
    problems: tuple[Problem, ...]


def read_sheet(instrument: Instrument, sent: QueryDict) -> Sheet:
    given = {item.name: _value(item, item.name, sent) for item in instrument.items}
    options = {option.name: _value(option, f"options-{option.name}", sent) for option in instrument.options}
    wrong = [*_wrong(instrument.items, given, ""), *_wrong(instrument.options, options, "options-")]
    typed = {key: [text[:_LONGEST] for text in sent.getlist(key)] for key in sent if key != "csrfmiddlewaretoken"}
    return Sheet(given | ({"options": options} if instrument.options else {}), typed, tuple(wrong))


def problem_of(instrument: Instrument, refused: Refused) -> Problem:
    """What holds only between fields, as a problem of the one it names."""
    first, *rest = refused.what.split(".")
    field = f"options-{rest[0]}" if first == "options" else first
    labels = {item.name: item.label for item in instrument.items}
    labels |= {f"options-{option.name}": option.label for option in instrument.options}
    return Problem(field, _sentence(labels[field], refused))


def _wrong(items: Iterable[Item], given: dict[str, object], prefix: str) -> Iterable[Problem]:
    for item in items:
        try:
            item.kind.read(item.name, given[item.name])
        except Refused as refused:
            yield Problem(prefix + item.name, _sentence(item.label, refused))


def _sentence(label: str, refused: Refused) -> str:
    return f"“{label}” {refused.why} {refused.do}".strip()


def _value(item: Item, name: str, sent: QueryDict) -> object:
    """The item's value as JSON would hold it. What is not a number stays text, to be refused by the item."""
    match item.kind:
        case YesNo():
            return {"yes": True, "no": False}.get(sent.get(name, ""))
        case Number():
            return _number(sent.get(name, ""))
        case Choice(values=values):
            chosen = sent.get(name, "")
            return next((value for value in values if str(value) == chosen), chosen or None)
        case Several():
            return None if _NOT_KNOWN in sent.getlist(name) else sent.getlist(name)
        case BeforeAfter():
            return [_number(sent.get(f"{name}-{end}", "")) for end in (0, 1)]
        case Sides():
            return _sides(name, sent)
        case EnzymeChange():
            return _enzyme(name, sent)
        case Numbers(names=names) | Multiples(names=names):
            return {key: _number(sent.get(f"{name}-{key}", "")) for key in names}


def _sides(name: str, sent: QueryDict) -> object:
    """Right and left where both sides are tested and there are two; else the right, or the left if that is all."""
    right, left = (_number(sent.get(f"{name}-{side}", "")) for side in (0, 1))
    if sent.get("options-sides") == "both" and f"{name}-1" in sent:
        return [right, left]
    return left if right is None else right


def _enzyme(name: str, sent: QueryDict) -> object:
    """Not known as long as nothing is filled in."""
    chosen = sent.get(f"{name}-name", "")
    baseline, follow_up = (_number(sent.get(f"{name}-{end}", "")) for end in (0, 1))
    if not chosen and baseline is None and follow_up is None:
        return None
    return {"name": chosen or None, "baseline": baseline, "follow_up": follow_up}


def _number(text: str) -> Decimal | str | None:
    told = text.strip().replace(",", ".").replace("−", "-")
    if not told:
        return None
    try:
        return Decimal(told) if told.isascii() and "_" not in told else text[:_LONGEST]
    except InvalidOperation:
        return text[:_LONGEST]
