"""Titles, summaries, outcomes and the other prose of a fictional study, which says that it is one."""

from random import Random

from equipoise.examples.chance import some, sometimes, weighted
from equipoise.examples.design import Scheme
from equipoise.examples.plan import Plan
from equipoise.examples.tables import words
from equipoise.studies.record import (
    ConditionsModule,
    DescriptionModule,
    IdentificationModule,
    IpdSharingStatementModule,
    Organization,
    OrgStudyIdInfo,
    Outcome,
    OutcomesModule,
    Reference,
    ReferencesModule,
    SecondaryIdInfo,
    SeeAlsoLink,
)

FICTIONAL = "This study is fictional: it was made up to try Equipoise with, and nobody can join it."
_PEOPLE = {
    "adults": "Adults",
    "older": "Older Adults",
    "children": "Children",
    "teens": "Adolescents and Young Adults",
    "all": "Children and Adults",
    "infants": "Infants",
    "newborns": "Newborns",
}
_PHASES = {
    ("EARLY_PHASE1",): "Early Phase 1",
    ("PHASE1",): "Phase 1",
    ("PHASE1", "PHASE2"): "Phase 1/2",
    ("PHASE2",): "Phase 2",
    ("PHASE2", "PHASE3"): "Phase 2/3",
    ("PHASE3",): "Phase 3",
    ("PHASE4",): "Phase 4",
}
_TITLES = {
    "medicine": (
        "A Study of {lead} in {people}",
        "Efficacy and Safety of {lead} in {people}",
        "{lead} Compared With {control} in {people}",
        "{lead} for {people}: a {phase} Study",
        "How Well Does {lead} Work in {people}?",
    ),
    "other": (
        "{lead} for {people}",
        "Effect of {lead} in {people}",
        "{lead} Compared With {control} in {people}",
        "Feasibility of {lead} in {people}",
    ),
    "OBSERVATIONAL": (
        "Registry of {people}",
        "Long-Term Outcomes of {people}",
        "Quality of Life and Cost of Care in {people}",
        "Biomarkers and Course of Disease in {people}",
    ),
    "EXPANDED_ACCESS": ("Expanded Access to {lead} for {people}",),
}
_CONTROLS = {"placebo": "Placebo", "sham": "Sham", "active": "an Active Control", "usual": "Usual Care"}


def identification(rng: Random, plan: Plan, shape: Scheme, nct_id: str) -> IdentificationModule:
    title = _title(rng, plan, shape)
    acronym = f"{rng.choice(words().acronyms)}-{rng.randint(1, 99)}" if sometimes(rng, 0.3) else None
    return IdentificationModule(
        nct_id=nct_id,
        org_study_id_info=OrgStudyIdInfo(id=f"FIC-{plan.times.submitted.year}-{plan.number:04d}"),
        secondary_id_infos=_secondary_ids(rng, plan),
        brief_title=f"{title} (fictional)",
        official_title=f"{_official(plan, shape)}: {title} (fictional)" if sometimes(rng, 0.85) else None,
        acronym=acronym,
        organization=Organization(full_name=plan.sponsor.name, class_=plan.sponsor.class_),
    )


def people(plan: Plan) -> str:
    if plan.condition.area == "healthy":
        return "Healthy Volunteers"
    return f"{_PEOPLE[plan.condition.who]} With {plan.condition.name}"


def _title(rng: Random, plan: Plan, shape: Scheme) -> str:
    kind = ("medicine" if plan.medicine else "other") if plan.interventional else plan.study_type
    control = _CONTROLS.get(shape.control, "")
    forms = [form for form in _TITLES[kind] if control or "{control}" not in form]
    phase = _PHASES.get(plan.phases, "Clinical")
    title = rng.choice(forms).format(lead=_lead(plan), control=control, people=people(plan), phase=phase)
    return title[0].upper() + title[1:]


def _lead(plan: Plan) -> str:
    """A medicine keeps its capital; any other treatment is a common noun."""
    name = plan.lead.name
    return name if plan.medicine else name[0].lower() + name[1:]


def _official(plan: Plan, shape: Scheme) -> str:
    centres = "Multicentre" if plan.sites > 1 else "Single-Centre"
    if plan.expanded:
        return f"A {centres} Programme"
    if not plan.interventional:
        return f"A {centres} Observational Study"
    phase = _PHASES.get(plan.phases)
    masked = ", Masked" if shape.control in ("placebo", "sham") else ""
    return f"A {centres}{masked}{f', {phase}' if phase else ''} Study"


def _secondary_ids(rng: Random, plan: Plan) -> tuple[SecondaryIdInfo, ...]:
    if not sometimes(rng, 0.12):
        return ()
    return (SecondaryIdInfo(id=f"FICTIONAL-{plan.number:05d}", type="REGISTRY", domain="Fictional Trials Register"),)


def description(rng: Random, plan: Plan, shape: Scheme) -> DescriptionModule:
    return DescriptionModule(
        brief_summary=f"{_aim(plan, shape)} {FICTIONAL}",
        detailed_description=_details(plan, shape) if plan.interventional and sometimes(rng, 0.65) else None,
    )


def _aim(plan: Plan, shape: Scheme) -> str:
    whom = _whom(plan)
    if plan.expanded:
        return f"This programme gives {_lead(plan)} to {whom} who cannot join a trial."
    if not plan.interventional:
        return f"This study watches {whom} for {plan.weeks} weeks and changes nothing in their care."
    control = _CONTROLS.get(shape.control)
    against = f", compared with {control.lower()}," if control else ""
    question = f"whether {_lead(plan)}{against} helps {whom} over {plan.weeks} weeks"
    return f"This study asks {question}, and whether it is safe."


def _whom(plan: Plan) -> str:
    if plan.condition.area == "healthy":
        return "healthy volunteers"
    return f"{_PEOPLE[plan.condition.who].lower()} with {plan.condition.name}"


def _details(plan: Plan, shape: Scheme) -> str:
    parts = [
        f"After a screening period of up to four weeks, participants are followed for {plan.weeks} weeks.",
        f"Visits take place at the start, after {max(1, plan.weeks // 4)} weeks, half-way and at the end. "
        "Questionnaires may be answered at home.",
    ]
    if shape.model == "CROSSOVER":
        parts.insert(1, "Half-way, after a pause, everyone changes to the other treatment.")
    if shape.control == "placebo":
        parts.append(f"At the end, participants who had placebo may choose {plan.lead.name}.")
    return "\n\n".join([*parts, plan.lead.description])


def conditions_module(rng: Random, plan: Plan) -> ConditionsModule:
    return ConditionsModule(
        conditions=(plan.condition.name,),
        keywords=some(rng, plan.condition.keywords, 0, 3) if sometimes(rng, 0.7) else (),
    )


def outcomes(rng: Random, plan: Plan) -> OutcomesModule:
    if plan.expanded:
        return OutcomesModule()
    primary = some(rng, plan.area.primary, 1, weighted(rng, {1: 65, 2: 25, 3: 10}))
    secondary = some(rng, plan.area.secondary, 0, 8)
    others = some(rng, ("Cost of care", "Satisfaction with visits"), 1, 2) if sometimes(rng, 0.08) else ()
    return OutcomesModule(
        primary_outcomes=tuple(_outcome(rng, plan, text) for text in primary),
        secondary_outcomes=tuple(_outcome(rng, plan, text) for text in secondary),
        other_outcomes=tuple(_outcome(rng, plan, text) for text in others),
    )


def _outcome(rng: Random, plan: Plan, measure: str) -> Outcome:
    described = sometimes(rng, 0.7)
    frame = (
        f"Week {plan.weeks}",
        f"From baseline to week {plan.weeks}",
        f"Up to {plan.weeks} weeks",
        "Through study completion",
    )
    return Outcome(
        measure=measure,
        description=f"{measure}, measured in every participant by trained staff." if described else None,
        time_frame=rng.choice(frame),
    )


def references(rng: Random, plan: Plan) -> ReferencesModule:
    citation = (
        f"Example A, Sample B. What is known about {plan.condition.name}. Journal of Made-Up Medicine (fictional)."
    )
    return ReferencesModule(
        references=(Reference(type="BACKGROUND", citation=citation),) if sometimes(rng, 0.12) else (),
        see_also_links=(
            (SeeAlsoLink(label="Page about this fictional study", url=f"https://example.org/trial{plan.number}"),)
            if sometimes(rng, 0.08)
            else ()
        ),
    )


def sharing(rng: Random) -> IpdSharingStatementModule:
    answer = weighted(rng, {"": 45, "NO": 32, "YES": 13, "UNDECIDED": 10})
    if answer != "YES":
        return IpdSharingStatementModule(ipd_sharing=answer or None)
    return IpdSharingStatementModule(
        ipd_sharing=answer,
        description="Records without names, on request, once the results are published.",
        info_types=some(rng, ("STUDY_PROTOCOL", "SAP", "ICF", "CSR", "ANALYTIC_CODE"), 1, 4),
        time_frame="From 6 months after publication, for 5 years.",
    )
