"""The six measures, their scales and our words for them; shared by the visit and by the scores of improvement."""

from collections.abc import Sequence
from decimal import Decimal

from equipoise.instruments.instrument import Item
from equipoise.instruments.kinds import Choice, Number
from equipoise.kernel.refused import Refused

ENZYMES = {
    "CK": "creatine kinase (CK)",
    "ALD": "aldolase (ALD)",
    "ALT": "alanine transaminase (ALT)",
    "AST": "aspartate transaminase (AST)",
    "LDH": "lactate dehydrogenase (LDH)",
}
MULTIPLE = Number(Decimal(0), Decimal(10_000), "multiples of the upper limit of normal")
"""Beyond ten thousand is a slip of the pen."""
MMT_VERSIONS = (80, 150, 260)
RIGHTS = (
    "Scoring rules are facts and free to use. The forms and questionnaires behind the measures (muscle test, HAQ, "
    "activity tool) have owners who may ask for permission; none of their text is here, and the labels are ours."
)
_VAS = Number(Decimal(0), Decimal(10), "cm")

PHGA = Item(
    name="phga",
    label="Disease activity, judged by the doctor",
    kind=_VAS,
    help="Physician global activity (PhGA), on a line of 10 cm. 0 is none.",
)
PTGA = Item(
    name="ptga",
    label="Disease activity, judged by the patient",
    kind=_VAS,
    help="Patient global activity (PtGA), on a line of 10 cm. 0 is none. For a child a parent answers.",
)
MMT = Item(
    name="mmt",
    label="Muscle strength tested by hand",
    kind=Number(Decimal(0), Decimal(max(MMT_VERSIONS))),
    help="Total of the manual muscle test (MMT). More is stronger.",
)
MMT_MAX = Item(
    name="mmt_max",
    label="Which muscle test",
    kind=Choice(MMT_VERSIONS, ("8 groups, one side: 0 to 80", "8 groups, both sides: 0 to 150", "24 groups: 0 to 260")),
    help="It sets the highest total that can be reached.",
)
HAQ = Item(
    name="haq",
    label="Daily activities",
    kind=Number(Decimal(0), Decimal(3)),
    help="Health assessment questionnaire, disability index (HAQ-DI; for children CHAQ). 0 is no difficulty.",
)
EXTRAMUSCULAR = Item(
    name="extramuscular",
    label="Disease activity outside the muscles",
    kind=_VAS,
    help="Extramuscular global activity over the past four weeks, judged by the doctor, on a line of 10 cm. 0 is none.",
)


def read_mmt_max(most: int | None, totals: Sequence[Decimal | None]) -> int | None:
    """The version of the muscle test. Refused: totals without it, or above its highest."""
    given = [total for total in totals if total is not None]
    if given and most is None:
        raise Refused("must say which version of the test it was.", what="mmt_max", do="Use 80, 150 or 260.")
    if given and most is not None and max(given) > most:
        raise Refused(f"must be at most {most}, the highest total of that version, not {max(given)}.", what="mmt")
    return most
