"""How a study's people are divided and what each arm is given: the facts of the arms picture, in the words it shows."""

import msgspec

from equipoise.studies.labels import enrolment_words, label, plain
from equipoise.studies.record import ArmGroup, Intervention, Study


class Treatment(msgspec.Struct, frozen=True):
    """An intervention: the registry's word for its type, and its name."""

    kind: str
    name: str


class Arm(msgspec.Struct, frozen=True):
    kind: str
    name: str
    given: tuple[Treatment, ...]


class Scheme(msgspec.Struct, frozen=True):
    """``how`` people come to their arm and the ``way`` through the study: a short word and a plain sentence each."""

    arms: tuple[Arm, ...]
    treatments: tuple[Treatment, ...]
    people: tuple[str, str]
    enrolment: str
    how: tuple[str, str]
    way: tuple[str, str]
    model: str
    by_chance: bool

    @property
    def loose(self) -> tuple[Treatment, ...]:
        """Treatments that the record links to no arm."""
        given = {treatment for arm in self.arms for treatment in arm.given}
        return tuple(treatment for treatment in self.treatments if treatment not in given)

    def words(self) -> str:
        told = "; ".join(_arm_words(arm) for arm in self.arms)
        arms = f"{len(self.arms)} arm{'' if len(self.arms) == 1 else 's'}"
        parts = (f"Participants: {self.enrolment or 'number not stated'}", self.how[0], self.way[0], f"{arms}. {told}")
        return ". ".join(part for part in parts if part) + "."


def read_scheme(study: Study) -> Scheme:
    treatments = tuple(dict.fromkeys(_treatment(each) for each in study.interventions))
    arms = tuple(_arm(arm, study) for arm in study.arms)
    named = (treatment for arm in arms for treatment in arm.given)
    info = study.design.design_info
    return Scheme(
        arms=arms,
        treatments=tuple(dict.fromkeys((*treatments, *named))),
        people=_people(study),
        enrolment=enrolment_words(study.design.enrollment_info),
        how=_how(study),
        way=_way(study),
        model=info.intervention_model or "",
        by_chance=info.allocation == "RANDOMIZED" and len(arms) > 1,
    )


def _people(study: Study) -> tuple[str, str]:
    info = study.design.enrollment_info
    if info.count is None:
        return "", "Number of participants not stated"
    known = label("EnrollmentType", info.type).lower() if info.type else ""
    return f"{info.count:,}", f"participant{'' if info.count == 1 else 's'}{f', {known}' if known else ''}"


def _how(study: Study) -> tuple[str, str]:
    if study.design.study_type == "OBSERVATIONAL":
        return "Observed, not assigned", "The study does not choose anyone’s treatment."
    allocation = study.design.design_info.allocation
    if len(study.arms) == 1:
        return "One group", ""
    if not allocation or allocation == "NA":
        return "", "The record does not say how people come to their group."
    return label("DesignAllocation", allocation), plain("DesignAllocation", allocation)


def _way(study: Study) -> tuple[str, str]:
    """Nothing of a single group, which has no other way to go."""
    info = study.design.design_info
    if info.observational_model:
        return label("ObservationalModel", info.observational_model), plain(
            "ObservationalModel", info.observational_model
        )
    model = info.intervention_model
    if not model or (model == "SINGLE_GROUP" and len(study.arms) == 1):
        return "", ""
    silent = " The record does not say when." if model == "CROSSOVER" else ""
    return label("InterventionalAssignment", model), plain("InterventionalAssignment", model) + silent


def _arm(arm: ArmGroup, study: Study) -> Arm:
    linked = {_named(each): each for each in study.interventions}
    named = [linked.get(name) or _unlinked(name) for name in arm.intervention_names]
    listed = [each for each in study.interventions if arm.label and arm.label in each.arm_group_labels]
    kind = label("ArmGroupType", arm.type) if arm.type else "Group"
    return Arm(kind, arm.label or "No name", tuple(dict.fromkeys(_treatment(each) for each in (*named, *listed))))


def _named(each: Intervention) -> str:
    """As an arm refers to it: ``Combination Product: Anifrolumab``."""
    return f"{label('InterventionType', each.type or '')}: {each.name}"


def _unlinked(name: str) -> Intervention:
    kind, _, rest = name.partition(": ")
    return Intervention(type=kind.upper().replace(" ", "_") if rest else None, name=rest or name)


def _treatment(each: Intervention) -> Treatment:
    return Treatment(label("InterventionType", each.type) if each.type else "", each.name or "No name")


def _arm_words(arm: Arm) -> str:
    given = ", ".join(treatment.name for treatment in arm.given) or "nothing named"
    return f"{arm.kind}: {arm.name}, given {given}"
