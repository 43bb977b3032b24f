"""A small trial over real stores, people of every role signed in, and what their browsers may open."""

import copy
import datetime
import re
from pathlib import Path
from typing import Any

from django.test import Client

from equipoise.actions.numbering import supply_kits
from equipoise.actions.opening import open_trials
from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.log import Context
from equipoise.conduct.participant import Participant, Place
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import AT_A_SITE, LABELS, Role
from equipoise.conduct.trial import Trial
from equipoise.kernel.truth import Truth
from equipoise.web.accounts.models import Person
from tests.accounts import fresh_client, make_person, signed_in
from tests.trials import PROTOCOL, SITES, person_for

NAME = "SMALL"
LOG = f"/staff/trials/{NAME}/"
NOW = datetime.datetime.now(datetime.UTC)
OPENED = NOW - datetime.timedelta(days=70)


class Running:
    """The trial ``SMALL`` with two sites: a person in every state at the first, one randomised at the second."""

    def __init__(self, home: Path, protocol: Protocol = PROTOCOL) -> None:
        self.home = home
        self.trials: Trials = open_trials(home, {})
        self.protocol = protocol
        self._open()
        self.new = self.take_in()
        self.consented = self.consent(self.take_in())
        self.eligible = self.screen(self.consent(self.take_in()))
        self.randomised = self.randomise(self.screen(self.consent(self.take_in())))
        self.foreign = self.randomise(self.screen(self.consent(self.take_in("02"))), "02")
        self._live(self.randomised)
        self._live(self.foreign, "02")

    def copied(self, home: Path) -> "Running":
        """The same over copies of its files."""
        other = copy.copy(self)
        other.home, other.trials = home, open_trials(home, {})
        return other

    @property
    def trial(self) -> Trial:
        return self.trials.trial(self.protocol.id)

    def one(self, number: str) -> Participant:
        return self.trial.participant(number)

    def ask(self, command: Any, role: Role, site: str = "01", *, at: datetime.datetime = NOW, why: str = "") -> None:
        self.trials.ask(self.protocol.id, command, context_of(role, site, at, why))

    def _open(self) -> None:
        self.ask(do.OpenTrial(self.protocol, "Ada Minder"), Role.ADMINISTRATOR, at=OPENED)
        day = OPENED.date()
        for role in Role:
            for site in SITES if role in AT_A_SITE else ("",):
                if role is not Role.ADMINISTRATOR:
                    name = f"{LABELS[role]} {site}".strip()
                    grant = do.GrantRole(person_for(role, site), name, role, day, day, site=site)
                    self.ask(grant, Role.ADMINISTRATOR, at=OPENED)
        self.trials.seal(self.protocol.id, context_of(Role.INDEPENDENT_STATISTICIAN, "", OPENED))
        for site in SITES:
            self.ask(do.OpenSite(site), Role.SPONSOR, at=OPENED)
            supply_kits(self.trials, self.protocol.id, site, 5, context_of(Role.PHARMACIST, site, OPENED))

    def take_in(self, site: str = "01") -> str:
        who = {"given": f"Mara{site}", "family": "Lindqvist"}
        done = self.trials.prescreen(self.protocol.id, site, who, context_of(Role.COORDINATOR, site, NOW))
        came = done.events[0]
        assert isinstance(came, did.PersonPrescreened)
        return came.participant

    def consent(self, number: str) -> str:
        self.ask(do.RecordConsent(number, "1", NOW.date()), Role.COORDINATOR, site_of(number))
        return number

    def screen(self, number: str) -> str:
        findings = (did.Finding("I1", Truth.TRUE), did.Finding("I2", Truth.TRUE))
        answered = do.ScreenParticipant(number, NOW.date(), findings, '{"age":50}')
        self.ask(answered, Role.INVESTIGATOR, site_of(number))
        return number

    def randomise(self, number: str, site: str = "01") -> str:
        self.ask(do.RecordStratum(number, {"disease": "pm"}), Role.COORDINATOR, site)
        self.ask(do.RandomiseParticipant(number), Role.COORDINATOR, site)
        return number

    def _live(self, number: str, site: str = "01") -> None:
        """Baseline done, forms filled in, a reaction and an adverse event, a query on the weight."""
        day = NOW.date()
        self.ask(do.RecordVisit(number, "baseline", day), Role.COORDINATOR, site)
        self.fill(number, "vitals", {"weight": "72.5"}, Role.COORDINATOR)
        self.fill(number, "assessment", {"activity": "4.5"}, Role.ASSESSOR)
        for term, reaction in (("Redness", True), ("Headache", False)):
            told = did.AdverseEvent(
                term, day, day, did.Severity.MILD, did.Causality.RELATED, did.Outcome.RECOVERING, reaction=reaction
            )
            self.ask(do.ReportAdverseEvent(number, told), Role.INVESTIGATOR, site)
        self.ask(do.RaiseQuery(number, "baseline", "vitals", "Is this right?", "weight"), Role.MONITOR)

    def fill(self, number: str, form: str, values: dict[str, str], role: Role) -> None:
        context = context_of(role, site_of(number), NOW)
        self.trials.save_form(self.protocol.id, number, Place("baseline", form), values, context)


def site_of(number: str) -> str:
    return number.partition("-")[0]


def context_of(role: Role, site: str, at: datetime.datetime, why: str = "") -> Context:
    return Context(by=person_for(role, site), at=at, reason=why, client="test")


def browser(role: Role | str, site: str = "01", *, strict: bool = False) -> Client:
    """Signed in as the person of the role. ``strict``: forms without their token are refused."""
    username = person_for(role, site) if isinstance(role, Role) else role
    known = Person.objects.filter(username=username).first()
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"}) if strict else fresh_client()
    return signed_in(known or make_person(username), client=client)


def key_in(response: Any) -> str:
    """The key of the page's form."""
    found = re.search(r'name="key" value="([^"]+)"', text_of(response))
    assert found, "the page has no form"
    return found[1]


def hidden_in(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text_of(response))
    assert found, f"the page has no {name}"
    return found[1]


def text_of(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode())
