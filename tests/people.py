"""Generated expressions, readings and persons, small enough that they meet."""

import datetime
from decimal import Decimal

from hypothesis import strategies as st

from equipoise.eligibility.expression import (
    Age,
    And,
    Ask,
    AtLeast,
    AtMost,
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
    Parse,
    Pattern,
    Period,
    Polarity,
    Range,
    Reading,
    Related,
    Sex,
    Span,
    Topic,
    Unit,
    Value,
    Window,
)
from equipoise.eligibility.person import Event, Measurement, Observed, Person
from equipoise.eligibility.terms import bind_concept
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth

AT = datetime.date(2026, 1, 15)
WORDS = ("asthma", "myositis rara", "diabetes mellitus", "type 2 diabetes", "Type II Diabetes", "aspirin", "dialysis")
CODES = (Code("SNOMED", "44054006"), Code("ICD10CM", "E11"), Code("ICD10CM", "E11.9"), Code("RxNorm", "7"))
MEASURES = {"weight": "kg", "haemoglobin": "g/dL", "ecog": "{score}"}

domains = st.sampled_from(list(Domain))
codes = st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple)
patterns = st.builds(
    Pattern,
    domain=domains,
    concept=st.builds(Concept, words=st.sampled_from(WORDS), codes=codes, synonyms=st.just(()))
    | st.sampled_from(WORDS).map(lambda words: bind_concept(Concept(words))),
    qualifiers=st.sampled_from(((), (), ("severe",))),
)
periods = st.builds(Period, st.integers(-400, 0).map(Decimal), st.sampled_from((Unit.DAY, Unit.MONTH)))
windows = st.none() | st.builds(Window, start=st.none() | periods, end=st.none() | periods)
ages = st.builds(Age, low=st.builds(Period, st.integers(1, 80).map(Decimal), st.just(Unit.YEAR)))
values = st.sampled_from(sorted(MEASURES)).flatmap(
    lambda name: st.builds(
        Value,
        measure=st.just(name),
        range=st.builds(Range, low=st.integers(1, 5).map(Decimal)),
        unit=st.just(MEASURES[name]),
        window=windows,
    )
)
leaves = st.one_of(
    ages,
    st.builds(Sex, sex=st.sampled_from(("female", "male"))),
    st.builds(Exists, pattern=patterns, count=st.integers(1, 2), window=windows),
    values,
    st.builds(Duration, pattern=patterns, at_least=st.just(Period(Decimal(30), Unit.DAY))),
    st.builds(Related, first=patterns, second=patterns, gap=st.just(Range(low=Decimal(0)))),
    st.builds(Ask, question=st.sampled_from(("Will you?", "Can you?")), topic=st.just(Topic.CONSENT)),
    st.builds(Opaque, text=st.sampled_from(("as judged", "in the view"))),
    st.builds(Constant, truth=st.sampled_from(list(Truth))),
)


def _branches(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, of=several),
        st.builds(Or, of=several),
        st.builds(Not, of=inner),
        st.builds(AtLeast, count=st.integers(0, 3), of=several),
        st.builds(AtMost, count=st.integers(0, 3), of=several),
        st.builds(Except, base=inner, allowed=inner),
        st.builds(IfThen, guard=inner, then=inner),
    )


exprs = st.recursive(leaves, _branches, max_leaves=6)
criteria = st.builds(
    Criterion,
    id=st.uuids().map(str),
    polarity=st.sampled_from(list(Polarity)),
    text=st.just("text"),
    span=st.just(Span(0, 4)),
    parse=st.just(Parse.FULL),
    expr=exprs,
    scope=st.sampled_from(("", "", "Cohort A", "cohort a", "Cohort B", "Other exclusion criteria")),
)
readings = st.builds(
    Reading, study=st.just("NCT00000001"), criteria=st.lists(criteria, min_size=1, max_size=4).map(tuple)
)

dates = st.builds(PartialDate, st.integers(2024, 2025), st.integers(1, 12), st.integers(1, 28)) | st.builds(
    PartialDate, st.integers(2024, 2025), st.none() | st.integers(1, 12)
)
events = st.builds(
    Event,
    domain=domains,
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True).map(tuple),
    codes=codes,
    start=st.none() | dates,
    end=st.none() | dates,
    ended=st.none() | st.booleans(),
    refuted=st.booleans(),
    qualifiers=st.sampled_from(((), ("severe",))),
    source=st.sampled_from(("a", "b", "c")),
)
numbers = st.integers(2, 5).map(Decimal)
measurements = st.sampled_from(sorted(MEASURES)).flatmap(
    lambda name: st.builds(
        Measurement,
        measure=st.just(name),
        value=numbers,
        unit=st.just(MEASURES[name]),
        date=st.none() | dates,
        low=st.none() | numbers,
        high=st.none() | numbers,
        source=st.sampled_from(("d", "e")),
    )
)
observed = st.builds(Observed, st.dates(datetime.date(2020, 1, 1), AT), st.just(AT))
persons = st.builds(
    Person,
    id=st.sampled_from(("", "p1")),
    born=st.none() | st.builds(PartialDate, st.integers(1930, 2020), st.none() | st.integers(1, 12)),
    sex=st.sampled_from((None, "female", "male")),
    events=st.lists(events, max_size=6).map(tuple),
    measurements=st.lists(measurements, max_size=4).map(tuple),
    observed=st.lists(observed, max_size=1).map(tuple),
)
