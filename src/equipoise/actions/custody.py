"""The custodian of a trial's sealed things: it alone knows the arms, and tells each only to whom the log entitles."""

import datetime
import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping

import msgspec

from equipoise.conduct import commands as do
from equipoise.conduct.allocation.assigning import assign
from equipoise.conduct.allocation.drbg import SEED_BYTES
from equipoise.conduct.allocation.kits import make_kits, pick_kits, short, stocked
from equipoise.conduct.allocation.sealing import ALGORITHM, Reveal, commitment
from equipoise.conduct.evolve import replay
from equipoise.conduct.log import Context, canonical
from equipoise.conduct.masking import sees, viewer_of
from equipoise.conduct.protocol.model import Arm, Protocol
from equipoise.conduct.protocol.schedule import find_visit
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Participant, Stage, Trial
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
        self._opened: dict[str, Reveal] = {}
        self._lock = threading.Lock()

    def seal(self, trial: str, context: Context) -> do.SealAllocation:
        """Draw seed, salt and kits once, and keep them; asked again, the same commitment."""
        with self._lock:
            if ALLOCATION not in self._sealed.names(trial):
                made = _drawn(self._trial(trial))
                self._sealed.put(trial, {ALLOCATION: msgspec.json.encode(made)}, context)
            sealed = self._allocation(trial)
        return do.SealAllocation(ALGORITHM, commitment(sealed), len(sealed.kits))

    def consignment(self, trial: str, site: str, each: int) -> tuple[str, ...]:
        """``each`` of every kind, of kits that no site has had; sorted, so that the order tells nothing."""
        state, sealed = self._trial(trial), self._allocation(trial)
        free = [kit for kit in sealed.kits if kit not in state.received]
        about = f"{site}/{len(state.received)}"
        seed = bytes.fromhex(sealed.seed)
        kinds = sorted(set(sealed.kits.values()))
        found = [pick_kits(seed, trial, free, sealed.kits, kind, each, about) for kind in kinds]
        return tuple(sorted(kit for part in found for kit in part))

    def kits_for(self, trial: str, participant: str, visit: str) -> tuple[str, ...]:
        """Of the site's stock. Refused in the same words, whichever kind is short, before anybody is randomised."""
        state = self._trial(trial)
        protocol, one = state.protocol, state.participant(participant)
        if protocol.kits is None:
            return ()
        sealed = self._allocation(trial)
        stock = [kit for kit, where in state.stock.items() if where == one.site]
        count, kind = self._wanted(state, one, visit)
        if not count:
            return ()
        masked = {arm.kit for arm in protocol.arms if arm.kit}
        if kind in masked and not stocked(stock, sealed.kits, masked, count):
            raise short()
        about = f"{participant}/{visit}"
        return pick_kits(bytes.fromhex(sealed.seed), trial, stock, sealed.kits, kind, count, about)

    def _wanted(self, trial: Trial, one: Participant, visit: str) -> tuple[int, str]:
        """How many kits of which kind: the arm's in a masked period, the open treatment's in an open one."""
        protocol = trial.protocol_of(one)
        if not visit:
            planned = next(each for each in protocol.visits if each.baseline)
            day, count = planned.day, planned.dispense
        else:
            found = find_visit(protocol, visit)
            day, count = found.day, found.dispense
        period = next((each for each in protocol.periods if each.from_day <= day <= each.to_day), None)
        if period is not None and not period.masked:
            return count, period.kit
        return count, self._arm(trial, one).kit

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
        sealed = self._allocation(trial.id)
        order = trial.order if one.is_randomised else (*trial.order, one.id)
        order = order[: order.index(one.id) + 1]
        placed = [trial.participants[each].levels for each in order]
        arm = assign(sealed.design, bytes.fromhex(sealed.seed), trial.id, placed)[-1]
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
        """A sealed value by its name and fingerprint, for those cleared for what their effect reveals."""
        viewer = viewer_of(self._trial(trial), context.by, self._now())
        if not sees(self._trial(trial), viewer, Information.EFFECT):
            raise Refused("is sealed.", what=name)
        return str(msgspec.json.decode(self._sealed.get(trial, f"{name}/{mark}", context))[1])

    def reveal(self, trial: str, context: Context) -> Reveal:
        """Everything that was sealed, once the trial is unblinded: for anybody to check. Refused before."""
        if self._trial(trial).stage is not Stage.UNBLINDED:
            raise Refused("is sealed until the trial is unblinded.", what="The allocation")
        return msgspec.json.decode(self._sealed.get(trial, ALLOCATION, context), type=Reveal)

    def _trial(self, name: str) -> Trial:
        known = self._trials.get(name, Trial(name))
        self._trials[name] = known = replay(known, self._log.entries(name, after=known.position))
        return known

    def _allocation(self, trial: str) -> Reveal:
        """Opened once for this process, for its own work: that too is in the read log."""
        if trial not in self._opened:
            context = Context(by=MYSELF, at=self._now(), reason="choosing kits")
            self._opened[trial] = msgspec.json.decode(self._sealed.get(trial, ALLOCATION, context), type=Reveal)
        return self._opened[trial]


def _drawn(trial: Trial) -> Reveal:
    protocol = trial.protocol
    seed, salt = secrets.token_bytes(SEED_BYTES), secrets.token_hex(SEED_BYTES)
    kits = _kits(protocol, seed, trial.id)
    return Reveal(trial.id, ALGORITHM, seed.hex(), salt, protocol.allocation, kits)


def _kits(protocol: Protocol, seed: bytes, trial: str) -> dict[str, str]:
    """As many of each kind as the file says in all, shared equally; without kits, none."""
    if protocol.kits is None:
        return {}
    kinds = [kind.id for kind in protocol.kits.kinds]
    each = max(protocol.kits.made // len(kinds), protocol.allocation.cap)
    return make_kits(seed, trial, dict.fromkeys(kinds, each), protocol.kits.number_length)
