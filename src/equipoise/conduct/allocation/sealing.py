"""Commit and reveal: before the first participant a hash binds the allocation; after the lock anyone checks it."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from types import MappingProxyType

import msgspec

from equipoise.conduct.allocation.assigning import Levels, assign
from equipoise.conduct.allocation.designs import check_design
from equipoise.conduct.allocation.drbg import SEED_BYTES
from equipoise.conduct.allocation.kits import make_kits
from equipoise.conduct.allocation.lists import Stratum, arms_of
from equipoise.conduct.log import canonical
from equipoise.conduct.protocol.model import Allocation, Method
from equipoise.kernel.refused import Refused

ALGORITHM = "equipoise-allocation/1"
"""The generator of ``drbg`` and the methods as docs/randomisation.md describes them: any other draw, another number."""


class Batch(msgspec.Struct, frozen=True):
    """Kits numbered after the seal, drawn from its seed. ``number`` counts from 2; ``salt`` is the batch's own."""

    number: int
    salt: str
    kits: dict[str, str]


class Reveal(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that is sealed, and is opened after the lock. ``seed`` and ``salt`` in hexadecimal; ``kits``: number to kind.

    The order in which the design names its arms is part of it. ``batches`` came later, each with its own commitment.
    """

    trial: str
    algorithm: str
    seed: str
    salt: str
    design: Allocation
    kits: dict[str, str]
    batches: tuple[Batch, ...] = ()

    @property
    def contents(self) -> dict[str, str]:
        """Of every kit there is, number to kind."""
        every = dict(self.kits)
        for batch in self.batches:
            every |= batch.kits
        return every


class Bound(msgspec.Struct, frozen=True):
    """What the log has that a reveal is held against: commitments of the seal and of each later batch, and the cap."""

    commitment: str
    batches: tuple[str, ...] = ()
    cap: int = 0


def lists(design: Allocation, seed: bytes, trial: str) -> dict[Stratum, list[str]]:
    """The list of each stratum up to the cap. Minimisation has none: seed, design and algorithm say all there is."""
    if design.method is Method.MINIMISATION:
        return {}
    strata = product(*([level.id for level in factor.levels] for factor in design.factors))
    return {stratum: list(islice(arms_of(design, seed, trial, stratum), design.cap)) for stratum in strata}


def commitment(reveal: Reveal) -> str:
    """SHA-256 over the canonical JSON of everything sealed, with the lists drawn ahead. Refused: nonsense designs.

    Later batches of kits are not in it: each has its own, by ``batch_commitment``.
    """
    check_design(reveal.design)
    drawn = list(lists(reveal.design, bytes.fromhex(reveal.seed), reveal.trial).items())
    # Canonical JSON sorts keys, so the order of the arms is told apart: it decides which arm a draw stands for.
    everything = [ALGORITHM, msgspec.structs.replace(reveal, batches=()), list(reveal.design.ratio), drawn]
    return hashlib.sha256(canonical(everything).encode()).hexdigest()


def batch_commitment(trial: str, batch: Batch) -> str:
    """SHA-256 over the canonical JSON of a later batch: its salt keeps anybody from trying what its kits hold."""
    return hashlib.sha256(canonical([ALGORITHM, "kits", trial, batch]).encode()).hexdigest()


def make_batch(sealed: Reveal, counts: Mapping[str, int], length: int, salt: str) -> Batch:
    """The next, drawn from the sealed seed: no number twice. Refused: too many for the length."""
    number = len(sealed.batches) + 2
    kits = make_kits(bytes.fromhex(sealed.seed), sealed.trial, counts, length, number, sealed.contents)
    return Batch(number, salt, kits)


def arms_again(reveal: Reveal, placed: Sequence[Levels], cap: int = 0) -> list[str]:
    """The arms of all who were randomised, in their order. ``cap``: the log's, where an amendment raised it.

    Refused: a level the design does not have, more than the cap.
    """
    design = msgspec.structs.replace(reveal.design, cap=max(cap, reveal.design.cap))
    return assign(design, bytes.fromhex(reveal.seed), reveal.trial, placed)


def verify(
    reveal: Reveal,
    bound: Bound,
    placed: Sequence[Levels],
    dispensed: Sequence[Sequence[str]],
    kinds: Mapping[str, str],
    openly: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> tuple[str, ...]:
    """What does not agree, in words; nothing where all does.

    ``placed`` and ``dispensed`` (all kits each got) in the order of the log; ``kinds``: the kind of kit of each arm;
    ``openly``: of kits given in an open period, the kinds that may be; among them "" for that of the arm.
    """
    sound = next(chain(_not_as_sealed(reveal, bound.commitment), _batches_wrong(reveal, bound.batches)), "")
    if sound:
        return (sound,)
    try:
        arms = arms_again(reveal, placed, bound.cap)
    except Refused as refused:
        return (f"The assignments cannot be drawn again: {refused}",)
    return tuple(_kits_wrong(reveal, arms, dispensed, kinds, openly))


def _not_as_sealed(reveal: Reveal, committed: str) -> Iterator[str]:
    if reveal.algorithm != ALGORITHM:
        yield f"It was drawn by {reveal.algorithm}; this program checks {ALGORITHM}."
    if not _is_seed(reveal.seed) or commitment(reveal) != committed:
        yield "What is revealed is not what was committed to before the first participant."
    if reveal.kits and _drawn_again(reveal) != reveal.kits:
        yield "What the kits hold was not drawn from the seed."


def _batches_wrong(reveal: Reveal, committed: Sequence[str]) -> Iterator[str]:
    """Each is drawn again after those before it."""
    if [batch_commitment(reveal.trial, each) for each in reveal.batches] != list(committed):
        yield "The later kits revealed are not those committed to when they were numbered."
    for place, batch in enumerate(reveal.batches):
        before = msgspec.structs.replace(reveal, batches=reveal.batches[:place])
        length = len(next(iter(batch.kits), ""))
        if not length or make_batch(before, Counter(batch.kits.values()), length, batch.salt) != batch:
            yield f"What the kits of batch {batch.number} hold was not drawn from the seed."


def _is_seed(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == SEED_BYTES
    except ValueError:
        return False


def _drawn_again(reveal: Reveal) -> dict[str, str]:
    length = len(next(iter(reveal.kits)))
    return make_kits(bytes.fromhex(reveal.seed), reveal.trial, Counter(reveal.kits.values()), length)


def _kits_wrong(
    reveal: Reveal,
    arms: Sequence[str],
    dispensed: Sequence[Sequence[str]],
    kinds: Mapping[str, str],
    openly: Mapping[str, Collection[str]],
) -> Iterator[str]:
    if len(arms) != len(dispensed):
        yield f"{len(arms)} are randomised, and kits are told of {len(dispensed)}."
    contents, holder = reveal.contents, dict[str, int]()
    for number, (arm, given) in enumerate(zip(arms, dispensed, strict=False), 1):
        for kit in given:
            if contents.get(kit) not in [kind or kinds.get(arm) for kind in openly.get(kit, ("",))]:
                who = "in an open period" if kit in openly else f"was assigned to {arm} and"
                yield f"Participant {number} {who} got kit {kit}, which holds something else."
            if holder.setdefault(kit, number) != number:
                yield f"Kit {kit} went to participants {holder[kit]} and {number}."
