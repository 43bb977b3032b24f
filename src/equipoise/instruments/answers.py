"""Answers to the items of an instrument: read from JSON, checked, and handed on by kind."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from equipoise.instruments.kinds import Pair
from equipoise.kernel.refused import Refused

_decoder = msgspec.json.Decoder(float_hook=Decimal)


def read_json(text: bytes | str) -> object:
    """JSON with its numbers as the decimals that were written: 0.7 is seven tenths. Refused where it is no JSON."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as error:
        raise Refused(f"This is not JSON that can be read: {str(error).rstrip('.')}.") from None


class Answers(msgspec.Struct, frozen=True):
    """Checked values by item, None where not known; ``options`` with their defaults filled in."""

    values: Mapping[str, object]
    options: Mapping[str, object]

    def truth(self, name: str) -> bool | None:
        value = self.values[name]
        assert value is None or isinstance(value, bool)
        return value

    def number(self, name: str) -> Decimal | None:
        value = self.values[name]
        assert value is None or isinstance(value, Decimal)
        return value

    def pair(self, name: str) -> Pair:
        """Baseline and follow-up; both None where nothing was given."""
        value = self.values[name]
        assert value is None or isinstance(value, tuple)
        return value or (None, None)
