"""Forms: fields that hold together, limits in order, checks that compare like with like, scores with their items."""

from collections.abc import Iterator
from decimal import Decimal

from equipoise.conduct.protocol.model import Field, Form, Kind, Relation
from equipoise.conduct.protocol.problem import Problem, error, nearest, shown, warning
from equipoise.conduct.protocol.rules.known import Known, form_fields
from equipoise.conduct.protocol.rules.references import NAMED_DAYS
from equipoise.instruments.catalogue import INSTRUMENTS
from equipoise.instruments.instrument import Instrument
from equipoise.instruments.kinds import EnzymeChange, Multiples, Numbers
from equipoise.kernel.units import convert, measure_of

_NUMBERS = (Kind.NUMBER, Kind.WHOLE)
_CHOSEN = (Kind.CHOICE, Kind.CHOICES)
_DAYS = (Relation.BEFORE, Relation.NOT_AFTER)


def forms_hold_fields(known: Known) -> Iterator[Problem]:
    for place, form in enumerate(known.protocol.forms):
        if not form.fields:
            yield error(f"forms[{place}].fields", "A form holds one field or more.", "Add it.", what=shown(form.id))


def choices_where_chosen(known: Known) -> Iterator[Problem]:
    for path, _, field in form_fields(known.protocol):
        if field.kind in _CHOSEN and len(field.choices) < 2:
            yield error(path, f"is a {field.kind} and needs two choices or more.", "Add choices.", what=shown(field.id))
        if field.kind not in _CHOSEN and field.choices:
            yield error(f"{path}.choices", f"have no place in a field of {field.kind}.", "Make it a choice.")


def limits_in_order(known: Known) -> Iterator[Problem]:
    for path, _, field in form_fields(known.protocol):
        limits = [field.least, *(field.usual or ()), field.most]
        given = [each for each in limits if each is not None]
        if given != sorted(given):
            yield error(path, "has limits out of order: least, usual from, usual to, most.", what=shown(field.id))
        if given and field.kind not in _NUMBERS:
            yield error(
                path, f"has limits, and is of the kind {field.kind}.", "Make it a number.", what=shown(field.id)
            )


def decimals_of_numbers(known: Known) -> Iterator[Problem]:
    for path, _, field in form_fields(known.protocol):
        if field.decimals is not None and (field.kind is not Kind.NUMBER or not 0 <= field.decimals <= 8):
            yield error(f"{path}.decimals", "are for numbers, from 0 to 8.", what=str(field.decimals))


def units_known(known: Known) -> Iterator[Problem]:
    for path, _, field in form_fields(known.protocol):
        if field.unit and not _is_unit(field.unit):
            do = "Write it as UCUM does: kg, mg/dL, 10*9/L."
            yield warning(f"{path}.unit", "is not a unit we know.", do, what=shown(field.unit))


def _is_unit(unit: str) -> bool:
    """Temperatures are no multiples of one another, and measured by none but themselves."""
    return measure_of(unit) is not None or convert(Decimal(1), unit, "K") is not None


def conditions_come_after(known: Known) -> Iterator[Problem]:
    for place, form in enumerate(known.protocol.forms):
        order = [field.id for field in form.fields]
        for number, field in enumerate(form.fields):
            if field.only_if and field.only_if.field in order[number + 1 :]:
                path = f"forms[{place}].fields[{number}].only_if"
                yield warning(path, f"hangs on {field.only_if.field}, which is asked later.", "Put it after that.")


def checks_compare_alike(known: Known) -> Iterator[Problem]:
    for place, form in enumerate(known.protocol.forms):
        kinds = {field.id: field.kind for field in form.fields}
        for number, check in enumerate(form.checks):
            path = f"forms[{place}].checks[{number}]"
            left = kinds.get(check.left)
            right = (
                Kind.DATE
                if check.right in NAMED_DAYS
                else left
                if check.right == "baseline"
                else kinds.get(check.right)
            )
            if left is None or right is None:
                continue
            wanted = "days" if check.relation in _DAYS else "numbers"
            if check.relation is not Relation.EQUAL and not (_is(left, wanted) and _is(right, wanted)):
                yield error(path, f"compares {wanted}, and these are {left} and {right}.", what=shown(check.id))
            if check.right == "baseline" and known.baseline and form.id not in known.baseline.forms:
                why = f"looks at baseline, where {form.id} is not filled in."
                yield error(f"{path}.right", why, "Add the form to that visit.", what=shown(check.id))


def _is(kind: Kind, wanted: str) -> bool:
    return kind is Kind.DATE if wanted == "days" else kind in _NUMBERS


def scores_have_instruments(known: Known) -> Iterator[Problem]:
    for path, _, field in form_fields(known.protocol):
        if field.kind is Kind.COMPUTED and not field.instrument:
            yield error(path, "is computed, and names no instrument.", "Add instrument.", what=shown(field.id))
        if field.kind is not Kind.COMPUTED and (field.instrument or field.items):
            yield error(path, "has an instrument, and is not computed.", "Set kind: computed.", what=shown(field.id))


def items_of_instruments(known: Known) -> Iterator[Problem]:
    for path, _, field in form_fields(known.protocol):
        instrument = INSTRUMENTS.get(field.instrument)
        names = _item_names(instrument) if instrument else ()
        for name in field.items if instrument else ():
            if name not in names:
                do = nearest(name, names)
                yield error(f"{path}.items.{name}", f"is not an item of {field.instrument}.", do, what=shown(name))


def _item_names(instrument: Instrument) -> tuple[str, ...]:
    """Items by name, parts of items as ``item.part``, options as ``options.name``."""
    names = []
    for item in instrument.items:
        parts = item.kind.names if isinstance(item.kind, Multiples | Numbers) else ()
        if isinstance(item.kind, EnzymeChange):
            parts = tuple(map(str, item.kind.choice.values))
        names += [f"{item.name}.{part}" for part in parts] or [item.name]
    return (*names, *(f"options.{option.name}" for option in instrument.options))


def items_recorded(known: Known) -> Iterator[Problem]:
    for path, form, field in form_fields(known.protocol):
        for name, told in field.items.items():
            for part in (each.strip() for each in told.split(",")):
                if not part.startswith("=") and part not in known.fields and f"{form.id}.{part}" not in known.fields:
                    near = nearest(part, [*(each.id for each in form.fields), *known.fields])
                    yield error(f"{path}.items.{name}", "is not a field, nor a form.field.", near, what=shown(part))


def items_at_the_same_visits(known: Known) -> Iterator[Problem]:
    """A score whose items are asked at other visits alone is never computed."""
    for path, form, field in form_fields(known.protocol):
        for other in sorted(_other_forms(known, form, field)):
            without = next((v for v in known.visits.values() if form.id in v.forms and other not in v.forms), None)
            if without:
                why = f"needs {other}, which is not filled in at {without.label}."
                yield warning(f"{path}.items", why, "Add the form to that visit.", what=shown(field.id))


def _other_forms(known: Known, form: Form, field: Field) -> set[str]:
    named = {part.strip().partition(".")[0] for told in field.items.values() for part in told.split(",") if "." in part}
    return {name for name in named if name in known.forms and name != form.id}


RULES = (
    forms_hold_fields,
    choices_where_chosen,
    limits_in_order,
    decimals_of_numbers,
    units_known,
    conditions_come_after,
    checks_compare_alike,
    scores_have_instruments,
    items_of_instruments,
    items_recorded,
    items_at_the_same_visits,
)
