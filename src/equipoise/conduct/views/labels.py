"""The protocol's own labels for what the log names by id, looked up once; and values and days as people write them."""

import calendar
import datetime

from equipoise.conduct.events import Causality, Outcome
from equipoise.conduct.protocol.model import Field, Form, Kind, Protocol
from equipoise.conduct.protocol.schedule import PlannedVisit, planned_visits
from equipoise.conduct.roles import LABELS
from equipoise.conduct.trial import Trial

_UNITS = {"a": "years", "%": "%", "Cel": "°C", "mm[Hg]": "mmHg", "/min": "per minute"}
"""UCUM codes that do not read as they are written."""


class Labels:
    """Labels of one version of a trial's protocol. What it does not know keeps its id."""

    def __init__(self, trial: Trial, version: str = "") -> None:
        self.trial = trial
        self.protocol: Protocol = trial.protocols.get(version) or trial.protocol
        self.visits: dict[str, PlannedVisit] = {one.id: one for one in planned_visits(self.protocol)}
        self._forms: dict[str, Form] = {one.id: one for one in self.protocol.forms}
        self._fields: dict[tuple[str, str], Field] = {
            (form.id, field.id): field for form in self.protocol.forms for field in form.fields
        }
        self._criteria = {one.id: one.text for one in self.protocol.eligibility}
        self._factors = {one.id: one for one in self.protocol.allocation.factors}

    def visit(self, visit: str) -> str:
        return self.visits[visit].label if visit in self.visits else visit

    def form(self, form: str, copy: int = 1) -> str:
        label = self._forms[form].label if form in self._forms else form
        return f"{label} ({copy})" if copy > 1 else label

    def field(self, form: str, field: str) -> str:
        known = self._fields.get((form, field))
        return known.label if known else field

    def value(self, form: str, field: str, value: str) -> str:
        known = self._fields.get((form, field))
        return value_words(known, value) if known else value

    def criterion(self, criterion: str) -> str:
        return self._criteria.get(criterion, criterion)

    def factor(self, factor: str) -> str:
        return self._factors[factor].label if factor in self._factors else factor

    def level(self, factor: str, level: str) -> str:
        levels = self._factors[factor].levels if factor in self._factors else ()
        return next((one.label for one in levels if one.id == level), level)

    def levels(self, levels: dict[str, str]) -> str:
        return ", ".join(f"{self.factor(name)}: {self.level(name, level)}" for name, level in levels.items())

    def site(self, site: str) -> str:
        return self.trial.sites[site].label if site in self.trial.sites else site

    def person(self, user: str) -> str:
        return self.trial.people.get(user, user)


class LabelsByVersion:
    """Labels of every version, made when first asked for."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._made: dict[str, Labels] = {}

    def __getitem__(self, version: str) -> Labels:
        if version not in self._made:
            self._made[version] = Labels(self._trial, version)
        return self._made[version]


def value_words(field: Field, value: str) -> str:
    """An answer with its unit, or the label of the choice."""
    if not value:
        return ""
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        known = {one.id: one.label for one in field.choices}
        return ", ".join(known.get(part, part) for part in value.split(","))
    return f"{value} {_UNITS.get(field.unit, field.unit)}" if field.unit else value


def day_words(day: datetime.date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def role_words(role: str) -> str:
    return next((label for known, label in LABELS.items() if known.value == role), role)


def listed(parts: list[str] | tuple[str, ...]) -> str:
    """One, two and three."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def plain(value: str) -> str:
    return value.replace("-", " ")


def causality_words(causality: Causality) -> str:
    return "relation to treatment not known" if causality is Causality.NOT_KNOWN else f"{plain(causality)} to treatment"


def outcome_words(outcome: Outcome) -> str:
    return "outcome not known" if outcome is Outcome.NOT_KNOWN else plain(outcome)


_ENDED = {"lost": "lost to follow-up", "completed": "completed the trial", "stopped": "stopped treatment"}


def ended_words(what: str) -> str:
    """How somebody's follow-up, or treatment, is said to have ended."""
    return _ENDED.get(what, what)
