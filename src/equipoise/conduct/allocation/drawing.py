"""The arms of a running trial, drawn on from where they were and not from the beginning each time."""

import msgspec

from equipoise.conduct.allocation.assigning import Assigner, Levels
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.conduct.participant import Participant
from equipoise.conduct.trial import Trial


class Drawn:
    """Of one trial. A log that is no continuation of what was drawn, or another cap, has all of it drawn anew.

    Not for several threads at once.
    """

    def __init__(self, sealed: Reveal) -> None:
        self._sealed = sealed
        self._begin(sealed.design.cap)

    def _begin(self, cap: int) -> None:
        """The cap that the log has now: a list goes on beyond the sealed one as the seed has it."""
        design = msgspec.structs.replace(self._sealed.design, cap=cap)
        self._assigner = Assigner(design, bytes.fromhex(self._sealed.seed), self._sealed.trial)
        self._placed: list[Levels] = []
        self._arms: list[str] = []

    def arm(self, trial: Trial, one: Participant) -> str:
        """Of a participant, or of the one who would come next. Refused: as ``Assigner``."""
        self._follow(trial)
        return self._arms[one.number - 1] if one.is_randomised else self._assigner.next_arm(one.levels)

    def arms(self, trial: Trial) -> dict[str, str]:
        """Of everybody randomised."""
        self._follow(trial)
        return dict(zip(trial.order, self._arms, strict=True))

    def _follow(self, trial: Trial) -> None:
        placed = [trial.participants[each].levels for each in trial.order]
        cap = trial.protocol.allocation.cap
        if cap != self._assigner.design.cap or placed[: len(self._placed)] != self._placed:
            self._begin(cap)
        for levels in placed[len(self._placed) :]:
            self._arms.append(self._assigner.take(levels))
            self._placed.append(levels)
