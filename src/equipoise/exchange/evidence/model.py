"""The elements of FHIR R5 that criteria need, as values: hl7.org/fhir/R5/evidencevariable.html and group.html."""

from decimal import Decimal
from typing import Any, Literal

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Elements typed ``Any`` are known to stand there and not read further."""


class Coding(Part, frozen=True):
    system: str = ""
    code: str = ""
    display: str = ""


class CodeableConcept(Part, frozen=True):
    coding: tuple[Coding, ...] = ()
    text: str = ""


class Quantity(Part, frozen=True):
    value: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


class Between(Part, frozen=True):
    """FHIR's Range: both ends included."""

    low: Quantity | None = None
    high: Quantity | None = None


class Extension(Part, frozen=True):
    url: str
    value_string: str = ""
    value_code: str = ""


class Identifier(Part, frozen=True):
    system: str = ""
    value: str = ""


class TimeFromEvent(Part, frozen=True):
    extension: tuple[Extension, ...] = ()
    description: str = ""
    event_codeable_concept: CodeableConcept | None = None
    event_reference: Any = None
    event_date_time: Any = None
    event_id: Any = None
    quantity: Quantity | None = None
    range: Between | None = None


class TypeAndValue(Part, frozen=True):
    type: CodeableConcept
    method: tuple[CodeableConcept, ...] = ()
    device: Any = None
    value_codeable_concept: CodeableConcept | None = None
    value_boolean: bool | None = None
    value_quantity: Quantity | None = None
    value_range: Between | None = None
    value_reference: Any = None
    value_id: Any = None
    offset: Any = None


class Combination(Part, frozen=True):
    code: str
    characteristic: tuple["Characteristic", ...]
    threshold: int | None = None


class Characteristic(Part, frozen=True):
    extension: tuple[Extension, ...] = ()
    modifier_extension: Any = None
    link_id: str = ""
    description: str = ""
    exclude: bool = False
    definition_reference: Any = None
    definition_canonical: Any = None
    definition_codeable_concept: CodeableConcept | None = None
    definition_expression: Any = None
    definition_id: Any = None
    definition_by_type_and_value: TypeAndValue | None = None
    definition_by_combination: Combination | None = None
    instances_quantity: Quantity | None = None
    instances_range: Between | None = None
    duration_quantity: Quantity | None = None
    duration_range: Between | None = None
    time_from_event: tuple[TimeFromEvent, ...] = ()


class EvidenceVariable(Part, frozen=True, tag_field="resourceType", tag="EvidenceVariable"):
    status: str
    modifier_extension: Any = None
    extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    title: str = ""
    characteristic: tuple[Characteristic, ...] = ()


class GroupCharacteristic(Part, frozen=True):
    code: CodeableConcept
    exclude: bool
    extension: tuple[Extension, ...] = ()
    modifier_extension: Any = None
    value_codeable_concept: CodeableConcept | None = None
    value_boolean: bool | None = None
    value_quantity: Quantity | None = None
    value_range: Between | None = None
    value_reference: Any = None
    period: Any = None


class Group(Part, frozen=True, tag_field="resourceType", tag="Group"):
    type: Literal["person"]
    membership: Literal["definitional"]
    modifier_extension: Any = None
    extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    name: str = ""
    characteristic: tuple[GroupCharacteristic, ...] = ()
