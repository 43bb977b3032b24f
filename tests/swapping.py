"""Two worlds of one generated trial: the same open log to the byte, and sealed stores in which the arms are swapped.

Each is lived through by the real commands. Commitments are ideal: they depend on nothing that they hide, as a salted
hash seems to whoever has not the salt.
"""

import hashlib
import random
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from msgspec.structs import replace

from equipoise.actions import custody
from equipoise.actions.custody import ALLOCATION, Keeper
from equipoise.actions.opening import open_trial_log, open_trial_sealed, open_trial_vault
from equipoise.actions.trials import Trials
from equipoise.conduct import commands as do
from equipoise.conduct.allocation.sealing import Batch, Reveal, make_batch
from equipoise.conduct.log import Context, Entry
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.trial import Trial
from tests.lives import NOW, Life, protocol_of


class Dealt:
    """Chance of ``secrets`` that can be dealt again: what a page shows of it is the same in both worlds."""

    def __init__(self) -> None:
        self._chance = random.Random(0)

    def again(self, *label: object) -> None:
        self._chance = random.Random("/".join(map(str, label)))

    def token_bytes(self, size: int = 32) -> bytes:
        return self._chance.randbytes(size)

    def token_hex(self, size: int = 32) -> str:
        return self._chance.randbytes(size).hex()

    def token_urlsafe(self, size: int = 32) -> str:
        return self.token_hex(size)

    def choice(self, items: Any) -> Any:
        return self._chance.choice(items)


@contextmanager
def dealing() -> Iterator[Dealt]:
    dealt = Dealt()
    names = ("token_bytes", "token_hex", "token_urlsafe", "choice")
    with patch.multiple(secrets, **{name: getattr(dealt, name) for name in names}):
        yield dealt


class Hiding(Keeper):
    """Commits ideally."""

    def seal(self, trial: str, context: Context) -> do.SealAllocation:
        made = super().seal(trial, context)
        return do.SealAllocation(made.algorithm, _ideal(trial, ALLOCATION), made.kits)

    def number_kits(self, trial: str, each: int, context: Context) -> do.NumberKits:
        with patch.object(custody, "batch_commitment", lambda name, made: _ideal(name, "kits", made.number)):
            return super().number_kits(trial, each, context)

    def keep(self, trial: str, values: Mapping[str, str], context: Context) -> dict[str, str]:
        marks = {name: _ideal(name, len(self._sealed.names(trial))) for name in values}
        kept = {f"{name}/{marks[name]}": msgspec.json.encode(["", value]) for name, value in values.items()}
        if kept:
            self._sealed.put(trial, kept, context)
        return marks


def _ideal(*label: object) -> str:
    return hashlib.sha256("/".join(map(str, label)).encode()).hexdigest()


class Swapped(Hiding):
    """Seals what the first world sealed, every arm turned into another, and every kit into that arm's."""

    first: "World"

    def seal(self, trial: str, context: Context) -> do.SealAllocation:
        made = self.first.swap(msgspec.json.decode(self.first.secret(ALLOCATION), type=Reveal))
        if ALLOCATION not in self._sealed.names(trial):
            self._sealed.put(trial, {ALLOCATION: msgspec.json.encode(made)}, context)
        return do.SealAllocation(made.algorithm, _ideal(trial, ALLOCATION), len(made.kits))

    def number_kits(self, trial: str, each: int, context: Context) -> do.NumberKits:
        def swapped(*asked: Any) -> Batch:
            made = make_batch(*asked)
            return replace(made, kits=self.first.other_kinds(made.kits))

        with patch.object(custody, "make_batch", swapped):
            return super().number_kits(trial, each, context)


class Watched:
    """Somebody asked, and what of them; ``asked`` is emptied by whoever looks."""

    def __init__(self, whom: Any) -> None:
        self._whom = whom
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._whom, name)
        if callable(found):
            self.asked.append(name)
        return found


class World:
    """One trial's stores in one folder. ``first``: the world whose arms are swapped here."""

    def __init__(self, home: Path, protocol: Protocol, first: "World | None" = None) -> None:
        home.mkdir(parents=True)
        self.home, self.protocol, self.is_other = home, protocol, first is not None
        self.log = open_trial_log(home, {})
        self.sealed = open_trial_sealed(home, {})
        self.vault = open_trial_vault(home, {})
        self.looks = Watched(self.sealed)
        kept: Any = self.looks
        self.keeper = Swapped(self.log, kept, lambda: NOW) if first else Hiding(self.log, kept, lambda: NOW)
        if isinstance(self.keeper, Swapped) and first:
            self.keeper.first = first
        self.custodian = Watched(self.keeper)
        self.trials = Trials(self.log, self.custodian, self.vault)
        self.refused: list[str] = []
        self.shown: list[str] = []
        """Arms, to those who broke a code."""
        ids = [arm.id for arm in protocol.arms]
        self.turned = dict(zip(ids, ids[1:] + ids[:1], strict=True))

    @property
    def trial(self) -> Trial:
        return self.trials.trial(self.protocol.id)

    def entries(self) -> list[Entry]:
        return list(self.log.entries(self.protocol.id))

    def secret(self, name: str) -> bytes:
        return self.sealed.get(self.protocol.id, name, Context(by="test", at=NOW, reason="a test"))

    def arms(self) -> list[str]:
        trial = self.trial
        return [self.keeper._arm(trial, trial.participants[one]).id for one in trial.order]

    def swap(self, made: Reveal) -> Reveal:
        """Everybody in another arm, everything else alike: all methods treat arms by their place and share alone."""
        ratio = {self.turned[arm]: part for arm, part in made.design.ratio.items()}
        return replace(made, design=replace(made.design, ratio=ratio), kits=self.other_kinds(made.kits))

    def other_kinds(self, kits: Mapping[str, str]) -> dict[str, str]:
        kinds = {arm.id: arm.kit for arm in self.protocol.arms}
        other = {kinds[arm]: kinds[to] for arm, to in self.turned.items()}
        return {kit: other.get(kind, kind) for kit, kind in kits.items()}

    def close(self) -> None:
        for store in (self.log, self.sealed, self.vault):
            store.close()


class Pair:
    """A generated trial in both worlds, checked to be what the proof needs."""

    def __init__(self, folder: Path, seed: int, dealt: Dealt, protocol: Protocol | None = None) -> None:
        protocol = protocol or protocol_of(random.Random(f"protocol {seed}"))
        self.first = World(folder / f"{seed}-first", protocol)
        self.other = World(folder / f"{seed}-other", protocol, self.first)
        for world in self.worlds:
            refused = Life(world.trials, protocol, seed, dealt.again, other=world.is_other).live()
            world.refused.extend(refused)

    @property
    def worlds(self) -> tuple[World, World]:
        return self.first, self.other

    def close(self) -> None:
        for world in self.worlds:
            world.close()


@contextmanager
def paired(folder: Path, seed: int, dealt: Dealt, protocol: Protocol | None = None) -> Iterator[Pair]:
    pair = Pair(folder, seed, dealt, protocol)
    try:
        yield pair
    finally:
        pair.close()
