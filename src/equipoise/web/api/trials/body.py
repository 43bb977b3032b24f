"""What is sent, read strictly: not too much, JSON, of its form and no more, and without what no text can hold."""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest

from equipoise.kernel.refused import Refused
from equipoise.web.api.sent import Answered
from equipoise.web.staff.trials.asking import plain

LARGEST = 1_000_000
"""Bytes: a form of a thousand long answers."""
_DEEPEST = 20
T = TypeVar("T")


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Refused: larger than ``LARGEST`` (413), not a JSON object (400), or with characters no text can hold (400)."""
    if len(_bytes(request)) > LARGEST:
        raise _too_large()
    try:
        sent = msgspec.json.decode(request.body)
    except msgspec.DecodeError as error:
        raise Answered(400, Refused(f"is not JSON: {error}.", what="The body", do="Send JSON as UTF-8.")) from None
    if not isinstance(sent, dict):
        raise Answered(400, Refused("is not a JSON object.", what="The body", do="Begin with “{”."))
    for place in _odd(sent, "$"):
        raise Answered(400, Refused("holds a control character.", what=place, do="Take it out."))
    return sent


def _bytes(request: HttpRequest) -> bytes:
    """Not even read where it says that it is too large."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if length.isdecimal() and int(length) > LARGEST:
        raise _too_large()
    return request.body


def _too_large() -> Answered:
    do = "Send one command at a time, and files not at all."
    return Answered(413, Refused(f"is larger than {LARGEST:,} bytes.", what="The body", do=do))


def _odd(value: object, place: str, deep: int = 0) -> Iterator[str]:
    """Where a text is not one that a person could have typed."""
    if deep > _DEEPEST:
        raise RecursionError
    if isinstance(value, str) and value.strip() != plain(value):
        yield place
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _odd(each, f"{place}[{number}]", deep + 1)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _odd(name, place, deep + 1)
            yield from _odd(each, f"{place}.{name}", deep + 1)


def convert_sent(sent: dict[str, Any], kind: type[T]) -> T:
    """Refused (400): a field that is unknown, missing or of another kind, with its place."""
    try:
        return msgspec.convert(sent, kind)
    except msgspec.ValidationError as error:
        why, _, place = str(error).partition(" - at ")
        do = "Send what openapi.json describes, and nothing else."
        raise Answered(400, Refused(f"{why}.", what=place.strip("`") or "$", do=do)) from None
