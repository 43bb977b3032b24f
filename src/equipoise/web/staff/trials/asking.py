"""A form that asks for one thing: sent, it is done or refused; refused, it comes back with all that was typed."""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect

from equipoise.actions.trials import Done
from equipoise.conduct import commands as do
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.confirm import check_signature_of, locked_out, signing_components
from equipoise.web.staff.trials.gate import Desk

Typed: TypeAlias = Mapping[str, str]
Options: TypeAlias = Sequence[tuple[str, str]]
Problems: TypeAlias = tuple[tuple[str, str], ...]
"""Field and words; a field may be empty."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


class Input(msgspec.Struct, frozen=True):
    """One field of a form. ``kind``: text, words (many lines), date, choice (one), ticks (many), select, file."""

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
    """The form on GET. On POST the command it makes: then on to the next page, or back with the problem."""
    if desk.request.method != "POST":
        return desk.page("trial/ask.html", {"asked": asked, "problems": (), "typed": _first(asked)})
    typed = typed_in(desk)
    try:
        command = make(typed)
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


def told(refused: Refused) -> Problems:
    """What was refused, and the field it is about where that is known."""
    return ((getattr(refused, "field", ""), str(refused)),)


def _first(asked: Asked) -> dict[str, str]:
    return {one.id: one.value for one in asked.inputs}


def require_signature(desk: Desk) -> None:
    """User name and password at a session's first signature, then the password (21 CFR 11.200). Refused: wrong."""
    if check_signature_of(desk.request, desk.request.POST):
        return
    if locked_out(desk.request):
        raise Mistyped("password", "was wrong too many times.", what="The password", do="Wait a quarter of an hour.")
    what = "The user name or the password" if len(signing_components(desk.request)) > 1 else "The password"
    raise Mistyped("password", "is not right.", what=what, do="Try again.")


class Mistyped(Refused):
    """A field that cannot be read."""

    def __init__(self, field: str, why: str, *, what: str = "", do: str = "") -> None:
        super().__init__(why, what=what, do=do)
        self.field = field


def given(typed: Typed, field: str, label: str) -> str:
    """Refused: nothing was typed or chosen."""
    if not typed.get(field):
        raise Mistyped(field, "is missing.", what=label, do="Fill it in.")
    return typed[field]


def day_of(typed: Typed, field: str, label: str) -> datetime.date:
    """From a date field, ``yyyy-mm-dd``. Refused: missing, or no date."""
    text = given(typed, field, label)
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Mistyped(field, "is not a date.", what=f"{label}: {text[:20]}", do="Write it as 2026-03-31.") from None


def day_or_none(typed: Typed, field: str, label: str) -> datetime.date | None:
    return day_of(typed, field, label) if typed.get(field) else None


def whole_of(typed: Typed, field: str, label: str) -> int:
    text = given(typed, field, label)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Mistyped(field, "is not a whole number.", what=f"{label}: {text[:20]}", do="Write digits.")
    return int(text)
