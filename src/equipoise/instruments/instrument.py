"""What every instrument tells about itself: its items, its sources, how sure each fact is, and whose it is."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from equipoise.instruments.answers import Answers
from equipoise.instruments.kinds import Kind, fields
from equipoise.kernel.refused import Refused


class Certainty(StrEnum):
    """How well a fact is known to us. What is from memory is checked against the paper before it is relied on."""

    CERTAIN = "certain"
    ONE_SOURCE = "one source"
    MEMORY = "memory"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing an instrument asks. ``label`` and ``help`` are our own words, never a questionnaire's.

    ``group`` is the heading it stands under; ``default`` what an option is when it is not given.
    """

    name: str
    label: str
    kind: Kind
    help: str = ""
    group: str = ""
    default: Any = None


class Fact(msgspec.Struct, frozen=True):
    """One part of an instrument, and how sure we are of it."""

    what: str
    certainty: Certainty
    why: str = ""


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """``classes``: lowest first; empty where the instrument gives a number only.

    ``options`` are read from the field of that name. ``score`` takes checked answers and gives a result that is
    written as JSON with its decimals as numbers.
    """

    id: str
    title: str
    plain: str
    gives: str
    items: tuple[Item, ...]
    options: tuple[Item, ...] = ()
    classes: tuple[str, ...] = ()
    sources: tuple[str, ...]
    facts: tuple[Fact, ...]
    rights: str
    cautions: tuple[str, ...] = ()
    score: Callable[[Answers], msgspec.Struct]


def read_answers(instrument: Instrument, given: object) -> Answers:
    """Check an object against the items of an instrument. A field left out is not known, as null is.

    Refused: what is no object, a field the instrument does not have, a value that does not fit.
    """
    names = (*(item.name for item in instrument.items), *(("options",) if instrument.options else ()))
    if not isinstance(given, Mapping):
        raise Refused("One person's answers are a JSON object.", do=f"Its fields are: {', '.join(names)}.")
    answers = fields("", given, names)
    return Answers(
        {item.name: item.kind.read(item.name, answers.get(item.name)) for item in instrument.items},
        _read_options(instrument.options, answers.get("options")),
    )


def _read_options(options: tuple[Item, ...], given: object) -> dict[str, object]:
    chosen = fields("options", {} if given is None else given, tuple(option.name for option in options))
    read = {option.name: option.kind.read(f"options.{option.name}", chosen.get(option.name)) for option in options}
    return {option.name: option.default if read[option.name] is None else read[option.name] for option in options}
