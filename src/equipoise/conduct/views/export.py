"""Rectangular tables of a trial for one viewer: a table for each form and one for each kind of record.

A column is there only if the viewer is cleared for it at one site at least; a cell only if cleared at its site. Sealed
values and arms come from the caller, who has them from the custodian, and go to nobody who is not cleared.
"""

from collections.abc import Iterator, Mapping

from equipoise.conduct.masking import Viewer
from equipoise.conduct.participant import Participant, Place
from equipoise.conduct.protocol.model import Field, Form, Kind
from equipoise.conduct.roles import SEALED, STATISTICIANS, Information
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.calendar import holds
from equipoise.conduct.views.records import ARMS, RECORDS, arms_table, iso, yes_no
from equipoise.conduct.views.sight import Sight, version_of
from equipoise.conduct.views.table import (
    DATE,
    DECIMAL,
    MOMENT,
    PARTICIPANT,
    SITE,
    TEXT,
    WHOLE,
    YES_NO,
    Cell,
    Column,
    Sealed,
    Table,
)
from equipoise.kernel.refused import Refused

_KINDS = {Kind.NUMBER: DECIMAL, Kind.WHOLE: WHOLE, Kind.DATE: DATE, Kind.YES_NO: YES_NO, Kind.COMPUTED: DECIMAL}


def tables(trial: Trial, viewer: Viewer, sealed: Sealed | None = None) -> Iterator[Table]:
    """One after the other, so that no more than one is held at a time. Empty tables are there, to be seen as empty."""
    for name in table_names(trial, viewer):
        yield table(trial, viewer, name, sealed)


def table_names(trial: Trial, viewer: Viewer) -> tuple[str, ...]:
    """Tables of which the viewer sees something; those of forms are named ``form_`` and the form's id."""
    sight = Sight(trial, viewer)
    fixed = [name for name, (information, _) in RECORDS.items() if sight.sees(information)]
    arms = [ARMS] if viewer.roles & STATISTICIANS else []
    return (*fixed, *arms, *(f"form_{form}" for form in _forms_seen(sight)))


def table(trial: Trial, viewer: Viewer, name: str, sealed: Sealed | None = None) -> Table:
    """Refused: there is none of that name for this viewer."""
    if name not in table_names(trial, viewer):
        raise Refused("there is no such table for your roles.", what=name[:40], do="Choose one of the list.")
    sight = Sight(trial, viewer)
    if name == ARMS:
        return arms_table(sight, sealed or Sealed())
    if name in RECORDS:
        return RECORDS[name][1](sight, sealed or Sealed())
    return _form_table(sight, name.removeprefix("form_"), sealed or Sealed())


def _forms_seen(sight: Sight) -> dict[str, Form]:
    """Forms of every version of the protocol with a field the viewer sees, the latest version of each."""
    found: dict[str, Form] = {}
    if not sight.sees(Information.OPEN):
        return found
    for protocol in sight.trial.protocols.values():
        for form in protocol.forms:
            if any(sight.sees(field.information) for field in form.fields):
                found[form.id] = form
    return found


def _form_table(sight: Sight, form: str, sealed: Sealed) -> Table:
    fields = _fields_of(sight, form)
    columns = (
        PARTICIPANT,
        SITE,
        Column("visit", "Visit", key=2),
        Column("visit_on", "Day of the visit", DATE),
        Column("copy", "Copy of the form", WHOLE, key=3),
        Column("entered_at", "Filled in at", MOMENT),
        Column("signed", "Signed", YES_NO),
        *(_column(field) for field in fields),
    )
    rows = tuple(
        row for one in sight.participants(Information.OPEN) for row in _form_rows(sight, one, form, fields, sealed)
    )
    return Table(f"form_{form}", _forms_seen(sight)[form].label, columns, rows)


def _fields_of(sight: Sight, form: str) -> tuple[Field, ...]:
    """Of all versions of the form; a field is told as its latest version does."""
    found: dict[str, Field] = {}
    for version in sight.trial.protocols:
        known = sight.form(version, form)
        found |= {field.id: field for field in (known.fields if known else ()) if sight.sees(field.information)}
    return tuple(found.values())


def _column(field: Field) -> Column:
    choices = tuple((one.id, one.label) for one in field.choices)
    kind = _KINDS.get(field.kind, TEXT)
    return Column(field.id, field.label, kind, field.unit, choices, field.information)


def _form_rows(
    sight: Sight, one: Participant, form: str, fields: tuple[Field, ...], sealed: Sealed
) -> Iterator[tuple[Cell, ...]]:
    seen = {field.id for field in sight.fields(version_of(sight.trial, one), form, one.site)}
    if not seen:
        return
    for place in sorted(place for place in one.sheets if place.form == form):
        sheet, came = one.sheets[place], one.visits.get(place.visit)
        values = (_value(field, sheet.values, one, place, sealed) if field.id in seen else None for field in fields)
        on = iso(came.on) if came else None
        yield one.id, one.site, place.visit, on, place.copy, sheet.entered, yes_no(holds(sheet)), *values


def _value(field: Field, values: Mapping[str, str], one: Participant, place: Place, sealed: Sealed) -> Cell:
    text = sealed.values.get((one.id, place, field.id)) if field.information in SEALED else values.get(field.id)
    if text is None:
        return None
    return int(text) if field.kind is Kind.WHOLE else text
