"""What a record held that could not be used: counted by reason, with examples, so that nothing is dropped unseen."""

import msgspec

EXAMPLES = 3


class Note(msgspec.Struct, frozen=True):
    """``examples`` name the first few records it happened to, such as ``Observation/17``."""

    reason: str
    count: int
    examples: tuple[str, ...]


class Notes:
    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def add(self, reason: str, example: str) -> None:
        self._found.setdefault(reason, []).append(example)

    def told(self) -> tuple[Note, ...]:
        """The most frequent first."""
        ordered = sorted(self._found.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple(Note(reason, len(named), tuple(dict.fromkeys(named))[:EXAMPLES]) for reason, named in ordered)
