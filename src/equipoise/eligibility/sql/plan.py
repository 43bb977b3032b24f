"""What is collected while a reading is compiled: evidence as bits, and the queries that find it.

Every piece of evidence is one bit of a person's word: queries give rows of person and bits, and ``BIT_OR`` puts them
together.
"""

import msgspec
from sqlglot import exp

from equipoise.eligibility.person import Run
from equipoise.eligibility.sql.phrases import Condition, Day, Sql, among, column, number, when
from equipoise.eligibility.sql.vocabulary import Vocabulary

WORD = 62
"""Bits in a signed 64-bit word, leaving the sign and one to spare."""
INLINE = 32
"""Longer lists of concept ids become tables of their own."""


class Bit(msgspec.Struct, frozen=True):
    word: int
    value: int

    def flag(self) -> Sql:
        return number(self.value)

    def is_set(self) -> Condition:
        held = exp.paren(exp.BitwiseAnd(this=column(f"b{self.word}"), expression=number(self.value)))
        return exp.NEQ(this=held, expression=number(0))


class Leg(msgspec.Struct, frozen=True):
    """A query of ``person_id`` and ``b``, bits of one word."""

    word: int
    query: exp.Select


Stretch = tuple[Day, Day]


class Plan:
    """Grows while leaves are compiled; ``queries`` reads it at the end."""

    def __init__(self, run: Run, vocabulary: Vocabulary, schema: str | None = None) -> None:
        self.run, self.vocabulary, self.schema = run, vocabulary, schema
        self.legs: list[Leg] = []
        self.of_person: list[tuple[Bit, Condition]] = []
        self.observed: dict[tuple[str, str], tuple[Bit, Stretch]] = {}
        self.lists: dict[frozenset[int], str] = {}
        self._taken = 0
        (self.alive,) = self.take(1)
        self.of_person.append((self.alive, True))

    def take(self, count: int) -> tuple[Bit, ...]:
        """So many fresh bits, all of one word."""
        room = WORD - self._taken % WORD
        if room < count:
            self._taken += room
        word, first = divmod(self._taken, WORD)
        self._taken += count
        return tuple(Bit(word, 1 << place) for place in range(first, first + count))

    @property
    def words(self) -> int:
        return (self._taken + WORD - 1) // WORD

    def add(self, word: int, query: exp.Select) -> None:
        self.legs.append(Leg(word, query))

    def person_bit(self, condition: Condition) -> Condition:
        """A condition on a row of ``born`` (a person and the days between which they were born), kept as a bit."""
        if isinstance(condition, bool):
            return condition
        for bit, known in self.of_person:
            if known == condition:
                return bit.is_set()
        (bit,) = self.take(1)
        self.of_person.append((bit, condition))
        return bit.is_set()

    def observed_bit(self, start: Day, end: Day) -> Condition:
        """Whether the person was observed from ``start`` to ``end``; both may rest on the day of birth."""
        key = (str(start), str(end))
        if key not in self.observed:
            self.observed[key] = (self.take(1)[0], (start, end))
        return self.observed[key][0].is_set()

    def table(self, name: str, alias: str | None = None) -> exp.Table:
        return exp.table_(name, db=self.schema, alias=alias)

    def is_one_of(self, value: Sql, ids: frozenset[int]) -> Condition:
        if len(ids) <= INLINE:
            return among(value, ids)
        name = self.lists.setdefault(ids, f"codes_{len(self.lists) + 1}")
        return exp.In(this=value, query=exp.Subquery(this=exp.select("concept_id").from_(name)))


def flags(*pairs: tuple[Bit, Condition]) -> Sql:
    """The sum of those bits whose conditions hold."""
    total: Sql | None = None
    for bit, condition in pairs:
        part = when(condition, bit.flag(), number(0))
        total = part if total is None else exp.Add(this=total, expression=part)
    return total if total is not None else number(0)
