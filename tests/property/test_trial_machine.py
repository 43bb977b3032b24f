"""Whatever anybody asks of a trial, in whatever order, right or wrong: what must hold holds.

A state machine asks every command of random people with random arguments, most of them sensible. A refusal leaves no
trace, and nothing but a refusal is ever raised.
"""

import datetime
import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.closing import data_digest, record_digest
from equipoise.conduct.decide.safety import DEVIATIONS
from equipoise.conduct.evolve import replay
from equipoise.conduct.forms import digest
from equipoise.conduct.log import canonical, flaws
from equipoise.conduct.masking import viewer_of
from equipoise.conduct.participant import Participant, Place
from equipoise.conduct.permissions import MAY
from equipoise.conduct.protocol.model import Arm, ArmKind, ConsentVersion, Kit, Kits, Protocol
from equipoise.conduct.roles import AT_A_SITE, Role
from equipoise.conduct.trial import Stage, Trial
from equipoise.conduct.views.flow import adds_up, flow
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from tests.trials import PROTOCOL, SITES, Bench, all_recorded, person_for

CAP = 4
SECRETS = ("qqverum", "qqsham", "kindqx", "kindqy", "qqdrug", "qqsaline")
SMALL: Protocol = msgspec.structs.replace(
    PROTOCOL,
    arms=(
        Arm(id="qqverum", label="qqverum", kind=ArmKind.EXPERIMENTAL, kit="kindqx"),
        Arm(id="qqsham", label="qqsham", kind=ArmKind.SHAM_COMPARATOR, kit="kindqy"),
    ),
    kits=Kits(kinds=(Kit(id="kindqx", holds="qqdrug", doses=4), Kit(id="kindqy", holds="qqsaline", doses=4))),
    allocation=msgspec.structs.replace(PROTOCOL.allocation, ratio={"qqverum": 1, "qqsham": 1}, cap=CAP),
)
VISITS = ("screening", "baseline", "week", "week-2", "open", "nowhere")
FORMS = ("vitals", "assessment", "laboratory", "reactions", "nothing")
WORDS = ("Words", "Other words", "More words", "Still more", " ")
KINDS: tuple[type[do.Command], ...] = do.TrialCommand.__args__
RARE = {do.FreezeData, do.CloseSite, do.AmendProtocol, do.OpenTrial, do.RecordDeath, do.WithdrawParticipant}
RARE |= {do.LoseParticipant, do.CompleteParticipant, do.PrescreenPerson, do.StopTreatment, do.NoteExport}
SUCCEEDED: Counter[type[do.Command]] = Counter()
REFUSED: Counter[type[do.Command]] = Counter()


class Maker:
    """Commands for a trial as it stands: mostly such as make sense, now and then such as do not."""

    def __init__(self, bench: Bench, chance: random.Random, about: str = "") -> None:
        self.trial = bench.trial
        self.bench = bench
        self.chance = chance
        self.one = bench.trial.participants.get(about) or self._person()

    def _person(self) -> Participant | None:
        """Those randomised and those who came last are asked about most."""
        known = list(self.trial.participants.values())
        chosen = [one for one in known if one.is_randomised] if self.chance.random() < 0.6 else known[-4:]
        return self.chance.choice(chosen or known) if known and self.chance.random() < 0.95 else None

    @property
    def person(self) -> str:
        return self.one.id if self.one else "01-999"

    @property
    def site(self) -> str:
        return self.chance.choice((*SITES, *SITES, "77", ""))

    @property
    def day(self) -> datetime.date:
        return self.bench.at.date() + datetime.timedelta(days=self.chance.choice((0,) * 12 + (-1, -3, -40, 1, 400)))

    @property
    def words(self) -> str:
        return self.chance.choice(WORDS)

    @property
    def role(self) -> Role:
        return self.chance.choice(tuple(Role))

    @property
    def query(self) -> str:
        return self.chance.choice((*self.trial.queries, "Q99"))

    @property
    def place(self) -> Place:
        if self.one and self.one.sheets and self.chance.random() < 0.5:
            return self.chance.choice(tuple(self.one.sheets))
        likely = ("baseline", "week"), ("vitals", "assessment", "laboratory")
        visits, forms = likely if self.chance.random() < 0.7 else (VISITS, FORMS)
        return Place(self.chance.choice(visits), self.chance.choice(forms), self.chance.choice((1,) * 8 + (2, 0)))

    @property
    def told(self) -> did.AdverseEvent:
        serious = self.chance.choice(((), (did.Seriousness.HOSPITALISATION,), (did.Seriousness.DEATH,)))
        causality, outcome = self.chance.choice(tuple(did.Causality)), self.chance.choice(tuple(did.Outcome))
        return did.AdverseEvent(self.words, self.day, self.day, did.Severity.MILD, causality, outcome, serious)

    def kits(self, site: str) -> tuple[str, ...]:
        stock = sorted(kit for kit, where in self.trial.stock.items() if where == site or self.chance.random() < 0.02)
        return tuple(self.chance.sample(stock, min(len(stock), self.chance.choice((1, 1, 1, 1, 2)))))

    def own_kits(self) -> tuple[str, ...]:
        return self.kits(self.one.site if self.one else "01")

    def findings(self) -> tuple[did.Finding, ...]:
        met = (Truth.TRUE,) * 9 + (Truth.FALSE, Truth.UNKNOWN)
        names = self.chance.choice((("I1", "I2"),) * 9 + (("I1",),))
        return tuple(did.Finding(name, self.chance.choice(met), evidence=self.words) for name in names)

    def values(self, place: Place) -> tuple[did.Values, did.Values]:
        """Open values, and fingerprints of sealed ones."""
        return {
            "vitals": ({"weight": self.chance.choice(("70", "200", "71.5", "x", "")), "pregnant": "no"}, {}),
            "assessment": ({"activity": self.chance.choice(("5", "6", "7", "11"))}, {}),
            "laboratory": ({}, {"signature": self.chance.choice(("ab", "cd"))}),
        }.get(place.form, ({"size": "3"}, {}))

    def amended(self) -> Protocol:
        """Once: a consent form of its own, valid from today."""
        day = self.bench.at.date()
        first = msgspec.structs.replace(PROTOCOL.consent[0], valid_until=day - datetime.timedelta(days=1))
        again = self.chance.choice((True, False))
        consent = (first, ConsentVersion(id="2", label="2.0", valid_from=day, reconsent=again))
        return msgspec.structs.replace(SMALL, version=self.chance.choice(("1.0", "2.0")), consent=consent)

    def grant(self) -> do.GrantRole:
        user = self.chance.choice(("newcomer", person_for(self.role, "01")))
        return do.GrantRole(user, self.words, self.role, self.day, self.day, None, self.site)

    @property
    def ending(self) -> str:
        said = [end.how for end in self.one.ends] if self.one else []
        return self.chance.choice((*said, "stopped", "lost", "died", "completed", "asleep"))

    def entering(self, kind: type[do.EnterForm] | type[do.CorrectForm]) -> do.Command:
        place = self.place
        values, sealed = self.values(place)
        return kind(self.person, place.visit, place.form, values, place.copy, sealed)

    def signing(self) -> do.SignForm:
        place = self.place
        sheet = self.one.sheets.get(place) if self.one else None
        return do.SignForm(
            self.person, place.visit, place.form, self.words, digest(sheet) if sheet else "0", place.copy
        )

    def asking(self) -> do.RaiseQuery:
        place, field = self.place, self.chance.choice(("", "weight", "size", "signature"))
        return do.RaiseQuery(self.person, place.visit, place.form, self.words, field, place.copy)

    def endorsing(self) -> do.EndorseRecord:
        return do.EndorseRecord(self.person, self.words, record_digest(self.one) if self.one else "0")

    def breaking(self) -> do.BreakCode:
        path = self.chance.choice(("emergency", "safety-report", "curiosity"))
        to = self.chance.choice(((), (), ("Dr Night",), ("sponsor",)))
        return do.BreakCode(self.person, path, self.words, self.chance.random() < 0.8, to)

    def withdrawing(self) -> do.WithdrawParticipant:
        of = self.chance.choice((("treatment",), ("visits",), ("new-data", "contact"), (), ("sleep",)))
        return do.WithdrawParticipant(self.person, self.day, of, self.words)


MAKE: Mapping[type[do.Command], Callable[[Maker], do.Command]] = {
    do.OpenTrial: lambda m: do.OpenTrial(SMALL, m.words),
    do.AmendProtocol: lambda m: do.AmendProtocol(m.amended()),
    do.AddSite: lambda m: do.AddSite(
        m.chance.choice(("03", "a/b", "01")), m.words, "DE", m.chance.choice(("UTC", "X"))
    ),
    do.OpenSite: lambda m: do.OpenSite(m.site),
    do.CloseSite: lambda m: do.CloseSite(m.site),
    do.GrantRole: lambda m: m.grant(),
    do.RevokeRole: lambda m: do.RevokeRole("newcomer", m.role, m.site),
    do.SealAllocation: lambda m: do.SealAllocation("test/1", m.chance.choice(("ab" * 32, "x")), 40),
    do.NumberKits: lambda m: do.NumberKits("cd" * 32, m.chance.choice((2, 3, len(m.trial.batches) + 2)), 8),
    do.SendKits: lambda m: do.SendKits(m.site, m.chance.choice((0, 1, 2)), (str(m.chance.randrange(9000)),)),
    do.DiscardKits: lambda m: do.DiscardKits(
        m.site, (next(iter(m.chance.choice((m.trial.stock, m.trial.sent))), "7"),)
    ),
    do.ReceiveKits: lambda m: do.ReceiveKits(m.site, tuple(str(m.chance.randrange(9000)) for _ in range(2))),
    do.PrescreenPerson: lambda m: do.PrescreenPerson(m.site),
    do.RecordConsent: lambda m: do.RecordConsent(m.person, m.chance.choice("1112"), m.day),
    do.ScreenParticipant: lambda m: do.ScreenParticipant(m.person, m.day, m.findings(), '{"age": 50}'),
    do.FailScreening: lambda m: do.FailScreening(m.person, m.chance.choice(("declined", "not-eligible", "bored"))),
    do.RecordStratum: lambda m: do.RecordStratum(m.person, {"disease": m.chance.choice(("pm", "dm", "x"))}),
    do.CorrectStratum: lambda m: do.CorrectStratum(m.person, "disease", m.chance.choice(("pm", "dm", "x"))),
    do.RandomiseParticipant: lambda m: do.RandomiseParticipant(m.person, m.own_kits()),
    do.DispenseKits: lambda m: do.DispenseKits(m.person, m.chance.choice(VISITS), m.day, m.own_kits()),
    do.ReturnKit: lambda m: do.ReturnKit(m.person, next(iter(m.one.kits if m.one else ()), "7"), m.day, 2),
    do.StopTreatment: lambda m: do.StopTreatment(m.person, m.day, m.words),
    do.RecordVisit: lambda m: do.RecordVisit(m.person, m.chance.choice(VISITS), m.day),
    do.MissVisit: lambda m: do.MissVisit(m.person, m.chance.choice(VISITS), m.words),
    do.EnterForm: lambda m: m.entering(do.EnterForm),
    do.CorrectForm: lambda m: m.entering(do.CorrectForm),
    do.SignForm: lambda m: m.signing(),
    do.RaiseQuery: lambda m: m.asking(),
    do.AnswerQuery: lambda m: do.AnswerQuery(m.query, m.words),
    do.CloseQuery: lambda m: do.CloseQuery(m.query, m.words),
    do.RecordMedication: lambda m: do.RecordMedication(m.person, m.words, number=m.chance.choice((None, None, 1, 7))),
    do.ReportAdverseEvent: lambda m: do.ReportAdverseEvent(m.person, m.told),
    do.UpdateAdverseEvent: lambda m: do.UpdateAdverseEvent(m.person, m.chance.choice((1, 1, 2)), m.told),
    do.SendExpeditedReport: lambda m: do.SendExpeditedReport(m.person, m.chance.choice((1, 1, 2)), m.day, m.words),
    do.WithdrawParticipant: lambda m: m.withdrawing(),
    do.LoseParticipant: lambda m: do.LoseParticipant(m.person, m.day, m.words),
    do.RecordDeath: lambda m: do.RecordDeath(m.person, m.day),
    do.CompleteParticipant: lambda m: do.CompleteParticipant(m.person, m.day),
    do.ReinstateParticipant: lambda m: do.ReinstateParticipant(m.person, m.ending),
    do.RecordDeviation: lambda m: do.RecordDeviation(m.chance.choice(DEVIATIONS), m.words, important=True, site=m.site),
    do.BreakCode: lambda m: m.breaking(),
    do.AssessImpact: lambda m: do.AssessImpact(m.person, m.words),
    do.EndorseRecord: lambda m: m.endorsing(),
    do.FreezeData: lambda m: do.FreezeData(m.words),
    do.ThawData: lambda m: do.ThawData(m.words),
    do.LockData: lambda m: do.LockData(m.words, data_digest(m.trial) if m.chance.random() < 0.9 else "0"),
    do.UnlockData: lambda m: do.UnlockData(m.words),
    do.UnblindTrial: lambda m: do.UnblindTrial(m.words),
    do.NoteSealedRead: lambda m: do.NoteSealedRead(m.words, m.person),
    do.NoteExport: lambda m: do.NoteExport(m.words, 1, "0"),
}
LATE: Mapping[Stage, tuple[type[do.Command], ...]] = {
    Stage.FROZEN: (do.LockData, do.ThawData, do.BreakCode, do.CorrectForm),
    Stage.LOCKED: (do.UnblindTrial, do.UnblindTrial, do.UnlockData, do.PrescreenPerson),
    Stage.UNBLINDED: (do.NoteExport, do.PrescreenPerson, do.BreakCode, do.UnlockData),
}


class Asking(RuleBasedStateMachine):
    """One trial, asked of by everybody."""

    @initialize(sealed=st.integers(0, 4))
    def begin(self, sealed: int) -> None:
        self.bench = Bench(SMALL).staffed()
        SUCCEEDED[do.OpenTrial] += 1
        if sealed:
            self.bench.sealed(24)

    @rule(seed=st.integers(0, 2**64), steps=st.integers(40, 160))
    def people_ask(self, seed: int, steps: int) -> None:
        chance = random.Random(seed)
        over = self.bench.trial.stage is Stage.UNBLINDED
        for _ in range(4 if over else steps):
            kind = chance.choice(LATE.get(self.bench.trial.stage, KINDS) if chance.random() < 0.6 else KINDS)
            if kind is not do.FreezeData and (kind not in RARE or chance.random() < 0.2):
                self._ask(kind, chance)

    @rule(seed=st.integers(0, 2**64))
    def somebody_joins(self, seed: int) -> None:
        """The usual way, each step of which may be refused."""
        chance = random.Random(seed)
        self._ask(do.PrescreenPerson, chance)
        came = self.bench.entries[-1].subject
        for kind in (do.RecordConsent, do.ScreenParticipant, do.RecordStratum, do.RandomiseParticipant):
            for _ in range(3):
                self._ask(kind, chance, came)

    @rule(days=st.integers(1, 9))
    def time_goes_by(self, days: int) -> None:
        self.bench.later(days)

    @precondition(lambda self: len(self.bench.entries) > 180 and self.bench.trial.stage is Stage.OPEN)
    @rule(seed=st.integers(0, 2**64))
    def the_data_are_cleaned(self, seed: int) -> None:
        """Queries closed, forms signed, breaks assessed, records endorsed: what a lock needs."""
        chance = random.Random(seed)
        self._ask(do.FreezeData, chance)
        for query in self.bench.trial.open_queries():
            self._try(do.CloseQuery(query.id, "Fine"), Role.MONITOR.value)
        for one in self.bench.trial.participants.values():
            investigator = person_for(Role.INVESTIGATOR, one.site)
            self._try(do.AssessImpact(one.id, "None"), Role.SPONSOR.value)
            for place, sheet in one.sheets.items():
                command = do.SignForm(one.id, place.visit, place.form, "Right", digest(sheet), place.copy)
                self._try(command, investigator)
            now = self.bench.one(one.id)
            self._try(do.EndorseRecord(one.id, "Right", record_digest(now)), investigator)
        for kind in (do.LockData, chance.choice((do.ThawData, do.UnlockData, do.UnblindTrial))):
            self._ask(kind, chance)
            self._ask(kind, chance)

    def _ask(self, kind: type[do.Command], chance: random.Random, about: str = "") -> None:
        maker = Maker(self.bench, chance, about)
        command = MAKE[kind](maker)
        role = chance.choice(sorted(MAY.get(kind, frozenset(Role))) if chance.random() < 0.9 else sorted(Role))
        filled = next((form.by for form in SMALL.forms if form.id == getattr(command, "form", "")), ())
        if isinstance(command, do.EnterForm | do.CorrectForm) and filled and chance.random() < 0.8:
            role = chance.choice(filled)
        site = getattr(command, "site", "") or (maker.one.site if maker.one else "01")
        if isinstance(command, do.AnswerQuery | do.CloseQuery) and command.query in self.bench.trial.queries:
            site = self.bench.trial.queries[command.query].participant[:2]
        user = person_for(role, site if chance.random() < 0.95 else "02") if role in AT_A_SITE else role.value
        self._try(command, user, chance.choice(("", "Because", "Because", "Because")))

    def _try(self, command: Any, user: str, reason: str = "Because") -> None:
        before, written = self.bench.trial, len(self.bench.entries)
        try:
            self.bench.ask(command, by=user, reason=reason)
        except Refused as refused:
            why = str(refused)
        else:
            why = ""
        if why:
            REFUSED[type(command)] += 1
            assert self.bench.trial is before
            assert len(self.bench.entries) == written
            return
        SUCCEEDED[type(command)] += 1
        assert len(self.bench.entries) > written
        if isinstance(command, do.RandomiseParticipant):
            _was_ready(before, command.participant, self.bench.at.date())

    @invariant()
    def must_10_nobody_twice_nor_beyond_the_cap_and_numbers_have_no_gap(self) -> None:
        trial = self.bench.trial
        assert len(trial.order) <= CAP
        assert [trial.participants[each].number for each in trial.order] == list(range(1, len(trial.order) + 1))
        assert {one.id for one in trial.participants.values() if one.is_randomised} == set(trial.order)

    @invariant()
    def everything_is_numbered_without_a_gap(self) -> None:
        trial = self.bench.trial
        for site in trial.sites.values():
            theirs = {one.id for one in trial.participants.values() if one.site == site.id}
            assert theirs == {f"{site.id}-{number:03d}" for number in range(1, site.numbered + 1)}
        assert list(trial.queries) == [] or set(trial.queries) == {f"Q{n}" for n in range(1, len(trial.queries) + 1)}
        for one in trial.participants.values():
            assert list(one.adverse) == list(range(1, len(one.adverse) + 1))
            assert list(one.medications) == list(range(1, len(one.medications) + 1))
            assert {query.participant for query in trial.queries_of(one.id)} <= {one.id}
        assert sum(len(trial.queries_of(one)) for one in trial.participants) == len(trial.queries)

    @invariant()
    def every_kit_is_in_one_place(self) -> None:
        trial = self.bench.trial
        given = [kit for one in trial.participants.values() for kit in one.kits]
        assert len(given) == len(set(given))
        assert not set(given) & set(trial.stock)
        spoilt = set(trial.discarded) & set(trial.received)
        assert set(given) | set(trial.stock) | spoilt == set(trial.received)
        assert not spoilt & (set(given) | set(trial.stock))
        assert not set(trial.sent) & (set(trial.received) | set(trial.discarded))

    @invariant()
    def must_29_the_flow_adds_up(self) -> None:
        trial = self.bench.trial
        viewer = viewer_of(trial, Role.INDEPENDENT_STATISTICIAN.value, self.bench.at)
        assert adds_up(flow(trial, viewer)) == ()

    def teardown(self) -> None:
        if not hasattr(self, "bench"):
            return
        entries = self.bench.entries
        assert list(flaws(entries)) == []
        assert replay(Trial(SMALL.id), entries) == self.bench.trial
        for entry in entries:
            assert canonical(did.read_event(entry.tag, entry.schema, entry.body)) == entry.body
        recorded = all_recorded(self.bench)
        assert not [secret for secret in SECRETS if secret in recorded]


def _was_ready(before: Trial, number: str, day: datetime.date) -> None:
    """As the specification says it (must 10), not as the code does."""
    one = before.participants[number]
    last = one.screenings[-1]
    assert one.consents
    assert last.eligible is Truth.TRUE
    assert not last.failed
    assert one.consents[0].on <= last.on
    names = [version.id for version in before.protocol.consent]
    later = before.protocol.consent[names.index(one.consents[-1].version) + 1 :]
    assert not any(version.reconsent and version.valid_from <= day for version in later)
    assert set(one.levels) == {"disease"}
    assert before.sites[one.site].is_open
    assert before.sealing
    assert before.stage is Stage.OPEN
    assert number not in before.order
    assert len(before.order) < CAP
    assert not one.ended
    assert not one.withdrawn


def test_must_10_13_15_whatever_is_asked_what_must_hold_holds() -> None:
    """The same examples each time; more of them, drawn anew, only where these left a command out."""
    SUCCEEDED.clear()
    REFUSED.clear()
    for fixed in (True, False, False, False):
        _run(fixed=fixed)
        if set(SUCCEEDED) == set(KINDS) == set(REFUSED):
            break
    assert set(SUCCEEDED) == set(KINDS), set(KINDS) - set(SUCCEEDED)
    assert set(REFUSED) == set(KINDS), set(KINDS) - set(REFUSED)


def _run(*, fixed: bool) -> None:
    run_state_machine_as_test(
        Asking,
        settings=settings(
            max_examples=100,
            stateful_step_count=40,
            derandomize=fixed,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
