"""A reading as an EvidenceVariable, each criterion a characteristic; or as a Group, each a run of flat ones."""

import re
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from equipoise.eligibility.cohorts import cohort_of
from equipoise.eligibility.english import english
from equipoise.eligibility.expression import (
    And,
    AtMost,
    Criterion,
    Except,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Polarity,
    Reading,
)
from equipoise.exchange.evidence.model import (
    Characteristic,
    CodeableConcept,
    EvidenceVariable,
    Extension,
    Group,
    GroupCharacteristic,
    Identifier,
)
from equipoise.exchange.evidence.say import excluded, in_words, plain, say
from equipoise.exchange.evidence.words import CRITERION, READING, REGISTRY
from equipoise.kernel.identifiers import is_nct_id

Said = TypeVar("Said", Characteristic, GroupCharacteristic)
_FHIR_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_encoder = msgspec.json.Encoder(decimal_format="number")


def write_evidence_variable(reading: Reading) -> tuple[bytes, tuple[str, ...]]:
    """The resource, and what of the reading its standard elements say in words only."""
    lost: list[str] = []
    parts = [part for one in reading.criteria for part in _carried(characteristics(one, lost), one)]
    resource = EvidenceVariable(
        status="active" if reading.by else "draft",
        extension=_about(reading),
        identifier=_identifier(reading),
        title=f"Eligibility criteria of {reading.study}" if reading.study else "",
        characteristic=tuple(parts),
    )
    return _json(resource), tuple(dict.fromkeys(lost))


def write_group(reading: Reading) -> tuple[bytes, tuple[str, ...]]:
    """The same as a definitional Group of persons, which knows neither windows nor counts nor combinations."""
    lost: list[str] = []
    parts = [part for one in reading.criteria for part in _carried(group_characteristics(one, lost), one)]
    resource = Group(
        type="person",
        membership="definitional",
        extension=_about(reading),
        identifier=_identifier(reading),
        name=f"Who is eligible for {reading.study}" if reading.study else "",
        characteristic=tuple(parts),
    )
    return _json(resource), tuple(dict.fromkeys(lost))


def characteristics(criterion: Criterion, lost: list[str]) -> list[Characteristic]:
    """One, with the criterion's own text. Appends to ``lost``."""
    words: list[str] = []
    told = plain(say(_for_all(criterion, words), words))
    lost += _notes(criterion, words)
    name = criterion.id if _FHIR_ID.fullmatch(criterion.id) else ""
    told = msgspec.structs.replace(told, link_id=name, description=criterion.text)
    return [excluded(told) if criterion.polarity is Polarity.EXCLUDE else told]


def group_characteristics(criterion: Criterion, lost: list[str]) -> list[GroupCharacteristic]:
    """As many as it takes, all of which must hold. Appends to ``lost``."""
    out = criterion.polarity is Polarity.EXCLUDE
    words: list[str] = []
    expr = _for_all(criterion, words)
    parts = list(_conjuncts(expr, out)) or [(expr, out)]
    found = [told for expr, shut_out in parts for told in _flat(expr, words, exclude=shut_out)]
    lost += _notes(criterion, words)
    return found


def _for_all(criterion: Criterion, words: list[str]) -> Expr:
    """What is only for one cohort FHIR would say of all: it is put in words."""
    cohort = cohort_of(criterion)
    if not cohort:
        return criterion.expr
    words.append(f"only for {cohort}: {english(criterion.expr)}")
    return Opaque(text=words[-1])


def _notes(criterion: Criterion, words: list[str]) -> list[str]:
    return [f"{criterion.id}: in words only: {one}." for one in words]


def _conjuncts(expr: Expr, out: bool) -> Iterator[tuple[Expr, bool]]:
    """Parts that must all hold, each with whether it is its opposite that must."""
    match expr:
        case Not(of=one):
            yield from _conjuncts(one, not out)
        case And(of=of) if not out:
            for one in of:
                yield from _conjuncts(one, out)
        case Or(of=of) if out:
            for one in of:
                yield from _conjuncts(one, out)
        case AtMost(count=0, of=of) if not out:
            for one in of:
                yield from _conjuncts(one, True)
        case Except(base=base, allowed=allowed) if not out:
            yield from _conjuncts(base, False)
            yield from _conjuncts(allowed, True)
        case IfThen(guard=guard, then=then) if out:
            yield from _conjuncts(guard, False)
            yield from _conjuncts(then, True)
        case _:
            yield expr, out


def _flat(expr: Expr, words: list[str], *, exclude: bool) -> list[GroupCharacteristic]:
    own: list[str] = []
    told = say(expr, own)
    combination = told.definition_by_combination
    parts = combination.characteristic if combination and combination.code == "all-of" and not exclude else (told,)
    flat = [_grouped(one, exclude=exclude) for one in parts]
    if any(one is None for one in flat):
        own = []
        flat = [_grouped(in_words(expr, own), exclude=exclude)]
    words += own
    return [one for one in flat if one is not None]


def _grouped(told: Characteristic, *, exclude: bool) -> GroupCharacteristic | None:
    """``None`` for what a Group cannot say."""
    if told.exclude or told.time_from_event or told.instances_quantity or told.duration_quantity:
        return None
    if told.definition_codeable_concept is not None:
        return GroupCharacteristic(code=told.definition_codeable_concept, value_boolean=True, exclude=exclude)
    value = told.definition_by_type_and_value
    if value is None or any(_code(one) != "latest" for one in value.method):
        return None
    return GroupCharacteristic(
        code=value.type,
        exclude=exclude,
        value_codeable_concept=value.value_codeable_concept,
        value_quantity=value.value_quantity,
        value_range=value.value_range,
    )


def _code(concept: CodeableConcept) -> str:
    return concept.coding[0].code


def _carried(parts: list[Said], criterion: Criterion) -> Iterator[Said]:
    """The first of them carries the criterion as it is."""
    whole = Extension(url=CRITERION, value_string=msgspec.json.encode(criterion).decode())
    yield msgspec.structs.replace(parts[0], extension=(whole,))
    yield from parts[1:]


def _about(reading: Reading) -> tuple[Extension, ...]:
    about = msgspec.structs.replace(reading, criteria=())
    return (Extension(url=READING, value_string=msgspec.json.encode(about).decode()),)


def _identifier(reading: Reading) -> tuple[Identifier, ...]:
    return (Identifier(system=REGISTRY, value=reading.study),) if is_nct_id(reading.study) else ()


def _json(resource: EvidenceVariable | Group) -> bytes:
    return msgspec.json.format(_encoder.encode(resource), indent=2)
