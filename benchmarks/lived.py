"""A trial as large as JASMINE when most of it is over, made by the commands that people use: 240 participants at 218
sites, 50,000 entries in its log. It stands in a home of its own, with an account for everybody who works on it.

python -m benchmarks.lived HOME
"""

import datetime
import os
import random
import subprocess
import sys
from pathlib import Path

import msgspec

from equipoise.actions.demonstration import SIGNING, Demonstration
from equipoise.actions.opening import open_trials
from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.forms import digest
from equipoise.conduct.log import Context
from equipoise.conduct.participant import Place
from equipoise.conduct.protocol.model import PlannedSite, Protocol
from equipoise.conduct.protocol.reading import read_protocol
from equipoise.conduct.roles import Role
from equipoise.conduct.trial import Trial, find_form
from equipoise.examples import jasmine_protocol

SITES, COME, ENTRIES = 218, 300, 50_000
KITS = 40_000
LASTED = datetime.timedelta(days=1000)
LONG_AGO = datetime.date(2020, 1, 1)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo")
ACCOUNTS = """
import os
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "equipoise.web.settings"
from equipoise.web.accounts.prepare import prepare
prepare(Path(os.environ["EQUIPOISE_HOME"]))
from benchmarks.lived import protocol
from equipoise.web.accounts.demonstration import make_accounts
make_accounts(protocol())
"""


def protocol() -> Protocol:
    """JASMINE's, with as many sites as the study has."""
    made = read_protocol(jasmine_protocol())
    sites = tuple(
        PlannedSite(id=f"{number}", label=f"Hospital {number}", country="DE", zone=ZONES[number % len(ZONES)], target=2)
        for number in range(101, 101 + SITES)
    )
    kits = msgspec.structs.replace(made.kits, made=KITS) if made.kits else None
    first, *later = made.consent
    consent = (msgspec.structs.replace(first, valid_from=LONG_AGO), *later)
    return msgspec.structs.replace(made, sites=sites, kits=kits, consent=consent)


def live(home: Path, seed: int = 1) -> None:
    trials, made, now = open_trials(home, {}), protocol(), datetime.datetime.now(datetime.UTC)
    Demonstration(trials, made, random.Random(seed)).run(now - LASTED, now, COME)
    Busy(trials, made.id, now, random.Random(seed)).work()
    trials.log.close()
    subprocess.run(
        [sys.executable, "-c", ACCOUNTS], env=os.environ | {"EQUIPOISE_HOME": str(home)}, check=True, cwd=Path.cwd()
    )


class Busy:
    """Signs forms and asks, answers and closes queries, until the log is as long as it should be."""

    def __init__(self, trials: Trials, trial: str, at: datetime.datetime, chance: random.Random) -> None:
        self._trials, self._name, self._at, self._chance = trials, trial, at, chance

    def work(self) -> None:
        trial = self._trials.trial(self._name)
        places = [(one.id, place) for one in trial.participants.values() for place in one.sheets]
        self._chance.shuffle(places)
        for number, (one, place) in enumerate(places):
            if self._trials.trial(self._name).position >= ENTRIES:
                return
            if find_form(trial.protocol, place.form).sign:
                self._sign(trial, one, place)
            if number % 10 == 0:
                self._query(one, place, number // 10, trial.participants[one].sheets[place].by)

    def _sign(self, trial: Trial, one: str, place: Place) -> None:
        sheet = trial.participants[one].sheets[place]
        if sheet.signature is None:
            signed = do.SignForm(one, place.visit, place.form, SIGNING, digest(sheet), place.copy)
            self._ask(signed, f"{Role.INVESTIGATOR.value}-{_site(one)}")

    def _query(self, one: str, place: Place, number: int, by: str) -> None:
        """Half are answered, a quarter closed. ``by``: who filled in the form."""
        words = "Please compare this with the source."
        asked = do.RaiseQuery(one, place.visit, place.form, words=words, field="", copy=place.copy)
        raised = self._ask(asked, Role.MONITOR.value)
        assert isinstance(raised, did.QueryRaised)
        if number % 2:
            self._ask(do.AnswerQuery(raised.query, "It is as in the source."), by)
        if number % 4 == 1:
            self._ask(do.CloseQuery(raised.query, "Seen."), Role.MONITOR.value)

    def _ask(self, command: do.TrialCommand, user: str) -> did.TrialEvent:
        return self._trials.ask(self._name, command, Context(by=user, at=self._at, client="benchmark")).events[0]


def _site(one: str) -> str:
    return one.partition("-")[0]


if __name__ == "__main__":
    live(Path(sys.argv[1]))
