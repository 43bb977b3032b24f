"""A small trial in whatever stores an environment names, lived through by the commands that people use."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from equipoise.actions.custody import Keeper
from equipoise.actions.numbering import supply_kits
from equipoise.actions.opening import now, open_trial_log, open_trial_sealed, open_trial_vault
from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.closing import data_digest, record_digest
from equipoise.conduct.log import Context
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import AT_A_SITE, Role
from equipoise.kernel.truth import Truth
from tests.trials import PROTOCOL, SITES, person_for

IDENTITY = {"given": "Mara", "family": "Lindqvist", "born": "1970-02-03"}
EVE = person_for(Role.INDEPENDENT_STATISTICIAN)


@contextmanager
def opened(home: Path, environment: Mapping[str, str]) -> Iterator[Trials]:
    """Those that ``open_trials`` opens, closed after."""
    with (
        closing(open_trial_log(home, environment)) as log,
        closing(open_trial_sealed(home, environment)) as sealed,
        closing(open_trial_vault(home, environment)) as vault,
    ):
        yield Trials(log, Keeper(log, sealed, now), vault)


class Living:
    """Two randomised at each site, whose names are in the vault. Opened ten days ago, all else done today."""

    def __init__(self, trials: Trials, protocol: Protocol = PROTOCOL, each: int = 2) -> None:
        self.trials, self.protocol = trials, protocol
        self.now = datetime.datetime.now(datetime.UTC)
        opened = self.now - datetime.timedelta(days=10)
        self.ask(do.OpenTrial(protocol, "Ada Minder"), Role.ADMINISTRATOR, at=opened)
        for role in Role:
            for site in SITES if role in AT_A_SITE else ("",):
                if role is not Role.ADMINISTRATOR:
                    day = opened.date()
                    grant = do.GrantRole(person_for(role, site), role.value.title(), role, day, day, site=site)
                    self.ask(grant, Role.ADMINISTRATOR, at=opened)
        trials.seal(protocol.id, self.context(Role.INDEPENDENT_STATISTICIAN))
        for site in SITES:
            self.ask(do.OpenSite(site), Role.SPONSOR, at=opened)
            if protocol.kits:
                supply_kits(trials, protocol.id, site, 5, self.context(Role.PHARMACIST, site))
        self.numbers = tuple(self.randomised(site) for site in SITES for _ in range(each))

    def context(self, role: Role, site: str = "01", at: datetime.datetime | None = None) -> Context:
        return Context(by=person_for(role, site), at=at or self.now, client="test")

    def ask(self, command: Any, role: Role, site: str = "01", at: datetime.datetime | None = None) -> None:
        self.trials.ask(self.protocol.id, command, self.context(role, site, at))

    def randomised(self, site: str) -> str:
        done = self.trials.prescreen(self.protocol.id, site, IDENTITY, self.context(Role.COORDINATOR, site))
        (came,) = done.events
        assert isinstance(came, did.PersonPrescreened)
        one, day = came.participant, self.now.date()
        findings = (did.Finding("I1", Truth.TRUE), did.Finding("I2", Truth.TRUE))
        self.ask(do.RecordConsent(one, "1", day), Role.COORDINATOR, site)
        self.ask(do.ScreenParticipant(one, day, findings, '{"age":50}'), Role.INVESTIGATOR, site)
        self.ask(do.RecordStratum(one, {"disease": "pm"}), Role.COORDINATOR, site)
        self.ask(do.RandomiseParticipant(one), Role.COORDINATOR, site)
        return one

    def unblind(self) -> None:
        self.ask(do.FreezeData("Entry is complete"), Role.STATISTICIAN)
        for one in self.numbers:
            trial = self.trials.trial(self.protocol.id)
            digest = record_digest(trial.participant(one))
            self.ask(do.EndorseRecord(one, "All of it is right", digest), Role.INVESTIGATOR, one.partition("-")[0])
        digest = data_digest(self.trials.trial(self.protocol.id))
        self.ask(do.LockData("Nothing changes any more", digest), Role.STATISTICIAN)
        self.ask(do.UnblindTrial("The analysis begins"), Role.INDEPENDENT_STATISTICIAN)
