"""Computed fields: scores of published instruments, from what was recorded at a visit and at baseline.

Sealed values are not in a participant's record, so a score that would need one is absent.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias

import msgspec

from equipoise.conduct.masking import Viewer, field_seen
from equipoise.conduct.participant import Participant, Place
from equipoise.conduct.protocol.model import Field, Kind, Protocol
from equipoise.conduct.trial import Trial, find_form
from equipoise.instruments.catalogue import find_instrument, score
from equipoise.instruments.instrument import Item
from equipoise.instruments.kinds import BeforeAfter, Choice, EnzymeChange, Multiples, Numbers, Several, YesNo
from equipoise.kernel.refused import Refused

Json: TypeAlias = bool | Decimal | str | None

GIVES: Mapping[str, str] = {
    "eular-acr-2017": "score",
    "tis": "tis",
    "imacs-improvement": "class",
    "mmt-8": "mmt",
    "haq-di": "haq",
}
"""Which part of an instrument's result is its score; one that gives no single score computes no field."""


def scores(of: Trial | Protocol, participant: Participant, place: Place) -> dict[str, str]:
    """The computed fields of a form as it is filled in, by id, each in its canonical text.

    Absent: a score that is not settled by what is known. Of a trial, by the version they consented to.
    """
    protocol = of.protocol_of(participant) if isinstance(of, Trial) else of
    record = _Record(protocol, participant)
    fields = find_form(protocol, place.form).fields
    found = {field.id: record.text(place, field.id) for field in fields if field.kind is Kind.COMPUTED}
    return {name: text for name, text in found.items() if text is not None}


def scores_seen(trial: Trial, viewer: Viewer, participant: Participant, place: Place) -> dict[str, str]:
    """Those of them that the viewer is cleared for, each by its own class of information."""
    fields = find_form(trial.protocol_of(participant), place.form).fields
    seen = {field.id for field in fields if field_seen(trial, viewer, field, participant.site)}
    return {name: text for name, text in scores(trial, participant, place).items() if name in seen}


class _Record:
    """What is recorded of one participant, with its scores computed where they are asked for."""

    def __init__(self, protocol: Protocol, participant: Participant) -> None:
        self._protocol = protocol
        self._participant = participant
        self._baseline = next((visit.id for visit in protocol.visits if visit.baseline), "")
        self._open: set[tuple[Place, str]] = set()

    def text(self, place: Place, name: str) -> str | None:
        """A field's canonical text, recorded or computed. None: not known. Boxes none of which is ticked: empty."""
        field = next((one for one in find_form(self._protocol, place.form).fields if one.id == name), None)
        if field is None:
            return None
        if field.kind is Kind.COMPUTED:
            return self._computed(place, field)
        sheet = self._participant.sheets.get(place)
        if sheet is None or name in sheet.sealed:
            return None
        return sheet.values.get(name, "" if field.kind is Kind.CHOICES else None)

    def _computed(self, place: Place, field: Field) -> str | None:
        """A score that needs itself is none."""
        if (place, field.id) in self._open or field.instrument not in GIVES:
            return None
        self._open.add((place, field.id))
        try:
            result = msgspec.to_builtins(score(field.instrument, self._given(place, field)))
        except Refused:
            return None
        finally:
            self._open.discard((place, field.id))
        value = result[GIVES[field.instrument]]
        return None if value is None else _plain(value)

    def _given(self, place: Place, field: Field) -> dict[str, object]:
        """What the instrument takes, as its JSON."""
        instrument = find_instrument(field.instrument)
        given = {item.name: self._item(place, field, item, item.name) for item in instrument.items}
        options = {one.name: self._item(place, field, one, f"options.{one.name}") for one in instrument.options}
        return {**given, **({"options": options} if options else {})}

    def _item(self, place: Place, field: Field, item: Item, name: str) -> object:
        match item.kind:
            case EnzymeChange(choice=choice):
                return self._enzyme(place, field, name, map(str, choice.values))
            case Multiples(names=parts) | Numbers(names=parts):
                told = {part: self._value(place, field.items.get(f"{name}.{part}"), item) for part in parts}
                return {part: value for part, value in told.items() if value is not None} or None
            case BeforeAfter():
                return [self._value(at, field.items.get(name), item) for at in (self._before(place), place)]
            case Several():
                text = self._told(place, field.items.get(name))
                return None if text is None else [part for part in text.split(",") if part]
        refs = field.items.get(name, "").split(",")
        values = [self._value(place, ref, item) for ref in refs]
        return values if len(refs) > 1 else values[0]

    def _before(self, place: Place) -> Place:
        return Place(self._baseline, place.form, place.copy)

    def _enzyme(self, place: Place, field: Field, name: str, parts: Iterable[str]) -> object:
        """The most abnormal at baseline, and the same one now; of equals the first."""
        refs = {part: field.items.get(f"{name}.{part}") for part in parts}
        before = {part: self._number(self._before(place), ref) for part, ref in refs.items()}
        known = {part: value for part, value in before.items() if value is not None}
        if not known:
            return None
        worst = max(known, key=lambda part: known[part])
        return {"name": worst, "baseline": known[worst], "follow_up": self._number(place, refs[worst])}

    def _told(self, place: Place, ref: str | None) -> str | None:
        """``form.field`` at the same visit, ``field`` of the same form, or ``=`` and a constant."""
        if not (ref := (ref or "").strip()):
            return None
        if ref.startswith("="):
            return ref[1:].strip()
        form, _, name = ref.rpartition(".")
        return self.text(Place(place.visit, form) if form else place, name)

    def _number(self, place: Place, ref: str | None) -> Decimal | None:
        text = self._told(place, ref)
        return Decimal(text) if text else None

    def _value(self, place: Place, ref: str | None, item: Item) -> Json:
        text = self._told(place, ref)
        if not text:
            return None
        if isinstance(item.kind, YesNo):
            return text in ("yes", "true")
        words = isinstance(item.kind, Choice) and all(isinstance(one, str) for one in item.kind.values)
        return text if words else Decimal(text)


def _plain(value: object) -> str:
    """Numbers without noughts at their end; words as they are."""
    try:
        return f"{Decimal(str(value)).normalize():f}"
    except ArithmeticError:
        return str(value)
