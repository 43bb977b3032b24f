"""Endpoints and estimands: measured where they say, and answering a question that is stated whole."""

from collections.abc import Iterator

from equipoise.conduct.protocol.model import Endpoint, EndpointKind, Kind
from equipoise.conduct.protocol.problem import Problem, error, shown, warning
from equipoise.conduct.protocol.rules.known import Known, again

_MEASURED = (Kind.NUMBER, Kind.WHOLE, Kind.COMPUTED)


def endpoints_there(known: Known) -> Iterator[Problem]:
    if not known.protocol.endpoints:
        yield warning("", "There is no endpoint.", "Add endpoints; the first is the primary one.")


def endpoints_at_visits(known: Known) -> Iterator[Problem]:
    for path, endpoint in _endpoints(known):
        if _resolved(known, endpoint) and not known.holds(endpoint.visit, endpoint.variable):
            form = endpoint.variable.partition(".")[0]
            why = f"is measured at {endpoint.visit}, where {form} is not filled in."
            yield error(f"{path}.visit", why, "Add the form to that visit.", what=shown(endpoint.id))


def changes_from_baseline(known: Known) -> Iterator[Problem]:
    baseline = known.baseline
    for path, endpoint in _endpoints(known):
        counts = endpoint.kind is EndpointKind.CHANGE
        if counts and baseline and _resolved(known, endpoint) and not known.holds(baseline.id, endpoint.variable):
            why = f"counts from {baseline.id}, where {endpoint.variable.partition('.')[0]} is not filled in."
            yield error(f"{path}.variable", why, "Add the form to that visit.", what=shown(endpoint.id))


def endpoints_are_numbers(known: Known) -> Iterator[Problem]:
    for path, endpoint in _endpoints(known):
        field = known.fields.get(endpoint.variable)
        limits = endpoint.at_least is not None or endpoint.at_most is not None
        if field and field.kind not in _MEASURED and (limits or endpoint.kind is EndpointKind.CHANGE):
            why = f"is of the kind {field.kind}, which has no size."
            yield error(f"{path}.variable", why, "Choose a number or a score.", what=shown(endpoint.variable))


def responders_reach_something(known: Known) -> Iterator[Problem]:
    for path, endpoint in _endpoints(known):
        field = known.fields.get(endpoint.variable)
        limits = endpoint.at_least is not None or endpoint.at_most is not None
        if endpoint.kind is EndpointKind.RESPONDER and not limits and field and field.kind in _MEASURED:
            yield error(
                path, "names no limit that responders reach.", "Add at_least or at_most.", what=shown(endpoint.id)
            )
        if endpoint.kind is EndpointKind.CHANGE and limits:
            yield warning(
                path, "is a change, and its limits have no meaning.", "Take them out.", what=shown(endpoint.id)
            )


def deterioration_can_be_confirmed(known: Known) -> Iterator[Problem]:
    for path, endpoint in _endpoints(known):
        worse = endpoint.unless
        if worse is None or worse.field not in known.fields:
            continue
        inner = f"{path}.unless"
        visits = [v for v in known.visits.values() if v.day > 0 and known.holds(v.id, worse.field)]
        if worse.consecutive < 1:
            yield error(f"{inner}.consecutive", "is not 1 or more.", what=str(worse.consecutive))
        elif len(visits) < worse.consecutive:
            yield error(inner, f"needs {worse.consecutive} visits after baseline that record {worse.field}.")
        if not worse.by:
            yield error(f"{inner}.by", "is 0: everybody would be worse.", "Write above 0 for a rise, below for a fall.")


def _endpoints(known: Known) -> Iterator[tuple[str, Endpoint]]:
    return ((f"endpoints[{number}]", each) for number, each in enumerate(known.protocol.endpoints))


def _resolved(known: Known, endpoint: Endpoint) -> bool:
    return endpoint.variable in known.fields and endpoint.visit in known.visits


def estimands_stated(known: Known) -> Iterator[Problem]:
    stated = [estimand.endpoint for estimand in known.protocol.estimands]
    for number, endpoint in enumerate(known.protocol.endpoints):
        if endpoint.id not in stated:
            do = "Add one: population, treatment, summary, intercurrent events (ICH E9(R1))."
            yield warning(f"endpoints[{number}]", "has no estimand.", do, what=shown(endpoint.id))


def intercurrent_events_named(known: Known) -> Iterator[Problem]:
    for number, estimand in enumerate(known.protocol.estimands):
        events = [each.event for each in estimand.intercurrent]
        if "treatment-stopped" not in events:
            why = "does not say what becomes of those who stop treatment."
            yield warning(f"estimands[{number}]", why, "Add event: treatment-stopped.", what=shown(estimand.endpoint))
        for place, event in again(events):
            path = f"estimands[{number}].intercurrent[{place}].event"
            yield error(path, "has two strategies.", "Choose one.", what=shown(event))


RULES = (
    endpoints_there,
    endpoints_at_visits,
    changes_from_baseline,
    endpoints_are_numbers,
    responders_reach_something,
    deterioration_can_be_confirmed,
    estimands_stated,
    intercurrent_events_named,
)
