"""How a fictional study is designed: model, allocation, masking, size."""

from random import Random

import msgspec

from equipoise.examples.chance import some, sometimes, weighted
from equipoise.examples.plan import Plan
from equipoise.examples.tables import words
from equipoise.studies.record import (
    BioSpec,
    DesignInfo,
    DesignModule,
    EnrollmentInfo,
    ExpandedAccessTypes,
    MaskingInfo,
)

_MODELS = {"PARALLEL": 60, "SINGLE_GROUP": 28, "CROSSOVER": 5, "SEQUENTIAL": 4, "FACTORIAL": 3}
_CONTROLS = {
    "medicine": {"placebo": 50, "active": 24, "usual": 16, "doses": 10},
    "DEVICE": {"sham": 50, "usual": 40, "active": 10},
    "PROCEDURE": {"sham": 20, "usual": 50, "active": 30},
    "other": {"usual": 45, "waiting": 30, "active": 25},
}
_MASKING = {
    "placebo": {"QUADRUPLE": 48, "TRIPLE": 20, "DOUBLE": 32},
    "doses": {"QUADRUPLE": 30, "DOUBLE": 30, "NONE": 40},
    "sham": {"QUADRUPLE": 15, "TRIPLE": 20, "DOUBLE": 45, "SINGLE": 20},
}
_OPEN = {"NONE": 58, "SINGLE": 30, "DOUBLE": 12}
_WHO: dict[str, dict[tuple[str, ...], float]] = {
    "NONE": {(): 1},
    "SINGLE": {("OUTCOMES_ASSESSOR",): 6, ("PARTICIPANT",): 3, ("INVESTIGATOR",): 1},
    "DOUBLE": {("PARTICIPANT", "INVESTIGATOR"): 4, ("PARTICIPANT", "OUTCOMES_ASSESSOR"): 5, (): 1},
    "TRIPLE": {
        ("PARTICIPANT", "INVESTIGATOR", "OUTCOMES_ASSESSOR"): 6,
        ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR"): 4,
    },
    "QUADRUPLE": {("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"): 1},
}
_OBSERVED = {
    ("COHORT", "PROSPECTIVE"): 49,
    ("COHORT", "RETROSPECTIVE"): 18,
    ("CASE_ONLY", "PROSPECTIVE"): 9,
    ("CASE_CONTROL", "PROSPECTIVE"): 7,
    ("CASE_CONTROL", "RETROSPECTIVE"): 4,
    ("CASE_CONTROL", "CROSS_SECTIONAL"): 4,
    ("ECOLOGIC_OR_COMMUNITY", "CROSS_SECTIONAL"): 3,
    ("FAMILY_BASED", "PROSPECTIVE"): 2,
    ("OTHER", "OTHER"): 4,
}


class Scheme(msgspec.Struct, frozen=True):
    """The shape of the comparison: the registry's model, and what the control is."""

    model: str
    control: str


def scheme(rng: Random, plan: Plan) -> Scheme:
    large = plan.sites > 100
    model = "PARALLEL" if large else weighted(rng, _MODELS)
    if not plan.interventional:
        return Scheme("", "none")
    if plan.phases in (("PHASE1",), ("EARLY_PHASE1",)) and model == "PARALLEL" and sometimes(rng, 0.4):
        model = "SEQUENTIAL"
    kind = "medicine" if plan.medicine else plan.lead.type
    control = "placebo" if large else weighted(rng, _CONTROLS.get(kind, _CONTROLS["other"]))
    return Scheme(model, "none" if model == "SINGLE_GROUP" else control)


def design_module(rng: Random, plan: Plan, shape: Scheme) -> DesignModule:
    if plan.expanded:
        individual = sometimes(rng, 0.5)
        return DesignModule(
            study_type=plan.study_type,
            expanded_access_types=ExpandedAccessTypes(
                individual=individual or None, intermediate=None if individual else True
            ),
        )
    return _interventional(rng, plan, shape) if plan.interventional else _observational(rng, plan)


def _interventional(rng: Random, plan: Plan, shape: Scheme) -> DesignModule:
    return DesignModule(
        study_type=plan.study_type,
        phases=plan.phases,
        design_info=DesignInfo(
            allocation=_allocation(rng, shape),
            intervention_model=shape.model,
            primary_purpose=plan.purpose,
            masking_info=_masking(rng, shape),
        ),
        enrollment_info=enrolment(plan),
    )


def _allocation(rng: Random, shape: Scheme) -> str:
    if shape.model == "SINGLE_GROUP":
        return "NA"
    unlikely = 0.7 if shape.model == "SEQUENTIAL" else 0.06
    return "NON_RANDOMIZED" if shape.control not in ("placebo", "sham") and sometimes(rng, unlikely) else "RANDOMIZED"


def _masking(rng: Random, shape: Scheme) -> MaskingInfo:
    single = shape.model == "SINGLE_GROUP"
    masking = "NONE" if single else weighted(rng, _MASKING.get(shape.control, _OPEN))
    explained = masking != "NONE" and sometimes(rng, 0.3)
    return MaskingInfo(
        masking=masking,
        masking_description=rng.choice(words().comments) if explained else None,
        who_masked=weighted(rng, _WHO[masking]),
    )


def _observational(rng: Random, plan: Plan) -> DesignModule:
    model, perspective = weighted(rng, _OBSERVED)
    registry = perspective == "PROSPECTIVE" and sometimes(rng, 0.2)
    return DesignModule(
        study_type=plan.study_type,
        patient_registry=registry or None,
        target_duration=f"{rng.randint(1, 10)} Years" if registry else None,
        design_info=DesignInfo(observational_model=model, time_perspective=perspective),
        bio_spec=_specimens(rng),
        enrollment_info=enrolment(plan),
    )


def _specimens(rng: Random) -> BioSpec:
    if not sometimes(rng, 0.3):
        return BioSpec()
    kept = some(rng, ("blood", "serum", "urine", "muscle or skin tissue", "saliva"), 1, 3)
    retention = weighted(rng, {"SAMPLES_WITH_DNA": 5, "SAMPLES_WITHOUT_DNA": 4, "NONE_RETAINED": 1})
    return BioSpec(retention=retention, description=", ".join(kept).capitalize())


def enrolment(plan: Plan) -> EnrollmentInfo:
    counted = plan.status in ("COMPLETED", "TERMINATED", "WITHDRAWN", "ACTIVE_NOT_RECRUITING")
    return EnrollmentInfo(count=plan.people, type="ACTUAL" if counted else "ESTIMATED")
