"""The protocol's criteria for one participant: what their answers say, and what the investigator found."""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from equipoise.conduct.protocol.model import Protocol
from equipoise.eligibility.expression import Anchor, Criterion, Reading
from equipoise.eligibility.person import Measurement, Person, Run
from equipoise.eligibility.verdict import CriterionVerdict, judge
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth


def reading_of(protocol: Protocol) -> Reading:
    """The criteria of a protocol as everything in ``eligibility`` takes them."""
    criteria = tuple(
        Criterion(one.id, one.polarity, one.text, one.span, one.parse, one.expr, one.scope, one.heading, one.field)
        for one in protocol.eligibility
    )
    return Reading(protocol.registry or protocol.id, criteria)


class Answers(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What was asked and answered at a screening. ``truths`` by the question's key; ``items`` of instruments by name.

    A number among the items stands as text, so that no decimal becomes a float.
    """

    age: int | None = None
    sex: Literal["female", "male"] | None = None
    truths: dict[str, Truth] = {}
    measurements: tuple[Measurement, ...] = ()
    items: dict[str, dict[str, bool | str | None]] = {}

    @classmethod
    def of(cls, person: Person) -> "Answers":
        items = {
            name: {item: str(value) if isinstance(value, Decimal) else value for item, value in given.items()}
            for name, given in person.items.items()
        }
        return cls(person.age, person.sex, dict(person.answers), person.measurements, items)

    def person(self) -> Person:
        items = {name: {item: _item(value) for item, value in given.items()} for name, given in self.items.items()}
        return Person(age=self.age, sex=self.sex, answers=self.truths, measurements=self.measurements, items=items)


def _item(value: bool | str | None) -> bool | Decimal | str | None:
    is_number = isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII)
    return Decimal(value) if is_number and isinstance(value, str) else value


def read_answers(answers: str) -> Person:
    """Refused: not the JSON of ``Answers``."""
    try:
        return msgspec.json.decode(answers or "{}", type=Answers).person()
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Refused(f"cannot be read: {error}.", what="The answers", do="Enter them again.") from None


def run_of(on: datetime.date, consented: datetime.date) -> Run:
    """Windows before randomisation, baseline and first dose count from the day of screening until those come."""
    return Run(on, anchors={Anchor.CONSENT: consented, Anchor.SCREENING: on})


def compute(protocol: Protocol, person: Person, run: Run) -> Mapping[str, CriterionVerdict]:
    """By criterion."""
    return {one.criterion.id: one for one in judge(reading_of(protocol), person, run).criteria}
