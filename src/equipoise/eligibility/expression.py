"""What a criterion says: a tree of frozen values. ``evaluate`` is its meaning, ``docs/criteria-format.md`` its JSON.

Every node keeps the places in the source text it was read from and the rule that read it. Amounts are decimals.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec

from equipoise.kernel.truth import Truth


class Span(msgspec.Struct, frozen=True, array_like=True):
    """``start`` to ``end`` in the criteria text, in characters; JSON ``[start, end]``."""

    start: int
    end: int


class Domain(StrEnum):
    """The kinds of event a record holds (OMOP CDM domains); ``any`` where the text does not tell."""

    CONDITION = "condition"
    DRUG = "drug"
    PROCEDURE = "procedure"
    OBSERVATION = "observation"
    ANY = "any"


class Anchor(StrEnum):
    """The moment a window is counted from. ``index`` where the text names none; ``study`` is the time in the study."""

    INDEX = "index"
    CONSENT = "consent"
    SCREENING = "screening"
    ENROLMENT = "enrolment"
    RANDOMISATION = "randomisation"
    FIRST_DOSE = "first_dose"
    BASELINE = "baseline"
    BIRTH = "birth"
    STUDY = "study"


class Unit(StrEnum):
    """Units of a period."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    HALF_LIFE = "half_life"


class Period(msgspec.Struct, frozen=True):
    """A length of time, or with a sign a distance from an anchor (negative: before it)."""

    amount: Decimal
    unit: Unit


class Window(msgspec.Struct, frozen=True, omit_defaults=True):
    """From ``start`` to ``end``, both counted from the anchor and both included; ``None`` is without limit.

    ``other`` is the second way to say the nearer or farther limit, as in "4 weeks or 5 half-lives, whichever is
    longer"; ``whichever`` says which of the two holds.
    """

    anchor: Anchor = Anchor.INDEX
    start: Period | None = None
    end: Period | None = None
    other: Period | None = None
    whichever: Literal["longer", "shorter"] | None = None


class Range(msgspec.Struct, frozen=True, omit_defaults=True):
    """From ``low`` to ``high``; ``None`` is without limit; an open end leaves the limit itself out."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False


class Code(msgspec.Struct, frozen=True, order=True):
    """A code in a vocabulary: ``SNOMED``, ``ICD10CM``, ``RxNorm``, ``LOINC``, ``MeSH``, ``OMOP`` (a concept id)."""

    system: str
    code: str


class Concept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is meant: the words of the text, other words for it, and the codes it is bound to (none: unbound).

    An ``ICD10CM`` code stands for all codes that begin with it.
    """

    words: str
    synonyms: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    without: tuple["Concept", ...] = ()


class Pattern(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event in a person's record. ``qualifiers`` (severe, stable) must all hold; a record seldom says whether."""

    domain: Domain
    concept: Concept
    qualifiers: tuple[str, ...] = ()


class Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """``spans``: where it was read; ``rule``: what read it."""

    spans: tuple[Span, ...] = ()
    rule: str = ""


class And(Node, frozen=True, tag="and"):
    of: tuple["Expr", ...]
    inferred: bool = False
    """The text states no combinator; this one was taken from the section and the words around it."""


class Or(Node, frozen=True, tag="or"):
    of: tuple["Expr", ...]
    inferred: bool = False


class Not(Node, frozen=True, tag="not"):
    of: "Expr"


class AtLeast(Node, frozen=True, tag="at_least"):
    count: int
    of: tuple["Expr", ...]


class AtMost(Node, frozen=True, tag="at_most"):
    count: int
    of: tuple["Expr", ...]


class Except(Node, frozen=True, tag="except"):
    """``base``, unless it is no more than what is ``allowed``: base and not allowed."""

    base: "Expr"
    allowed: "Expr"


class IfThen(Node, frozen=True, tag="if"):
    """``then`` for whom ``guard`` holds; true for all others."""

    guard: "Expr"
    then: "Expr"


class Constant(Node, frozen=True, tag="constant"):
    truth: Truth


class Age(Node, frozen=True, tag="age"):
    """Completed units of age at the anchor: from ``low`` to ``high``."""

    low: Period | None = None
    high: Period | None = None
    low_open: bool = False
    high_open: bool = False
    at: Anchor = Anchor.INDEX


class Sex(Node, frozen=True, tag="sex"):
    """Sex as the registry and records hold it."""

    sex: Literal["female", "male"]


class Exists(Node, frozen=True, tag="exists"):
    """At least ``count`` events of the pattern. ``touch``: they start in the window, or overlap it."""

    pattern: Pattern
    count: int = 1
    window: Window | None = None
    touch: Literal["starts", "overlaps"] = "starts"


class Value(Node, frozen=True, tag="value"):
    """A measured value: which of those in the window (``select``), and the range it must lie in.

    ``unit`` is a UCUM code. With ``reference`` the range is in multiples of that limit, as in 2.5 x ULN.
    """

    measure: str
    range: Range
    unit: str | None = None
    reference: Literal["ULN", "LLN", "baseline"] | None = None
    select: Literal["latest", "any", "all", "highest", "lowest"] = "latest"
    window: Window | None = None


class Duration(Node, frozen=True, tag="duration"):
    """An event of the pattern that began at least this long before ``until`` and lasts at it."""

    pattern: Pattern
    at_least: Period
    until: Anchor = Anchor.INDEX


class Related(Node, frozen=True, tag="related"):
    """An event of ``first`` that starts ``gap`` days after one of ``second`` (negative: before it)."""

    first: Pattern
    second: Pattern
    gap: Range


class Classified(Node, frozen=True, tag="classified"):
    """A published instrument puts the person in this class or a higher one."""

    instrument: str
    reaches: str


class Topic(StrEnum):
    CONSENT = "consent"
    WILLINGNESS = "willingness"
    CONTRACEPTION = "contraception"
    CHILDBEARING = "childbearing"
    PLAN = "plan"
    LOGISTICS = "logistics"
    JUDGEMENT = "judgement"


class Ask(Node, frozen=True, tag="ask"):
    """What no record holds and only a person can say."""

    question: str
    topic: Topic


class Opaque(Node, frozen=True, tag="opaque"):
    """Text that was not understood: unknown to any record, shown, and never dropped."""

    text: str
    reason: str = "not understood"


Atom: TypeAlias = Age | Sex | Exists | Value | Duration | Related | Classified | Ask | Opaque
Expr: TypeAlias = And | Or | Not | AtLeast | AtMost | Except | IfThen | Constant | Atom


class Polarity(StrEnum):
    INCLUDE = "include"
    EXCLUDE = "exclude"


class Parse(StrEnum):
    """How much of the words the expression carries."""

    FULL = "full"
    PARTIAL = "partial"
    OPAQUE = "opaque"


class Criterion(msgspec.Struct, frozen=True, omit_defaults=True):
    """One criterion. ``expr`` says what the text says: for an exclusion, what shuts a person out.

    ``scope`` names the cohort or part it is for, where not for all. ``field`` names the registry's own field it was
    made from, where it was not read from text (``span`` is then empty).
    """

    id: str
    polarity: Polarity
    text: str
    span: Span
    parse: Parse
    expr: Expr
    scope: str = ""
    heading: str = ""
    field: str = ""


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """All criteria of a study. ``by`` and ``at`` are set on a curated reading: who settled it, and when.

    ``text_sha256`` is that of the criteria text read, so that a curated reading knows when its text has changed.
    """

    study: str
    criteria: tuple[Criterion, ...]
    text_sha256: str = ""
    by: str = ""
    at: str = ""
    note: str = ""
