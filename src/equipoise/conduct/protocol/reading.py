"""The protocol file: read, and held against everything we know of protocols, with the line of every problem."""

import msgspec

from equipoise.conduct.protocol.fitting import Fitted, fit
from equipoise.conduct.protocol.lines import read_lines
from equipoise.conduct.protocol.lint import lint, references
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.problem import Problem, Severity
from equipoise.kernel.refused import Refused


class Examined(msgspec.Struct, frozen=True):
    """``protocol``: None where a problem is an error. ``problems`` in the order of the file."""

    protocol: Protocol | None
    problems: tuple[Problem, ...]


def read_protocol(text: str) -> Protocol:
    """Refused: the first error with its line, and how many more. Warnings do not refuse; ``examine`` tells them."""
    examined = examine(text)
    if examined.protocol is None:
        errors = [each for each in examined.problems if each.severity is Severity.ERROR]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise Refused(f"{errors[0]}{more}", what="The protocol", do="See `equipoise trial check`.")
    return examined.protocol


def examine(text: str) -> Examined:
    """Every problem of the text of a protocol file, YAML or JSON. It never raises."""
    told, problems = read_lines(text)
    if told is None:
        return Examined(None, tuple(problems))
    fitted = fit(told, Protocol)
    protocol = msgspec.convert(fitted.value, Protocol)
    sound = not problems and not fitted.problems
    found = lint(protocol) if sound else references(protocol)
    problems += fitted.problems
    problems += _placed(found, fitted)
    failed = any(each.severity is Severity.ERROR for each in problems)
    ordered = sorted(problems, key=lambda each: (each.line, each.column, each.path))
    return Examined(None if failed else protocol, tuple(ordered))


def _placed(found: tuple[Problem, ...], fitted: Fitted) -> list[Problem]:
    """With line and column; without those of a place that could not be read, which is told already."""
    unread = {each.path for each in fitted.problems}
    placed = []
    for each in found:
        if not any(path in unread for path in _upwards(each.path)):
            place = next(fitted.places[path] for path in _upwards(each.path) if path in fitted.places)
            placed.append(msgspec.structs.replace(each, line=place[0], column=place[1]))
    return placed


def _upwards(path: str) -> list[str]:
    """The path itself, then each it lies in: ``a[0].b``, ``a[0]``, ``a``, and the file."""
    found = [path]
    while path:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
        found.append(path)
    return found
