"""Values of a form: brought into their canonical text, and held against the limits and checks of the protocol."""

import datetime
import hashlib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

import msgspec

from equipoise.conduct.events import Values
from equipoise.conduct.log import canonical
from equipoise.conduct.participant import Sheet
from equipoise.conduct.protocol.model import EditCheck, Field, Form, Kind, Relation
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused

LONGEST = 4000
"""Characters of a text."""
_YES_NO = {"yes": "yes", "no": "no", "true": "yes", "false": "no"}


class Slip(msgspec.Struct, frozen=True):
    """What is wrong with a value. ``refuse``: it cannot be kept so; otherwise it is kept, and asked about."""

    field: str
    words: str
    refuse: bool
    check: str = ""


class Days(msgspec.Struct, frozen=True):
    """Days that edit checks may name."""

    today: datetime.date
    consent: datetime.date | None = None
    randomisation: datetime.date | None = None


def digest(sheet: Sheet) -> str:
    """What a signature binds. A change taken back leaves another digest: it was a change, and is signed again."""
    return hashlib.sha256(canonical([sheet.values, sheet.sealed, sheet.corrections]).encode()).hexdigest()


def read_values(form: Form, given: Mapping[str, str]) -> tuple[Values, tuple[Slip, ...]]:
    """Each value in its canonical text, and those that cannot be read. What is empty is left out."""
    fields = {field.id: field for field in form.fields if field.kind is not Kind.COMPUTED}
    values, slips = {}, []
    for name, text in given.items():
        if name not in fields:
            slips.append(Slip(name, "This form has no such field.", refuse=True))
        elif text.strip():
            try:
                values[name] = read_value(fields[name], text.strip())
            except Refused as refused:
                slips.append(Slip(name, str(refused), refuse=True))
    return values, tuple(slips)


def read_value(field: Field, text: str) -> str:
    """Refused: a text that is not of the field's kind."""
    match field.kind:
        case Kind.NUMBER | Kind.WHOLE:
            return _number(field, text)
        case Kind.DATE:
            return str(PartialDate.read(text))
        case Kind.YES_NO:
            return _one_of(text.lower(), _YES_NO, "Choose yes or no.")
        case Kind.CHOICE:
            return _one_of(text, {each.id: each.id for each in field.choices}, "Choose one of the answers.")
        case Kind.CHOICES:
            known = {each.id: each.id for each in field.choices}
            chosen = {_one_of(part.strip(), known, "Choose from the answers.") for part in text.split(",")}
            return ",".join(name for name in known if name in chosen)
        case _:
            if len(text) > LONGEST:
                raise Refused(f"is longer than {LONGEST} characters.", what="This text", do="Shorten it.")
            return text


def _number(field: Field, text: str) -> str:
    plain = text.replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,8})?", plain, re.ASCII):
        raise Refused("is not a number.", what=text[:40], do="Write digits, with a point before decimals.")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise Refused("is not a number.", what=text[:40]) from None
    places = 0 if field.kind is Kind.WHOLE else field.decimals
    if places is not None and number != round(number, places):
        raise Refused(f"has more than {places} decimals.", what=text[:40], do="Round it as the protocol says.")
    return f"{(number + 0).normalize():f}"


def _one_of(text: str, known: Mapping[str, str], do: str) -> str:
    if text not in known:
        raise Refused("is not one of the answers.", what=text[:40], do=do)
    return known[text]


def examine(form: Form, values: Values, days: Days, baseline: Values | None = None) -> tuple[Slip, ...]:
    """Limits, required fields, fields not asked, and the form's edit checks. Sealed fields are not in ``values``."""
    return tuple(_examine(form, values, days, baseline or {}))


def _examine(form: Form, values: Values, days: Days, baseline: Values) -> Iterator[Slip]:
    for field in form.fields:
        value = values.get(field.id)
        asked = is_asked(field, values)
        if value is not None and not asked:
            yield Slip(field.id, "This is not asked with the other answers given.", refuse=True)
        elif value is not None:
            yield from _limits(field, value)
        elif field.required and asked and field.kind is not Kind.COMPUTED:
            yield Slip(field.id, f"{field.label} is missing.", refuse=False, check="required")
    for check in form.checks:
        if not _holds(check, values, days, baseline):
            yield Slip(check.left, check.words, refuse=check.refuse, check=check.id)


def is_asked(field: Field, values: Values) -> bool:
    if field.only_if is None:
        return True
    return field.only_if.equals in values.get(field.only_if.field, "").split(",")


def _limits(field: Field, value: str) -> Iterator[Slip]:
    if field.kind not in (Kind.NUMBER, Kind.WHOLE):
        return
    number, unit = Decimal(value), f" {field.unit}" if field.unit else ""
    if field.least is not None and number < field.least:
        yield Slip(field.id, f"{field.label} is at least {field.least}{unit}.", refuse=True, check="least")
    elif field.most is not None and number > field.most:
        yield Slip(field.id, f"{field.label} is at most {field.most}{unit}.", refuse=True, check="most")
    elif field.usual and not field.usual[0] <= number <= field.usual[1]:
        low, high = field.usual
        words = f"{field.label} is usually {low} to {high}{unit}. Is {value} right, and in this unit?"
        yield Slip(field.id, words, refuse=False, check="usual")


def _holds(check: EditCheck, values: Values, days: Days, baseline: Values) -> bool:
    """A check of what is not known holds: what is missing is asked for elsewhere."""
    left = values.get(check.left)
    right = _right(check, values, days, baseline)
    if left is None or right is None:
        return True
    if check.relation is Relation.EQUAL:
        return left == right
    if check.relation in (Relation.BEFORE, Relation.NOT_AFTER):
        return _ordered(PartialDate.read(left), PartialDate.read(right), strict=check.relation is Relation.BEFORE)
    one, other = Decimal(left), Decimal(right)
    return one < other if check.relation is Relation.LESS else one <= other


def _right(check: EditCheck, values: Values, days: Days, baseline: Values) -> str | None:
    named = {"today": days.today, "consent": days.consent, "randomisation": days.randomisation}
    if check.right in named:
        day = named[check.right]
        return day.isoformat() if day else None
    return baseline.get(check.left) if check.right == "baseline" else values.get(check.right)


def _ordered(left: PartialDate, right: PartialDate, *, strict: bool) -> bool:
    return left.earliest() < right.latest() if strict else left.earliest() <= right.latest()
