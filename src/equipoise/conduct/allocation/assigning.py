"""Who is assigned to what: a function of the sealed seed, the design, and those randomised before, in their order.

All methods but minimisation have a list for each stratum; minimisation looks over all strata at once, factor by factor.
"""

from collections.abc import Mapping, Sequence

from equipoise.conduct.allocation.designs import check_design
from equipoise.conduct.allocation.lists import Lists, Stratum
from equipoise.conduct.allocation.minimising import Minimiser
from equipoise.conduct.protocol.model import Allocation, Method
from equipoise.kernel.refused import Refused

Levels = Mapping[str, str]
"""The level of each factor, by their ids, as recorded when a participant was randomised."""


def assign(design: Allocation, seed: bytes, trial: str, placed: Sequence[Levels]) -> list[str]:
    """The arm of each, in the order in which they were randomised. Refused: as ``Assigner``."""
    assigner = Assigner(design, seed, trial)
    return [assigner.take(levels) for levels in placed]


def rerandomise(design: Allocation, placed: Sequence[Levels], seed: bytes, number: int = 0) -> list[str]:
    """The same participants in the same order, assigned anew: draw ``number`` of a re-randomisation test.

    ``seed``: 32 bytes of the analysis' own. Its stream is apart from that of any trial.
    """
    return assign(design, seed, f"re-randomisation {number}", placed)


class Assigner:
    """Takes one after another; asking for the next arm changes nothing until it is taken.

    Refused: a design that makes no sense, a level the design does not have, one more than the cap.
    """

    def __init__(self, design: Allocation, seed: bytes, trial: str) -> None:
        check_design(design)
        self.design = design
        self.count = 0
        self._allowed = {factor.id: {level.id for level in factor.levels} for factor in design.factors}
        minimised = design.method is Method.MINIMISATION
        self._drawing = Minimiser(design, seed, trial) if minimised else Lists(design, seed, trial)

    def next_arm(self, levels: Levels) -> str:
        return self._drawing.peek(self._stratum(levels))

    def take(self, levels: Levels) -> str:
        arm = self._drawing.take(self._stratum(levels))
        self.count += 1
        return arm

    def _stratum(self, levels: Levels) -> Stratum:
        if self.count >= self.design.cap:
            raise Refused(f"{self.design.cap} are randomised already.", what="The trial is full")
        for factor in self.design.factors:
            level = levels.get(factor.id, "")
            if level not in self._allowed[factor.id]:
                raise Refused("is not one of its levels.", what=f"{factor.label}: {level or 'nothing'}")
        return tuple(levels[factor.id] for factor in self.design.factors)
