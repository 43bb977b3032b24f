"""Posted results as tables: groups across, what was measured down. Figures stay as the sponsor wrote them."""

from collections.abc import Iterable, Sequence

import msgspec

from equipoise.studies.labels import label
from equipoise.studies.record import Study
from equipoise.studies.results import (
    AdverseEvent,
    AdverseEventsModule,
    BaselineCharacteristicsModule,
    BaselineMeasure,
    Denom,
    EventGroup,
    FlowAchievement,
    FlowPeriod,
    FlowReason,
    Measurement,
    OutcomeAnalysis,
    OutcomeMeasure,
    ResultGroup,
)

Groups = Sequence[ResultGroup | EventGroup]


class Line(msgspec.Struct, frozen=True):
    """A row: its label, one cell for each group. A rule stands above what belongs together."""

    label: str
    cells: tuple[str, ...] = ()
    rule: bool = False


class Table(msgspec.Struct, frozen=True):
    title: str
    groups: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    figures: str = ""
    described: tuple[tuple[str, str], ...] = ()


class Measure(msgspec.Struct, frozen=True):
    """One outcome: its table and the analyses made of it."""

    kind: str
    table: Table
    time_frame: str
    analyses: tuple[tuple[tuple[str, str], ...], ...]


class Posted(msgspec.Struct, frozen=True):
    flow: tuple[Table, ...]
    baseline: Table | None
    measures: tuple[Measure, ...]
    events: tuple[Table, ...]
    limitations: str

    @property
    def kinds(self) -> list[tuple[str, list[Measure]]]:
        """Outcomes by kind, in the order posted."""
        found: dict[str, list[Measure]] = {}
        for measure in self.measures:
            found.setdefault(measure.kind, []).append(measure)
        return list(found.items())


def posted_of(study: Study) -> Posted | None:
    """None where no results are posted."""
    results = study.results
    flow = results.participant_flow_module
    posted = Posted(
        flow=tuple(_flow(period, flow.groups) for period in flow.periods),
        baseline=_baseline(results.baseline_characteristics_module),
        measures=tuple(_measure(measure) for measure in results.outcome_measures_module.outcome_measures),
        events=_events(results.adverse_events_module),
        limitations=results.more_info_module.limitations_and_caveats.description or "",
    )
    return posted if posted.flow or posted.baseline or posted.measures or posted.events else None


def _names(groups: Groups) -> tuple[str, ...]:
    return tuple(group.title or group.id or "" for group in groups)


def _described(groups: Groups) -> tuple[tuple[str, str], ...]:
    return tuple((group.title or "", group.description) for group in groups if group.description)


def _across(groups: Groups, values: Iterable[tuple[str | None, str]]) -> tuple[str, ...]:
    found = dict(values)
    return tuple(found.get(group.id, "") for group in groups)


def _flow(period: FlowPeriod, groups: tuple[ResultGroup, ...]) -> Table:
    lines = [Line((mark.type or "").capitalize(), _people(mark.achievements, groups)) for mark in period.milestones]
    left = [Line(drop.type or "", _people(drop.reasons, groups)) for drop in period.drop_withdraws]
    rule = [Line("Why people left", rule=True)] if left else []
    return Table(period.title or "Overall study", _names(groups), (*lines, *rule, *left), described=_described(groups))


def _people(counts: Sequence[FlowAchievement | FlowReason], groups: Groups) -> tuple[str, ...]:
    return _across(groups, ((each.group_id, each.num_subjects or "") for each in counts))


def _baseline(module: BaselineCharacteristicsModule) -> Table | None:
    if not module.measures:
        return None
    lines = [*_denoms(module.denoms, module.groups)]
    for measure in module.measures:
        lines += _baseline_lines(measure, module.groups)
    notes = (module.population_description,) if module.population_description else ()
    return Table("Who took part", _names(module.groups), tuple(lines), notes, described=_described(module.groups))


def _baseline_lines(measure: BaselineMeasure, groups: tuple[ResultGroup, ...]) -> list[Line]:
    figures = _figures(measure.param_type, measure.dispersion_type, measure.unit_of_measure)
    return [Line(f"{measure.title or ''} ({figures})", rule=True), *_class_lines(measure, groups)]


def _figures(param: str | None, spread: str | None, unit: str | None) -> str:
    """``mean, standard deviation; years``."""
    parts = [label("MeasureParam", param).lower() if param else ""]
    parts.append(label("MeasureDispersionType", spread).lower() if spread and spread != "NA" else "")
    told = ", ".join(part for part in parts if part)
    return "; ".join(part for part in (told, (unit or "").lower()) if part)


def _class_lines(measure: BaselineMeasure | OutcomeMeasure, groups: tuple[ResultGroup, ...]) -> list[Line]:
    lines = []
    for each in measure.classes:
        for category in each.categories:
            name = ": ".join(part for part in (each.title, category.title) if part) or "All"
            cells = _across(groups, ((one.group_id, _cell(one)) for one in category.measurements))
            lines.append(Line(name, cells))
    return lines


def _cell(one: Measurement) -> str:
    value = one.value or ""
    if one.spread:
        return f"{value} (±{one.spread})"
    if one.lower_limit or one.upper_limit:
        return f"{value} ({one.lower_limit or '?'} to {one.upper_limit or '?'})"
    return value or one.comment or ""


def _denoms(denoms: tuple[Denom, ...], groups: tuple[ResultGroup, ...]) -> list[Line]:
    return [Line(f"{denom.units or 'Participants'} analysed", _counted(denom, groups)) for denom in denoms]


def _counted(denom: Denom, groups: Groups) -> tuple[str, ...]:
    return _across(groups, ((each.group_id, each.value or "") for each in denom.counts))


def _measure(measure: OutcomeMeasure) -> Measure:
    table = Table(
        title=measure.title or "",
        groups=_names(measure.groups),
        lines=(*_denoms(measure.denoms, measure.groups), *_class_lines(measure, measure.groups)),
        notes=tuple(text for text in (measure.description, measure.population_description) if text),
        figures=_figures(measure.param_type, measure.dispersion_type, measure.unit_of_measure),
        described=_described(measure.groups),
    )
    analyses = tuple(_analysis(analysis) for analysis in measure.analyses)
    return Measure(label("OutcomeMeasureType", measure.type or "OTHER"), table, measure.time_frame or "", analyses)


def _analysis(analysis: OutcomeAnalysis) -> tuple[tuple[str, str], ...]:
    limits = [limit for limit in (analysis.ci_lower_limit, analysis.ci_upper_limit) if limit]
    interval = f"{analysis.ci_pct_value or ''}% confidence interval".strip("%")
    told = (
        ("Compared", analysis.group_description),
        ("Method", analysis.statistical_method),
        ("p-value", analysis.p_value),
        (analysis.param_type or "Estimate", analysis.param_value),
        (interval, " to ".join(limits)),
        ("Type of comparison", label("NonInferiorityType", analysis.non_inferiority_type or "")),
        ("Note", analysis.estimate_comment or analysis.statistical_comment or analysis.other_analysis_description),
    )
    return tuple((name, value) for name, value in told if value)


def _events(module: AdverseEventsModule) -> tuple[Table, ...]:
    groups = module.event_groups
    if not groups:
        return ()
    notes = tuple(text for text in (module.time_frame, module.description) if text)
    total = Table("In all", _names(groups), _event_totals(groups), notes, described=_described(groups))
    kinds = (("Serious adverse events", module.serious_events), ("Other adverse events", module.other_events))
    return (total, *(Table(title, _names(groups), _event_lines(events, groups)) for title, events in kinds if events))


EVENT_KINDS = {
    "Deaths": "deaths",
    "People with a serious adverse event": "serious",
    "People with another adverse event": "other",
}


def _event_totals(groups: tuple[EventGroup, ...]) -> tuple[Line, ...]:
    return tuple(Line(title, tuple(_total(group, kind) for group in groups)) for title, kind in EVENT_KINDS.items())


def _total(group: EventGroup, kind: str) -> str:
    return _of(getattr(group, f"{kind}_num_affected"), getattr(group, f"{kind}_num_at_risk"))


def _of(affected: int | None, at_risk: int | None) -> str:
    if affected is None:
        return ""
    return f"{affected:,} of {at_risk:,}" if at_risk is not None else f"{affected:,}"


def _event_lines(events: tuple[AdverseEvent, ...], groups: tuple[EventGroup, ...]) -> tuple[Line, ...]:
    lines: list[Line] = []
    system = ""
    for event in sorted(events, key=lambda event: (event.organ_system or "", event.term or "")):
        if event.organ_system and event.organ_system != system:
            system = event.organ_system
            lines.append(Line(system, rule=True))
        cells = ((one.group_id, _of(one.num_affected, one.num_at_risk)) for one in event.stats)
        lines.append(Line(event.term or "", _across(groups, cells)))
    return tuple(lines)
