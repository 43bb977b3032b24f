"""A trial as its protocol describes it: everything that is settled before the first participant.

Names follow CONSORT 2025, ICH E6(R3), E9(R1) and the ClinicalTrials.gov data model. Days count from the first day of
treatment, day 0; a window of ``before`` and ``after`` days lies about the planned day.
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

import msgspec

from equipoise.conduct.roles import Information, Role
from equipoise.eligibility.format import CriterionDocument


class Part(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of a protocol: a field it does not know is a mistake."""


class ArmKind(StrEnum):
    EXPERIMENTAL = "experimental"
    ACTIVE_COMPARATOR = "active-comparator"
    PLACEBO_COMPARATOR = "placebo-comparator"
    SHAM_COMPARATOR = "sham-comparator"
    NO_INTERVENTION = "no-intervention"


class Arm(Part, frozen=True):
    """``kit``: the kind of kit that this arm's participants get; arms of a masked trial need one each."""

    id: str
    label: str
    kind: ArmKind
    describe: str = ""
    kit: str = ""


class TrialPeriod(Part, frozen=True):
    """A stretch of the trial. Where ``masked`` is false everyone knows the treatment: each gets ``treatment``.

    What was assigned for an earlier, masked period stays masked until the trial is unblinded.
    """

    id: str
    label: str
    from_day: int
    to_day: int
    masked: bool = True
    treatment: str = ""
    kit: str = ""


class Method(StrEnum):
    SIMPLE = "simple"
    PERMUTED_BLOCKS = "permuted-blocks"
    BIG_STICK = "big-stick"
    EFRON = "efron"
    WEI_URN = "wei-urn"
    MINIMISATION = "minimisation"


class Imbalance(StrEnum):
    """How Pocock and Simon measure imbalance over the arms at one level of a factor."""

    RANGE = "range"
    VARIANCE = "variance"
    MARGINAL = "marginal"


class Level(Part, frozen=True):
    id: str
    label: str


class Factor(Part, frozen=True):
    """A stratification or minimisation factor. ``field``: form and field it is taken from, as ``form.field``.

    Once that form is filled in, nobody is randomised before it is signed, nor in another stratum than it has.
    """

    id: str
    label: str
    levels: tuple[Level, ...]
    field: str = ""
    weight: Decimal = Decimal(1)


class Allocation(Part, frozen=True):
    """How participants are assigned. ``ratio``: whole numbers by arm. ``cap``: most who may be randomised.

    Blocks: ``block_sizes``, each drawn with equal chance, each a multiple of the ratio's sum. Efron: ``probability`` of
    the arm in arrears. Big stick: ``limit`` of imbalance. Wei's urn: ``alpha`` balls of each at first, ``beta`` of the
    others after each draw. Minimisation: ``probability`` below 1 of the arm that balances best, by ``imbalance``.
    """

    method: Method
    ratio: dict[str, int]
    cap: int
    factors: tuple[Factor, ...] = ()
    block_sizes: tuple[int, ...] = ()
    probability: Decimal | None = None
    limit: int | None = None
    alpha: int = 1
    beta: int = 1
    imbalance: Imbalance = Imbalance.RANGE
    why: str = ""


class Party(StrEnum):
    """Who is masked, as ClinicalTrials.gov asks."""

    PARTICIPANT = "participant"
    CARE_PROVIDER = "care-provider"
    INVESTIGATOR = "investigator"
    OUTCOMES_ASSESSOR = "outcomes-assessor"


PARTY_OF: Mapping[Role, Party] = {
    Role.COORDINATOR: Party.CARE_PROVIDER,
    Role.INVESTIGATOR: Party.INVESTIGATOR,
    Role.ASSESSOR: Party.OUTCOMES_ASSESSOR,
}


class Masking(Part, frozen=True):
    """``withheld``: information that a role, cleared for it by default, is not told in this trial."""

    masked: tuple[Party, ...] = ()
    describe: str = ""
    withheld: dict[Role, tuple[Information, ...]] = {}

    def masks(self, role: Role) -> bool:
        """Whether the protocol keeps the arms from a role: a site's by its party, all others where anybody is masked.

        Pharmacist and independent statistician are told all the same, by their clearance.
        """
        return PARTY_OF[role] in self.masked if role in PARTY_OF else bool(self.masked)


class Kind(StrEnum):
    """What a field of a form holds."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole-number"
    DATE = "date"
    YES_NO = "yes-no"
    CHOICE = "choice"
    CHOICES = "choices"
    COMPUTED = "computed"


class Choice(Part, frozen=True):
    id: str
    label: str


class OnlyIf(Part, frozen=True):
    """The field is asked where another of its form has this answer."""

    field: str
    equals: str


class Field(Part, frozen=True):
    """One thing recorded. ``least`` and ``most`` are limits that refuse; ``usual`` a range beyond which we ask twice.

    ``information``: the class that decides who sees it. ``unit``: UCUM. A computed field names the ``instrument``
    whose score it shows, and in ``items`` where each of its items is recorded, in the forms of docs/protocol.md.
    """

    id: str
    label: str
    kind: Kind
    help: str = ""
    unit: str = ""
    required: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    decimals: int | None = None
    usual: tuple[Decimal, Decimal] | None = None
    choices: tuple[Choice, ...] = ()
    only_if: OnlyIf | None = None
    information: Information = Information.OPEN
    instrument: str = ""
    items: dict[str, str] = {}


class Relation(StrEnum):
    BEFORE = "before"
    NOT_AFTER = "not-after"
    LESS = "less"
    AT_MOST = "at-most"
    EQUAL = "equal"


class EditCheck(Part, frozen=True):
    """``left`` stands in ``relation`` to ``right``, or ``words`` are shown. ``refuse``: it cannot be saved so.

    ``right`` is a field of the form, ``today``, ``consent`` or ``randomisation`` (days), or ``baseline`` for the same
    field at the baseline visit.
    """

    id: str
    left: str
    relation: Relation
    right: str
    words: str
    refuse: bool = False


class Form(Part, frozen=True):
    """``by``: the roles that fill it in. ``sign``: an investigator signs it. ``repeats``: any number at a visit."""

    id: str
    label: str
    fields: tuple[Field, ...]
    by: tuple[Role, ...]
    checks: tuple[EditCheck, ...] = ()
    describe: str = ""
    sign: bool = False
    repeats: bool = False


class Visit(Part, frozen=True):
    """``every``: again each so many days to ``until``, as ``id-2``, ``id-3`` ... From ``baseline`` changes count.

    ``label`` may hold ``{day}``, ``{week}`` and ``{number}``, which stand for those of each repeat.
    """

    id: str
    label: str
    day: int
    before: int = 0
    after: int = 0
    forms: tuple[str, ...] = ()
    dispense: int = 0
    every: int | None = None
    until: int | None = None
    baseline: bool = False
    describe: str = ""


class Strategy(StrEnum):
    """ICH E9(R1): how an intercurrent event is dealt with."""

    TREATMENT_POLICY = "treatment-policy"
    HYPOTHETICAL = "hypothetical"
    COMPOSITE = "composite"
    WHILE_ON_TREATMENT = "while-on-treatment"
    PRINCIPAL_STRATUM = "principal-stratum"


class Intercurrent(Part, frozen=True):
    """``event``: the tag of a log event, or words where it is recorded in a form (``form.field``)."""

    event: str
    label: str
    strategy: Strategy


class EndpointKind(StrEnum):
    RESPONDER = "responder"
    CHANGE = "change"
    VALUE = "value"
    TIME_TO_EVENT = "time-to-event"


class EndpointRole(StrEnum):
    """What the trial's claim rests on; key secondaries are tested in the order in which they stand."""

    PRIMARY = "primary"
    KEY_SECONDARY = "key-secondary"
    SECONDARY = "secondary"


class Deterioration(Part, frozen=True):
    """Confirmed where ``field`` is worse than at baseline by at least ``by`` at ``consecutive`` visits in a row.

    ``by`` above 0: a rise of so much is worse; below 0: a fall of so much is.
    """

    field: str
    by: Decimal
    consecutive: int = 2


class Endpoint(Part, frozen=True):
    """``variable``: ``form.field`` at ``visit``; a responder reaches ``at_least`` (or stays ``at_most``).

    ``within``: a factor's level, as ``factor=level``, where it is for a part of the participants.
    """

    id: str
    label: str
    kind: EndpointKind
    variable: str
    visit: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    unless: Deterioration | None = None
    within: str = ""
    role: EndpointRole = EndpointRole.SECONDARY


class Estimand(Part, frozen=True):
    """ICH E9(R1): population, treatment, variable, intercurrent events, population summary."""

    endpoint: str
    population: str
    treatment: str
    summary: str
    intercurrent: tuple[Intercurrent, ...] = ()


class Kit(Part, frozen=True):
    """What is dispensed. ``holds`` is for the unmasked alone; ``doses``: how many are in one."""

    id: str
    holds: str
    doses: int = 1
    returned: bool = True


class Supply(StrEnum):
    CENTRAL = "central"
    SITE = "site"


class Kits(Part, frozen=True):
    """``number_length``: digits of a kit's number, its check digit included; all kinds share one range."""

    kinds: tuple[Kit, ...]
    supply: Supply = Supply.SITE
    number_length: int = 7
    made: int = 0


class ConsentVersion(Part, frozen=True):
    """A version of the consent form, valid from the day the ethics committee allows it until the next replaces it."""

    id: str
    label: str
    valid_from: datetime.date
    valid_until: datetime.date | None = None
    reconsent: bool = False
    protocol: str = ""


class Safety(Part, frozen=True):
    """Clocks of expedited reporting, in hours and days from awareness; ``dictionary`` names the coding terms used."""

    site_reports_serious_within_hours: int = 24
    fatal_or_life_threatening_within_days: int = 7
    other_serious_unexpected_within_days: int = 15
    dictionary: str = ""
    expected: tuple[str, ...] = ()


class StoppingRule(Part, frozen=True):
    id: str
    label: str
    words: str


class Emergency(Part, frozen=True):
    """Breaking the code. ``view_minutes``: for how long the custodian answers to it."""

    contact: str
    view_minutes: int = 10
    notice_to: tuple[Role, ...] = (Role.SPONSOR, Role.MONITOR, Role.SAFETY_OFFICER)


class PlannedSite(Part, frozen=True):
    id: str
    label: str
    country: str
    zone: str = "UTC"
    target: int | None = None


class Recruitment(Part, frozen=True):
    """The plan: participants a month, over all sites, and how long."""

    per_month: Decimal
    months: int


class Protocol(Part, frozen=True):
    """A whole trial. ``version`` and ``dated`` are those of the document that the ethics committee approved.

    ``ours``: what the public record does not say and this file had to settle, in words shown beside it.
    ``multiplicity``: how the chance of a false claim is kept where there are several primary endpoints.
    """

    format: str
    id: str
    version: str
    dated: datetime.date
    title: str
    sponsor: str
    arms: tuple[Arm, ...]
    allocation: Allocation
    masking: Masking
    visits: tuple[Visit, ...]
    forms: tuple[Form, ...]
    consent: tuple[ConsentVersion, ...]
    eligibility: tuple[CriterionDocument, ...]
    periods: tuple[TrialPeriod, ...] = ()
    acronym: str = ""
    phase: str = ""
    registry: str = ""
    screening_days: int = 28
    rescreenings: int = 1
    kits: Kits | None = None
    endpoints: tuple[Endpoint, ...] = ()
    estimands: tuple[Estimand, ...] = ()
    multiplicity: str = ""
    safety: Safety = Safety()
    stopping: tuple[StoppingRule, ...] = ()
    emergency: Emergency | None = None
    sites: tuple[PlannedSite, ...] = ()
    recruitment: Recruitment | None = None
    fictional: bool = False
    ours: tuple[str, ...] = ()
    amends: str = ""
    change: str = ""
