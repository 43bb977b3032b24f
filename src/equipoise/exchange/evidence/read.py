"""An EvidenceVariable or a Group as a reading."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import Criterion, Expr, Opaque, Parse, Polarity, Reading, Span
from equipoise.eligibility.format import from_json, to_json
from equipoise.eligibility.tree import walk
from equipoise.exchange.evidence.hear import heard
from equipoise.exchange.evidence.model import (
    Characteristic,
    EvidenceVariable,
    Extension,
    Group,
    GroupCharacteristic,
    TimeFromEvent,
    TypeAndValue,
)
from equipoise.exchange.evidence.words import CRITERION, READING, REGISTRY
from equipoise.exchange.evidence.write import characteristics, group_characteristics
from equipoise.exchange.fhir.pieces import parts_of
from equipoise.kernel.identifiers import is_nct_id
from equipoise.kernel.refused import Refused

Said = TypeVar("Said", Characteristic, GroupCharacteristic)
_DO = "Give a FHIR R5 EvidenceVariable, or a definitional Group of persons, as JSON."
_EARLIER = {
    "EvidenceVariable": ("characteristicCombination", "type", "topic"),
    "Group": ("actual",),
}
_LATER = {"EvidenceVariable": ("definition",), "Group": ("combinationMethod", "combinationThreshold", "url", "status")}
_EARLIER_PART = ("definitionTriggerDefinition", "definitionDataRequirement", "timeFromStart", "groupMeasure")


def is_evidence(raw: bytes) -> bool:
    """Whether JSON looks like a FHIR resource rather than criteria of ours."""
    return re.search(rb'"resourceType"\s*:', raw) is not None


def read_evidence(raw: bytes) -> tuple[Reading, tuple[str, ...]]:
    """The reading, and in words what of the resource was not understood, or was changed since we wrote it."""
    try:
        found = msgspec.json.decode(raw)
    except RecursionError:
        raise Refused("nests too deep.", what="the resource", do=_DO) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"is not JSON: {str(error).rstrip('.')}.", what="the resource", do=_DO) from None
    kind = found.get("resourceType") if isinstance(found, dict) else None
    if kind not in ("EvidenceVariable", "Group"):
        raise Refused("is neither an EvidenceVariable nor a Group.", what=f"resourceType {kind!r}", do=_DO)
    _refuse_other_version(kind, found)
    try:
        reading, notes = _Reader().reading(_decoded(raw, kind))
        return from_json(to_json(reading)), notes
    except RecursionError:
        raise Refused("nests too deep.", what=f"the {kind}", do="Make it flatter.") from None


def _refuse_other_version(kind: str, found: Mapping[str, Any]) -> None:
    parts = list(parts_of(found, "characteristic"))
    earlier = [name for name in _EARLIER[kind] if name in found]
    earlier += [name for name in _EARLIER_PART if any(name in one for one in parts)]
    later = [name for name in _LATER[kind] if name in found]
    for version, names in (("R4 or R4B", earlier), ("R6", later)):
        if names:
            raise Refused(f"is FHIR {version}, not R5: it has {names[0]}.", what=f"the {kind}", do=_DO)


def _decoded(raw: bytes, kind: str) -> EvidenceVariable | Group:
    try:
        found = msgspec.json.decode(raw, type=EvidenceVariable | Group)
    except (msgspec.MsgspecError, ArithmeticError) as error:
        raise Refused(f"is not FHIR R5: {str(error).rstrip('.')}.", what=f"the {kind}", do=_DO) from None
    if found.modifier_extension:
        raise Refused("has a modifierExtension, which changes what it says.", what=f"the {kind}", do="Take it away.")
    return found


class _Reader:
    def __init__(self) -> None:
        self.notes, self.taken = list[str](), set[str]()

    def reading(self, found: EvidenceVariable | Group) -> tuple[Reading, tuple[str, ...]]:
        about = _carried(found.extension, READING, Reading) or Reading("", ())
        study = next((one.value for one in found.identifier if one.system.rstrip("/") == REGISTRY), "")
        if is_nct_id(study):
            about = msgspec.structs.replace(about, study=study)
        if isinstance(found, EvidenceVariable):
            criteria = tuple(self._criteria(found.characteristic, characteristics, lambda one: one))
        else:
            criteria = tuple(self._criteria(found.characteristic, group_characteristics, _ungrouped))
        return msgspec.structs.replace(about, criteria=criteria), tuple(dict.fromkeys(self.notes))

    def _criteria(
        self,
        told: tuple[Said, ...],
        said: Callable[[Criterion, list[str]], list[Said]],
        plain: Callable[[Said], Characteristic],
    ) -> Iterator[Criterion]:
        """A criterion carried whole is taken where what we would write for it is what stands there."""
        place = 0
        while place < len(told):
            whole = _carried(told[place].extension, CRITERION, Criterion)
            wanted = said(whole, []) if whole is not None else []
            there = [_without(one) for one in told[place : place + len(wanted)]]
            if whole is not None and there == wanted:
                yield msgspec.structs.replace(whole, id=self._name(whole.id))
                place += len(wanted)
            else:
                place += 1
                yield self._heard(plain(told[place - 1]), place, changed=whole is not None)

    def _heard(self, told: Characteristic, place: int, *, changed: bool) -> Criterion:
        name = self._name(told.link_id or f"c{place}")
        if changed:
            self.notes.append(f"{name}: changed since it was written: read anew, without its place in the text.")
        expr = heard(told)
        unknown = [one for one in walk(expr) if isinstance(one, Opaque)]
        self.notes += [f"{name}: not computed: {one.text}." for one in unknown]
        polarity = Polarity.EXCLUDE if told.exclude else Polarity.INCLUDE
        return Criterion(name, polarity, told.description or english(expr), Span(0, 0), _parse(expr, unknown), expr)

    def _name(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}-{number}"
        self.taken.add(name)
        return name


def _parse(expr: Expr, unknown: list[Opaque]) -> Parse:
    return Parse.OPAQUE if isinstance(expr, Opaque) else Parse.PARTIAL if unknown else Parse.FULL


def _carried(extensions: tuple[Extension, ...], url: str, kind: type[Any]) -> Any:
    """What we wrote there, or ``None`` where there is nothing or it was tampered with."""
    for one in extensions:
        if one.url == url:
            try:
                return msgspec.json.decode(one.value_string, type=kind)
            except (msgspec.MsgspecError, ArithmeticError):
                return None
    return None


def _without(one: Said) -> Said:
    kept = tuple(extension for extension in one.extension if extension.url != CRITERION)
    return msgspec.structs.replace(one, extension=kept)


def _ungrouped(told: GroupCharacteristic) -> Characteristic:
    value = TypeAndValue(
        type=told.code,
        value_codeable_concept=told.value_codeable_concept,
        value_boolean=told.value_boolean,
        value_quantity=told.value_quantity,
        value_range=told.value_range,
        value_reference=told.value_reference,
    )
    time = (TimeFromEvent(description=f"period: {msgspec.json.encode(told.period).decode()}"),) if told.period else ()
    return Characteristic(
        definition_by_type_and_value=value,
        modifier_extension=told.modifier_extension,
        exclude=told.exclude,
        time_from_event=time,
    )
