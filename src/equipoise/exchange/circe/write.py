"""A reading as Circe JSON: each criterion an inclusion rule, on the day of screening as the index."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, assert_never

import msgspec

from equipoise.eligibility.cohorts import cohort_of
from equipoise.eligibility.expression import (
    Age,
    And,
    Ask,
    AtLeast,
    AtMost,
    Classified,
    Code,
    Concept,
    Constant,
    Criterion,
    Domain,
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
    Polarity,
    Range,
    Reading,
    Related,
    Sex,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.moments import FIRST, LAST, Days, shift, surest, widest
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.sql.people import GENDERS
from equipoise.eligibility.sql.vocabulary import OMOP, UNDER, Vocabulary, bundled
from equipoise.kernel.truth import Truth

Json = dict[str, Any]
_KINDS = {
    Domain.CONDITION: "ConditionOccurrence",
    Domain.DRUG: "DrugExposure",
    Domain.PROCEDURE: "ProcedureOccurrence",
    Domain.OBSERVATION: "Observation",
}
_LIMIT = {"Type": "All"}


class _Lost(Exception):
    """Why a criterion cannot be said in Circe."""


def write_circe(reading: Reading, run: Run, vocabulary: Vocabulary | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The cohort, and in words what of the reading it does not carry.

    The index of every person is ``run.at``. Circe finds only what lies in an observation period, and what it does not
    find it takes to be absent.
    """
    writer = _Writer(run, vocabulary or bundled())
    rules = [rule for criterion in reading.criteria if (rule := writer.rule(criterion)) is not None]
    day = run.at.isoformat()
    cohort = {
        "Title": reading.study,
        "cdmVersionRange": ">=5.0.0",
        "ConceptSets": writer.sets,
        "PrimaryCriteria": {
            "CriteriaList": [{"ObservationPeriod": {"UserDefinedPeriod": {"StartDate": day, "EndDate": day}}}],
            "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
            "PrimaryCriteriaLimit": _LIMIT,
        },
        "QualifiedLimit": _LIMIT,
        "ExpressionLimit": _LIMIT,
        "InclusionRules": rules,
        "CensoringCriteria": [],
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0},
        "CensorWindow": {},
    }
    return msgspec.json.format(msgspec.json.encode(cohort), indent=2), tuple(dict.fromkeys(writer.notes))


class _Writer:
    def __init__(self, run: Run, vocabulary: Vocabulary) -> None:
        self.run, self.vocabulary = run, vocabulary
        self.sets, self.notes = list[Json](), ["What is not known is not met: Circe knows only yes and no."]
        self._numbers: dict[Concept, int] = {}
        self._criterion = ""

    def rule(self, criterion: Criterion) -> Json | None:
        self._criterion = criterion.id
        expr = criterion.expr if criterion.polarity is Polarity.INCLUDE else Not(of=criterion.expr)
        try:
            if cohort := cohort_of(criterion):
                raise _Lost(f"only for {cohort}")
            return {"name": criterion.text or criterion.id, "expression": self.group(expr)}
        except _Lost as lost:
            self._note(f"left out: {lost}")
            return None

    def _note(self, words: str) -> None:
        self.notes.append(f"{self._criterion}: {words}.")

    def group(self, expr: Expr) -> Json:
        match expr:
            case And(of=of):
                return _group("ALL", [self.group(one) for one in of])
            case Or(of=of):
                return _group("ANY", [self.group(one) for one in of]) if of else self.group(Constant(truth=Truth.FALSE))
            case Not(of=one):
                return _group("AT_MOST", [self.group(one)], 0)
            case AtLeast(count=count, of=of):
                return _group("AT_LEAST", [self.group(one) for one in of], count)
            case AtMost(count=count, of=of):
                return _group("AT_MOST", [self.group(one) for one in of], count)
            case Except(base=base, allowed=allowed):
                return self.group(And(of=(base, Not(of=allowed))))
            case IfThen(guard=guard, then=then):
                return self.group(Or(of=(Not(of=guard), then)))
            case Constant(truth=Truth.TRUE):
                return _group("ALL", [])
            case _:
                return self._leaf(expr)

    def _leaf(self, expr: Expr) -> Json:
        match expr:
            case Age():
                return _people({"Age": self._age(expr)})
            case Sex(sex=sex):
                return _people({"Gender": [{"CONCEPT_ID": GENDERS[sex], "CONCEPT_NAME": sex.upper()}]})
            case Exists():
                return _events(self._event(expr.pattern), self._windows(expr), expr.count)
            case Value():
                return self._value(expr)
            case Duration():
                return self._duration(expr)
            case Related():
                return self._related(expr)
            case Ask() | Opaque() | Classified() | Constant():
                raise _Lost("no record says it")
            case And() | Or() | Not() | AtLeast() | AtMost() | Except() | IfThen():
                raise TypeError(f"Not a leaf: {type(expr).__name__}")
            case _:
                assert_never(expr)

    def _age(self, atom: Age) -> Json:
        if any(period is not None and period.unit is not Unit.YEAR for period in (atom.low, atom.high)):
            raise _Lost("an age that is not in years")
        self._note("age is the calendar year less that of birth")
        low, high = (None if period is None else period.amount for period in (atom.low, atom.high))
        return _range(Range(low, high, atom.low_open, atom.high_open))

    def _event(self, pattern: Pattern) -> Json:
        if pattern.domain not in _KINDS:
            raise _Lost("an event of any kind")
        if pattern.qualifiers:
            raise _Lost(f"events that are {', '.join(pattern.qualifiers)}")
        return {_KINDS[pattern.domain]: {"CodesetId": self._set(pattern.concept)}}

    def _set(self, concept: Concept) -> int:
        """The number of the concept's set; the same for the same concept."""
        for one in (concept, *concept.without):
            if not any(code.system in (OMOP, UNDER) for code in one.codes):
                raise _Lost(f"no OMOP concept stands for {one.words}")
        if any(one.without for one in concept.without):
            raise _Lost(f"something left out of what is left out of {concept.words}")
        if concept not in self._numbers:
            self._numbers[concept] = len(self.sets)
            parts = [(concept, False), *((one, True) for one in concept.without)]
            items = [item for one, excluded in parts for item in _items(one, excluded=excluded)]
            self.sets.append({"id": len(self.sets), "name": concept.words, "expression": {"items": items}})
        return self._numbers[concept]

    def _windows(self, atom: Exists) -> Json:
        days = self._days(atom.window)
        if atom.touch == "starts":
            return {"StartWindow": self._window(days)}
        self._note("an event without an end is taken to last one day")
        return {
            "StartWindow": self._window(Days(FIRST, days.end)),
            "EndWindow": self._window(Days(days.start, LAST)) | {"UseEventEnd": True},
        }

    def _days(self, window: Window | None) -> Days:
        sure, wide = surest(window, Person(), self.run), widest(window, Person(), self.run)
        if sure is None or sure != wide:
            raise _Lost("a window whose days are not known")
        return sure

    def _window(self, days: Days) -> Json:
        return {"Start": self._end(days.start), "End": self._end(days.end), "UseEventEnd": False, "UseIndexEnd": False}

    def _end(self, day: Any) -> Json:
        if day in (FIRST, LAST):
            return {"Coeff": -1 if day == FIRST else 1}
        away = (day - self.run.at).days
        return {"Days": abs(away), "Coeff": 1 if away > 0 else -1}

    def _value(self, atom: Value) -> Json:
        window = {"StartWindow": self._window(self._days(atom.window))}
        if atom.select in ("all", "highest", "lowest"):
            raise _Lost(f"the {atom.select} of several values")
        if atom.select == "latest":
            self._note("any value is taken, not the latest")
        return _events({"Measurement": self._measured(atom)}, window, 1)

    def _measured(self, atom: Value) -> Json:
        ids = self.vocabulary.measures.get(atom.measure, frozenset())
        concept = Concept(atom.measure, codes=tuple(Code(OMOP, str(one)) for one in sorted(ids)))
        found: Json = {"CodesetId": self._set(concept)}
        if atom.reference is not None:
            names = {"ULN": "RangeHighRatio", "LLN": "RangeLowRatio"}
            if atom.reference not in names:
                raise _Lost("a value against that at baseline")
            return found | {names[atom.reference]: _range(atom.range)}
        units = [number for number, unit in self.vocabulary.units.items() if unit == atom.unit]
        self._note(f"only values in {atom.unit} count")
        return found | {"ValueAsNumber": _range(atom.range), "Unit": [{"CONCEPT_ID": one} for one in units]}

    def _duration(self, atom: Duration) -> Json:
        until = self.run.day(atom.until)
        if atom.at_least.unit is Unit.HALF_LIFE:
            raise _Lost("a number of half-lives")
        since = shift(until, Period(-atom.at_least.amount, atom.at_least.unit))
        windows = {
            "StartWindow": self._window(Days(FIRST, since)),
            "EndWindow": self._window(Days(until, LAST)) | {"UseEventEnd": True},
        }
        return _events(self._event(atom.pattern), windows, 1)

    def _related(self, atom: Related) -> Json:
        low, high = (None if one is None else _whole(one) for one in (atom.gap.low, atom.gap.high))
        if atom.gap.low_open or atom.gap.high_open:
            raise _Lost("a gap with an open end")
        near = {"Start": _away(low, -1), "End": _away(high, 1), "UseEventEnd": False, "UseIndexEnd": False}
        ((kind, second),) = self._event(atom.second).items()
        after = _events(self._event(atom.first), {"StartWindow": near}, 1)
        window = {"StartWindow": self._window(Days(FIRST, LAST))}
        return _events({kind: second | {"CorrelatedCriteria": after}}, window, 1)


def _group(kind: str, groups: list[Json], count: int | None = None) -> Json:
    counted = {} if count is None else {"Count": count}
    return {"Type": kind, **counted, "CriteriaList": [], "DemographicCriteriaList": [], "Groups": groups}


def _people(criterion: Json) -> Json:
    return _group("ALL", []) | {"DemographicCriteriaList": [criterion]}


def _events(criterion: Json, windows: Json, count: int) -> Json:
    entry = {"Criteria": criterion, **windows, "Occurrence": {"Type": 2, "Count": count}}
    return _group("ALL", []) | {"CriteriaList": [entry]}


def _items(concept: Concept, *, excluded: bool) -> Iterator[Json]:
    for code in concept.codes:
        if code.system in (OMOP, UNDER):
            named = {"CONCEPT_ID": int(code.code), "CONCEPT_NAME": concept.words, "STANDARD_CONCEPT": "S"}
            under = code.system == UNDER
            yield {"concept": named, "isExcluded": excluded, "includeDescendants": under, "includeMapped": False}


def _range(limits: Range) -> Json:
    low, high = limits.low, limits.high
    if low is not None and high is not None:
        if limits.low_open or limits.high_open:
            raise _Lost("a range with an open end")
        return {"Value": _number(low), "Op": "bt", "Extent": _number(high)}
    if low is not None:
        return {"Value": _number(low), "Op": "gt" if limits.low_open else "gte"}
    if high is not None:
        return {"Value": _number(high), "Op": "lt" if limits.high_open else "lte"}
    raise _Lost("a range without limits")


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value():
        raise _Lost("a gap in parts of a day")
    return int(value)


def _away(days: int | None, side: int) -> Json:
    if days is None:
        return {"Coeff": side}
    return {"Days": abs(days), "Coeff": -1 if days < 0 else 1}
