"""Endpoints and estimands: measured where they say, and answering a question that is stated whole."""

from collections.abc import Iterator

from equipoise.conduct.protocol.model import Endpoint, EndpointKind, EndpointRole, Kind
from equipoise.conduct.protocol.problem import Problem, error, shown, warning
from equipoise.conduct.protocol.rules.known import Known, again

_MEASURED = (Kind.NUMBER, Kind.WHOLE, Kind.COMPUTED)


def one_primary_endpoint(known: Known) -> Iterator[Problem]:
    """What the number of participants and the claim rest on (ICH E9 2.2.2)."""
    found = [path for path, endpoint in _endpoints(known) if endpoint.role is EndpointRole.PRIMARY]
    if not known.protocol.endpoints:
        yield error("", "There is no endpoint.", "Add endpoints, one of them with role: primary.")
    elif not found:
        yield error("endpoints", "None is the primary one.", "Give the one that the claim rests on role: primary.")
    elif len(found) > 1 and not known.protocol.multiplicity.strip():
        why = f"is one of {len(found)} primary endpoints, and nothing says how false claims are kept rare."
        yield warning(f"{found[1]}.role", why, "Keep one, or add multiplicity.", what="This")


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
        if endpoint.kind in (EndpointKind.CHANGE, EndpointKind.VALUE) and (limits or endpoint.unless):
            why = f"is a {endpoint.kind}, and its limits have no meaning."
            yield warning(path, why, "Take at_least, at_most and unless out.", what=shown(endpoint.id))
        if endpoint.at_least is not None and endpoint.at_most is not None and endpoint.at_least > endpoint.at_most:
            yield error(path, "has at_least above at_most: nobody responds.", what=shown(endpoint.id))


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
        if known.baseline and not known.holds(known.baseline.id, worse.field):
            form = worse.field.partition(".")[0]
            why = f"counts from {known.baseline.id}, where {form} is not filled in."
            yield error(inner, why, "Add the form to that visit.", what=shown(worse.field))
        if not worse.by:
            yield error(f"{inner}.by", "is 0: everybody would be worse.", "Write above 0 for a rise, below for a fall.")


def _endpoints(known: Known) -> Iterator[tuple[str, Endpoint]]:
    return ((f"endpoints[{number}]", each) for number, each in enumerate(known.protocol.endpoints))


def _resolved(known: Known, endpoint: Endpoint) -> bool:
    return endpoint.variable in known.fields and endpoint.visit in known.visits


def estimands_stated(known: Known) -> Iterator[Problem]:
    """Of what a claim rests on; other endpoints describe."""
    stated = [estimand.endpoint for estimand in known.protocol.estimands]
    for path, endpoint in _endpoints(known):
        if endpoint.role is not EndpointRole.SECONDARY and endpoint.id not in stated:
            do = "Add one: population, treatment, summary, intercurrent events (ICH E9(R1))."
            yield warning(path, "has no estimand.", do, what=shown(endpoint.id))
    for place, name in again(stated):
        yield error(f"estimands[{place}].endpoint", "has an estimand already.", "Keep one.", what=shown(name))


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
    one_primary_endpoint,
    endpoints_at_visits,
    changes_from_baseline,
    endpoints_are_numbers,
    responders_reach_something,
    deterioration_can_be_confirmed,
    estimands_stated,
    intercurrent_events_named,
)
