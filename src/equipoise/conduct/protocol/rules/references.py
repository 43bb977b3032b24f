"""Every name in a protocol stands for something in it."""

from collections.abc import Collection, Iterator

from equipoise.conduct.protocol.model import Kind
from equipoise.conduct.protocol.problem import Problem, error, nearest, shown
from equipoise.conduct.protocol.rules.known import Known, again, form_fields
from equipoise.conduct.views.intercurrent import DAYS
from equipoise.instruments.catalogue import INSTRUMENTS

NAMED_DAYS = ("today", "consent", "randomisation")


def _find(path: str, name: str, among: Collection[str], kind: str) -> Iterator[Problem]:
    """What is empty is told elsewhere, or optional."""
    if name and name not in among:
        yield error(path, f"is not {kind}.", nearest(name, among), what=shown(name))


def arms_of_the_ratio(known: Known) -> Iterator[Problem]:
    arms = [arm.id for arm in known.protocol.arms]
    ratio = known.protocol.allocation.ratio
    for name in ratio:
        yield from _find(f"allocation.ratio.{name}", name, arms, "an arm")
    for number, name in enumerate(arms):
        if name and name not in ratio:
            yield error(f"arms[{number}]", "has no number in the ratio.", "Add it to allocation.ratio.", what=name)


def kits_of_arms_and_periods(known: Known) -> Iterator[Problem]:
    protocol = known.protocol
    kits = [kit.id for kit in protocol.kits.kinds] if protocol.kits else []
    for number, arm in enumerate(protocol.arms):
        yield from _find(f"arms[{number}].kit", arm.kit, kits, "a kind of kit")
    for number, period in enumerate(protocol.periods):
        yield from _find(f"periods[{number}].kit", period.kit, kits, "a kind of kit")


def forms_of_visits(known: Known) -> Iterator[Problem]:
    for number, visit in enumerate(known.protocol.visits):
        for place, form in enumerate(visit.forms):
            path = f"visits[{number}].forms[{place}]"
            yield from _find(path, form, known.forms, "a form of this protocol")
        for place, form in again(visit.forms):
            path = f"visits[{number}].forms[{place}]"
            yield error(path, "is named twice at this visit.", "Take one out.", what=shown(form))


def fields_of_factors(known: Known) -> Iterator[Problem]:
    for number, factor in enumerate(known.protocol.allocation.factors):
        yield from _find(f"allocation.factors[{number}].field", factor.field, known.fields, "a form.field")


def fields_of_conditions(known: Known) -> Iterator[Problem]:
    for path, form, field in form_fields(known.protocol):
        if field.only_if:
            others = [each.id for each in form.fields if each.id != field.id]
            yield from _find(f"{path}.only_if.field", field.only_if.field, others, "another field of this form")


def answers_of_conditions(known: Known) -> Iterator[Problem]:
    for path, form, field in form_fields(known.protocol):
        asked = known.fields.get(f"{form.id}.{field.only_if.field}") if field.only_if else None
        if field.only_if is None or asked is None:
            continue
        answers = {Kind.YES_NO: ["yes", "no"], Kind.CHOICE: [], Kind.CHOICES: []}.get(asked.kind)
        if answers is not None:
            answers = answers or [each.id for each in asked.choices]
            yield from _find(f"{path}.only_if.equals", field.only_if.equals, answers, f"an answer to {asked.id}")


def fields_of_checks(known: Known) -> Iterator[Problem]:
    for place, form in enumerate(known.protocol.forms):
        fields = [field.id for field in form.fields]
        for number, check in enumerate(form.checks):
            path = f"forms[{place}].checks[{number}]"
            yield from _find(f"{path}.left", check.left, fields, "a field of this form")
            right = [*fields, *NAMED_DAYS, "baseline"]
            yield from _find(f"{path}.right", check.right, right, "a field of this form, a day, or baseline")


def instruments_of_fields(known: Known) -> Iterator[Problem]:
    for path, _, field in form_fields(known.protocol):
        yield from _find(f"{path}.instrument", field.instrument, INSTRUMENTS, "an instrument we have")


def variables_of_endpoints(known: Known) -> Iterator[Problem]:
    levels = [f"{each.id}={level.id}" for each in known.protocol.allocation.factors for level in each.levels]
    for number, endpoint in enumerate(known.protocol.endpoints):
        path = f"endpoints[{number}]"
        yield from _find(f"{path}.variable", endpoint.variable, known.fields, "a form.field")
        yield from _find(f"{path}.visit", endpoint.visit, known.visits, "a visit of the schedule")
        yield from _find(f"{path}.within", endpoint.within, levels, "a factor=level")
        if endpoint.unless:
            yield from _find(f"{path}.unless.field", endpoint.unless.field, known.fields, "a form.field")


def endpoints_of_estimands(known: Known) -> Iterator[Problem]:
    endpoints = [endpoint.id for endpoint in known.protocol.endpoints]
    for number, estimand in enumerate(known.protocol.estimands):
        path = f"estimands[{number}]"
        yield from _find(f"{path}.endpoint", estimand.endpoint, endpoints, "an endpoint")
        for place, each in enumerate(estimand.intercurrent):
            inner = f"{path}.intercurrent[{place}].event"
            if "." in each.event:
                yield from _find(inner, each.event, known.fields, "a form.field")
            else:
                yield from _find(inner, each.event, tuple(DAYS), "an event that can be intercurrent")


RULES = (
    arms_of_the_ratio,
    kits_of_arms_and_periods,
    forms_of_visits,
    fields_of_factors,
    fields_of_conditions,
    answers_of_conditions,
    fields_of_checks,
    instruments_of_fields,
    variables_of_endpoints,
    endpoints_of_estimands,
)
