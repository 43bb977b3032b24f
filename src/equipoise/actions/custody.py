"""The custodian of a trial's sealed things: it alone knows the arms, and tells each only to whom the log entitles."""

import datetime
import hashlib
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from itertools import chain

import msgspec

from equipoise.conduct import commands as do
from equipoise.conduct.allocation.drawing import Drawn
from equipoise.conduct.allocation.drbg import SEED_BYTES
from equipoise.conduct.allocation.kits import assured, make_kits, pick_kits, short
from equipoise.conduct.allocation.sealing import (
    ALGORITHM,
    Batch,
    Reveal,
    batch_commitment,
    commitment,
    make_batch,
)
from equipoise.conduct.evolve import replay
from equipoise.conduct.log import Context, canonical
from equipoise.conduct.masking import Viewer, sees, viewer_of
from equipoise.conduct.participant import Participant
from equipoise.conduct.permissions import permit
from equipoise.conduct.protocol.model import Arm, Protocol
from equipoise.conduct.protocol.schedule import find_visit, open_kind
from equipoise.conduct.protocol.supply import kits_made
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Stage, Trial
from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Log
from equipoise.store.trial.sealed import Sealed

ALLOCATION = "allocation"
"""Name of the secret that holds seed, salt, design and what the kits hold."""
MYSELF = "custodian"


class Keeper:
    """The custodian in this process, over the sealed store and a log it only reads."""

    def __init__(self, log: Log, sealed: Sealed, now: Callable[[], datetime.datetime]) -> None:
        self._log = log
        self._sealed = sealed
        self._now = now
        self._trials: dict[str, Trial] = {}
        self._opened: dict[str, Opened] = {}
        self._lock = threading.RLock()

    def seal(self, trial: str, context: Context) -> do.SealAllocation:
        """Draw seed, salt and kits once, and keep them; asked again, the same commitment."""
        with self._lock:
            state = self._trial(trial)
            if ALLOCATION not in self._sealed.names(trial):
                self._sealed.put(trial, {ALLOCATION: msgspec.json.encode(_drawn(state))}, context)
            sealed = self._allocation(state).sealed
        if sealed.design != state.protocol.allocation:
            do_next = "Amend the protocol back to it, or begin another trial."
            raise Refused("was drawn by an earlier version of the protocol.", what="The allocation", do=do_next)
        return do.SealAllocation(ALGORITHM, commitment(sealed), len(sealed.kits))

    def number_kits(self, trial: str, each: int, context: Context) -> do.NumberKits:
        """Draw and keep a further batch, ``each`` of every kind. It counts once the log has its commitment."""
        state = self._trial(trial)
        permit(state, do.NumberKits("", 0, 0), context)
        made = _further(state.protocol, self._allocation(state).sealed, each)
        bound = batch_commitment(trial, made)
        self._sealed.put(trial, {_batch(made.number, bound): msgspec.json.encode(made)}, context)
        return do.NumberKits(bound, made.number, len(made.kits))

    def consignment(self, trial: str, site: str, each: int) -> tuple[str, ...]:
        """``each`` of every kind, never sent before; sorted, so that the order tells nothing. Refused: too few left."""
        state = self._trial(trial)
        opened = self._allocation(state)
        used = (state.received, state.sent, state.discarded)
        free = [kit for kit in opened.contents if not any(kit in where for where in used)]
        about = f"{site}/{len(opened.contents) - len(free)}"
        kinds = sorted(set(opened.contents.values()))
        held = Counter(opened.contents[kit] for kit in free)
        if any(held[kind] < each for kind in kinds):
            raise Refused("are not left of every kind.", what=f"{each} kits", do="Send fewer, or number more kits.")
        found = [pick_kits(opened.seed, trial, free, opened.contents, kind, each, about) for kind in kinds]
        return tuple(sorted(kit for part in found for kit in part))

    def kits_for(self, trial: str, participant: str, visit: str) -> tuple[str, ...]:
        """Of the site's stock. Refused in the same words, whichever kind is short, before anybody is randomised."""
        state = self._trial(trial)
        protocol, one = state.protocol, state.participant(participant)
        if protocol.kits is None:
            return ()
        opened = self._allocation(state)
        count, kind = self._wanted(state, one, visit)
        if not count:
            return ()
        parcels = state.parcels.get(one.site, ())
        masked = {arm.kit for arm in protocol.arms if arm.kit} if protocol.masking.masked else set()
        if kind in masked and assured(parcels, state.stock, opened.contents, masked) < count:
            raise short()
        stock = [kit for kit in chain.from_iterable(parcels) if kit in state.stock]
        about = f"{participant}/{visit}"
        return pick_kits(opened.seed, trial, stock, opened.contents, kind, count, about)

    def _wanted(self, trial: Trial, one: Participant, visit: str) -> tuple[int, str]:
        """How many kits of which kind: the arm's in a masked period, the open treatment's in an open one."""
        protocol = trial.protocol_of(one)
        if not visit:
            planned = next(each for each in protocol.visits if each.baseline)
            day, count = planned.day, planned.dispense
        else:
            found = find_visit(protocol, visit)
            day, count = found.day, found.dispense
        return count, open_kind(protocol, day) or self._arm(trial, one).kit

    def arm_of(self, trial: str, participant: str, context: Context) -> str:
        """The arm's label. Refused: the log does not entitle this person to it now."""
        state = self._trial(trial)
        one = state.participant(participant)
        if not self._entitled(state, one, context):
            raise Refused("is sealed.", what=f"The treatment of {participant}", do="Break the code first, if you must.")
        # The look is in the read log of the sealed store before anything is told.
        reason = context.reason or "the arm of a participant"
        named = msgspec.structs.replace(context, reason=f"{reason}: {participant}")
        self._sealed.get(trial, ALLOCATION, named)
        return self._arm(state, one).label

    def arms(self, trial: str, participants: Collection[str], context: Context) -> dict[str, str]:
        """The arms' labels, of those randomised whose arm this person may know: one look for all of them."""
        state = self._trial(trial)
        people = [state.participant(each) for each in participants]
        told = [one.id for one in people if one.is_randomised and self._entitled(state, one, context)]
        if not told:
            return {}
        self._sealed.get(trial, ALLOCATION, context)
        labels = {arm.id: arm.label for arm in state.protocol.arms}
        with self._lock:
            drawn = self._allocation(state).drawn.arms(state)
        return {each: labels[drawn[each]] for each in told}

    def _entitled(self, trial: Trial, one: Participant, context: Context) -> bool:
        """By their role, or by a code they broke just now."""
        if trial.stage is Stage.UNBLINDED:
            return True
        viewer = viewer_of(trial, context.by, self._now())
        if sees(trial, viewer, Information.ARM, one.site):
            return True
        emergency = trial.protocol.emergency
        minutes = datetime.timedelta(minutes=emergency.view_minutes if emergency else 10)
        return any(
            context.by in seen.to and self._now() - datetime.datetime.fromisoformat(seen.at) <= minutes
            for seen in one.broken
        )

    def _arm(self, trial: Trial, one: Participant) -> Arm:
        """Of a participant, or of the one who would come next."""
        with self._lock:
            arm = self._allocation(trial).drawn.arm(trial, one)
        return next(each for each in trial.protocol.arms if each.id == arm)

    def keep(self, trial: str, values: Mapping[str, str], context: Context) -> dict[str, str]:
        """Seal each value under its name and a fingerprint that nobody can guess it from."""
        marks, secret = {}, {}
        for name, value in values.items():
            salt = secrets.token_hex(SEED_BYTES)
            marks[name] = hashlib.sha256(canonical([salt, trial, name, value]).encode()).hexdigest()
            secret[f"{name}/{marks[name]}"] = msgspec.json.encode([salt, value])
        if secret:
            self._sealed.put(trial, secret, context)
        return marks

    def value(self, trial: str, name: str, mark: str, context: Context) -> str:
        """A sealed value by its name and fingerprint. Refused: they are not cleared for what its effect reveals."""
        found = self.values(trial, {name: mark}, context)
        if not found:
            raise Refused("is sealed.", what=name)
        return found[name]

    def values(self, trial: str, names: Mapping[str, str], context: Context) -> dict[str, str]:
        """Sealed values by name, of names and fingerprints: those the person is cleared for, each a look of its own."""
        state = self._trial(trial)
        viewer = viewer_of(state, context.by, self._now())
        classes = _classes(state)
        seen = {name: f"{name}/{mark}" for name, mark in names.items() if _sees_value(state, viewer, name, classes)}
        found = self._sealed.get_all(trial, seen.values(), context) if seen else {}
        return {name: str(msgspec.json.decode(found[kept])[1]) for name, kept in seen.items()}

    def reveal(self, trial: str, context: Context) -> Reveal:
        """Everything that was sealed, once the trial is unblinded: for anybody to check. Refused before."""
        if self._trial(trial).stage is not Stage.UNBLINDED:
            raise Refused("is sealed until the trial is unblinded.", what="The allocation")
        return open_allocation(self._sealed, self._trial(trial), context)

    def _trial(self, name: str) -> Trial:
        known = self._trials.get(name, Trial(name))
        self._trials[name] = known = replay(known, self._log.since(name, known.position))
        return known

    def _allocation(self, trial: Trial) -> "Opened":
        """Opened once for this process and once for each batch, for its own work: that too is in the read log."""
        with self._lock:
            known = self._opened.get(trial.id)
            if known is None or len(known.sealed.batches) != len(trial.batches):
                context = Context(by=MYSELF, at=self._now(), reason="choosing kits")
                known = self._opened[trial.id] = Opened(open_allocation(self._sealed, trial, context))
        return known


class Opened:
    """What the custodian works with: the allocation, where its draws have come to, and what every kit holds."""

    def __init__(self, sealed: Reveal) -> None:
        self.sealed = sealed
        self.seed = bytes.fromhex(sealed.seed)
        self.contents = sealed.contents
        self.drawn = Drawn(sealed)


def open_allocation(sealed: Sealed, trial: Trial, context: Context) -> Reveal:
    """Everything sealed that the log has a commitment to. That it was read, and why, is in the read log."""
    later = [_batch(number, batch.commitment) for number, batch in enumerate(trial.batches, 2)]
    found = sealed.get_all(trial.id, (ALLOCATION, *later), context)
    first = msgspec.json.decode(found[ALLOCATION], type=Reveal)
    batches = tuple(msgspec.json.decode(found[name], type=Batch) for name in later)
    return msgspec.structs.replace(first, batches=batches)


def _classes(trial: Trial) -> dict[tuple[str, str], set[Information]]:
    """Of each form and field, in every version of the protocol."""
    found: dict[tuple[str, str], set[Information]] = {}
    for protocol in trial.protocols.values():
        for form in protocol.forms:
            for field in form.fields:
                found.setdefault((form.id, field.id), set()).add(field.information)
    return found


def _sees_value(
    trial: Trial, viewer: Viewer, name: str, classes: Mapping[tuple[str, str], Collection[Information]]
) -> bool:
    """``name`` as ``masking.sealed_name`` gives it. Unknown ones are seen by nobody."""
    parts = name.split("/")
    one = trial.participants.get(parts[1]) if len(parts) == 6 else None
    kinds = classes.get((parts[3], parts[5]), ()) if one else ()
    return one is not None and bool(kinds) and all(sees(trial, viewer, kind, one.site) for kind in kinds)


def _batch(number: int, commitment: str) -> str:
    """Named by what binds it: one that was drawn and never recorded is in nobody's way."""
    return f"kits/{number}/{commitment}"


def _drawn(trial: Trial) -> Reveal:
    protocol = trial.protocol
    seed, salt = secrets.token_bytes(SEED_BYTES), secrets.token_hex(SEED_BYTES)
    kits = _kits(protocol, seed, trial.id)
    return Reveal(trial.id, ALGORITHM, seed.hex(), salt, protocol.allocation, kits)


def _kits(protocol: Protocol, seed: bytes, trial: str) -> dict[str, str]:
    """As many of each kind as the file says in all, shared equally; without kits, none."""
    if protocol.kits is None:
        return {}
    return make_kits(seed, trial, kits_made(protocol), protocol.kits.number_length)


def _further(protocol: Protocol, sealed: Reveal, each: int) -> Batch:
    """Every kind is in a batch, lest the batch tell. Refused: no kits in this trial, or too many for their length."""
    if protocol.kits is None:
        raise Refused("has no kits.", what="This trial")
    counts = dict.fromkeys((kind.id for kind in protocol.kits.kinds), each)
    return make_batch(sealed, counts, protocol.kits.number_length, secrets.token_hex(SEED_BYTES))
