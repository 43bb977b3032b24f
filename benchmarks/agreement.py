"""When what was read agrees with a label made by hand: the rules by which ``benchmarks.accuracy`` counts.

A limit with two ends is two bounds, so that "18 to 75" agrees with "at least 18" and "at most 75" told apart.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from equipoise.eligibility.expression import Anchor, Duration, Exists, Reading
from equipoise.eligibility.flat import FlatAtom, flat_atoms
from equipoise.eligibility.lexicon.doses import dose_name
from equipoise.eligibility.measures import MEASURES, canonical, measure_for, plausible
from equipoise.eligibility.terms import find_terms
from equipoise.eligibility.tree import signed
from equipoise.kernel.units import convert

Label = dict[str, Any]
Span = tuple[int, int]
Bound = tuple[str, bool, Decimal]
"""Its end (low, high), whether it is open, and the number."""

COUNTED = "count of events"
"""What the labels call a value (prior regimens, episodes) is to the reader a count of events."""
_DURATIONS = {"h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}


class Told(NamedTuple):
    """What was read, and where; a window lies where its time was read, not its event."""

    spans: tuple[Span, ...]
    atom: FlatAtom


def overlap(one: Span, two: Span) -> int:
    return max(0, min(one[1], two[1]) - max(one[0], two[0]))


def told(reading: Reading, span: Span) -> list[Told]:
    """What lies mostly inside the span; a window that serves several events once."""
    found: dict[tuple[object, ...], Told] = {}
    for criterion in reading.criteria:
        if criterion.field or not overlap((criterion.span.start, criterion.span.end), span):
            continue
        for atom, negated in signed(criterion.expr):
            for flat in (*flat_atoms(atom), *_further(atom, negated=negated)):
                if flat.kind == "window" and isinstance(atom, Exists) and len(atom.spans) < 2:
                    continue  # its time was said in a line above
                one = Told(_places(atom, flat), flat)
                size = sum(end - start for start, end in one.spans)
                if one.spans and 2 * sum(overlap(place, span) for place in one.spans) > size:
                    key = (flat.kind, one.spans, flat.measure, *bounds(flat), flat.amount, flat.anchor)
                    found[(*key, flat.words if flat.kind != "window" else "")] = one
    return list(found.values())


def _places(atom: object, flat: FlatAtom) -> tuple[Span, ...]:
    spans = tuple((one.start, one.end) for one in flat.spans)
    if flat.kind in ("window", "duration"):
        return spans[1:2] or spans if isinstance(atom, Exists | Duration) else spans[-1:]
    return spans if flat.kind == "value" else spans[:1]


def _further(atom: object, *, negated: bool) -> Iterator[FlatAtom]:
    """A count of events is a value too; "for at least 3 months before screening" both lasts and has a window."""
    if isinstance(atom, Exists) and (atom.count > 1 or atom.rule == "event.count"):
        limit, sign = (atom.count - 1, "<=") if negated else (atom.count, ">=")
        yield FlatAtom(kind="value", measure=COUNTED, comparator=sign, value=Decimal(limit), spans=atom.spans[:1])  # type: ignore[arg-type]
    if isinstance(atom, Duration) and atom.until is not Anchor.INDEX:
        period = atom.at_least
        yield FlatAtom(kind="window", anchor=atom.until, amount=period.amount, unit=period.unit, spans=atom.spans)


def bounds(flat: FlatAtom) -> frozenset[Bound]:
    if flat.comparator is not None and flat.value is not None:
        return _bounds(flat.comparator, flat.value)
    ends = (("low", flat.low_comparator == ">", flat.low), ("high", flat.high_comparator == "<", flat.high))
    return frozenset((side, is_open, limit) for side, is_open, limit in ends if limit is not None)


def _bounds(comparator: str, limit: Decimal) -> frozenset[Bound]:
    if comparator == "=":
        return frozenset({("low", False, limit), ("high", False, limit)})
    return frozenset({("low" if comparator[0] == ">" else "high", len(comparator) == 1, limit)})


def asked(label: Label) -> frozenset[Bound]:
    """The bounds a label gives."""
    if "low" in label:
        low, high = Decimal(str(label["low"])), Decimal(str(label["high"]))
        return frozenset({("low", False, low), ("high", False, high)})
    return _bounds(label["comparator"], Decimal(str(label["value"])))


def measured(name: str) -> str:
    """The reader's own name of a measure that a label names in other words."""
    words = name.replace("_", " ")
    known = None if name in MEASURES else measure_for(words)
    drugs = find_terms(words) if known is None and words.endswith(" dose") else ()
    doses = (dose_name(term.name) for _, _, term in drugs)
    return known.name if known else next((dose for dose in doses if dose in MEASURES), name)


def is_measure(label: Label, atom: FlatAtom) -> bool:
    name = measured(label["measure"])
    if atom.measure == COUNTED:
        counts = name not in MEASURES or MEASURES[name].unit == "1"
        return counts and not label.get("unit") and not label.get("reference")
    return atom.measure == name


def same_unit(one: str | None, two: str | None) -> bool:
    if one is None or two is None or one == two:
        return one == two or {one, two} <= {None, "{score}", "1"}
    return convert(Decimal(1), one, two) == 1


def _same_amount(label: Label, atom: FlatAtom, one: Bound, two: Bound) -> bool:
    """The same end and, in the measure's own unit, the same amount; a unit that cannot be may have been put right."""
    if one[:2] != two[:2]:
        return False
    name, unit = measured(label["measure"]), label.get("unit")
    if label.get("reference") or name not in MEASURES:
        return one[2] == two[2] and (bool(label.get("reference")) or same_unit(atom.unit, unit))
    if one[2] == two[2] and same_unit(atom.unit, unit):
        return True
    ours, theirs = canonical(name, two[2], atom.unit), canonical(name, one[2], unit)
    if ours is None or theirs is None:
        return False
    mended = one[2] == two[2] and not plausible(name, one[2], unit) and plausible(name, two[2], atom.unit)
    return mended or abs(ours - theirs) <= abs(theirs) / 1_000_000


def is_value(labels: Iterable[Label], one: Told, where: int) -> bool:
    """Whether each of its bounds is one of those the labels it lies on give its measure."""
    near = [label for label in labels if lies_on(label, one, where) and _is_kind(label, one.atom)]
    given = [(label, bound) for label in near for bound in asked(label)]
    ours = bounds(one.atom)
    return bool(ours) and all(any(_same_amount(label, one.atom, bound, own) for label, bound in given) for own in ours)


def is_value_found(label: Label, right: Iterable[Told], where: int) -> bool:
    """Whether the right ones on it give each of its bounds."""
    near = [one for one in right if lies_on(label, one, where) and _is_kind(label, one.atom)]
    given = [(one.atom, bound) for one in near for bound in bounds(one.atom)]
    return all(any(_same_amount(label, atom, bound, own) for atom, own in given) for bound in asked(label))


def _is_kind(label: Label, atom: FlatAtom) -> bool:
    return is_measure(label, atom) and (atom.reference or None) == label.get("reference")


def lies_on(label: Label, one: Told, where: int) -> bool:
    span = (where + label["start"], where + label["end"])
    return any(overlap(place, span) for place in one.spans)


def names(label: Label, one: Told, where: int) -> bool:
    """Whether label and name share most of the shorter of the two."""
    span: Span = (where + label["start"], where + label["end"])
    shared = sum(overlap(place, span) for place in one.spans)
    return 2 * shared > min(span[1] - span[0], sum(end - start for start, end in one.spans))


def is_window(label: Label, atom: FlatAtom) -> bool:
    anchor = "index" if label["anchor"] == "now" or label["anchor"].startswith("event") else label["anchor"]
    amount = Decimal(str(label.get("to_amount") or label["amount"]))
    return str(atom.anchor) == anchor and bool(atom.amount == amount) and str(atom.unit) == label["unit"]


def is_duration(label: Label, atom: FlatAtom) -> bool:
    unit = _DURATIONS.get(atom.unit or "", atom.unit)
    return bool(atom.amount == Decimal(str(label["amount"])) and unit == label["unit"])


def why_missed(label: Label, read: Iterable[Told], where: int) -> str:
    """For a label that nothing right lies on: what stands there instead."""
    near = [one.atom for one in read if one.atom.kind == label["kind"] and lies_on(label, one, where)]
    if label["kind"] == "value" and measured(label["measure"]) not in (*MEASURES, "age"):
        return "not in the lexicon"
    if not near:
        return "nothing read"
    if label["kind"] == "window":
        amount = Decimal(str(label.get("to_amount") or label["amount"]))
        same = any(atom.amount == amount and str(atom.unit) == label["unit"] for atom in near)
        return "other anchor" if same else "other amount"
    if label["kind"] != "value":
        return "other amount"
    own = [atom for atom in near if _is_kind(label, atom)]
    if not own:
        return "other measure"
    return "other unit" if any(bounds(atom) >= asked(label) for atom in own) else "other limit"
