"""A protocol with its parts by name, made once for all rules."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from equipoise.conduct.protocol.model import Field, Form, Protocol
from equipoise.conduct.protocol.problem import Problem
from equipoise.conduct.protocol.schedule import PlannedVisit, planned_visits
from equipoise.conduct.roles import MASKED, Information, Role, cleared

_OPENED = (Information.ARM, Information.EFFECT)


class Known(msgspec.Struct, frozen=True):
    """``fields`` by ``form.field``; ``visits`` by planned id, repeats written out; ``arms`` finds an arm's name."""

    protocol: Protocol
    arms: re.Pattern[str]
    planned: tuple[PlannedVisit, ...]
    forms: Mapping[str, Form]
    fields: Mapping[str, Field]
    visits: Mapping[str, PlannedVisit]

    @property
    def is_masked(self) -> bool:
        return bool(self.protocol.masking.masked)

    @property
    def masked(self) -> frozenset[Role]:
        """Roles that do not know the arms; where nobody is masked, still those of a masked trial."""
        return frozenset(role for role in MASKED if self.protocol.masking.masks(role) or not self.is_masked)

    @property
    def baseline(self) -> PlannedVisit | None:
        return next((visit for visit in self.visits.values() if visit.baseline), None)

    def holds(self, visit: str, variable: str) -> bool:
        """Whether the form of ``form.field`` is filled in at the visit."""
        return visit in self.visits and variable.partition(".")[0] in self.visits[visit].forms

    def sees(self, role: Role, information: Information) -> bool:
        """Whether a role is told information of this class in this trial; to whom is not masked, arms are open."""
        masking = self.protocol.masking
        opened = not masking.masks(role) and information in _OPENED and cleared(role, Information.OPEN)
        withheld = information in masking.withheld.get(role, ())
        return not withheld and (opened or cleared(role, information))

    def viewers(self, information: Information) -> frozenset[Role]:
        return frozenset(role for role in Role if self.sees(role, information))

    def seen_masked(self, information: Information) -> bool:
        """Whether somebody masked is told it."""
        return bool(self.viewers(information) & self.masked)


def known_of(protocol: Protocol) -> Known:
    planned = planned_visits(protocol)
    return Known(
        protocol=protocol,
        arms=_arm_names(protocol),
        planned=planned,
        forms={form.id: form for form in protocol.forms},
        fields={f"{form.id}.{field.id}": field for form in protocol.forms for field in form.fields},
        visits={visit.id: visit for visit in planned},
    )


def _arm_names(protocol: Protocol) -> re.Pattern[str]:
    """An arm's id or label, as a word; not those of one or two letters, which are words of their own."""
    words = {name for arm in protocol.arms for name in (spaced(arm.id), spaced(arm.label)) if len(name) > 2}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words))) or '(?!)'})\b", re.IGNORECASE)


def spaced(text: str) -> str:
    """An id as words."""
    return re.sub(r"[-_]+", " ", text)


def again(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The names that stood before, with their places."""
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield place, name
        seen.add(name)


def form_fields(protocol: Protocol) -> Iterator[tuple[str, Form, Field]]:
    """Every field, with its path in the file and its form."""
    for place, form in enumerate(protocol.forms):
        for number, field in enumerate(form.fields):
            yield f"forms[{place}].fields[{number}]", form, field


Rule: TypeAlias = Callable[[Known], Iterator[Problem]]
