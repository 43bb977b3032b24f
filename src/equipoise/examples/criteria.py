"""Who may join a fictional study: ages, sex, and a criteria text in one of the layouts the registry shows."""

from collections.abc import Sequence
from random import Random

from equipoise.examples.chance import some, sometimes, weighted
from equipoise.examples.plan import Plan
from equipoise.examples.tables import words
from equipoise.kernel.ages import Age
from equipoise.studies.record import EligibilityModule

_AGES: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "adults": (
        {"18 Years": 84, "19 Years": 3, "20 Years": 5, "21 Years": 4, "16 Years": 2, "30 Years": 2},
        {
            "": 45,
            "75 Years": 14,
            "65 Years": 14,
            "70 Years": 9,
            "80 Years": 7,
            "60 Years": 5,
            "55 Years": 4,
            "85 Years": 2,
        },
    ),
    "older": (
        {"40 Years": 3, "45 Years": 2, "50 Years": 5, "55 Years": 2, "60 Years": 3, "65 Years": 2},
        {"": 5, "80 Years": 3, "85 Years": 3, "90 Years": 1},
    ),
    "children": (
        {"2 Years": 3, "3 Years": 1, "4 Years": 2, "5 Years": 1, "6 Years": 3, "6 Months": 1},
        {"11 Years": 2, "12 Years": 2, "17 Years": 6, "18 Years": 1},
    ),
    "teens": ({"12 Years": 4, "9 Years": 1, "14 Years": 1}, {"": 1, "17 Years": 1, "30 Years": 2, "45 Years": 1}),
    "all": ({"": 1, "2 Years": 2, "6 Years": 2, "12 Years": 5, "6 Months": 1}, {"": 6, "65 Years": 2, "75 Years": 2}),
    "infants": ({"": 1, "6 Weeks": 1, "1 Month": 2}, {"12 Months": 2, "24 Months": 3}),
    "newborns": ({"": 1}, {"28 Days": 1, "72 Hours": 1, "2 Weeks": 1}),
}
_BANDS = (("CHILD", 0, 18), ("ADULT", 18, 65), ("OLDER_ADULT", 65, 200))
_BOTH_SEXES = 0.985
_TOO_YOUNG = ("infants", "newborns")


def eligibility(rng: Random, plan: Plan) -> EligibilityModule:
    youngest, oldest = (weighted(rng, ages) for ages in _AGES[plan.condition.who])
    sex = plan.condition.sex
    if sex == "ALL" and not sometimes(rng, _BOTH_SEXES):
        sex = rng.choice(("FEMALE", "MALE"))
    observational = plan.study_type == "OBSERVATIONAL"
    return EligibilityModule(
        eligibility_criteria=criteria(rng, plan),
        healthy_volunteers=_healthy(rng, plan),
        sex=sex,
        gender_based=True if sex != "ALL" and sometimes(rng, 0.4) else None,
        minimum_age=youngest or None,
        maximum_age=oldest or None,
        std_ages=standard_ages(youngest, oldest),
        study_population=f"People seen for {_named(plan)} at the sites." if observational else None,
        sampling_method=weighted(rng, {"NON_PROBABILITY_SAMPLE": 8, "PROBABILITY_SAMPLE": 2})
        if observational
        else None,
    )


def standard_ages(youngest: str, oldest: str) -> tuple[str, ...]:
    """The registry's age bands that the limits touch."""
    low = Age.read(youngest).years() if youngest else 0
    high = Age.read(oldest).years() if oldest else 199
    return tuple(band for band, first, end in _BANDS if low < end and high >= first)


def criteria(rng: Random, plan: Plan) -> str:
    numbered = sometimes(rng, 0.45)
    common, field = words(), plan.area
    short = plan.study_type == "OBSERVATIONAL" or plan.condition.who in _TOO_YOUNG
    wanted = (
        *some(rng, field.inclusion, 2, 6),
        *(common.inclusion[:1] if short else some(rng, common.inclusion, 1, 4)),
    )
    unwanted = (*some(rng, field.exclusion, 2, 6), *(() if short else some(rng, common.exclusion, 0, 6)))
    parts = [rng.choice(common.preambles)] if sometimes(rng, 0.12) else []
    key = "Key " if sometimes(rng, 0.1) else ""
    for heading, rows in (("Inclusion", wanted), ("Exclusion", unwanted)):
        parts += [f"{key}{heading} Criteria:", _listed(rng, plan, rows, numbered=numbered)]
    return "\n\n".join(parts)


def _listed(rng: Random, plan: Plan, rows: Sequence[tuple[str, ...]], *, numbered: bool) -> str:
    entries = []
    for place, row in enumerate(rows, start=1):
        first, *rest = (_filled(rng, plan, text) for text in row)
        indent = "   " if numbered else "  "
        sublist = "\n".join(f"{indent}* {text}" for text in rest)
        entries.append(f"{f'{place}.' if numbered else '*'} {first}" + (f"\n\n{sublist}" if sublist else ""))
    return "\n".join(entries)


def _filled(rng: Random, plan: Plan, text: str) -> str:
    """The text with its numbers drawn, and comparison signs escaped as the registry's markup has them."""
    drawn = text.format(
        c=_named(plan), n=rng.choice((2, 4, 4, 6, 8, 12)), m=rng.choice((3, 3, 6, 6, 12)), y=rng.choice((2, 3, 5))
    )
    for sign in "<>^":
        drawn = drawn.replace(sign, f"\\{sign}")
    return drawn


def _named(plan: Plan) -> str:
    return "a check of their health" if plan.condition.area == "healthy" else plan.condition.name


def _healthy(rng: Random, plan: Plan) -> bool | None:
    if plan.expanded or sometimes(rng, 0.03):
        return None
    if plan.condition.area == "healthy":
        return True
    return sometimes(rng, 0.5 if plan.purpose == "PREVENTION" else 0.06)
