"""The allocation: blocks that do not give the next arm away, strata that are few, a cap that can be reached."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import gcd, prod

from equipoise.conduct.protocol.model import Allocation, Factor, Kind, Method
from equipoise.conduct.protocol.problem import Problem, error, shown, warning
from equipoise.conduct.protocol.rules.known import Known

_SITE = re.compile(r"\b(sites?|cent(re|er)s?|hospitals?|clinics?)\b", re.IGNORECASE)
_FEW = 2
"""Persons at a site below which blocks within sites stay half filled."""


def arms_enough(known: Known) -> Iterator[Problem]:
    if len(known.protocol.arms) < 2:
        yield error("arms", "A randomised trial has two arms or more.", "Add the other.")


def ratio_of_whole_parts(known: Known) -> Iterator[Problem]:
    for arm, part in known.protocol.allocation.ratio.items():
        if part < 1:
            yield error(
                f"allocation.ratio.{arm}", "is not 1 or more.", "Write whole parts, such as 2 and 1.", what=str(part)
            )


def _lowest(allocation: Allocation) -> tuple[int, ...]:
    """The ratio in lowest terms, as it is drawn; nothing where it is none."""
    parts = tuple(allocation.ratio.values())
    return tuple(part // gcd(*parts) for part in parts) if parts and min(parts) > 0 else ()


def ratio_in_lowest_terms(known: Known) -> Iterator[Problem]:
    told, lowest = tuple(known.protocol.allocation.ratio.values()), _lowest(known.protocol.allocation)
    if lowest and lowest != told:
        why = f"is drawn in lowest terms, as {_ratio(lowest)}."
        yield warning("allocation.ratio", why, "Write it so.", what=_ratio(told))


def _ratio(parts: Iterable[int]) -> str:
    return ":".join(map(str, parts))


_UNEQUAL = {
    Method.EFRON: "the larger arm is preferred with a higher chance",
    Method.MINIMISATION: "the larger arm is preferred with a higher chance, and counts are compared over the ratio",
    Method.BIG_STICK: "counts are compared over the ratio, and drawn by it within the limit",
}


def unequal_ratio_at_each_place(known: Known) -> Iterator[Problem]:
    """Kuznetsova and Tymofyeyev (2012); docs/randomisation.md has the chance at each place."""
    allocation = known.protocol.allocation
    done = _UNEQUAL.get(allocation.method)
    if done and len(set(_lowest(allocation))) > 1:
        why = f"is kept over all by {allocation.method} ({done}), and not at each place, which lets arms be guessed."
        do = "Use blocks, the urn or simple for unequal shares."
        yield warning("allocation.ratio", why, do, what=_ratio(_lowest(allocation)))


def cap_above_none(known: Known) -> Iterator[Problem]:
    if known.protocol.allocation.cap < 1:
        yield error("allocation.cap", "lets nobody in.", "Write how many may be randomised.")


def blocks_fit_the_ratio(known: Known) -> Iterator[Problem]:
    allocation = known.protocol.allocation
    if allocation.method is not Method.PERMUTED_BLOCKS:
        return
    if not allocation.block_sizes:
        yield error("allocation", "Permuted blocks need their sizes.", "Add block_sizes: [4, 6].")
    whole = sum(_lowest(allocation))
    for number, size in enumerate(allocation.block_sizes):
        if size < 1 or (whole > 0 and size % whole):
            why = f"is not a multiple of {whole}, the sum of the ratio."
            yield error(f"allocation.block_sizes[{number}]", why, "Choose a multiple.", what=str(size))


def blocks_not_guessed(known: Known) -> Iterator[Problem]:
    """The last of a block of the smallest size is certain: see docs/protocol.md for how often each can be guessed."""
    allocation = known.protocol.allocation
    sizes = allocation.block_sizes if allocation.method is Method.PERMUTED_BLOCKS else ()
    smallest = sum(_lowest(allocation))
    path = "allocation.block_sizes"
    if smallest in sizes:
        why = f"hold {smallest}, the smallest block there is: every {_ordinal(smallest)} assignment can be known."
        yield warning(path, why, "Leave it out, and take larger ones.", what="The block sizes")
    if len(set(sizes)) == 1 and sizes[0] > smallest:
        yield warning(path, "One fixed size can be found out.", "Give two or more sizes, drawn by chance.")
    if len(sizes) != len(set(sizes)):
        yield warning(
            path, "name a size twice.", "Each is drawn with equal chance; name it once.", what="The block sizes"
        )


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")


def blocks_only_where_drawn(known: Known) -> Iterator[Problem]:
    allocation = known.protocol.allocation
    if allocation.block_sizes and allocation.method is not Method.PERMUTED_BLOCKS:
        yield warning("allocation.block_sizes", f"have no meaning for {allocation.method}.", "Take them out.")


def method_has_its_numbers(known: Known) -> Iterator[Problem]:
    allocation = known.protocol.allocation
    needs_chance = allocation.method in (Method.EFRON, Method.MINIMISATION)
    if needs_chance and allocation.probability is None:
        yield error("allocation", f"{allocation.method} needs a probability.", "Add probability: 0.8, for one.")
    if allocation.method is Method.BIG_STICK and (allocation.limit is None or allocation.limit < 1):
        yield error("allocation", "The big stick needs a limit of imbalance.", "Add limit: 3, for one.")
    if allocation.method is Method.WEI_URN and (allocation.alpha < 0 or allocation.beta < 1):
        yield error("allocation", "The urn needs alpha of 0 or more and beta of 1 or more.")
    if allocation.method is Method.MINIMISATION and not allocation.factors:
        yield error("allocation", "Minimisation needs factors.", "Add them.")


def chance_left(known: Known) -> Iterator[Problem]:
    """Must 10: minimisation keeps a random element."""
    allocation = known.protocol.allocation
    chance, path = allocation.probability, "allocation.probability"
    if chance is None or allocation.method not in (Method.EFRON, Method.MINIMISATION):
        return
    if chance >= 1:
        yield error(
            path, "leaves nothing to chance: the next arm can be worked out.", "Use 0.8, say.", what=str(chance)
        )
    elif chance <= Decimal(1) / max(len(allocation.ratio), 1):
        yield error(path, "does not favour the arm in arrears.", "Use 0.8, say.", what=str(chance))


def sites_are_no_factor(known: Known) -> Iterator[Problem]:
    sites = known.protocol.sites
    for number, factor in enumerate(known.protocol.allocation.factors):
        if _is_site(known, factor):
            each = Decimal(known.protocol.allocation.cap) / max(len(sites), len(factor.levels), 1)
            why = f"stratifies by site, with about {each:.1f} persons at each."
            path = f"allocation.factors[{number}]"
            if each < _FEW * max(known.protocol.allocation.block_sizes, default=2):
                yield warning(
                    path, f"{why} Blocks stay half filled and the arms unequal.", "Leave sites out.", what=factor.id
                )


def _is_site(known: Known, factor: Factor) -> bool:
    ids = {site.id for site in known.protocol.sites}
    named = {level.id for level in factor.levels}
    words = f"{factor.id} {factor.label}".replace("-", " ").replace("_", " ")
    return bool(_SITE.search(words)) or (len(ids) > 1 and named == ids)


def strata_few(known: Known) -> Iterator[Problem]:
    allocation = known.protocol.allocation
    strata = prod(len(factor.levels) for factor in allocation.factors)
    largest = max(allocation.block_sizes, default=1)
    if allocation.method is Method.PERMUTED_BLOCKS and strata * largest > allocation.cap / 2:
        why = f"{strata} strata with blocks of up to {largest} are many for {allocation.cap} participants."
        yield warning("allocation.factors", why, "Use fewer factors, or minimisation.")


def factors_have_levels(known: Known) -> Iterator[Problem]:
    for number, factor in enumerate(known.protocol.allocation.factors):
        path = f"allocation.factors[{number}]"
        if len(factor.levels) < 2:
            yield error(f"{path}.levels", "A factor has two levels or more.", "Add the others.", what=shown(factor.id))
        if factor.weight <= 0:
            yield error(f"{path}.weight", "is not above 0.", what=str(factor.weight))


def factors_from_answers_before(known: Known) -> Iterator[Problem]:
    """A stratum is held against its form at randomisation: it must be a choice, of a visit until then."""
    for number, factor in enumerate(known.protocol.allocation.factors):
        field = known.fields.get(factor.field)
        path = f"allocation.factors[{number}].field"
        if field and field.kind not in (Kind.CHOICE, Kind.YES_NO):
            why = f"is of the kind {field.kind}, which has no answers to be levels."
            yield error(path, why, "Choose a choice, or yes and no.", what=shown(factor.field))
        elif field and not any(visit.day <= 0 and known.holds(visit.id, factor.field) for visit in known.planned):
            form = factor.field.partition(".")[0]
            why = f"is taken from {form}, which no visit before randomisation holds."
            yield error(path, why, "Add the form to the screening visit.", what=shown(factor.id))


def levels_are_answers(known: Known) -> Iterator[Problem]:
    """A level that its field cannot give is never reached."""
    for number, factor in enumerate(known.protocol.allocation.factors):
        field = known.fields.get(factor.field)
        answers = {choice.id for choice in field.choices} or {"yes", "no"} if field else set()
        for place, level in enumerate(factor.levels):
            if answers and level.id not in answers:
                path = f"allocation.factors[{number}].levels[{place}].id"
                why = f"is not an answer to {factor.field}."
                yield warning(path, why, f"Its answers are: {', '.join(sorted(answers))}.", what=shown(level.id))


def sites_can_reach_the_cap(known: Known) -> Iterator[Problem]:
    targets = [site.target for site in known.protocol.sites if site.target is not None]
    cap = known.protocol.allocation.cap
    if targets and len(targets) == len(known.protocol.sites) and sum(targets) < cap:
        yield warning(
            "sites", f"have targets of {sum(targets)} in all, and the cap is {cap}.", "Raise one, or lower the other."
        )


def plan_can_reach_the_cap(known: Known) -> Iterator[Problem]:
    plan, cap = known.protocol.recruitment, known.protocol.allocation.cap
    if plan and plan.per_month * plan.months < cap:
        why = f"brings {plan.per_month * plan.months} participants, and the cap is {cap}."
        yield warning("recruitment", why, "Plan for longer.", what="The plan")


RULES = (
    arms_enough,
    ratio_of_whole_parts,
    ratio_in_lowest_terms,
    unequal_ratio_at_each_place,
    cap_above_none,
    blocks_fit_the_ratio,
    blocks_not_guessed,
    blocks_only_where_drawn,
    method_has_its_numbers,
    chance_left,
    sites_are_no_factor,
    strata_few,
    factors_have_levels,
    factors_from_answers_before,
    levels_are_answers,
    sites_can_reach_the_cap,
    plan_can_reach_the_cap,
)
