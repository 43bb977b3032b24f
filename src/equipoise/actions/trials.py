"""What a person can ask of a running trial: to read it as it stands, or that something be done and recorded."""

import atexit
import gc
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Protocol as Interface

import msgspec

from equipoise import __version__
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.conduct.decide import decide
from equipoise.conduct.decide.people import next_number
from equipoise.conduct.decide.randomising import refuse_unless_ready
from equipoise.conduct.evolve import replay
from equipoise.conduct.forms import read_value
from equipoise.conduct.log import Context, Entry
from equipoise.conduct.masking import sealed_fields, sealed_name
from equipoise.conduct.participant import Place
from equipoise.conduct.permissions import permit
from equipoise.conduct.record import enclose
from equipoise.conduct.roles import Role
from equipoise.conduct.trial import Trial, find_form
from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Log, Pen
from equipoise.store.trial.vault import Vault


class Done(msgspec.Struct, frozen=True):
    """What was recorded, and the trial after it. ``again``: it had been done before, and nothing was added."""

    trial: Trial
    events: tuple[did.TrialEvent, ...]
    again: bool = False


class Custodian(Interface):
    """Who alone can open the sealed store: in this process for trying out, in one of its own in earnest."""

    def seal(self, trial: str, context: Context) -> do.SealAllocation:
        """Draw seed, list and kits, and keep them; what binds them, for the log. Sealed before, the same again."""

    def number_kits(self, trial: str, each: int, context: Context) -> do.NumberKits:
        """Draw and keep a further batch of kits, ``each`` of every kind; what binds it, for the log."""

    def consignment(self, trial: str, site: str, each: int) -> tuple[str, ...]:
        """Numbers of kits no site has had yet, ``each`` of every kind, in an order that tells nothing."""

    def kits_for(self, trial: str, participant: str, visit: str) -> tuple[str, ...]:
        """Kits of the participant's site that hold what they are to get; no visit: the first, at randomisation."""

    def arm_of(self, trial: str, participant: str, context: Context) -> str:
        """The arm's label, for those whom the log entitles to it."""

    def arms(self, trial: str, participants: Collection[str], context: Context) -> dict[str, str]:
        """The arms' labels, of those whose arm the person may know; one look in the read log for all of them."""

    def values(self, trial: str, names: Mapping[str, str], context: Context) -> dict[str, str]:
        """Sealed values by name, of names and fingerprints; each is a look of its own in the read log."""

    def keep(self, trial: str, values: Mapping[str, str], context: Context) -> dict[str, str]:
        """Seal values by a name for each; their fingerprints, for the log."""

    def reveal(self, trial: str, context: Context) -> Reveal:
        """Everything that was sealed, once the trial is unblinded."""


Make = Callable[[Trial, Pen], do.TrialCommand]
MANY = 5_000
"""Entries read at once that are worth keeping from the collector of garbage."""


class Trials:
    """The trials of one log. One for each process; threads may share it."""

    def __init__(self, log: Log, custodian: Custodian, vault: Vault) -> None:
        self.log = log
        self.custodian = custodian
        self.vault = vault
        self._known: dict[str, Trial] = {}
        self._lock = threading.Lock()

    def names(self) -> tuple[str, ...]:
        return self.log.trials()

    def trial(self, name: str) -> Trial:
        """As it stands now. A name nobody has opened gives a trial that is not opened."""
        known = self._known.get(name, Trial(name))
        trial = replay(known, self.log.since(name, known.position))
        if trial.position - known.position > MANY:
            _settle()
        return self._keep(trial)

    def _keep(self, trial: Trial) -> Trial:
        with self._lock:
            if trial.position >= self._known.get(trial.id, trial).position:
                self._known[trial.id] = trial
        return trial

    def entries(self, name: str, *, subject: str = "", site: str = "", after: int = 0) -> Iterator[Entry]:
        return self.log.entries(name, subject=subject, site=site, after=after)

    def ask(self, name: str, command: do.TrialCommand, context: Context) -> Done:
        """Decide and record in one transaction; asked again under the same key, the first answer is given again.

        Refused: not allowed, not now, not possible; then nothing was recorded.
        """
        return self._ask(name, lambda trial, _: self._with_kits(trial, command, context), context)

    def _ask(self, name: str, make: Make, context: Context) -> Done:
        """Whoever asks again waits for nobody: what is in the log stays there."""
        earlier = self.log.answered(name, context.key)
        if earlier:
            return _again(self.trial(name), earlier, context)
        with self.log.writing(name) as pen:
            known = self._known.get(name, Trial(name))
            trial = replay(known, pen.entries_after(known.position))
            earlier = pen.answered(context.key)
            if earlier:
                return _again(trial, earlier, context)
            command = make(trial, pen)
            events = decide(trial, command, context)
            role = Role.ADMINISTRATOR if isinstance(command, do.OpenTrial) else permit(trial, command, context)[0]
            entries = tuple(enclose(trial, events, context, role=role.value, software=__version__))
            pen.append(entries)
        return Done(self._keep(replay(trial, entries)), events)

    def _with_kits(self, trial: Trial, command: do.TrialCommand, context: Context) -> do.TrialCommand:
        """Kits are the custodian's choice, whatever was asked for."""
        match command:
            case do.RandomiseParticipant(participant=participant):
                permit(trial, command, context)
                refuse_unless_ready(trial, trial.participant(participant), context)
                return do.RandomiseParticipant(participant, self.custodian.kits_for(trial.id, participant, ""))
            case do.SendKits(site=site, each=each):
                decide(trial, do.SendKits(site, each), context)
                return do.SendKits(site, each, self.custodian.consignment(trial.id, site, each))
            case do.DispenseKits(participant=participant, visit=visit, on=on):
                decide(trial, do.DispenseKits(participant, visit, on), context)
                return do.DispenseKits(participant, visit, on, self.custodian.kits_for(trial.id, participant, visit))
            case _:
                return command

    def seal(self, name: str, context: Context) -> Done:
        """The allocation is drawn and sealed, and bound by a commitment in the log, before anybody is randomised."""

        def make(trial: Trial, _: Pen) -> do.SealAllocation:
            decide(trial, do.SealAllocation("-", "0" * 64), context)
            return self.custodian.seal(name, context)

        return self._ask(name, make, context)

    def prescreen(self, name: str, site: str, identity: Mapping[str, str], context: Context) -> Done:
        """A person enters the log under a number. Who they are goes into the vault; the log has its fingerprint."""

        def make(trial: Trial, _: Pen) -> do.PrescreenPerson:
            command = do.PrescreenPerson(site)
            decide(trial, command, context)
            if not identity:
                return command
            number = next_number(trial.site(site))
            self.vault.erase(name, site, number)  # left by an attempt that was never recorded
            return do.PrescreenPerson(site, self.vault.put(name, site, number, identity))

        return self._ask(name, make, context)

    def save_form(self, name: str, participant: str, place: Place, typed: Mapping[str, str], context: Context) -> Done:
        """Enter a form, or correct it where it is entered. Sealed values go to the custodian, never into the log."""
        trial = self.trial(name)
        one = trial.participant(participant)
        form = find_form(trial.protocol_of(one), place.form)
        hidden = sealed_fields(trial.protocol_of(one), place.form)
        fields = {field.id: field for field in form.fields}
        open_values = {field: text for field, text in typed.items() if field not in hidden}
        secret = {
            field: read_value(fields[field], typed[field]) for field in sorted(hidden & set(typed)) if typed[field]
        }
        kind = do.CorrectForm if place in one.sheets else do.EnterForm

        def make(now: Trial, _: Pen) -> do.TrialCommand:
            plain = kind(participant, place.visit, place.form, open_values, place.copy, dict.fromkeys(secret, "-"))
            decide(now, plain, context)
            names = {field: sealed_name(participant, place, field) for field in secret}
            marks = self.custodian.keep(name, {names[field]: text for field, text in secret.items()}, context)
            sealed = {field: marks[names[field]] for field in secret}
            return msgspec.structs.replace(plain, sealed=sealed)

        return self._ask(name, make, context)

    def break_code(self, name: str, command: do.BreakCode, context: Context) -> str:
        """The arm's label, once the break is in the log. Refused: asked again under the same key."""
        if self.ask(name, command, context).again:
            raise Refused(
                "was shown once, and is not shown again.", what="The treatment", do="Break the code anew if you must."
            )
        return self.custodian.arm_of(name, command.participant, context)


def _settle() -> None:
    """Values hold no rings: to walk so many for garbage finds nothing, and stops every page for a while."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # else libraries that count at the end what is left would report it


def _again(trial: Trial, earlier: tuple[Entry, ...], context: Context) -> Done:
    if earlier[0].by != context.by:
        raise Refused("was used by somebody else.", what="This key", do="Ask again with a key of your own.")
    return Done(trial, tuple(did.read_event(one.tag, one.schema, one.body) for one in earlier), again=True)
