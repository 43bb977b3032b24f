"""A trial lived through in advance, by the same commands that people use: for the demonstration, and for tests.

Nobody in it exists. Chance and the calendar come in from outside; the same ones give the same trial.
"""

import datetime
import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from heapq import heapify, heappop, heappush
from typing import TypeAlias

from equipoise.actions.cast import accounts
from equipoise.actions.numbering import supply_kits
from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.strata import level_in_source
from equipoise.conduct.forms import digest
from equipoise.conduct.log import Context
from equipoise.conduct.participant import Place
from equipoise.conduct.protocol.model import Factor, Field, Form, Kind, Protocol
from equipoise.conduct.protocol.schedule import PlannedVisit, planned_visits
from equipoise.conduct.roles import AT_A_SITE, SEALED, Role
from equipoise.conduct.trial import find_form
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth

GIVEN = ("Alma", "Bruno", "Carla", "Denis", "Edda", "Farid", "Gwen", "Hana", "Ilja", "June", "Karim", "Lotte")
FAMILY = ("Adler", "Birk", "Castro", "Dahl", "Ekwall", "Fontaine", "Grimm", "Haas", "Imre", "Jansen", "Kowal", "Lund")
TERMS = ("Headache", "Nasopharyngitis", "Fatigue", "Back pain", "Diarrhoea", "Rash", "Cough", "Herpes zoster")
SCREEN_FAILURES = 0.15
SIGNING = "I have checked this form, and it is right."
KITS_A_SITE = 24
"""Of each kind sent to a site at first."""


PEOPLE = 120
PAST = datetime.timedelta(days=500)
Progress: TypeAlias = Callable[[str, int, int | None], None]
Life: TypeAlias = Iterator[datetime.datetime]
"""Of a site or a person: the moment of each step in turn. A step is taken when the next one is asked for."""


def live_through(trials: Trials, protocol: Protocol, *, at: datetime.datetime, progress: Progress) -> None:
    """The demonstration, from some sixteen months ago until now, the same every time."""
    Demonstration(trials, protocol, random.Random(protocol.id), progress).run(at - PAST, at, PEOPLE)  # noqa: S311


def _live(lives: list[Life], until: datetime.datetime) -> None:
    """All of them together, step by step in the order of time; what would come later than ``until`` does not."""
    waiting = [(next(life), place) for place, life in enumerate(lives)]
    heapify(waiting)
    while waiting and waiting[0][0] <= until:
        _, place = heappop(waiting)
        then = next(lives[place], None)
        if then is not None:
            heappush(waiting, (then, place))


class Demonstration:
    """Lives through a trial once."""

    def __init__(
        self,
        trials: Trials,
        protocol: Protocol,
        chance: random.Random,
        progress: Progress = lambda step, done, total: None,  # noqa: ARG005
    ) -> None:
        self._progress = progress
        self.trials = trials
        self.protocol = protocol
        self.chance = chance
        self._visits = planned_visits(protocol)
        self._sources = {factor.field for factor in protocol.allocation.factors}

    def run(self, start: datetime.datetime, until: datetime.datetime, people: int) -> None:
        """Open the trial on the day of ``start``, take in ``people`` over the time, and follow them ``until``.

        What happens rests on days alone, so it is the same at every hour, as far as it has come.
        """
        start = start.replace(hour=12, minute=0, second=0, microsecond=0)
        self._open(start)
        arrivals = sorted(self.chance.random() for _ in range(people))
        span = (until.date() - start.date()) * 0.92
        days = [self._workday(start + datetime.timedelta(days=20) + span * share) for share in arrivals]
        persons = [self._person(day, number, people) for number, day in enumerate(days, 1)]
        lives = [*(self._site(place, start) for place in range(len(self.protocol.sites))), *persons]
        _live(lives, until)

    def _workday(self, at: datetime.datetime) -> datetime.datetime:
        return at.replace(hour=9 + self.chance.randrange(7), minute=self.chance.randrange(60), second=0, microsecond=0)

    def _ask(
        self, command: do.TrialCommand, role: Role, at: datetime.datetime, site: str = "", why: str = ""
    ) -> did.TrialEvent:
        context = self._context(role, at, site, why)
        return self.trials.ask(self.protocol.id, command, context).events[0]

    def _context(self, role: Role, at: datetime.datetime, site: str = "", why: str = "") -> Context:
        user = f"{role.value}-{site}" if role in AT_A_SITE else role.value
        return Context(by=user, at=at, reason=why, client="demonstration")

    def _open(self, at: datetime.datetime) -> None:
        administrator = next(one for one in accounts(self.protocol) if one.role is Role.ADMINISTRATOR)
        self._ask(do.OpenTrial(self.protocol, administrator.name), Role.ADMINISTRATOR, at)
        for one in accounts(self.protocol):
            if one.role is not Role.ADMINISTRATOR:
                day = at.date()
                self._ask(do.GrantRole(one.user, one.name, one.role, day, day, site=one.site), Role.ADMINISTRATOR, at)
        statistician = self._context(Role.INDEPENDENT_STATISTICIAN, at)
        self.trials.seal(self.protocol.id, statistician)

    def _site(self, place: int, start: datetime.datetime) -> Life:
        site = self.protocol.sites[place].id
        at = start + datetime.timedelta(days=10 * (place % 6), hours=1)
        yield at
        supply_kits(self.trials, self.protocol.id, site, KITS_A_SITE, self._context(Role.PHARMACIST, at, site))
        self._ask(do.OpenSite(site), Role.SPONSOR, at)

    def _person(self, at: datetime.datetime, number: int, people: int) -> Life:
        yield at
        self._progress("Invented people", number, people)
        open_sites = [site.id for site in self.trials.trial(self.protocol.id).sites.values() if site.is_open]
        if open_sites:
            yield from self._comes(self.chance.choice(open_sites), at)

    def _comes(self, site: str, at: datetime.datetime) -> Life:
        number = self._taken_in(site, at)
        screened = at + datetime.timedelta(hours=2)
        yield screened
        if self.chance.random() < SCREEN_FAILURES:
            self._fails(number, site, screened)
            return
        self._screened(number, site, screened)
        if self._visits[0].day < 0:
            self._ask(do.RecordVisit(number, self._visits[0].id, screened.date()), Role.COORDINATOR, screened, site)
        self._forms(number, site, self._visits[0], screened)
        signed = screened + datetime.timedelta(hours=1)
        yield signed
        self._sources_signed(number, site, signed)
        randomised = self._workday(at + datetime.timedelta(days=5 + self.chance.randrange(9)))
        yield randomised
        if self._randomised(number, site, randomised):
            yield from self._followed(number, site, randomised)

    def _taken_in(self, site: str, at: datetime.datetime) -> str:
        identity = {
            "given": self.chance.choice(GIVEN),
            "family": self.chance.choice(FAMILY),
            "born": f"{1950 + self.chance.randrange(50)}-0{1 + self.chance.randrange(9)}-1{self.chance.randrange(10)}",
        }
        came = self.trials.prescreen(
            self.protocol.id, site, identity, self._context(Role.COORDINATOR, at, site)
        ).events[0]
        assert isinstance(came, did.PersonPrescreened)
        version = next(
            one
            for one in self.protocol.consent
            if one.valid_from <= at.date() <= (one.valid_until or datetime.date.max)
        )
        self._ask(do.RecordConsent(came.participant, version.id, at.date()), Role.COORDINATOR, at, site)
        return came.participant

    def _screened(self, number: str, site: str, at: datetime.datetime, failing: str = "") -> None:
        findings = tuple(
            did.Finding(one.id, Truth.of(one.id != failing), evidence="Seen at screening")
            for one in self.protocol.eligibility
        )
        self._ask(do.ScreenParticipant(number, at.date(), findings), Role.INVESTIGATOR, at, site)

    def _fails(self, number: str, site: str, at: datetime.datetime) -> None:
        because = self.chance.choice(("not-eligible", "not-eligible", "not-eligible", "declined"))
        if because == "not-eligible":
            self._screened(number, site, at, self.chance.choice(self.protocol.eligibility).id)
        self._ask(do.FailScreening(number, because), Role.COORDINATOR, at, site)

    def _randomised(self, number: str, site: str, at: datetime.datetime) -> bool:
        """False where the trial is full."""
        levels = {factor.id: self._level(number, factor) for factor in self.protocol.allocation.factors}
        self._ask(do.RecordStratum(number, levels), Role.COORDINATOR, at, site)
        try:
            self._with_kits(do.RandomiseParticipant(number), at, site)
        except Refused:
            return False
        return True

    def _level(self, number: str, factor: Factor) -> str:
        """As the person's form has it; where no form is named, by chance."""
        one = self.trials.trial(self.protocol.id).participant(number)
        known = level_in_source(self.trials.trial(self.protocol.id), one, factor) if factor.field else ""
        return known or self.chance.choice(factor.levels).id

    def _sources_signed(self, number: str, site: str, at: datetime.datetime) -> None:
        """The investigator signs what the strata are taken from."""
        wanted = {factor.field.partition(".")[0] for factor in self.protocol.allocation.factors if factor.field}
        sheets = self.trials.trial(self.protocol.id).participant(number).sheets
        for place, sheet in sheets.items():
            if place.form in wanted and find_form(self.protocol, place.form).sign:
                signed = do.SignForm(number, place.visit, place.form, SIGNING, digest(sheet), place.copy)
                self._ask(signed, Role.INVESTIGATOR, at, site)

    def _with_kits(self, command: do.TrialCommand, at: datetime.datetime, site: str) -> None:
        """Where the site's stock is short, a delivery comes first."""
        try:
            self._ask(command, Role.COORDINATOR, at, site)
        except Refused as refused:
            if "enough kits" not in refused.why:
                raise
            supply_kits(self.trials, self.protocol.id, site, KITS_A_SITE, self._context(Role.PHARMACIST, at, site))
            self._ask(command, Role.COORDINATOR, at, site)

    def _followed(self, number: str, site: str, day0: datetime.datetime) -> Life:
        leaves = self.chance.random() < 0.06
        for visit in self._visits:
            if visit.day < 0:
                continue
            at = day0 + datetime.timedelta(days=visit.day, hours=1)
            if leaves and visit.day > 60:
                yield at
                self._leaves(number, site, at)
                break
            misses = self.chance.random() < 0.03 and not visit.baseline
            if not misses and not visit.baseline:
                at += datetime.timedelta(days=self.chance.randint(0, visit.after))
            yield at
            if misses:
                self._ask(do.MissVisit(number, visit.id, "Away from home"), Role.COORDINATOR, at, site)
            else:
                self._visited(number, site, visit, at)

    def _visited(self, number: str, site: str, visit: PlannedVisit, at: datetime.datetime) -> None:
        self._ask(do.RecordVisit(number, visit.id, at.date()), Role.COORDINATOR, at, site)
        self._forms(number, site, visit, at)
        if visit.dispense and not visit.baseline and visit.day < 364:
            self._with_kits(do.DispenseKits(number, visit.id, at.date()), at, site)
        if self.chance.random() < 0.12:
            self._event(number, site, at)

    def _leaves(self, number: str, site: str, at: datetime.datetime) -> None:
        command = self.chance.choice(
            (
                do.WithdrawParticipant(number, at.date(), ("treatment", "visits"), "Moved away"),
                do.LoseParticipant(number, at.date(), "Three calls and a letter"),
            )
        )
        self._ask(command, Role.COORDINATOR, at, site)

    def _event(self, number: str, site: str, at: datetime.datetime) -> None:
        serious = self.chance.random() < 0.08
        told = did.AdverseEvent(
            term=self.chance.choice(TERMS),
            started=at.date() - datetime.timedelta(days=self.chance.randrange(5)),
            aware=at.date(),
            severity=self.chance.choice(tuple(did.Severity)),
            causality=self.chance.choice(tuple(did.Causality)),
            outcome=did.Outcome.RECOVERING,
            seriousness=(did.Seriousness.HOSPITALISATION,) if serious else (),
            expected=True,
        )
        self._ask(do.ReportAdverseEvent(number, told), Role.INVESTIGATOR, at, site)

    def _forms(self, number: str, site: str, visit: PlannedVisit, at: datetime.datetime) -> None:
        """Each by somebody of the site who fills it in; what belongs to the unmasked stays empty here."""
        for name in visit.forms:
            form = find_form(self.protocol, name)
            role = next((role for role in form.by if role in AT_A_SITE), None)
            if role is None or any(field.information in SEALED for field in form.fields) or form.repeats:
                continue
            values = self._values(form)
            place = Place(visit.id, name)
            self.trials.save_form(self.protocol.id, number, place, values, self._context(role, at, site))

    def _values(self, form: Form) -> Mapping[str, str]:
        values: dict[str, str] = {}
        for field in form.fields:
            asked = field.only_if is None or field.only_if.equals in values.get(field.only_if.field, "").split(",")
            wanted = field.required or f"{form.id}.{field.id}" in self._sources
            if asked and field.kind is not Kind.COMPUTED and (wanted or self.chance.random() < 0.8):
                values[field.id] = self._value(field)
        return {name: value for name, value in values.items() if value}

    def _value(self, field: Field) -> str:
        match field.kind:
            case Kind.NUMBER | Kind.WHOLE:
                return self._number(field)
            case Kind.YES_NO:
                return "no" if self.chance.random() < 0.85 else "yes"
            case Kind.CHOICE | Kind.CHOICES:
                return self.chance.choice(field.choices).id
            case _:
                return ""

    def _number(self, field: Field) -> str:
        low, high = field.usual or (field.least or Decimal(0), field.most if field.most is not None else Decimal(10))
        places = 0 if field.kind is Kind.WHOLE else (field.decimals if field.decimals is not None else 1)
        middle, spread = float(low + high) / 2, float(high - low) / 6
        drawn = min(max(self.chance.gauss(middle, spread), float(low)), float(high))
        return f"{Decimal(repr(drawn)).quantize(Decimal(1).scaleb(-places)):f}"
