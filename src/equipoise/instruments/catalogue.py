"""Every instrument by its name, and the one way to score with it."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from equipoise.instruments.classification.items import CLASSIFICATION
from equipoise.instruments.coreset.haq import HAQ_DI
from equipoise.instruments.coreset.mmt import MMT_8
from equipoise.instruments.coreset.visit import CORE_SET
from equipoise.instruments.improvement.items import IMPROVEMENT, OLDER
from equipoise.instruments.instrument import Instrument, read_answers
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

INSTRUMENTS: Mapping[str, Instrument] = {
    each.id: each for each in (CLASSIFICATION, IMPROVEMENT, OLDER, CORE_SET, MMT_8, HAQ_DI)
}

Result: TypeAlias = msgspec.Struct
_encoder = msgspec.json.Encoder(decimal_format="number")


def find_instrument(identifier: str) -> Instrument:
    """Refused with the list, where there is none of that name."""
    if identifier not in INSTRUMENTS:
        known = ", ".join(INSTRUMENTS)
        raise Refused("is not an instrument we have.", what=repr(identifier[:80]), do=f"There are: {known}.")
    return INSTRUMENTS[identifier]


def score(identifier: str, given: object) -> Result:
    """Score one person's answers, an object of items as the JSON of ``docs/instruments.md``; decimals, not floats.

    Refused: an unknown instrument, a field it does not have, a value that does not fit.
    """
    instrument = find_instrument(identifier)
    return instrument.score(read_answers(instrument, given))


def write_json(result: Result) -> bytes:
    """On one line; decimals as numbers."""
    return _encoder.encode(result)


def reaches(identifier: str, given: object, least: str) -> Truth:
    """Whether a person is in class ``least`` or a higher one, whatever the items not known are.

    Refused also: a class the instrument does not have.
    """
    instrument = find_instrument(identifier)
    if least not in instrument.classes:
        known = ", ".join(instrument.classes) or "none: it gives a number"
        raise Refused(f"is not a class of {identifier}.", what=repr(least), do=f"Its classes are: {known}.")
    bounds = msgspec.to_builtins(score(identifier, given))
    low, high, wanted = (instrument.classes.index(each) for each in (bounds["at_least"], bounds["at_most"], least))
    return Truth.TRUE if low >= wanted else Truth.FALSE if high < wanted else Truth.UNKNOWN
