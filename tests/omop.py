"""Strategies: expressions over a few OMOP concepts, and populations that hold those concepts on a few days.

Values and days are few, so that limits are met exactly.
"""

import datetime
import random
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from equipoise.eligibility.expression import (
    Age,
    Anchor,
    And,
    Ask,
    AtLeast,
    AtMost,
    Classified,
    Code,
    Concept,
    Constant,
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
    Range,
    Related,
    Sex,
    Topic,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.person import Absence, Run
from equipoise.eligibility.sql.vocabulary import Vocabulary
from equipoise.kernel.truth import Truth
from tests.engines import Row

AT = datetime.date(2024, 3, 31)
VOCABULARY = Vocabulary(
    measures={"weight": frozenset({10}), "creatinine": frozenset({11}), "inr": frozenset({12})},
    units={20: "kg", 21: "[lb_av]", 22: "mg/dL", 23: "umol/L", 24: "Cel"},
)
_DAYS = [AT + datetime.timedelta(days=days) for days in (-400, -366, -365, -91, -31, -30, -29, -7, -1, 0, 1, 5)]
_AMOUNTS = [Decimal(one) for one in ("0", "1", "2", "2.5", "10", "12", "88.4", "100", "130")]

some_amounts = st.sampled_from(_AMOUNTS)
units = st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR, Unit.HOUR])
lengths = st.sampled_from([Decimal(one) for one in ("0", "1", "1.5", "2", "7", "30", "12", "18")])


@st.composite
def periods(draw: st.DrawFn, *, back: bool | None = None, half_lives: bool = False) -> Period:
    amount = draw(lengths)
    if back is None:
        back = draw(st.booleans())
    unit = draw(st.one_of(units, units, units, st.just(Unit.HALF_LIFE)) if half_lives else units)
    return Period(-amount if back else amount, unit)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    anchor = draw(st.sampled_from([Anchor.INDEX, Anchor.INDEX, Anchor.CONSENT, Anchor.BIRTH, Anchor.STUDY]))
    start = draw(st.none() | periods(back=anchor is not Anchor.BIRTH, half_lives=True))
    end = draw(st.none() | st.just(Period(Decimal(0), Unit.DAY)) | periods(half_lives=True))
    if draw(st.integers(0, 3)):
        return Window(anchor, start, end)
    return Window(
        anchor, start, end, draw(periods(back=False, half_lives=True)), draw(st.sampled_from(["longer", "shorter"]))
    )


@st.composite
def concepts(draw: st.DrawFn, *, plain: bool = False) -> Concept:
    ids = draw(st.sampled_from([(1,), (1, 2), (2,), (3, 4), (), (1, *range(100, 140))]))
    without = () if plain else tuple(draw(st.lists(concepts(plain=draw(st.booleans())), max_size=2)))
    return Concept("something", codes=tuple(Code("OMOP", str(one)) for one in ids), without=without)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    qualifiers = ("severe",) if draw(st.integers(0, 7)) == 0 else ()
    return Pattern(draw(st.sampled_from(Domain)), draw(concepts()), qualifiers)


@st.composite
def ranges(draw: st.DrawFn, amounts: st.SearchStrategy[Decimal] = some_amounts) -> Range:
    low, high = draw(st.none() | amounts | amounts), draw(st.none() | amounts)
    if low is not None and high is not None and draw(st.booleans()):
        low, high = min(low, high), max(low, high)
    return Range(low, high, draw(st.booleans()), draw(st.booleans()))


ages = st.builds(
    Age,
    low=st.none() | periods(back=False),
    high=st.none() | periods(back=False),
    low_open=st.booleans(),
    high_open=st.booleans(),
    at=st.sampled_from([Anchor.INDEX, Anchor.CONSENT]),
)
existences = st.builds(
    Exists,
    pattern=patterns(),
    count=st.integers(1, 3),
    window=st.none() | windows(),
    touch=st.sampled_from(["starts", "overlaps"]),
)


@st.composite
def values(draw: st.DrawFn) -> Value:
    measure = draw(st.sampled_from(["weight", "creatinine", "inr", "platelets"]))
    unit = {"weight": "kg", "creatinine": "mg/dL", "inr": "1", "platelets": "10*9/L"}[measure]
    return Value(
        measure=measure,
        range=draw(ranges()),
        unit=draw(st.sampled_from([unit, unit, unit, "mmol/L"])),
        reference=draw(st.sampled_from([None, None, "ULN", "LLN", "baseline"])),
        select=draw(st.sampled_from(["latest", "latest", "any", "all", "highest", "lowest"])),
        window=draw(st.none() | windows()),
    )


durations = st.builds(
    Duration,
    pattern=patterns(),
    at_least=periods(back=False),
    until=st.sampled_from([Anchor.INDEX, Anchor.CONSENT, Anchor.BIRTH]),
)
gaps = ranges(st.sampled_from([Decimal(one) for one in ("-30", "-1", "0", "1", "1.5", "29", "30")]))
relations = st.builds(Related, first=patterns(), second=patterns(), gap=gaps)
atoms: st.SearchStrategy[Expr] = st.one_of(
    existences,
    existences,
    values(),
    values(),
    ages,
    st.builds(Sex, sex=st.sampled_from(["female", "male"])),
    durations,
    relations,
    st.one_of(
        st.builds(Constant, truth=st.sampled_from(Truth)),
        st.builds(Ask, question=st.just("Willing?"), topic=st.just(Topic.WILLINGNESS)),
        st.builds(Opaque, text=st.just("adequate organ function")),
        st.builds(Classified, instrument=st.just("eular-acr-2017"), reaches=st.just("probable")),
    ),
)


def _composites(below: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(below, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, of=several),
        st.builds(Or, of=several),
        st.builds(Not, of=below),
        st.builds(AtLeast, count=st.integers(0, 3), of=several),
        st.builds(AtMost, count=st.integers(0, 3), of=several),
        st.builds(Except, base=below, allowed=below),
        st.builds(IfThen, guard=below, then=below),
    )


expressions: st.SearchStrategy[Expr] = st.recursive(atoms, _composites, max_leaves=6)
runs = st.builds(
    Run,
    at=st.just(AT),
    anchors=st.sampled_from([{}, {Anchor.CONSENT: AT - datetime.timedelta(days=30)}]),
    absence=st.dictionaries(st.sampled_from(Domain), st.sampled_from(Absence), max_size=2),
    otherwise=st.sampled_from(Absence),
    lifetime=st.sampled_from([None, 30, 365]),
    fresh=st.sampled_from([None, None, 30]),
)
_MAYBE = [*_DAYS, None, None]
_CONCEPTS = [1, 1, 2, 2, 3, 4, 5, 100, 139]
_ROWS: dict[str, tuple[int, dict[str, list[Any]]]] = {
    "condition_occurrence": (
        3,
        {"condition_concept_id": _CONCEPTS, "condition_start_date": _MAYBE, "condition_end_date": _MAYBE},
    ),
    "drug_exposure": (
        3,
        {"drug_concept_id": _CONCEPTS, "drug_exposure_start_date": _MAYBE, "drug_exposure_end_date": _MAYBE},
    ),
    "procedure_occurrence": (
        2,
        {"procedure_concept_id": _CONCEPTS, "procedure_date": _MAYBE, "procedure_end_date": _MAYBE},
    ),
    "observation": (2, {"observation_concept_id": _CONCEPTS, "observation_date": _MAYBE}),
    "measurement": (
        5,
        {
            "measurement_concept_id": [10, 10, 11, 12],
            "measurement_date": _MAYBE,
            "value_as_number": [*(2 * [float(one) for one in _AMOUNTS]), 22.046226, 1e15, None],
            "unit_concept_id": [20, 20, 20, 21, 22, 22, 23, 0, None, 99],
            "range_low": [None, 1.0, 1.1],
            "range_high": [None, 1.0, 35.2, 40.0, 1e15],
        },
    ),
}
"""By table, the most rows a person has, and what each column may hold."""
_PERSON = {
    "gender_concept_id": [8507, 8532, 0, None],
    "year_of_birth": [None, 0, 1990, 2006, 2022, 2023, 2024],
    "month_of_birth": [None, 2, 3, 4, 13],
    "day_of_birth": [None, 1, 29, 31, 0],
}


def _population(seed: int) -> dict[str, list[Row]]:
    """Drawn by chance and not by Hypothesis: thirty people would take it longer than all engines together."""
    chance = random.Random(seed)

    def row(columns: dict[str, list[Any]]) -> Row:
        return {name: chance.choice(values) for name, values in columns.items()}

    tables: dict[str, list[Row]] = {"person": [], "observation_period": [], **{name: [] for name in _ROWS}}
    for number in range(1, 31):
        tables["person"].append({"person_id": number, **row(_PERSON)})
        for name, (most, columns) in _ROWS.items():
            for _ in range(chance.randint(0, most)):
                tables[name].append({"person_id": number, f"{name}_id": len(tables[name]) + 1, **row(columns)})
        for _ in range(chance.randint(0, 2)):
            start, end = sorted(chance.choices(_DAYS, k=2))
            period = {"observation_period_start_date": chance.choice([start, start, start, None])}
            period["observation_period_end_date"] = end
            periods = tables["observation_period"]
            periods.append({"person_id": number, "observation_period_id": len(periods) + 1, **period})
    return tables


populations = st.integers(0, 2**32).map(_population)
