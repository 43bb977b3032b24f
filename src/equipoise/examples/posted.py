"""Posted results of a fictional study: every number is drawn once, and everything shown is counted from it."""

import math
from random import Random

import msgspec

from equipoise.examples.chance import binomial
from equipoise.examples.plan import Plan
from equipoise.examples.tables import EventRow, words
from equipoise.studies.record import ArmGroup, Outcome
from equipoise.studies.results import (
    AdverseEvent,
    AdverseEventsModule,
    BaselineCharacteristicsModule,
    BaselineMeasure,
    Category,
    CertainAgreement,
    Denom,
    DenomCount,
    EventGroup,
    EventStats,
    FlowAchievement,
    FlowDropWithdraw,
    FlowMilestone,
    FlowPeriod,
    FlowReason,
    MeasureClass,
    Measurement,
    MoreInfoModule,
    OutcomeAnalysis,
    OutcomeMeasure,
    OutcomeMeasuresModule,
    ParticipantFlowModule,
    PointOfContact,
    ResultGroup,
    ResultsSection,
)

_Z95 = 1.959964
_UNITS = "Participants"


class ArmResult(msgspec.Struct, frozen=True):
    """One arm counted: who began, who left and why, who responded, and what happened to them."""

    label: str
    description: str
    started: int
    left: tuple[int, ...]
    women: int
    mean_age: float
    deviation: float
    responders: int
    affected: tuple[int, ...]
    deaths: int

    @property
    def completed(self) -> int:
        return self.started - sum(self.left)


def results(rng: Random, plan: Plan, arms: tuple[ArmGroup, ...], primary: Outcome) -> ResultsSection:
    """Results of a finished study whose arms each began with participants of their own."""
    sizes = [plan.people // len(arms) + (place < plan.people % len(arms)) for place in range(len(arms))]
    counted = tuple(_counted(rng, plan, arm, size) for arm, size in zip(arms, sizes, strict=True))
    return ResultsSection(
        participant_flow_module=_flow(counted),
        baseline_characteristics_module=_baseline(counted),
        outcome_measures_module=OutcomeMeasuresModule(outcome_measures=(_outcome(counted, primary),)),
        adverse_events_module=_events(counted, plan),
        more_info_module=_more(plan),
    )


def _counted(rng: Random, plan: Plan, arm: ArmGroup, size: int) -> ArmResult:
    women = {"FEMALE": 1.0, "MALE": 0.0}.get(plan.condition.sex, 0.52)
    leaving = [0] * len(words().withdrawals)
    for _ in range(binomial(rng, size, 0.12)):
        leaving[rng.randrange(len(leaving))] += 1
    middle = {"children": 9.0, "teens": 17.0, "infants": 0.6, "newborns": 0.0, "older": 70.0, "all": 24.0}
    return ArmResult(
        label=arm.label or "",
        description=arm.description or "",
        started=size,
        left=tuple(leaving),
        women=binomial(rng, size, women),
        mean_age=round(middle.get(plan.condition.who, 51.0) * rng.uniform(0.94, 1.06), 1),
        deviation=round(middle.get(plan.condition.who, 51.0) * 0.22, 1),
        responders=binomial(rng, size, rng.uniform(0.35, 0.6) if arm.type == "EXPERIMENTAL" else rng.uniform(0.2, 0.4)),
        affected=tuple(binomial(rng, size, row.share) for row in words().events),
        deaths=binomial(rng, size, 0.01),
    )


def _groups(arms: tuple[ArmResult, ...], prefix: str) -> tuple[ResultGroup, ...]:
    return tuple(
        ResultGroup(id=f"{prefix}{place:03d}", title=arm.label, description=arm.description)
        for place, arm in enumerate(arms)
    )


def _flow(arms: tuple[ArmResult, ...]) -> ParticipantFlowModule:
    milestones = (
        ("STARTED", [arm.started for arm in arms]),
        ("COMPLETED", [arm.completed for arm in arms]),
        ("NOT COMPLETED", [sum(arm.left) for arm in arms]),
    )
    return ParticipantFlowModule(
        recruitment_details="Participants joined at the fictional sites of this fictional study.",
        groups=_groups(arms, "FG"),
        periods=(
            FlowPeriod(
                title="Overall Study",
                milestones=tuple(_milestone(kind, numbers) for kind, numbers in milestones),
                drop_withdraws=_reasons(arms),
            ),
        ),
    )


def _milestone(kind: str, numbers: list[int]) -> FlowMilestone:
    return FlowMilestone(
        type=kind,
        achievements=tuple(
            FlowAchievement(group_id=f"FG{place:03d}", num_subjects=str(number)) for place, number in enumerate(numbers)
        ),
    )


def _reasons(arms: tuple[ArmResult, ...]) -> tuple[FlowDropWithdraw, ...]:
    return tuple(
        FlowDropWithdraw(
            type=kind,
            reasons=tuple(
                FlowReason(group_id=f"FG{place:03d}", num_subjects=str(arm.left[row])) for place, arm in enumerate(arms)
            ),
        )
        for row, kind in enumerate(words().withdrawals)
        if any(arm.left[row] for arm in arms)
    )


def _baseline(arms: tuple[ArmResult, ...]) -> BaselineCharacteristicsModule:
    total = ResultGroup(id=f"BG{len(arms):03d}", title="Total", description="Total of all reporting groups")
    return BaselineCharacteristicsModule(
        groups=(*_groups(arms, "BG"), total),
        denoms=(_denom("BG", _with_total([arm.started for arm in arms])),),
        measures=(_ages(arms), _sexes(arms)),
    )


def _ages(arms: tuple[ArmResult, ...]) -> BaselineMeasure:
    count = sum(arm.started for arm in arms)
    mean = sum(arm.mean_age * arm.started for arm in arms) / count
    squares = sum((arm.deviation**2 + (arm.mean_age - mean) ** 2) * arm.started for arm in arms) / count
    rows = [*((arm.mean_age, arm.deviation) for arm in arms), (mean, math.sqrt(squares))]
    measured = (
        Measurement(group_id=f"BG{n:03d}", value=f"{m:.1f}", spread=f"{s:.1f}") for n, (m, s) in enumerate(rows)
    )
    return BaselineMeasure(
        title="Age, Continuous",
        param_type="MEAN",
        dispersion_type="STANDARD_DEVIATION",
        unit_of_measure="years",
        classes=(MeasureClass(categories=(Category(measurements=tuple(measured)),)),),
    )


def _sexes(arms: tuple[ArmResult, ...]) -> BaselineMeasure:
    rows = {"Female": [arm.women for arm in arms], "Male": [arm.started - arm.women for arm in arms]}
    categories = tuple(Category(title=sex, measurements=_measured("BG", _with_total(rows[sex]))) for sex in rows)
    return BaselineMeasure(
        title="Sex: Female, Male",
        param_type="COUNT_OF_PARTICIPANTS",
        unit_of_measure=_UNITS,
        classes=(MeasureClass(categories=categories),),
    )


def _outcome(arms: tuple[ArmResult, ...], primary: Outcome) -> OutcomeMeasure:
    return OutcomeMeasure(
        type="PRIMARY",
        title=primary.measure,
        description="Participants who met the target set for this outcome.",
        population_description="All participants who began; those who left count as not having met the target.",
        reporting_status="POSTED",
        param_type="COUNT_OF_PARTICIPANTS",
        unit_of_measure=_UNITS,
        time_frame=primary.time_frame,
        groups=_groups(arms, "OG"),
        denoms=(_denom("OG", [arm.started for arm in arms]),),
        classes=(MeasureClass(categories=(Category(measurements=_measured("OG", [a.responders for a in arms])),)),),
        analyses=(_analysis(arms[0], arms[-1], len(arms) - 1),) if len(arms) > 1 else (),
    )


def _analysis(first: ArmResult, last: ArmResult, place: int) -> OutcomeAnalysis:
    """Difference of two shares, its Wald interval and the p-value that belongs to it."""
    shares = [arm.responders / arm.started for arm in (first, last)]
    difference = shares[0] - shares[1]
    pairs = zip(shares, (first.started, last.started), strict=True)
    error = math.sqrt(sum(share * (1 - share) / count for share, count in pairs))
    p_value = math.erfc(abs(difference) / error / math.sqrt(2)) if error else 1.0
    return OutcomeAnalysis(
        group_ids=("OG000", f"OG{place:03d}"),
        group_description=f"{first.label} minus {last.label}",
        non_inferiority_type="SUPERIORITY",
        p_value="<0.001" if p_value < 0.001 else f"{p_value:.3f}",
        statistical_method="Wald test of two proportions",
        param_type="Risk Difference (RD)",
        param_value=f"{difference:.3f}",
        ci_pct_value="95",
        ci_num_sides="TWO_SIDED",
        ci_lower_limit=f"{max(-1, difference - _Z95 * error):.3f}",
        ci_upper_limit=f"{min(1, difference + _Z95 * error):.3f}",
    )


def _events(arms: tuple[ArmResult, ...], plan: Plan) -> AdverseEventsModule:
    rows = words().events
    return AdverseEventsModule(
        frequency_threshold="0",
        time_frame=f"From the first dose or visit to week {plan.weeks}",
        event_groups=tuple(_event_group(place, arm) for place, arm in enumerate(arms)),
        serious_events=tuple(_event(row, place, arms) for place, row in enumerate(rows) if row.serious),
        other_events=tuple(_event(row, place, arms) for place, row in enumerate(rows) if not row.serious),
    )


def _event_group(place: int, arm: ArmResult) -> EventGroup:
    return EventGroup(
        id=f"EG{place:03d}",
        title=arm.label,
        description=arm.description,
        deaths_num_affected=arm.deaths,
        deaths_num_at_risk=arm.started,
        serious_num_affected=_any(arm, serious=True),
        serious_num_at_risk=arm.started,
        other_num_affected=_any(arm, serious=False),
        other_num_at_risk=arm.started,
    )


def _any(arm: ArmResult, *, serious: bool) -> int:
    """People with any such event: between the most common one and all of them, as if drawn apart."""
    counts = [count for count, row in zip(arm.affected, words().events, strict=True) if row.serious == serious]
    free = math.prod(1 - count / arm.started for count in counts)
    return min(sum(counts), max(*counts, round(arm.started * (1 - free))))


def _event(row: EventRow, place: int, arms: tuple[ArmResult, ...]) -> AdverseEvent:
    stats = (
        EventStats(group_id=f"EG{group:03d}", num_affected=arm.affected[place], num_at_risk=arm.started)
        for group, arm in enumerate(arms)
    )
    return AdverseEvent(
        term=row.term, organ_system=row.organ, assessment_type="SYSTEMATIC_ASSESSMENT", stats=tuple(stats)
    )


def _more(plan: Plan) -> MoreInfoModule:
    return MoreInfoModule(
        certain_agreement=CertainAgreement(pi_sponsor_employee=plan.sponsor.class_ == "INDUSTRY"),
        point_of_contact=PointOfContact(
            title="Fictional Results Desk",
            organization=plan.sponsor.name,
            email=f"results.trial{plan.number}@example.org",
            phone="555-0100",
        ),
    )


def _with_total(counts: list[int]) -> list[int]:
    return [*counts, sum(counts)]


def _measured(prefix: str, counts: list[int]) -> tuple[Measurement, ...]:
    return tuple(Measurement(group_id=f"{prefix}{n:03d}", value=str(count)) for n, count in enumerate(counts))


def _denom(prefix: str, counts: list[int]) -> Denom:
    return Denom(
        units=_UNITS,
        counts=tuple(DenomCount(group_id=f"{prefix}{n:03d}", value=str(count)) for n, count in enumerate(counts)),
    )
