"""An expression in English: exact enough to check against the text, plain enough to read aloud."""

from decimal import Decimal

from equipoise.eligibility.expression import (
    Age,
    Anchor,
    And,
    Ask,
    AtLeast,
    AtMost,
    Classified,
    Constant,
    Duration,
    Except,
    Exists,
    Expr,
    IfThen,
    Not,
    Opaque,
    Or,
    Pattern,
    Period,
    Range,
    Related,
    Sex,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.measures import MEASURES
from equipoise.kernel.truth import Truth

MOMENT = {
    Anchor.INDEX: "today",
    Anchor.CONSENT: "signing the consent form",
    Anchor.SCREENING: "screening",
    Anchor.ENROLMENT: "enrolment",
    Anchor.RANDOMISATION: "randomisation",
    Anchor.FIRST_DOSE: "the first dose",
    Anchor.BASELINE: "the baseline visit",
    Anchor.BIRTH: "birth",
    Anchor.STUDY: "the study",
}
_UNITS = {
    "a": "years",
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "10*9/L": "× 10⁹/L",
    "10*12/L": "× 10¹²/L",
    "10*6/L": "× 10⁶/L",
    "10*3/uL": "× 10³/µL",
    "umol/L": "µmol/L",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "kg/m2": "kg/m²",
    "[lb_av]": "lb",
    "[ft_i]": "feet",
    "[diop]": "dioptres",
}
_PLAIN = str.maketrans("", "", "{}[]")
"""Signs of UCUM that nobody writes."""
_LIMITS = {"ULN": "the upper limit of normal", "LLN": "the lower limit of normal", "baseline": "the value at baseline"}
_SELECTED = {
    "latest": "",
    "any": "at any time ",
    "all": "at all times ",
    "highest": "at its highest ",
    "lowest": "at its lowest ",
}
_AFTER = ("that ", "at ", "by ", "with ", "without ", "in ", "on ", "for ", "to ", "not ")
"""Qualifiers that begin so stand behind what they qualify."""
_TRUTH = {Truth.TRUE: "always", Truth.FALSE: "never", Truth.UNKNOWN: "not known"}


def english(expr: Expr) -> str:
    match expr:
        case And(of=of):
            return _list("and", of)
        case Or(of=of):
            return _list("or", of)
        case Not(of=Exists() as one):
            return "no " + english(one)
        case Not(of=one):
            return "not " + _bracketed(one)
        case AtLeast(count=count, of=of):
            return f"at least {count} of: " + "; ".join(map(english, of))
        case AtMost(count=count, of=of):
            return f"at most {count} of: " + "; ".join(map(english, of))
        case Except(base=base, allowed=allowed):
            return f"{_bracketed(base)}, except {_bracketed(allowed)}"
        case IfThen(guard=guard, then=then):
            return f"if {_bracketed(guard)}, then {_bracketed(then)}"
        case Constant(truth=truth):
            return _TRUTH[truth]
        case _:
            return _leaf(expr)


def _leaf(atom: Expr) -> str:
    match atom:
        case Age():
            return _age(atom)
        case Sex(sex=sex):
            return sex
        case Exists():
            return _exists(atom)
        case Value():
            return _value(atom)
        case Duration(pattern=pattern, at_least=period, until=until):
            return f"{pattern_words(pattern)} for at least {period_words(period)} up to {MOMENT[until]}"
        case Related(first=first, second=second, gap=gap):
            return f"{pattern_words(first)} {_gap(gap)} {pattern_words(second)}"
        case Classified(instrument=instrument, reaches=reaches):
            return f"“{reaches}” or higher by {instrument}"
        case Ask(question=question):
            return f"answered yes: {question}"
        case Opaque(text=text):
            return f"as the text says: “{text}”"
    raise TypeError(f"Not a leaf: {type(atom).__name__}")


def _list(word: str, of: tuple[Expr, ...]) -> str:
    if not of:
        return "always" if word == "and" else "never"
    parts = [_bracketed(one) for one in of]
    if len(parts) < 3:
        return f" {word} ".join(parts)
    return "; ".join((*parts[:-1], f"{word} {parts[-1]}"))


def _bracketed(expr: Expr) -> str:
    words = english(expr)
    return f"({words})" if isinstance(expr, And | Or | AtLeast | AtMost | Except | IfThen) else words


def _age(atom: Age) -> str:
    low = f"{'over' if atom.low_open else 'at least'} {period_words(atom.low)}" if atom.low else ""
    high = f"{'under' if atom.high_open else 'at most'} {period_words(atom.high)}" if atom.high else ""
    at = "" if atom.at is Anchor.INDEX else f" at {MOMENT[atom.at]}"
    return "age " + " and ".join(one for one in (low, high) if one) + at


def _exists(atom: Exists) -> str:
    count = f"at least {atom.count} × " if atom.count > 1 else ""
    window = f" {window_words(atom.window)}" if atom.window else ""
    return f"{count}{pattern_words(atom.pattern)}{window}"


def pattern_words(pattern: Pattern, name: str = "") -> str:
    """``name`` in place of the concept's own words."""
    concept = pattern.concept
    without = f" (not counting {' or '.join(one.words for one in concept.without)})" if concept.without else ""
    before = [one for one in pattern.qualifiers if not one.startswith(_AFTER)]
    after = [one for one in pattern.qualifiers if one.startswith(_AFTER)]
    return " ".join((*before, (name or concept.words) + without, *after))


def _value(atom: Value) -> str:
    window = f" {window_words(atom.window)}" if atom.window else ""
    unit = f" × {_LIMITS[atom.reference]}" if atom.reference else unit_words(atom.unit)
    return f"{measure_words(atom.measure)} {_SELECTED[atom.select]}{range_words(atom.range, unit)}{window}"


def measure_words(measure: str) -> str:
    known = MEASURES.get(measure)
    return known.label if known else measure.replace("_", " ")


def unit_words(unit: str | None) -> str:
    if unit in (None, "1", "{score}"):
        return ""
    shown = _UNITS.get(unit or "", unit or "")
    return "%" if shown == "%" else f" {shown.translate(_PLAIN)}"


def range_words(limits: Range, unit: str) -> str:
    low, high = limits.low, limits.high
    if low is not None and low == high:
        return f"{number(low)}{unit}"
    above = f"{'more than' if limits.low_open else 'at least'} {number(low)}{unit}" if low is not None else ""
    below = f"{'less than' if limits.high_open else 'at most'} {number(high)}{unit}" if high is not None else ""
    return " and ".join(one for one in (above, below) if one) or "any"


def _gap(gap: Range) -> str:
    return f"{range_words(gap, ' days')} after"


def window_words(window: Window) -> str:
    moment = MOMENT[window.anchor]
    if window.anchor is Anchor.STUDY:
        return "during the study"
    start, end = window.start, window.end
    if start and end and not start.amount and not end.amount:
        return "now" if window.anchor is Anchor.INDEX else f"at {moment}"
    if end is None or (end.amount == 0 and start):
        return _one_sided(window, start, moment)
    if start is None:
        return f"more than {_distance(end, moment)}" if end.amount else f"up to {moment}"
    return f"from {_distance(start, moment)} to {_distance(end, moment)}"


def _one_sided(window: Window, start: Period | None, moment: str) -> str:
    if start is None:
        return "at any time"
    other = f" or {period_words(window.other)}, whichever is {window.whichever}" if window.other else ""
    if start.amount < 0 and window.anchor is Anchor.INDEX:
        return f"in the last {period_words(start)}{other}"
    comma = "," if other else ""
    return f"within {period_words(start)}{other}{comma} before {moment}" if start.amount < 0 else f"since {moment}"


def _distance(period: Period, moment: str) -> str:
    if not period.amount:
        return moment
    side = "before" if period.amount < 0 else "after"
    return f"{period_words(period)} {'ago' if side == 'before' and moment == 'today' else f'{side} {moment}'}"


def period_words(period: Period) -> str:
    amount = abs(period.amount)
    unit = "half-life" if period.unit is Unit.HALF_LIFE else str(period.unit)
    plural = "half-lives" if period.unit is Unit.HALF_LIFE else f"{unit}s"
    return f"{number(amount)} {unit if amount == 1 else plural}"


def number(value: Decimal) -> str:
    """Without exponent and needless zeros, thousands apart."""
    text = f"{value.normalize():,f}"
    return text.replace(",", "\u202f") if abs(value) >= 10000 else text.replace(",", "")
