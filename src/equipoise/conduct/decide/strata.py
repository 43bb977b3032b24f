"""The stratum as the participant's forms have it, where the protocol says which field a factor is taken from."""

from collections.abc import Iterator

from equipoise.conduct.decide.visiting import is_signed
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Factor
from equipoise.conduct.protocol.schedule import find_visit
from equipoise.conduct.trial import Trial, find_form
from equipoise.kernel.refused import Refused


def level_in_source(trial: Trial, one: Participant, factor: Factor) -> str:
    """Of the last visit at which its form was filled in, signed where it is to be; empty where it is not known so."""
    form, _, field = factor.field.partition(".")
    protocol = trial.protocol_of(one)
    places = [place for place in one.sheets if place.form == form]
    if not places:
        return ""
    sheet = one.sheets[max(places, key=lambda place: (find_visit(protocol, place.visit).day, place.copy))]
    holds = is_signed(sheet) or not find_form(protocol, form).sign
    return sheet.values.get(field, "") if holds else ""


def sources_missing(trial: Trial, one: Participant) -> tuple[str, ...]:
    """Labels of the forms that are filled in and not yet signed, or without an answer. None is asked for early."""
    protocol = trial.protocol_of(one)
    entered = {place.form for place in one.sheets}
    factors = (each for each in trial.protocol.allocation.factors if each.field)
    wanted = (each for each in factors if each.field.partition(".")[0] in entered)
    missing = (each.field.partition(".")[0] for each in wanted if not level_in_source(trial, one, each))
    return tuple(find_form(protocol, form).label for form in dict.fromkeys(missing))


def sources_empty(trial: Trial, one: Participant) -> tuple[str, ...]:
    """Labels of the forms that are not filled in."""
    entered = {place.form for place in one.sheets}
    forms = (each.field.partition(".")[0] for each in trial.protocol.allocation.factors if each.field)
    protocol = trial.protocol_of(one)
    return tuple(find_form(protocol, form).label for form in dict.fromkeys(forms) if form not in entered)


def refuse_unless_as_source(trial: Trial, one: Participant, levels: dict[str, str]) -> None:
    """What the forms contradict is not recorded. What they do not tell yet is asked for at randomisation."""
    told = next(_contradicted(trial, one, levels), "")
    if told:
        raise Refused(told, what=one.id, do="Choose what the form says, or correct the form and sign it again.")


def _contradicted(trial: Trial, one: Participant, levels: dict[str, str]) -> Iterator[str]:
    for factor in trial.protocol.allocation.factors:
        source = level_in_source(trial, one, factor) if factor.field else ""
        if source and levels.get(factor.id) != source:
            yield f"has {_label(factor, source)} for {factor.label} in the form it is taken from."


def _label(factor: Factor, level: str) -> str:
    return next((each.label for each in factor.levels if each.id == level), level)


def is_as_source(trial: Trial, one: Participant) -> bool:
    return not any(_contradicted(trial, one, one.levels))
