"""Dummy arms: made up in public, so that an analysis can be rehearsed before anybody knows the real ones."""

import hashlib

from equipoise.conduct.allocation.drbg import Drbg
from equipoise.conduct.trial import Trial


def dummy_arms(trial: Trial) -> dict[str, str]:
    """A label for each participant randomised, drawn for each alone, in the shares of the ratio.

    The seed is the trial's name: the same arms every time, for anybody, and nothing of the sealed design in them.
    """
    protocol = trial.protocol
    seed = hashlib.sha256(f"dummy arms of {trial.id}".encode()).digest()
    shares = [arm.label for arm in protocol.arms for _ in range(protocol.allocation.ratio.get(arm.id, 0))]
    return {one: shares[Drbg(seed, trial.id, "dummy", one).below(len(shares))] for one in trial.order}
