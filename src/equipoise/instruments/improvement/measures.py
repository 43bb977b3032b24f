"""The six core set measures at two visits: their scales, which way is better, and the ends of what is not known."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import msgspec

from equipoise.instruments.answers import Answers
from equipoise.instruments.coreset.measures import (
    ENZYMES,
    EXTRAMUSCULAR,
    HAQ,
    MMT,
    MMT_MAX,
    MMT_VERSIONS,
    MULTIPLE,
    PHGA,
    PTGA,
    read_mmt_max,
)
from equipoise.instruments.instrument import Item
from equipoise.instruments.kinds import BeforeAfter, Choice, Enzyme, EnzymeChange, Number, Pair

MEASURES = ("phga", "ptga", "mmt", "haq", "enzyme", "extramuscular")
_ZERO, _TEN, _THREE = Decimal(0), Decimal(10), Decimal(3)


class Scale(msgspec.Struct, frozen=True):
    """From 0 to ``most``; ``higher_is_better`` for strength alone."""

    most: Decimal
    higher_is_better: bool = False

    def gain(self, baseline: Decimal, follow_up: Decimal) -> Decimal:
        """How much better; negative is worse."""
        return follow_up - baseline if self.higher_is_better else baseline - follow_up

    def ends(self, change: Pair) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
        """What is not known put as for the least gain, then as for the greatest."""
        bad, good = (_ZERO, self.most) if self.higher_is_better else (self.most, _ZERO)
        baseline, follow_up = change
        least = (good if baseline is None else baseline, bad if follow_up is None else follow_up)
        greatest = (bad if baseline is None else baseline, good if follow_up is None else follow_up)
        return least, greatest


class Visits(msgspec.Struct, frozen=True):
    """What was measured: by measure its scale, and baseline and follow-up; and which enzyme, where one is given."""

    scales: Mapping[str, Scale]
    changes: Mapping[str, Pair]
    enzyme: str | None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in MEASURES if None in self.changes[name])


def read_visits(answers: Answers) -> Visits:
    """Refused: strength without the version of its test, or above that version's highest."""
    enzyme = cast("Enzyme | None", answers.values["enzyme"])
    changes = {name: answers.pair(name) for name in MEASURES if name != "enzyme"}
    most = read_mmt_max(cast("int | None", answers.values["mmt_max"]), changes["mmt"]) or max(MMT_VERSIONS)
    scales = dict.fromkeys(("phga", "ptga", "extramuscular"), Scale(_TEN))
    scales |= {"haq": Scale(_THREE), "enzyme": Scale(MULTIPLE.high), "mmt": Scale(Decimal(most), higher_is_better=True)}
    changes["enzyme"] = (enzyme.baseline, enzyme.follow_up) if enzyme else (None, None)
    return Visits(scales, changes, enzyme.name if enzyme else None)


def _twice(item: Item) -> Item:
    assert isinstance(item.kind, Number)
    return msgspec.structs.replace(item, kind=BeforeAfter(item.kind))


_ENZYME = Item(
    name="enzyme",
    label="Muscle enzyme",
    kind=EnzymeChange(Choice(tuple(ENZYMES), tuple(ENZYMES.values())), MULTIPLE),
    help="The most abnormal one at baseline, and the same one later. As multiples of the laboratory’s upper limit of "
    "normal (ULN): the value divided by that limit.",
)
ITEMS = (_twice(PHGA), _twice(PTGA), _twice(MMT), MMT_MAX, _twice(HAQ), _ENZYME, _twice(EXTRAMUSCULAR))
