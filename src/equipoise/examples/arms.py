"""The arms of a fictional study and what each receives."""

from random import Random

import msgspec

from equipoise.examples.chance import sometimes
from equipoise.examples.design import Scheme
from equipoise.examples.plan import Plan, invented
from equipoise.examples.tables import Treatment
from equipoise.studies.record import ArmGroup, ArmsInterventionsModule, Intervention

_USUAL = Treatment(type="OTHER", name="Usual care", description="Whatever the site normally does.")


class Arm(msgspec.Struct, frozen=True):
    label: str
    type: str | None
    description: str
    treatments: tuple[Treatment, ...] = ()


def arms_module(rng: Random, plan: Plan, shape: Scheme) -> ArmsInterventionsModule:
    if plan.expanded:
        return ArmsInterventionsModule(interventions=(_intervention(plan.lead, ()),))
    arms = _arms(rng, plan, shape)
    treatments = tuple(dict.fromkeys(given for arm in arms for given in arm.treatments))
    return ArmsInterventionsModule(
        arm_groups=tuple(_group(arm) for arm in arms),
        interventions=tuple(_intervention(given, arms) for given in treatments),
    )


def intervention_name(treatment: Treatment) -> str:
    """The text by which an arm names an intervention: type, colon, name."""
    return f"{treatment.type.replace('_', ' ').title()}: {treatment.name}"


def _arms(rng: Random, plan: Plan, shape: Scheme) -> tuple[Arm, ...]:
    match shape.model:
        case "SINGLE_GROUP":
            return (_experimental(plan.lead),)
        case "CROSSOVER":
            return _crossover(plan.lead, _comparator(rng, plan, shape.control))
        case "FACTORIAL":
            return _factorial(plan.lead, _other(rng, plan))
        case "SEQUENTIAL":
            return tuple(_dose(plan.lead, level, "Cohort") for level in range(1, rng.randint(3, 6)))
        case "PARALLEL":
            return _parallel(rng, plan, shape.control)
        case _:
            return _cohorts(rng, plan)


def _parallel(rng: Random, plan: Plan, control: str) -> tuple[Arm, ...]:
    if control == "doses":
        return tuple(_dose(plan.lead, level, "Dose") for level in range(1, rng.randint(3, 5)))
    doses = control == "placebo" and sometimes(rng, 0.25) and plan.sites < 100
    leads = tuple(_dose(plan.lead, level, "Dose") for level in (1, 2)) if doses else (_experimental(plan.lead),)
    return (*leads, _control(plan, control, _comparator(rng, plan, control)))


def _control(plan: Plan, control: str, given: Treatment | None) -> Arm:
    match control:
        case "placebo":
            return Arm("Placebo", "PLACEBO_COMPARATOR", f"Matching placebo for {plan.weeks} weeks.", _given(given))
        case "sham":
            return Arm("Sham", "SHAM_COMPARATOR", "Looks the same and does nothing.", _given(given))
        case "waiting":
            return Arm("Waiting list", "NO_INTERVENTION", f"The same offer after {plan.weeks} weeks of waiting.")
        case _:
            name = given.name if given else "Comparison"
            return Arm(name, "ACTIVE_COMPARATOR", f"{name} for {plan.weeks} weeks.", _given(given))


def _comparator(rng: Random, plan: Plan, control: str) -> Treatment | None:
    match control:
        case "placebo":
            return _imitation(plan, "Placebo")
        case "sham":
            return _imitation(plan, "Sham")
        case "waiting":
            return None
        case "active" | "doses":
            return _other(rng, plan)
        case _:
            return _USUAL


def _imitation(plan: Plan, word: str) -> Treatment:
    kind = "DRUG" if plan.lead.type == "BIOLOGICAL" else plan.lead.type
    return Treatment(
        type=kind, name=f"{word} for {plan.lead.name}", description=f"{word} made to match in every detail."
    )


def _other(rng: Random, plan: Plan) -> Treatment:
    """Something else to give: another invented medicine, or another of the field's treatments."""
    if plan.medicine:
        drawn = invented(rng, plan.area)
        return _USUAL if drawn.name == plan.lead.name else drawn
    rest = [given for given in plan.area.others if given != plan.lead]
    return rng.choice(rest) if rest else _USUAL


def _crossover(first: Treatment, second: Treatment | None) -> tuple[Arm, ...]:
    then = second or _USUAL
    return tuple(
        Arm(
            f"{early.name}, then {late.name}",
            "EXPERIMENTAL",
            f"{early.name}, a pause, then {late.name}.",
            (early, late),
        )
        for early, late in ((first, then), (then, first))
    )


def _factorial(first: Treatment, second: Treatment) -> tuple[Arm, ...]:
    return (
        Arm("Both", "EXPERIMENTAL", f"{first.name} and {second.name}.", (first, second)),
        Arm(f"{first.name} alone", "EXPERIMENTAL", f"{first.name} without {second.name}.", (first,)),
        Arm(f"{second.name} alone", "ACTIVE_COMPARATOR", f"{second.name} without {first.name}.", (second,)),
        Arm("Neither", "NO_INTERVENTION", "Neither of the two."),
    )


def _experimental(lead: Treatment) -> Arm:
    return Arm(lead.name, "EXPERIMENTAL", lead.description, (lead,))


def _dose(lead: Treatment, level: int, word: str) -> Arm:
    return Arm(f"{word} {level}", "EXPERIMENTAL", f"{lead.name}, dose level {level}.", (lead,))


def _cohorts(rng: Random, plan: Plan) -> tuple[Arm, ...]:
    """Groups of an observational study: watched, and only sometimes with a treatment of interest."""
    given = (plan.lead,) if sometimes(rng, 0.5) else ()
    people = "Participants" if plan.condition.area == "healthy" else f"People with {plan.condition.name}"
    cohorts = [Arm(people, None, f"{people}, followed for {plan.weeks} weeks.", given)]
    if sometimes(rng, 0.4):
        cohorts.append(Arm("Comparison group", None, "People of the same age without the condition."))
    return tuple(cohorts) if sometimes(rng, 0.85) else ()


def _given(treatment: Treatment | None) -> tuple[Treatment, ...]:
    return (treatment,) if treatment else ()


def _group(arm: Arm) -> ArmGroup:
    return ArmGroup(
        label=arm.label,
        type=arm.type,
        description=arm.description,
        intervention_names=tuple(intervention_name(given) for given in arm.treatments),
    )


def _intervention(given: Treatment, arms: tuple[Arm, ...]) -> Intervention:
    return Intervention(
        type=given.type,
        name=given.name,
        description=given.description,
        arm_group_labels=tuple(arm.label for arm in arms if given in arm.treatments),
        other_names=given.other_names,
    )
