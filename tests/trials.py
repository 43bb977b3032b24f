"""A small trial in memory for tests: a protocol, people with every role, and one way to ask for things."""

import datetime
import itertools
from decimal import Decimal
from typing import Any

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide import decide
from equipoise.conduct.evolve import replay
from equipoise.conduct.log import Context, Entry
from equipoise.conduct.participant import Participant
from equipoise.conduct.permissions import permit
from equipoise.conduct.protocol.model import (
    Allocation,
    Arm,
    ArmKind,
    Choice,
    ConsentVersion,
    EditCheck,
    Emergency,
    Factor,
    Field,
    Form,
    Kind,
    Kit,
    Kits,
    Level,
    Masking,
    Method,
    OnlyIf,
    Party,
    PlannedSite,
    Protocol,
    Relation,
    TrialPeriod,
    Visit,
)
from equipoise.conduct.record import enclose
from equipoise.conduct.roles import AT_A_SITE, Information, Role
from equipoise.conduct.trial import Trial
from equipoise.eligibility.expression import Age, Ask, Parse, Period, Polarity, Span, Topic, Unit
from equipoise.eligibility.format import CriterionDocument
from equipoise.kernel.truth import Truth

START = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
SITES = ("01", "02")


def person_for(role: Role, site: str = "01") -> str:
    """The account of the person who has this role (at this site)."""
    return f"{role.value}-{site}" if role in AT_A_SITE else role.value


ADULTS = CriterionDocument(
    id="I1",
    polarity=Polarity.INCLUDE,
    text="18 to 75 years of age",
    span=Span(0, 21),
    parse=Parse.FULL,
    expr=Age(low=Period(Decimal(18), Unit.YEAR), high=Period(Decimal(75), Unit.YEAR)),
)
WILLING = CriterionDocument(
    id="I2",
    polarity=Polarity.INCLUDE,
    text="Able to give consent",
    span=Span(22, 42),
    parse=Parse.FULL,
    expr=Ask("able to give consent", Topic.CONSENT),
)

VITALS = Form(
    id="vitals",
    label="Vital signs",
    by=(Role.COORDINATOR, Role.INVESTIGATOR),
    sign=True,
    fields=(
        Field(id="on", label="Day measured", kind=Kind.DATE),
        Field(
            id="weight",
            label="Body weight",
            kind=Kind.NUMBER,
            unit="kg",
            required=True,
            least=Decimal(20),
            most=Decimal(300),
            usual=(Decimal(40), Decimal(150)),
            decimals=1,
        ),
        Field(id="pregnant", label="Pregnant", kind=Kind.YES_NO),
        Field(
            id="week",
            label="Week of pregnancy",
            kind=Kind.WHOLE,
            most=Decimal(45),
            only_if=OnlyIf(field="pregnant", equals="yes"),
        ),
    ),
    checks=(
        EditCheck(
            id="not-before-consent", left="on", relation=Relation.NOT_AFTER, right="today", words="In the future."
        ),
    ),
)
ASSESSMENT = Form(
    id="assessment",
    label="Disease activity",
    by=(Role.ASSESSOR,),
    sign=True,
    fields=(
        Field(
            id="activity", label="Disease activity", kind=Kind.NUMBER, least=Decimal(0), most=Decimal(10), required=True
        ),
        Field(
            id="course",
            label="Course",
            kind=Kind.CHOICE,
            choices=(Choice(id="up", label="Better"), Choice(id="down", label="Worse")),
        ),
    ),
)
LABORATORY = Form(
    id="laboratory",
    label="Central laboratory",
    by=(Role.INDEPENDENT_STATISTICIAN,),
    fields=(Field(id="signature", label="Gene signature", kind=Kind.NUMBER, information=Information.EFFECT),),
)
REACTIONS = Form(
    id="reactions",
    label="Injection reactions",
    by=(Role.COORDINATOR,),
    repeats=True,
    fields=(Field(id="size", label="Redness", kind=Kind.NUMBER, unit="mm", information=Information.REACTION),),
)

PROTOCOL = Protocol(
    format="equipoise-protocol/1",
    id="SMALL",
    version="1.0",
    dated=datetime.date(2026, 1, 15),
    title="A small trial of one thing against another",
    sponsor="A university hospital",
    fictional=True,
    arms=(
        Arm(id="active", label="Active", kind=ArmKind.EXPERIMENTAL, kit="a"),
        Arm(id="placebo", label="Placebo", kind=ArmKind.PLACEBO_COMPARATOR, kit="p"),
    ),
    periods=(
        TrialPeriod(id="masked", label="Masked treatment", from_day=0, to_day=84),
        TrialPeriod(
            id="open", label="Open treatment", from_day=85, to_day=168, masked=False, treatment="active", kit="o"
        ),
    ),
    allocation=Allocation(
        method=Method.PERMUTED_BLOCKS,
        ratio={"active": 1, "placebo": 1},
        cap=12,
        block_sizes=(4, 6),
        factors=(
            Factor(id="disease", label="Disease", levels=(Level(id="pm", label="PM"), Level(id="dm", label="DM"))),
        ),
    ),
    masking=Masking(masked=tuple(Party), withheld={Role.ASSESSOR: (Information.SAFETY, Information.REACTION)}),
    kits=Kits(
        kinds=(
            Kit(id="a", holds="Active", doses=4),
            Kit(id="p", holds="Placebo", doses=4),
            Kit(id="o", holds="Active, open", doses=4),
        )
    ),
    forms=(VITALS, ASSESSMENT, LABORATORY, REACTIONS),
    visits=(
        Visit(id="screening", label="Screening", day=-14, before=14, after=13, forms=("vitals",)),
        Visit(
            id="baseline",
            label="Baseline",
            day=0,
            forms=("vitals", "assessment", "laboratory"),
            dispense=1,
            baseline=True,
        ),
        Visit(
            id="week",
            label="Week",
            day=28,
            before=3,
            after=3,
            forms=("vitals", "assessment", "laboratory", "reactions"),
            dispense=1,
            every=28,
            until=84,
        ),
        Visit(id="open", label="Open week", day=112, before=3, after=3, forms=("vitals", "assessment"), dispense=1),
    ),
    consent=(ConsentVersion(id="1", label="1.0", valid_from=datetime.date(2026, 1, 15)),),
    eligibility=(ADULTS, WILLING),
    emergency=Emergency(contact="+00 000"),
    sites=tuple(PlannedSite(id=site, label=f"Site {site}", country="DE", zone="Europe/Berlin") for site in SITES),
)


class Bench:
    """A trial and its log in memory. ``ask`` does what an action does, without a store."""

    def __init__(self, protocol: Protocol = PROTOCOL, at: datetime.datetime = START) -> None:
        self.trial = Trial(protocol.id)
        self.entries: list[Entry] = []
        self.at = at
        self._keys = itertools.count(1)
        self.ask(do.OpenTrial(protocol, "Ada Minder"), by="administrator")

    def ask(
        self, command: Any, *, by: str | Role, site: str = "01", reason: str = "", at: datetime.datetime | None = None
    ) -> tuple[did.TrialEvent, ...]:
        user = person_for(by, site) if isinstance(by, Role) else by
        self.at = at or self.at + datetime.timedelta(minutes=1)
        context = Context(by=user, at=self.at, reason=reason, key=f"k{next(self._keys)}")
        events = decide(self.trial, command, context)
        role = "" if isinstance(command, do.OpenTrial) else permit(self.trial, command, context)[0].value
        entries = list(enclose(self.trial, events, context, role=role, software="test"))
        self.trial = replay(self.trial, entries)
        self.entries += entries
        return events

    def staffed(self) -> "Bench":
        """Everybody has their role, and the sites are open."""
        day = self.at.date()
        for role in Role:
            for site in SITES if role in AT_A_SITE else ("",):
                if role is not Role.ADMINISTRATOR:
                    user = person_for(role, site)
                    self.ask(
                        do.GrantRole(user, f"{role.value} {site}".title(), role, day, day, site=site),
                        by="administrator",
                    )
        for site in SITES:
            self.ask(do.OpenSite(site), by=Role.SPONSOR)
        return self

    def sealed(self, kits: int = 40) -> "Bench":
        self.ask(do.SealAllocation("test/1", "ab" * 32, kits), by=Role.INDEPENDENT_STATISTICIAN)
        numbers = [f"{number:07d}" for number in range(1, kits + 1)]
        for place, site in enumerate(SITES):
            self.ask(do.ReceiveKits(site, tuple(numbers[place::2])), by=Role.PHARMACIST, site=site)
        return self

    def kit(self, site: str = "01") -> str:
        return min(kit for kit, where in self.trial.stock.items() if where == site)

    def screened(self, site: str = "01", *, age: int = 50, met: Truth = Truth.TRUE) -> str:
        """A person prescreened, consented and screened today; their number."""
        number = self.consented(site)
        day = self.at.date()
        findings = (did.Finding("I1", met), did.Finding("I2", Truth.TRUE))
        answers = f'{{"age": {age}}}'
        self.ask(do.ScreenParticipant(number, day, findings, answers), by=Role.INVESTIGATOR, site=site)
        return number

    def consented(self, site: str = "01") -> str:
        """A person who came and consented today; their number."""
        (came,) = self.ask(do.PrescreenPerson(site), by=Role.COORDINATOR, site=site)
        self.ask(do.RecordConsent(came.participant, "1", self.at.date()), by=Role.COORDINATOR, site=site)
        return str(came.participant)

    def one(self, participant: str) -> Participant:
        return self.trial.participant(participant)

    def later(self, days: int = 1) -> datetime.date:
        """The same hour so many days on."""
        self.at += datetime.timedelta(days=days)
        return self.at.date()

    def randomised(self, site: str = "01", disease: str = "pm") -> str:
        number = self.screened(site)
        self.ask(do.RecordStratum(number, {"disease": disease}), by=Role.COORDINATOR, site=site)
        self.ask(do.RandomiseParticipant(number, (self.kit(site),)), by=Role.COORDINATOR, site=site)
        return number


def running() -> Bench:
    return Bench().staffed().sealed()


def all_recorded(bench: Bench) -> str:
    """Everything that log and state hold, in small letters, but for the protocol itself."""
    bodies = [one.body for one in bench.entries if one.tag not in ("trial-opened", "protocol-amended")]
    state = {name: getattr(bench.trial, name) for name in Trial.__struct_fields__ if name != "protocols"}
    return (" ".join(bodies) + repr(state)).lower()
