"""A verdict for the person it is about: likely, possibly or unlikely, and what stands for and against it."""

from enum import StrEnum

import msgspec

from equipoise.eligibility.expression import Ask, Criterion, Opaque, Parse, Reading
from equipoise.eligibility.questions import is_for_the_site
from equipoise.eligibility.tree import atoms
from equipoise.eligibility.verdict import CriterionVerdict, StudyVerdict
from equipoise.kernel.truth import Truth


class Chance(StrEnum):
    """Never "eligible": the study team decides."""

    LIKELY = "likely"
    POSSIBLY = "possibly"
    UNLIKELY = "unlikely"


class Outlook(msgspec.Struct, frozen=True):
    """Criteria sorted: not met, not known, only for the study team to settle, met."""

    chance: Chance
    against: tuple[CriterionVerdict, ...]
    unclear: tuple[CriterionVerdict, ...]
    for_the_site: tuple[CriterionVerdict, ...]
    met: tuple[CriterionVerdict, ...]


def for_asking(reading: Reading) -> Reading:
    """The reading as a person is asked it: a criterion that was read only in part is asked whole, in its own words.

    Nobody can answer for half a sentence.
    """
    criteria = tuple(one if one.parse is Parse.FULL else _whole(one) for one in reading.criteria)
    return msgspec.structs.replace(reading, criteria=criteria)


def _whole(one: Criterion) -> Criterion:
    left = next((atom for atom in atoms(one.expr) if isinstance(atom, Ask) and is_for_the_site(atom)), None)
    asked = Ask(question=one.text, topic=left.topic) if left else Opaque(text=one.text)
    return msgspec.structs.replace(one, expr=asked, parse=Parse.OPAQUE)


def outlook_of(verdict: StudyVerdict) -> Outlook:
    against, open_, met = (verdict.of(truth) for truth in (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE))
    site = tuple(one for one in open_ if all(is_for_the_site(reason.atom) for reason in one.reasons))
    unclear = tuple(one for one in open_ if one not in site)
    chance = Chance.UNLIKELY if against else Chance.POSSIBLY if unclear else Chance.LIKELY
    return Outlook(chance, against, unclear, site, met)
