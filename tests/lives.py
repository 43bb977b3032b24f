"""Trials as they might go, generated: protocols that differ, and people at every point of what can befall them."""

import datetime
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from equipoise.actions.numbering import supply_kits
from equipoise.actions.trials import Done, Trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.closing import data_digest, record_digest
from equipoise.conduct.forms import digest
from equipoise.conduct.log import Context
from equipoise.conduct.participant import Place
from equipoise.conduct.protocol.model import (
    Allocation,
    Arm,
    ArmKind,
    Field,
    Form,
    Imbalance,
    Kind,
    Kit,
    Kits,
    Masking,
    Method,
    Party,
    PlannedSite,
    Protocol,
    TrialPeriod,
    Visit,
)
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.roles import AT_A_SITE, LABELS, Information, Role
from equipoise.conduct.trial import Stage
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from tests.trials import ASSESSMENT, PROTOCOL, REACTIONS, VITALS, person_for

NOW = datetime.datetime(2026, 12, 1, 10, 0, tzinfo=datetime.UTC)
OPENED = NOW - datetime.timedelta(days=200)
COLLEAGUE = "colleague"
"""A second investigator of the first site, who breaks a code while others look."""
ARMS = (
    Arm(id="active", label="Zibeline", kind=ArmKind.EXPERIMENTAL, kit="a"),
    Arm(id="placebo", label="Quagga", kind=ArmKind.PLACEBO_COMPARATOR, kit="p"),
    Arm(id="lower", label="Okapi", kind=ArmKind.EXPERIMENTAL, kit="l"),
)
LABORATORY = Form(
    id="laboratory",
    label="Central laboratory",
    by=(Role.INDEPENDENT_STATISTICIAN,),
    fields=(
        Field(id="drawn", label="Day drawn", kind=Kind.DATE),
        Field(id="signature", label="Gene signature", kind=Kind.NUMBER, information=Information.EFFECT),
        Field(id="ck", label="Creatine kinase", kind=Kind.NUMBER, unit="U/L", information=Information.EFFECT),
    ),
)
SEALED_VALUES = (("7.25", "118"), ("0.5", "4020"))
"""Signature and creatine kinase, as they are in the first world and in the other."""


def protocol_of(chance: random.Random) -> Protocol:
    """One of many that differ in what allocation, supply and masking allow."""
    arms = ARMS if chance.random() < 0.15 else ARMS[:2]
    opens, with_kits = chance.random() < 0.5, chance.random() < 0.8
    kinds = tuple(Kit(id=arm.kit, holds=arm.label, doses=4) for arm in arms)
    kinds += (Kit(id="o", holds="Zibeline, open", doses=4),) if opens else ()
    periods = (
        TrialPeriod(id="masked", label="Masked treatment", from_day=0, to_day=70),
        TrialPeriod(
            id="open",
            label="Open treatment",
            from_day=71,
            to_day=168,
            masked=False,
            treatment="active",
            kit="o" if with_kits else "",
        ),
    )
    masked = tuple(Party) if chance.random() < 0.8 else tuple(one for one in Party if one is not Party.PARTICIPANT)
    withheld = {Role.ASSESSOR: (Information.SAFETY, Information.REACTION)} if chance.random() < 0.5 else {}
    sites = [f"{number:02d}" for number in range(1, chance.randint(2, 4) + 1)]
    return replace(
        PROTOCOL,
        arms=arms if with_kits else tuple(replace(arm, kit="") for arm in arms),
        allocation=_allocation(chance, arms),
        periods=periods[: 1 + opens],
        kits=Kits(kinds=kinds, made=160) if with_kits else None,
        masking=Masking(masked=masked, withheld=withheld),
        forms=(VITALS, ASSESSMENT, LABORATORY, REACTIONS),
        visits=tuple(_visits(opens=opens, dispense=int(with_kits))),
        sites=tuple(PlannedSite(id=site, label=f"Site {site}", country="DE", zone="Europe/Berlin") for site in sites),
    )


def _allocation(chance: random.Random, arms: tuple[Arm, ...]) -> Allocation:
    ratio = {arm.id: chance.choice((1, 1, 1, 2)) for arm in arms}
    parts = sum(ratio.values())
    method = chance.choice(tuple(Method))
    factors = PROTOCOL.allocation.factors if method is Method.MINIMISATION or chance.random() < 0.7 else ()
    return Allocation(
        method=method,
        ratio=ratio,
        cap=chance.choice((4, 40)),
        factors=factors,
        block_sizes=(parts, 2 * parts) if method is Method.PERMUTED_BLOCKS else (),
        probability=Decimal("0.75") if method in (Method.EFRON, Method.MINIMISATION) else None,
        limit=2 if method is Method.BIG_STICK else None,
        imbalance=chance.choice(tuple(Imbalance)),
    )


def _visits(*, opens: bool, dispense: int) -> Iterator[Visit]:
    yield Visit(id="screening", label="Screening", day=-14, before=14, after=13, forms=("vitals",))
    baseline = ("vitals", "assessment", "laboratory")
    yield Visit(id="baseline", label="Baseline", day=0, forms=baseline, dispense=dispense, baseline=True)
    week = ("assessment", "laboratory", "reactions")
    yield Visit(id="week", label="Week 4", day=28, before=3, after=3, forms=week, dispense=dispense)
    if opens:
        yield Visit(id="open", label="Open week", day=98, before=3, after=3, forms=("vitals",), dispense=dispense)


class Life:
    """Lives through a trial. The same seed gives the same asking, whatever is sealed.

    ``deal``: what is drawn next, by a label. ``other``: the sealed values are those of the other world.
    """

    def __init__(
        self, trials: Trials, protocol: Protocol, seed: int, deal: Callable[..., None], *, other: bool = False
    ) -> None:
        self.trials, self.protocol, self.other = trials, protocol, other
        self.chance = random.Random(f"life {seed}")
        self.deal, self.seed, self.count = deal, seed, 0
        self.refused: list[str] = []

    def ask(self, command: Any, role: Role | str, at: datetime.datetime, site: str = "", why: str = "") -> Done | None:
        return self._done(lambda context: self.trials.ask(self.protocol.id, command, context), role, at, site, why)

    def _done(
        self, work: Callable[[Context], Any], role: Role | str, at: datetime.datetime, site: str = "", why: str = ""
    ) -> Any:
        """Refused, the words are kept: they too are the same in both worlds."""
        self.count += 1
        self.deal(self.seed, "life", self.count)
        user = person_for(role, site) if isinstance(role, Role) else role
        try:
            return work(Context(by=user, at=at, reason=why, client="test"))
        except Refused as refused:
            self.refused.append(str(refused))
            return None

    def live(self) -> list[str]:
        """In what words something was refused."""
        self._open()
        people = self.chance.randint(5, 12)
        sites = [site.id for site in self.protocol.sites]
        for number in range(people):
            site = "01" if number < 2 or self.chance.random() < 0.4 else self.chance.choice(sites)
            self._person(site, certain=not number)
        self._settled()
        return self.refused

    def _open(self) -> None:
        name = self.protocol.id
        self.ask(do.OpenTrial(self.protocol, "Ada Minder"), Role.ADMINISTRATOR, OPENED)
        for role in Role:
            for site in [each.id for each in self.protocol.sites] if role in AT_A_SITE else [""]:
                if role is not Role.ADMINISTRATOR:
                    self._grant(person_for(role, site), role, site)
        self._grant(COLLEAGUE, Role.INVESTIGATOR, "01")
        self._done(lambda context: self.trials.seal(name, context), Role.INDEPENDENT_STATISTICIAN, OPENED)
        each = self.chance.choice((2, 6, 12))
        for site in [each.id for each in self.protocol.sites]:
            self.ask(do.OpenSite(site), Role.SPONSOR, OPENED)
            self._send(site, each)
        if self.protocol.kits and self.chance.random() < 0.3:
            self._number_more()
        if self.protocol.kits:
            self._spoil()

    def _spoil(self) -> None:
        """A parcel is on its way, and a kit is dropped."""
        self.ask(do.SendKits("01", 1), Role.SPONSOR, OPENED)
        kit = min(kit for kit, site in self.trials.trial(self.protocol.id).stock.items() if site == "01")
        self.ask(do.DiscardKits("01", (kit,)), Role.COORDINATOR, OPENED, "01", "Dropped")

    def _grant(self, user: str, role: Role, site: str) -> None:
        day = OPENED.date()
        grant = do.GrantRole(user, f"{LABELS[role]} {site}".strip(), role, day, day, site=site)
        self.ask(grant, Role.ADMINISTRATOR, OPENED)

    def _send(self, site: str, each: int) -> None:
        if self.protocol.kits:
            name = self.protocol.id
            send = lambda context: supply_kits(self.trials, name, site, each, context)  # noqa: E731
            self._done(send, Role.PHARMACIST, OPENED, site)

    def _number_more(self) -> None:
        def number(context: Context) -> Any:
            command = self.trials.custodian.number_kits(self.protocol.id, 4, context)
            return self.trials.ask(self.protocol.id, command, context)

        self._done(number, Role.INDEPENDENT_STATISTICIAN, OPENED)
        self._send("01", 2)

    def _person(self, site: str, *, certain: bool) -> None:
        """Some go all the way, others stop at any point."""
        far = 9.0 if certain else self.chance.uniform(0, 9)
        day0 = NOW - datetime.timedelta(days=self.chance.randint(20, 120))
        came = day0 - datetime.timedelta(days=7)
        who = {"given": self.chance.choice(("Mara", "Noor", "Ivo")), "family": "Lindqvist"}
        taken = self._done(
            lambda context: self.trials.prescreen(self.protocol.id, site, who, context), Role.COORDINATOR, came, site
        )
        number = taken.events[0].participant
        if far > 1:
            self.ask(do.RecordConsent(number, "1", came.date()), Role.COORDINATOR, came, site)
        if far > 2:
            self._screened(number, site, came, Truth.of(far > 3))
        if far > 4:
            self._randomised(number, site, day0)
        if self.trials.trial(self.protocol.id).participant(number).is_randomised:
            self._followed(number, site, day0)

    def _screened(self, number: str, site: str, at: datetime.datetime, met: Truth) -> None:
        findings = (did.Finding("I1", met), did.Finding("I2", Truth.TRUE))
        self.ask(
            do.ScreenParticipant(number, at.date(), findings, f'{{"age":{50 if met is Truth.TRUE else 80}}}'),
            Role.INVESTIGATOR,
            at,
            site,
        )
        self._visited(number, site, "screening", at)
        if met is Truth.FALSE:
            self.ask(do.FailScreening(number, "not-eligible"), Role.COORDINATOR, at, site)

    def _randomised(self, number: str, site: str, at: datetime.datetime) -> None:
        level = self.chance.choice(("pm", "dm"))
        if self.protocol.allocation.factors:
            self.ask(do.RecordStratum(number, {"disease": level}), Role.COORDINATOR, at, site)
        self.ask(do.RandomiseParticipant(number), Role.COORDINATOR, at, site)
        if self.protocol.allocation.factors and self.chance.random() < 0.2:
            other = {"pm": "dm", "dm": "pm"}[level]
            self.ask(do.CorrectStratum(number, "disease", other), Role.COORDINATOR, at, site, "Biopsy came")

    def _followed(self, number: str, site: str, day0: datetime.datetime) -> None:
        for visit in planned_visits(self.protocol):
            at = day0 + datetime.timedelta(days=visit.day, hours=1)
            if visit.day < 0 or at > NOW:
                continue
            if not visit.baseline and self.chance.random() < 0.1:
                self.ask(do.MissVisit(number, visit.id, "Away from home"), Role.COORDINATOR, at, site)
                continue
            self._visited(number, site, visit.id, at)
            if not visit.baseline:
                self.ask(do.DispenseKits(number, visit.id, at.date()), Role.COORDINATOR, at, site)
            for befall in self.chance.sample(BEFALLS, 3):
                befall(self, number, site, at)
        if self.chance.random() < 0.25:
            self._broken(number, site)
        if self.chance.random() < 0.3:
            self._left(number, site)

    def _visited(self, number: str, site: str, visit: str, at: datetime.datetime) -> None:
        self.ask(do.RecordVisit(number, visit, at.date()), Role.COORDINATOR, at, site)
        self._fill(number, visit, "vitals", {"weight": self.chance.choice(("72.5", "171"))}, Role.COORDINATOR, at)
        if visit == "screening":
            return
        self._fill(number, visit, "assessment", {"activity": self.chance.choice(("4.5", "9"))}, Role.ASSESSOR, at)
        signature, kinase = SEALED_VALUES[self.other]
        bloods = {"drawn": str(at.date()), "signature": signature, "ck": kinase}
        self._fill(number, visit, "laboratory", bloods, Role.INDEPENDENT_STATISTICIAN, at)
        if self.chance.random() < 0.5:
            self._fill(number, visit, "reactions", {"size": "12"}, Role.COORDINATOR, at)

    def _fill(
        self,
        number: str,
        visit: str,
        form: str,
        values: dict[str, str],
        role: Role,
        at: datetime.datetime,
        why: str = "",
    ) -> None:
        """Nothing where the form is none of the visit's."""
        place, site = Place(visit, form), number.partition("-")[0]
        if form not in next(one.forms for one in self.protocol.visits if one.id == visit):
            return
        self._done(
            lambda context: self.trials.save_form(self.protocol.id, number, place, values, context), role, at, site, why
        )

    def _correct(self, number: str, _: str, at: datetime.datetime) -> None:
        self._fill(number, "baseline", "vitals", {"weight": "73"}, Role.COORDINATOR, at, "Misread")
        values = {"ck": ("119", "4021")[self.other]}
        self._fill(number, "baseline", "laboratory", values, Role.INDEPENDENT_STATISTICIAN, at, "Second reading")

    def _event(self, number: str, site: str, at: datetime.datetime, *, reaction: bool = False) -> None:
        serious = (did.Seriousness.HOSPITALISATION,) if self.chance.random() < 0.4 else ()
        told = did.AdverseEvent(
            term="Redness" if reaction else self.chance.choice(("Headache", "Cough")),
            started=at.date(),
            aware=at.date(),
            severity=did.Severity.MILD,
            causality=did.Causality.RELATED,
            outcome=did.Outcome.RECOVERING,
            seriousness=serious,
            expected=self.chance.choice((True, False, None)),
            reaction=reaction,
        )
        self.ask(do.ReportAdverseEvent(number, told), Role.INVESTIGATOR, at, site)
        count = len(self.trials.trial(self.protocol.id).participant(number).adverse)
        if self.chance.random() < 0.5:
            changed = replace(told, outcome=did.Outcome.RECOVERED, ended=at.date())
            self.ask(do.UpdateAdverseEvent(number, count, changed), Role.INVESTIGATOR, at, site, "It ended")
        if serious and self.chance.random() < 0.5:
            self.ask(do.SendExpeditedReport(number, count, at.date(), "The authority"), Role.SAFETY_OFFICER, at)

    def _reaction(self, number: str, site: str, at: datetime.datetime) -> None:
        self._event(number, site, at, reaction=True)

    def _queried(self, number: str, site: str, at: datetime.datetime) -> None:
        raised = self.ask(do.RaiseQuery(number, "baseline", "vitals", "Is this right?", "weight"), Role.MONITOR, at)
        query = raised.events[0].query if raised else "Q1"  # type: ignore[union-attr]
        if self.chance.random() < 0.6:
            self.ask(do.AnswerQuery(query, "It is"), Role.COORDINATOR, at, site)
        if self.chance.random() < 0.4:
            self.ask(do.CloseQuery(query, "Thank you"), Role.MONITOR, at)

    def _medicated(self, number: str, site: str, at: datetime.datetime) -> None:
        self.ask(do.RecordMedication(number, "Prednisolone", "5 mg"), Role.COORDINATOR, at, site)

    def _deviated(self, number: str, site: str, at: datetime.datetime) -> None:
        of = self.chance.choice(("visit-window", "accidental-unmasking"))
        command = do.RecordDeviation(of, "Somebody said something", important=True, participant=number)
        self.ask(command, Role.COORDINATOR, at, site)

    def _stopped(self, number: str, site: str, at: datetime.datetime) -> None:
        self.ask(do.StopTreatment(number, at.date(), "Their wish"), Role.INVESTIGATOR, at, site)

    def _returned(self, number: str, site: str, at: datetime.datetime) -> None:
        kits = sorted(self.trials.trial(self.protocol.id).participant(number).kits)
        self.ask(do.ReturnKit(number, kits[0] if kits else "-", at.date(), 1), Role.COORDINATOR, at, site)

    def _signed(self, number: str, site: str, at: datetime.datetime) -> None:
        for place, sheet in sorted(self.trials.trial(self.protocol.id).participant(number).sheets.items()):
            sign = do.SignForm(number, place.visit, place.form, "I looked", digest(sheet), place.copy)
            self.ask(sign, Role.INVESTIGATOR, at, site)

    def _broken(self, number: str, site: str) -> None:
        """Three minutes ago: who broke it could still be told. What was shown is theirs alone, and kept nowhere."""
        command = do.BreakCode(number, "emergency", "Anaphylaxis", changes_care=True)
        at = NOW - datetime.timedelta(minutes=3)
        self._done(
            lambda context: self.trials.break_code(self.protocol.id, command, context), Role.INVESTIGATOR, at, site
        )
        if self.chance.random() < 0.5:
            self.ask(do.AssessImpact(number, "Nobody else knows"), Role.SPONSOR, NOW)

    def _left(self, number: str, site: str) -> None:
        day = NOW.date()
        command, role = self.chance.choice(
            (
                (do.WithdrawParticipant(number, day, ("treatment", "visits"), "Moved"), Role.COORDINATOR),
                (do.LoseParticipant(number, day, "Three calls"), Role.COORDINATOR),
                (do.RecordDeath(number, day), Role.COORDINATOR),
                (do.CompleteParticipant(number, day), Role.COORDINATOR),
            )
        )
        self.ask(command, role, NOW, site)

    def _settled(self) -> None:
        """The trial is left open, frozen, locked, or thawed again."""
        to = self.chance.choices((Stage.OPEN, Stage.FROZEN, Stage.LOCKED, "thawed"), (12, 3, 3, 2))[0]
        if to == Stage.OPEN:
            return
        self.ask(do.FreezeData("All is in"), Role.STATISTICIAN, NOW)
        if to == Stage.LOCKED:
            self._cleaned()
            digest_now = data_digest(self.trials.trial(self.protocol.id))
            self.ask(do.LockData("Nothing changes any more", digest_now), Role.STATISTICIAN, NOW)
        if to == "thawed":
            self.ask(do.ThawData("More comes"), Role.STATISTICIAN, NOW, why="A late laboratory")

    def _cleaned(self) -> None:
        for query in self.trials.trial(self.protocol.id).open_queries():
            self.ask(do.CloseQuery(query.id, "Settled"), Role.MONITOR, NOW)
        for one in list(self.trials.trial(self.protocol.id).participants.values()):
            self._signed(one.id, one.site, NOW)
            if any(not each.assessed for each in one.broken):
                self.ask(do.AssessImpact(one.id, "Nobody else knows"), Role.SPONSOR, NOW)
            digest_now = record_digest(self.trials.trial(self.protocol.id).participant(one.id))
            if one.is_randomised:
                self.ask(do.EndorseRecord(one.id, "All is right", digest_now), Role.INVESTIGATOR, NOW, one.site)


BEFALLS: tuple[Any, ...] = (
    Life._correct,
    Life._event,
    Life._reaction,
    Life._queried,
    Life._medicated,
    Life._deviated,
    Life._stopped,
    Life._returned,
    Life._signed,
)
