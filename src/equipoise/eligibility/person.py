"""One person, as records and answers tell of them. What is not here is not known."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import msgspec

from equipoise.eligibility.expression import Anchor, Code, Domain
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """A condition, drug exposure, procedure or observation. ``source`` names the record it stands in.

    ``ended`` is false where the record says that it goes on, and unknown where it says nothing. ``refuted``: the record
    says that the person does not have it. ``words`` are all names the record gives it.
    """

    domain: Domain
    words: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    start: PartialDate | None = None
    end: PartialDate | None = None
    ended: bool | None = None
    refuted: bool = False
    qualifiers: tuple[str, ...] = ()
    source: str = ""


class Measurement(msgspec.Struct, frozen=True, omit_defaults=True):
    """A measured value. ``low`` and ``high`` are the laboratory's own limits of normal, in the same unit."""

    measure: str
    value: Decimal | None = None
    unit: str | None = None
    date: PartialDate | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    source: str = ""


class Observed(msgspec.Struct, frozen=True):
    """Days, both included, in which what happened to the person is in the record (OMOP observation period)."""

    start: datetime.date
    end: datetime.date


Item = bool | Decimal | str | None
"""The value of one item of an instrument; ``None`` is not known."""


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """``answers``: what the person said, under the key of the leaf asked. ``items``: by instrument and item.

    ``age`` is that on the day of the run, in completed years, for who does not say when they were born.
    """

    id: str = ""
    born: PartialDate | None = None
    age: int | None = None
    sex: Literal["female", "male"] | None = None
    events: tuple[Event, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    observed: tuple[Observed, ...] = ()
    answers: Mapping[str, Truth] = msgspec.field(default_factory=dict)
    items: Mapping[str, Mapping[str, Item]] = msgspec.field(default_factory=dict)


class Absence(StrEnum):
    """What it means that a record holds no such event.

    ``open``: nothing. ``coverage``: that there was none, where the person was observed all through the window.
    ``closed``: that there was none.
    """

    OPEN = "open"
    COVERAGE = "coverage"
    CLOSED = "closed"


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one evaluation assumes.

    ``at`` is the day it is made for, and the index; an anchor not in ``anchors`` is taken to be that day. ``lifetime``:
    who was observed for this many days up to a window's end is taken to be known from before; without it a window
    without beginning is never covered. ``fresh``: a value older than this many days does not count, where the criterion
    itself has no window.
    """

    at: datetime.date
    anchors: Mapping[Anchor, datetime.date] = msgspec.field(default_factory=dict)
    absence: Mapping[Domain, Absence] = msgspec.field(default_factory=dict)
    otherwise: Absence = Absence.OPEN
    lifetime: int | None = None
    fresh: int | None = None

    def day(self, anchor: Anchor) -> datetime.date:
        return self.anchors.get(anchor, self.at)

    def policy(self, domain: Domain) -> Absence:
        return self.absence.get(domain, self.otherwise)
