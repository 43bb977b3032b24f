"""A form that asks for one thing: sent, it is done or refused; refused, it comes back with all that was typed."""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect

from equipoise.actions.trials import Done
from equipoise.conduct import commands as do
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.confirm import PASSWORD, USERNAME, check_signature_of, locked_out, signing_components
from equipoise.web.staff.trials.gate import Desk

Made = TypeVar("Made")
Typed: TypeAlias = Mapping[str, str]
Options: TypeAlias = Sequence[tuple[str, str]]
Problems: TypeAlias = tuple[tuple[str, str], ...]
"""Field and words; a field may be empty."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


class Input(msgspec.Struct, frozen=True):
    """One field of a form. ``kind``: text, words (many lines), date, whole, choice (one), ticks (many), select."""

    id: str
    label: str
    kind: str = "text"
    options: Options = ()
    value: str = ""
    hint: str = ""
    optional: bool = False


REASON = Input("reason", "Why", hint="Kept in the log, beside your name and the time")


class Asked(msgspec.Struct, frozen=True):
    """The page of one form. ``danger``: it cannot be undone, and says so. ``signs``: what the person signs to."""

    title: str
    inputs: tuple[Input, ...]
    button: str
    back: str
    lead: str = ""
    danger: bool = False
    signs: str = ""
    section: str = "trial-participants"


def answer(
    desk: Desk, asked: Asked, make: Callable[[Typed], do.TrialCommand], onward: Callable[[Done], str] | str
) -> HttpResponse:
    """The form on GET. On POST the command it makes: then on to the next page, or back with the problems.

    What was sent before is not read as strictly: what may be chosen has changed with it.
    """
    if desk.request.method != "POST":
        return desk.page("trial/ask.html", {"asked": asked, "problems": (), "typed": _first(asked)})
    typed = typed_in(desk)
    try:
        wrong = unsigned(desk) if asked.signs else ()
        command = make(typed) if desk.asked_before else read(asked, typed, make, wrong)
        if asked.signs:
            require_signature(desk)
        done = desk.ask(command, typed.get("reason", ""))
    except Refused as refused:
        return desk.page("trial/ask.html", {"asked": asked, "problems": told(refused), "typed": typed}, status=400)
    return redirect(onward if isinstance(onward, str) else onward(done))


def typed_in(desk: Desk) -> dict[str, str]:
    """What was sent; several ticks of one name with commas between. What no text can hold is left out."""
    sent = desk.request.POST.lists()
    return {name: plain(",".join(values)) for name, values in sent if name != "password"}


def plain(text: str) -> str:
    return _CONTROLS.sub("", text).strip()


def read(asked: Asked, typed: Typed, make: Callable[[Typed], Made], wrong: Iterable["Mistyped"] = ()) -> Made:
    """What the form makes. Refused: with every field that is missing or cannot be read, after what is ``wrong``."""
    found = [*_unread(asked, typed), *wrong]
    try:
        made = make(typed)
    except Mistyped as mistyped:
        known = mistyped.field in {one.field for one in found}
        raise Mistakes(found if known else [*found, mistyped]) from None
    refuse(found)
    return made


def _unread(asked: Asked, typed: Typed) -> Iterator["Mistyped"]:
    for one in asked.inputs:
        text, options = typed.get(one.id, ""), {option for option, _ in one.options}
        if not text and not one.optional and "" not in options:
            yield missing(one.id, one.label, choice=bool(one.options))
        elif text and one.kind == "date" and not _is_day(text):
            yield _no_date(one.id, one.label, text)
        elif text and one.kind == "whole" and not _is_whole(text):
            yield _no_count(one.id, one.label, text)
        elif text and one.kind in ("choice", "select") and text not in options:
            yield Mistyped(one.id, "choose one of the answers.", what=one.label)


def refuse(found: Iterable["Mistyped"]) -> None:
    """Refused: with all of them, where there are any."""
    each = tuple(found)
    if each:
        raise Mistakes(each)


def told(refused: Refused) -> Problems:
    """What was refused, and the fields it is about where that is known."""
    if isinstance(refused, Mistakes):
        return tuple((one.field, str(one)) for one in refused.each)
    return ((getattr(refused, "field", ""), str(refused)),)


def _first(asked: Asked) -> dict[str, str]:
    return {one.id: one.value for one in asked.inputs}


def require_signature(desk: Desk) -> None:
    """User name and password at a session's first signature, then the password (21 CFR 11.200). Refused: wrong."""
    refuse(unsigned(desk))
    if check_signature_of(desk.request, desk.request.POST):
        return
    if locked_out(desk.request):
        raise Mistyped("password", "The password was wrong too many times.", do="Wait a quarter of an hour.")
    what = "The user name or the password" if len(signing_components(desk.request)) > 1 else "The password"
    raise Mistyped("password", f"{what} is not right.", do="Try again.")


def unsigned(desk: Desk) -> Iterator["Mistyped"]:
    """What a signature is made of and was not given."""
    labels = {USERNAME: "Your user name", PASSWORD: "Your password"}
    for part in signing_components(desk.request):
        if not desk.request.POST.get(part):
            yield missing(part, labels[part])


class Mistyped(Refused):
    """A field that cannot be read."""

    def __init__(self, field: str, why: str, *, what: str = "", do: str = "") -> None:
        super().__init__(why, what=what, do=do)
        self.field = field


class Mistakes(Refused):
    """Every field that cannot be read."""

    def __init__(self, each: Sequence[Mistyped]) -> None:
        super().__init__(each[0].why, what=each[0].what, do=each[0].do)
        self.each = tuple(each)


def missing(field: str, label: str, *, choice: bool = False) -> Mistyped:
    return Mistyped(field, "nothing is chosen." if choice else "nothing is filled in.", what=label)


def given(typed: Typed, field: str, label: str) -> str:
    """Refused: nothing was typed or chosen."""
    if not typed.get(field):
        raise missing(field, label)
    return typed[field]


def day_of(typed: Typed, field: str, label: str) -> datetime.date:
    """From a date field, ``yyyy-mm-dd``. Refused: missing, or no date."""
    text = given(typed, field, label)
    if not _is_day(text):
        raise _no_date(field, label, text)
    return datetime.date.fromisoformat(text)


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def _no_date(field: str, label: str, text: str) -> Mistyped:
    return Mistyped(field, f"“{text[:20]}” is not a date.", what=label, do="Write it as 2026-03-31.")


def day_or_none(typed: Typed, field: str, label: str) -> datetime.date | None:
    return day_of(typed, field, label) if typed.get(field) else None


def whole_of(typed: Typed, field: str, label: str) -> int:
    text = given(typed, field, label)
    if not _is_whole(text):
        raise _no_count(field, label, text)
    return int(text)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _no_count(field: str, label: str, text: str) -> Mistyped:
    do_next = "Write 0 or a whole number above it, in digits."
    return Mistyped(field, f"“{text[:20]}” cannot be a count.", what=label, do=do_next)
