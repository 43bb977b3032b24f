"""A form at a visit: filled in, corrected with a reason, signed. What is sealed is not shown again."""

from collections.abc import Iterator

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.decide.visiting import baseline_of, is_signed
from equipoise.conduct.forms import Days, Slip, digest, examine, read_values
from equipoise.conduct.masking import field_seen, sealed_fields
from equipoise.conduct.participant import Participant, Place, Sheet
from equipoise.conduct.protocol.model import Field, Form, Kind
from equipoise.conduct.protocol.schedule import PlannedVisit, find_visit
from equipoise.conduct.roles import LABELS
from equipoise.conduct.scores import scores_seen
from equipoise.conduct.trial import Query, find_form
from equipoise.eligibility.english import unit_words
from equipoise.kernel.refused import Refused
from equipoise.web.staff.trials.asking import Problems, Typed, missing, plain, require_signature, told
from equipoise.web.staff.trials.gate import Desk, NotHere, NotYours, in_trial

SIGNING = "I have looked at these values, and they are what I know to be true."


class Shown(msgspec.Struct, frozen=True):
    """One field on the page. ``only``: when it is asked; ``kept``: there is a sealed value the page does not know."""

    field: Field
    value: str
    only: str = ""
    wrong: str = ""
    kept: bool = False
    queries: tuple[Query, ...] = ()


class Open(msgspec.Struct, frozen=True):
    """A form of one participant at one visit, as this person may see it."""

    one: Participant
    visit: PlannedVisit
    form: Form
    place: Place
    sheet: Sheet | None
    fields: tuple[Field, ...]


def open_form(desk: Desk, participant: str, visit: str, form: str, copy: str) -> Open:
    one = desk.participant(participant)
    protocol = desk.trial.protocol_of(one)
    try:
        planned, found = find_visit(protocol, visit), find_form(protocol, form)
    except Refused:
        raise NotHere from None
    place = Place(visit, form, int(copy))
    copies = [each.copy for each in one.sheets if (each.visit, each.form) == (visit, form)]
    fields = tuple(field for field in found.fields if field_seen(desk.trial, desk.viewer, field, one.site))
    last = max(copies, default=0) + 1 if found.repeats else 1
    belongs = form in planned.forms and 1 <= place.copy <= last
    if not belongs or not fields:
        raise NotHere
    return Open(one, planned, found, place, one.sheets.get(place), fields)


@in_trial
def fill_form(desk: Desk, participant: str, visit: str, form: str, copy: str = "1") -> HttpResponse:
    opened = open_form(desk, participant, visit, form, copy)
    if desk.request.method != "POST":
        return _shown(desk, opened)
    if not _may_fill(desk, opened):
        raise NotYours
    typed = _typed(desk, opened)
    try:
        reason = plain(desk.request.POST.get("reason", ""))
        if opened.sheet and not _sent_before(desk):
            _check_correction(desk, opened, opened.sheet, reason)
        desk.trials.save_form(desk.trial.id, opened.one.id, opened.place, typed, desk.context(reason))
    except Refused as refused:
        return _shown(desk, opened, typed, told(refused))
    return redirect(_here(desk, opened) + "?saved=1")


def _may_fill(desk: Desk, opened: Open) -> bool:
    """``by`` of the form names the roles; a sheet once entered is corrected, also while the data are frozen."""
    kind = do.CorrectForm if opened.sheet else do.EnterForm
    return bool(desk.viewer.roles & set(opened.form.by)) and desk.may(kind, opened.one.site)


def _typed(desk: Desk, opened: Open) -> Typed:
    """Several answers of one field with commas between; a field left out of the form is left as it was."""
    sent = desk.request.POST
    return {
        field.id: plain(",".join(value for value in sent.getlist(f"f-{field.id}") if value))
        for field in opened.fields
        if field.kind is not Kind.COMPUTED and f"f-{field.id}" in sent
    }


def _check_correction(desk: Desk, opened: Open, sheet: Sheet, reason: str) -> None:
    """It is of the values that were shown, or the other tab's would be undone unseen; and it says why."""
    if not reason:
        raise missing("reason", "Why you change it")
    if desk.request.POST.get("seen") != digest(sheet):
        do_next = "What you wrote is kept below: compare it, then save again."
        raise Refused("was changed after you opened it.", what=opened.form.label, do=do_next)


def _sent_before(desk: Desk) -> bool:
    """The same form sent again, by a lost connection, gets its first answer."""
    context = desk.context()
    with desk.trials.log.writing(desk.trial.id) as pen:
        return bool(pen.answered(context.key))


@in_trial
def sign_form(desk: Desk, participant: str, visit: str, form: str, copy: str = "1") -> HttpResponse:
    opened = open_form(desk, participant, visit, form, copy)
    desk.need(do.SignForm, opened.one.site)
    if desk.request.method != "POST" or opened.sheet is None:
        return redirect(_here(desk, opened))
    try:
        require_signature(desk)
        seen = desk.request.POST.get("digest", "")
        desk.ask(do.SignForm(opened.one.id, visit, form, SIGNING, seen, opened.place.copy))
    except Refused as refused:
        return _shown(desk, opened, {}, told(refused))
    return redirect(_here(desk, opened) + "?signed=1")


def _shown(desk: Desk, opened: Open, typed: Typed | None = None, problems: Problems = ()) -> HttpResponse:
    sheet, one = opened.sheet, opened.one
    slips = {slip.field: slip.words for slip in _slips(desk, opened, typed)} if typed else {}
    labels = {field.id: field.label for field in opened.fields}
    if slips:
        unreasoned = (each for each in problems if each[0] == "reason")
        problems = (*((name, _sentence(labels.get(name, name), words)) for name, words in slips.items()), *unreasoned)
    context = {
        "opened": opened,
        "fields": tuple(_fields(desk, opened, typed or {}, slips)),
        "problems": problems,
        "reason": plain(desk.request.POST.get("reason", "")),
        "saved": "saved" in desk.request.GET,
        "signed_now": "signed" in desk.request.GET,
        "signed": bool(sheet and is_signed(sheet)),
        "digest": digest(sheet) if sheet else "",
        "may_fill": _may_fill(desk, opened),
        "may_sign": opened.form.sign and desk.may(do.SignForm, one.site),
        "may_ask": sheet is not None and desk.may(do.RaiseQuery, one.site),
        "by": [LABELS[role] for role in opened.form.by],
        "said": said,
        "unit_words": unit_words,
        "scores": scores_seen(desk.trial, desk.viewer, one, opened.place) if sheet else {},
        "meaning": SIGNING,
    }
    return desk.page("trial/form.html", context, status=400 if problems else 200)


def _slips(desk: Desk, opened: Open, typed: Typed) -> Iterator[Slip]:
    """What cannot be kept, by field. What merely looks wrong is kept, and asked about."""
    values, slips = read_values(opened.form, typed)
    one = opened.one
    days = Days(desk.today(one.site), one.consent.on if one.consent else None, one.randomised_on)
    found = examine(opened.form, values, days, baseline_of(desk.trial, one, opened.form))
    yield from (slip for slip in (*slips, *found) if slip.refuse)


def _sentence(label: str, words: str) -> str:
    return words if words.startswith(label) else f"{label}: {words}"


def _fields(desk: Desk, opened: Open, typed: Typed, slips: Typed) -> Iterator[Shown]:
    sheet = opened.sheet
    held = {**(sheet.values if sheet else {}), **typed}
    asked = [one for one in desk.trial.queries_of(opened.one.id) if one.place == opened.place and not one.closed]
    sealed = sealed_fields(desk.trial.protocol_of(opened.one), opened.form.id)
    for field in opened.fields:
        yield Shown(
            field,
            (typed if field.id in sealed else held).get(field.id, ""),
            only=_only(field, opened.form),
            wrong=slips.get(field.id, ""),
            kept=bool(sheet and field.id in sheet.sealed),
            queries=tuple(one for one in asked if one.field == field.id),
        )


def said(shown: Shown) -> str:
    """A value as a person reads it: the answer's words, the number with its unit."""
    field = shown.field
    words = {"yes": "Yes", "no": "No"} if field.kind is Kind.YES_NO else {one.id: one.label for one in field.choices}
    told_as = ", ".join(words.get(part, part) for part in shown.value.split(",")) if words else shown.value
    unit = unit_words(field.unit) if field.unit and shown.value else ""
    return f"{told_as}{unit}" or "–"


def _only(field: Field, form: Form) -> str:
    """``Only if “Pregnant” is “yes”``."""
    if field.only_if is None:
        return ""
    other = next(each for each in form.fields if each.id == field.only_if.field)
    answer = next((each.label for each in other.choices if each.id == field.only_if.equals), field.only_if.equals)
    return f"Only if “{other.label}” is “{answer}”."


def _here(desk: Desk, opened: Open) -> str:
    place = opened.place
    return reverse("trial-form", args=(desk.trial.id, opened.one.id, place.visit, place.form, place.copy))
