"""Commit and reveal: before the first participant a hash binds the allocation; after the lock anyone checks it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

import msgspec

from equipoise.conduct.allocation.assigning import Levels, assign, blocks
from equipoise.conduct.allocation.drbg import SEED_BYTES
from equipoise.conduct.log import canonical
from equipoise.conduct.protocol.model import Allocation, Method

ALGORITHM = "equipoise-allocation/1"
"""HMAC-SHA256 counter generator, and the methods of ``assigning`` as they are described in docs/randomisation.md."""


class Reveal(msgspec.Struct, frozen=True):
    """All that was sealed, opened after the lock. ``seed`` and ``salt`` in hexadecimal; ``kits``: number to kind."""

    trial: str
    algorithm: str
    seed: str
    salt: str
    design: Allocation
    kits: dict[str, str]


def lists(design: Allocation, seed: bytes, trial: str) -> dict[str, list[str]]:
    """The list of each stratum up to the cap, where the method has lists; elsewhere seed and algorithm say it all."""
    if design.method is not Method.PERMUTED_BLOCKS:
        return {}
    strata = product(*([level.id for level in factor.levels] for factor in design.factors))
    return {"/".join(stratum): list(islice(blocks(design, seed, trial, stratum), design.cap)) for stratum in strata}


def commitment(reveal: Reveal) -> str:
    """SHA-256 over the canonical JSON of everything sealed, the lists with it."""
    seed = bytes.fromhex(reveal.seed)
    everything = [ALGORITHM, reveal, lists(reveal.design, seed, reveal.trial)]
    return hashlib.sha256(canonical(everything).encode()).hexdigest()


def verify(
    reveal: Reveal,
    committed: str,
    placed: Sequence[Levels],
    first_kits: Sequence[Sequence[str]],
    kinds: Mapping[str, str],
) -> tuple[str, ...]:
    """What does not agree, in words; nothing where all does. ``placed`` and ``first_kits`` in the order of the log.

    ``kinds``: the kind of kit of each arm.
    """
    return tuple(_problems(reveal, committed, placed, first_kits, kinds))


def _problems(
    reveal: Reveal,
    committed: str,
    placed: Sequence[Levels],
    first_kits: Sequence[Sequence[str]],
    kinds: Mapping[str, str],
) -> Iterator[str]:
    if reveal.algorithm != ALGORITHM:
        yield f"It was drawn by {reveal.algorithm}; this program checks {ALGORITHM}."
        return
    if len(bytes.fromhex(reveal.seed)) != SEED_BYTES or commitment(reveal) != committed:
        yield "What is revealed is not what was committed to before the first participant."
        return
    arms = assign(reveal.design, bytes.fromhex(reveal.seed), reveal.trial, placed)
    for number, (arm, given) in enumerate(zip(arms, first_kits, strict=True), 1):
        for kit in given:
            if reveal.kits.get(kit) != kinds.get(arm):
                yield f"Participant {number} was assigned to {arm} and got kit {kit}, which holds something else."
