"""Tables of what is not in forms: participants, visits, adverse events, medications, deviations, queries, kits."""
# ruff: noqa: ARG001, ARG005 - every table takes the same two

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from equipoise.conduct.allocation.dummy import dummy_arms
from equipoise.conduct.participant import Participant
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.calendar import window_of
from equipoise.conduct.views.flow import excluded_because
from equipoise.conduct.views.intercurrent import intercurrent_table
from equipoise.conduct.views.labels import LabelsByVersion
from equipoise.conduct.views.safety import adverse_lines
from equipoise.conduct.views.sight import Sight, version_of
from equipoise.conduct.views.table import DATE, MOMENT, PARTICIPANT, SITE, WHOLE, YES_NO, Cell, Column, Sealed, Table


def _participants(sight: Sight, sealed: Sealed) -> Table:
    factors = sight.trial.protocol.allocation.factors
    strata = tuple(
        Column(f"stratum_{one.id}", one.label, choices=tuple((level.id, level.label) for level in one.levels))
        for one in factors
    )
    extra = _cleared_columns(sight)
    columns = (PARTICIPANT, *_PARTICIPANT_FACTS, *strata, *(column for column, _ in extra))
    rows = tuple(
        (
            one.id,
            *_participant_facts(sight.trial, one),
            *(one.levels_true.get(factor.id) for factor in factors),
            *(make(one, sealed) if sight.sees(column.information, one.site) else None for column, make in extra),
        )
        for one in sight.participants(Information.OPEN)
    )
    return Table("participants", "Participants", columns, rows)


_STATUSES = ("in screening", "screened out", "in follow-up", "completed", "withdrew", "lost", "died")
_PARTICIPANT_FACTS = (
    SITE,
    Column("country", "Country"),
    Column("consent_version", "Version of the consent form"),
    Column("consent_on", "Day of consent", DATE),
    Column("protocol", "Version of the protocol consented to"),
    Column("screened_on", "Day of the last screening", DATE),
    Column("eligible", "Every criterion met", choices=(("true", "Yes"), ("false", "No"), ("unknown", "Not known"))),
    Column(
        "screened_out",
        "Why not randomised",
        choices=(("not-eligible", "Not eligible"), ("declined", "Declined"), ("other", "Other")),
    ),
    Column("criteria_not_met", "Criteria not met"),
    Column("randomised_on", "Day of randomisation", DATE),
    Column("treatment_stopped_on", "Day treatment stopped", DATE),
    Column("treatment_stopped_why", "Why treatment stopped"),
    Column("status", "Status", choices=tuple((each, each.capitalize()) for each in _STATUSES)),
    Column("ended_on", "Day follow-up ended", DATE),
    Column("ended_why", "Why follow-up ended"),
    Column("withdrawn_of", "Withdrawn from"),
)


def _participant_facts(trial: Trial, one: Participant) -> tuple[Cell, ...]:
    consent, screening, ended = one.consent, one.screening, one.ended
    return (
        one.site,
        trial.sites[one.site].country,
        consent.version if consent else None,
        iso(consent.on) if consent else None,
        consent.protocol if consent else None,
        iso(screening.on) if screening else None,
        screening.eligible.value if screening else None,
        excluded_because(one) or None,
        ",".join(screening.criteria) if screening and screening.criteria else None,
        iso(one.randomised_on),
        iso(one.stopped[0]) if one.stopped else None,
        one.stopped[1] if one.stopped else None,
        _status(one),
        iso(ended.on) if ended else None,
        ended.why or None if ended else None,
        ",".join(sorted(one.withdrawn)) or None,
    )


def _status(one: Participant) -> str:
    if one.ended:
        return one.ended.how
    if one.is_randomised:
        return "in follow-up"
    return "screened out" if excluded_because(one) else "in screening"


_Make: TypeAlias = Callable[[Participant, Sealed], Cell]


def _cleared_columns(sight: Sight) -> tuple[tuple[Column, _Make], ...]:
    """Columns of participants that are not for everybody."""
    every: tuple[tuple[Column, _Make], ...] = (
        (
            Column("code_broken_at", "Code broken at", MOMENT, information=Information.UNBLINDING),
            lambda one, sealed: one.broken[0].since if one.broken else None,
        ),
        (
            Column(
                "randomisation_number", "Number in the order of randomising", WHOLE, information=Information.SEQUENCE
            ),
            lambda one, sealed: one.number or None,
        ),
        (
            Column("arm", "Arm assigned", information=Information.ARM),
            lambda one, sealed: sealed.arms.get(one.id),
        ),
    )
    return tuple(pair for pair in every if sight.sees(pair[0].information))


def iso(day: object) -> str | None:
    return str(day) if day else None


def _visits(sight: Sight, sealed: Sealed) -> Table:
    columns = (
        PARTICIPANT,
        SITE,
        Column("visit", "Visit", key=2),
        Column("visit_label", "Label of the visit"),
        Column("planned_on", "Planned day", DATE),
        Column("done_on", "Day of the visit", DATE),
        Column("outside", "Outside its window", YES_NO),
        Column("missed_why", "Why it was missed"),
    )
    return Table("visits", "Visits", columns, tuple(_visit_rows(sight)))


def _visit_rows(sight: Sight) -> Iterator[tuple[Cell, ...]]:
    labels = LabelsByVersion(sight.trial)
    for one in sight.participants(Information.OPEN):
        known = labels[version_of(sight.trial, one)]
        for visit, seen in one.visits.items():
            planned = known.visits.get(visit)
            days = window_of(one, planned) if planned else None
            day = iso(days[1]) if days else None
            outside = None if seen.on is None else "yes" if seen.outside else "no"
            yield one.id, one.site, visit, known.visit(visit), day, iso(seen.on), outside, seen.missed or None


def _adverse(sight: Sight, sealed: Sealed) -> Table:
    columns = (
        PARTICIPANT,
        SITE,
        Column("number", "Number of the event", WHOLE, information=Information.SAFETY, key=2),
        *(
            msgspec.structs.replace(column, information=Information.SAFETY)
            for column in (
                Column("term", "What happened"),
                Column("code", "Code of the term"),
                Column("started", "Day it began", DATE),
                Column("ended", "Day it ended", DATE),
                Column("aware", "Day the site knew", DATE),
                Column("severity", "Severity"),
                Column("serious", "Serious", YES_NO),
                Column("seriousness", "Why serious"),
                Column("causality", "Related to treatment"),
                Column("expected", "Expected", YES_NO),
                Column("outcome", "Outcome"),
                Column("action", "Action taken"),
            )
        ),
        *((_REACTION,) if sight.sees(Information.REACTION) else ()),
    )
    return Table("adverse_events", "Adverse events", columns, tuple(_adverse_rows(sight)))


_REACTION = Column("reaction", "Of the class of reactions", YES_NO, information=Information.REACTION)


def _adverse_rows(sight: Sight) -> Iterator[tuple[Cell, ...]]:
    apart = sight.sees(Information.REACTION)
    for line, is_reaction in adverse_lines(sight):
        row = (
            *(line.participant, line.site, line.number, line.term, line.code or None),
            *(iso(line.started), iso(line.ended), iso(line.aware)),
            *(line.severity.value, yes_no(bool(line.seriousness)), ",".join(line.seriousness) or None),
            *(line.causality.value, yes_no(line.expected), line.outcome.value, line.action or None),
        )
        yield (*row, yes_no(is_reaction)) if apart else row


def yes_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _medications(sight: Sight, sealed: Sealed) -> Table:
    columns = (
        PARTICIPANT,
        SITE,
        Column("number", "Number of the medication", WHOLE, key=2),
        Column("name", "Medication"),
        Column("dose", "Dose"),
        Column("why", "Why it is taken"),
        Column("started", "Started", DATE),
        Column("stopped", "Stopped", DATE),
        Column("code", "Code"),
    )
    rows = (
        (one.id, one.site, number, *(text or None for text in msgspec.structs.astuple(taken)))
        for one in sight.participants(Information.OPEN)
        for number, taken in sorted(one.medications.items())
    )
    return Table("medications", "Other medications", columns, tuple(rows))


def _deviations(sight: Sight, sealed: Sealed) -> Table:
    columns = (
        Column("at", "Recorded at", MOMENT, key=1),
        Column("participant", "Participant", key=2),
        SITE,
        Column("of", "Kind of deviation", key=3),
        Column("words", "What happened"),
        Column("important", "Important", YES_NO),
        Column("by", "Recorded by"),
    )
    rows = (
        (each.at, each.participant or None, each.site or None, each.of, each.words, yes_no(each.important), each.by)
        for each in sight.trial.deviations
        if sight.sees(_class_of_deviation(each.of), each.site)
    )
    return Table("deviations", "Deviations", columns, tuple(rows))


def _class_of_deviation(of: str) -> Information:
    return Information.UNBLINDING if of == "accidental-unmasking" else Information.OPEN


def _queries(sight: Sight, sealed: Sealed) -> Table:
    columns = (
        Column("query", "Query", key=1),
        Column("participant", "Participant"),
        SITE,
        Column("visit", "Visit"),
        Column("form", "Form"),
        Column("copy", "Copy of the form", WHOLE),
        Column("field", "Field"),
        Column("words", "What was asked"),
        Column("check", "Check that asked"),
        Column("asked_by", "Asked by"),
        Column("asked_at", "Asked at", MOMENT),
        Column("answers", "Answers"),
        Column("closed_at", "Closed at", MOMENT),
    )
    rows = (
        (
            *(each.id, each.participant, sight.trial.participants[each.participant].site),
            *(each.place.visit, each.place.form, each.place.copy, each.field or None, each.words, each.check or None),
            *(each.by, each.at, " / ".join(words for _, _, words in each.answers) or None, each.closed or None),
        )
        for each in sight.trial.queries.values()
        if sight.sees_query(each)
    )
    return Table("queries", "Queries", columns, tuple(sorted(rows, key=lambda row: (len(str(row[0])), str(row[0])))))


def _kits(sight: Sight, sealed: Sealed) -> Table:
    columns = tuple(
        msgspec.structs.replace(column, information=Information.KITS)
        for column in (
            Column("kit", "Number of the kit", key=1),
            Column("site", "Site"),
            Column("participant", "Participant it was given to"),
            Column("visit", "Visit at which it was given"),
        )
    )
    given = {
        kit: (one.id, visit or None) for one in sight.participants(Information.KITS) for kit, visit in one.kits.items()
    }
    rows = (
        (kit, site, *given.get(kit, (None, None)))
        for kit, site in sorted(sight.trial.received.items())
        if sight.sees(Information.KITS, site)
    )
    return Table("kits", "Kits", columns, tuple(rows))


ARMS = "analysis_arms"
"""The table that an analysis reads the arms from: made-up ones, until those who take it may know the real ones."""


def arms_table(sight: Sight, sealed: Sealed) -> Table:
    """For statisticians. Whose arm is not among those given has a made-up one, and the table says so in each row."""
    made_up = dummy_arms(sight.trial)
    real = {
        one: arm for one, arm in sealed.arms.items() if sight.sees(Information.ARM, sight.trial.participant(one).site)
    }
    columns = (
        PARTICIPANT,
        Column("arm", "Arm", choices=tuple((arm.label, arm.label) for arm in sight.trial.protocol.arms)),
        Column("dummy", "Whether the arm is made up, to rehearse the analysis", YES_NO),
    )
    rows = tuple(
        (one.id, real.get(one.id, made_up[one.id]), yes_no(one.id not in real))
        for one in sight.participants(Information.OPEN)
        if one.is_randomised
    )
    return Table(ARMS, "Arms for the analysis", columns, rows)


RECORDS: Mapping[str, tuple[Information, Callable[[Sight, Sealed], Table]]] = {
    "participants": (Information.OPEN, _participants),
    "visits": (Information.OPEN, _visits),
    "adverse_events": (Information.SAFETY, _adverse),
    "medications": (Information.OPEN, _medications),
    "deviations": (Information.OPEN, _deviations),
    "queries": (Information.OPEN, _queries),
    "kits": (Information.KITS, _kits),
    "intercurrent_events": (Information.OPEN, intercurrent_table),
}
