"""Visits, what is recorded at them, corrections, queries and signatures."""

import datetime
from collections.abc import Iterable, Iterator

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.guards import (
    consented,
    gone_by,
    may_come,
    not_before,
    not_in_future,
    reason_given,
    still_followed,
    takes_new_data,
    words_given,
)
from equipoise.conduct.forms import Days, Slip, digest, examine, read_values
from equipoise.conduct.log import Context
from equipoise.conduct.masking import field_seen, viewer_of
from equipoise.conduct.participant import Participant, Place, Sheet
from equipoise.conduct.permissions import permit, today
from equipoise.conduct.protocol.model import Form, Protocol
from equipoise.conduct.protocol.schedule import PlannedVisit, find_visit, window
from equipoise.conduct.roles import LABELS, SEALED, Role
from equipoise.conduct.trial import Query, Trial, find_form
from equipoise.kernel.refused import Refused


def record_visit(trial: Trial, command: do.RecordVisit, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    consented(one)
    takes_new_data(one)
    not_in_future(command.on, trial, one.site, context, what="The day of the visit")
    protocol = trial.protocol_of(one)
    visit = find_visit(protocol, command.visit)
    may_come(one, visit)
    gone_by(one, command.on, what="The day of the visit")
    not_before(command.on, one.consents[0].on, what="The day of the visit", first_what="consent")
    if visit.day > 0:
        not_before(command.on, one.randomised_on, what="The day of the visit", first_what="randomisation")
    done = one.visits.get(command.visit)
    if done and done.on == command.on:
        raise Refused(f"is recorded on {done.on} already.", what=visit.label)
    if done:
        reason_given(context, what="Changing a visit's day")
    yield did.VisitDone(one.id, command.visit, command.on, _outside(protocol, command.visit, one, command.on))


def _outside(protocol: Protocol, visit: str, one: Participant, on: datetime.date) -> bool:
    if one.randomised_on is None or find_visit(protocol, visit).day < 0:
        return False
    first, _, last = window(protocol, visit, one.randomised_on)
    return not first <= on <= last


def miss_visit(trial: Trial, command: do.MissVisit, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    consented(one)
    takes_new_data(one)
    still_followed(one)
    protocol = trial.protocol_of(one)
    visit = find_visit(protocol, command.visit)
    may_come(one, visit)
    words_given(command.why, what="Why the visit was missed")
    known = one.visits.get(command.visit)
    if (known and known.on) or any(place.visit == command.visit for place in one.sheets):
        raise Refused("is recorded as done.", what=visit.label, do="Change its day instead, with a reason.")
    if known:
        reason_given(context, what="Changing why a visit was missed")
    yield did.VisitMissed(one.id, command.visit, command.why)


def enter_form(trial: Trial, command: do.EnterForm, context: Context) -> Iterator[did.TrialEvent]:
    """What can be kept is kept; what looks wrong is kept and asked about, by a query the check itself raises."""
    one = trial.participant(command.participant)
    consented(one)
    takes_new_data(one)
    protocol = trial.protocol_of(one)
    form = _form_at(protocol, command.visit, command.form, command.copy)
    place = Place(command.visit, command.form, command.copy)
    if place in one.sheets:
        raise Refused("is entered already.", what=form.label, do="Correct it instead, with a reason.")
    _took_place(one, find_visit(protocol, command.visit))
    _hold_apart(form, command.values, command.sealed)
    values = _canonical(form, command.values)
    slips = _examined(trial, one, form, values, command.sealed, context)
    yield did.FormEntered(one.id, command.visit, form.id, values, command.copy, command.sealed)
    yield from _ask(trial, one, place, slips)


def _took_place(one: Participant, visit: PlannedVisit) -> None:
    may_come(one, visit)
    seen = one.visits.get(visit.id)
    if seen and seen.missed:
        raise Refused("is recorded as missed.", what=visit.label, do="Record the day they came first, with a reason.")
    if not seen:
        still_followed(one)


def correct_form(trial: Trial, command: do.CorrectForm, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    reason_given(context, what="A correction")
    form = _form_at(trial.protocol_of(one), command.visit, command.form, command.copy)
    place = Place(command.visit, command.form, command.copy)
    sheet = _sheet(one, place, form)
    _hold_apart(form, command.values, command.sealed)
    given = {name: text for name, text in command.values.items() if text.strip()}
    taken = {name: "" for name, text in command.values.items() if not text.strip()}
    new = {**_canonical(form, given), **taken}
    changes = [did.Change(name, sheet.values.get(name, ""), now) for name, now in new.items()]
    changes = [each for each in changes if each.old != each.new]
    sealed = {name: mark for name, mark in command.sealed.items() if sheet.sealed.get(name) != mark}
    if not changes and not sealed:
        raise Refused("nothing changed.", what=form.label)
    if any(not each.old for each in changes) or set(sealed) - set(sheet.sealed):
        takes_new_data(one)
    now = {name: value for name, value in {**sheet.values, **new}.items() if value}
    slips = _examined(trial, one, form, now, {**sheet.sealed, **sealed}, context)
    yield did.FormCorrected(one.id, command.visit, form.id, tuple(changes), command.copy, sealed)
    yield from _close_settled(trial, one, place, slips)
    yield from _ask(trial, one, place, slips)


def _form_at(protocol: Protocol, visit: str, form: str, copy: int) -> Form:
    planned = find_visit(protocol, visit)
    found = find_form(protocol, form)
    if form not in planned.forms:
        raise Refused(f"does not belong to {planned.label}.", what=found.label, do="Choose one of the visit's forms.")
    if copy < 1 or (copy > 1 and not found.repeats):
        raise Refused("is filled in once at a visit.", what=found.label)
    return found


def _sheet(one: Participant, place: Place, form: Form) -> Sheet:
    if place not in one.sheets:
        raise Refused("has not been entered.", what=form.label, do="Enter it first.")
    return one.sheets[place]


def may_fill(form: Form, roles: Iterable[Role]) -> None:
    if not set(roles) & set(form.by):
        who = " or ".join(LABELS[each].lower() for each in form.by)
        raise Refused(f"is filled in by the {who}.", what=form.label)


def _hold_apart(form: Form, values: did.Values, sealed: did.Values) -> None:
    """Values of a sealed class never come this way: their fingerprints do."""
    for field in form.fields:
        is_sealed = field.information in SEALED
        if (field.id in values and is_sealed) or (field.id in sealed and not is_sealed):
            raise Refused("came by the wrong way.", what=field.label, do="Enter it through the form.")
    strange = set(sealed) - {field.id for field in form.fields}
    if strange:
        raise Refused("has no such field.", what=form.label)


def _canonical(form: Form, given: did.Values) -> did.Values:
    values, slips = read_values(form, given)
    _refuse(form, slips)
    return values


def _refuse(form: Form, slips: Iterable[Slip]) -> None:
    wrong = [slip for slip in slips if slip.refuse]
    if wrong:
        words = " ".join(f"{slip.field}: {slip.words}" for slip in wrong)
        raise Refused(words, what=form.label, do="Correct it; the rest is kept on the page.")


def _examined(
    trial: Trial, one: Participant, form: Form, values: did.Values, sealed: did.Values, context: Context
) -> tuple[Slip, ...]:
    """A sealed value is there, though it is not among the values."""
    consent = one.consent.on if one.consent else None
    days = Days(today(trial, one.site, context.at), consent, one.randomised_on)
    slips = examine(form, values, days, baseline_of(trial, one, form))
    slips = tuple(slip for slip in slips if not (slip.check == "required" and slip.field in sealed))
    _refuse(form, slips)
    return slips


def baseline_of(trial: Trial, one: Participant, form: Form) -> did.Values:
    at = next((visit.id for visit in trial.protocol_of(one).visits if visit.baseline), "")
    sheet = one.sheets.get(Place(at, form.id))
    return sheet.values if sheet else {}


def _ask(trial: Trial, one: Participant, place: Place, slips: Iterable[Slip]) -> Iterator[did.TrialEvent]:
    """One open query for each check and field, however often the form is saved."""
    asked = {(query.field, query.check) for query in _open_at(trial, one, place)}
    number = len(trial.queries)
    for slip in slips:
        if (slip.field, slip.check) not in asked:
            number += 1
            yield did.QueryRaised(
                f"Q{number}", one.id, place.visit, place.form, slip.words, slip.field, place.copy, slip.check
            )


def _close_settled(trial: Trial, one: Participant, place: Place, slips: Iterable[Slip]) -> Iterator[did.TrialEvent]:
    still = {(slip.field, slip.check) for slip in slips}
    for query in _open_at(trial, one, place):
        if query.check and (query.field, query.check) not in still:
            yield did.QueryClosed(query.id, one.id, "The check holds now.")


def _open_at(trial: Trial, one: Participant, place: Place) -> Iterator[Query]:
    return (query for query in trial.queries_of(one.id) if query.place == place and not query.closed)


def sign_form(trial: Trial, command: do.SignForm, context: Context) -> Iterator[did.TrialEvent]:
    """Bound to what was shown: a value changed meanwhile asks for another look (21 CFR 11.70)."""
    one = trial.participant(command.participant)
    form = _form_at(trial.protocol_of(one), command.visit, command.form, command.copy)
    place = Place(command.visit, command.form, command.copy)
    sheet = _sheet(one, place, form)
    words_given(command.meaning, what="What the signature means")
    if command.digest != digest(sheet):
        raise Refused("was changed after you opened it.", what=form.label, do="Look at it again, then sign.")
    if is_signed(sheet):
        raise Refused("is signed already.", what=form.label)
    yield did.FormSigned(one.id, command.visit, form.id, command.meaning, command.digest, command.copy)


def is_signed(sheet: Sheet) -> bool:
    return sheet.signature is not None and sheet.signature.digest == digest(sheet)


def raise_query(trial: Trial, command: do.RaiseQuery, context: Context) -> Iterator[did.TrialEvent]:
    one = trial.participant(command.participant)
    form = _form_at(trial.protocol_of(one), command.visit, command.form, command.copy)
    words_given(command.words, what="The question")
    _sees_field(trial, one, form, command.field, context)
    number = f"Q{len(trial.queries) + 1}"
    yield did.QueryRaised(number, one.id, command.visit, form.id, command.words, command.field, command.copy)


def answer_query(trial: Trial, command: do.AnswerQuery, context: Context) -> Iterator[did.TrialEvent]:
    query = _open_query(trial, command.query)
    form = _asked_about(trial, query, context)
    if Role.INVESTIGATOR not in (roles := permit(trial, command, context)):
        may_fill(form, roles)
    words_given(command.words, what="The answer")
    yield did.QueryAnswered(query.id, query.participant, command.words)


def close_query(trial: Trial, command: do.CloseQuery, context: Context) -> Iterator[did.TrialEvent]:
    query = _open_query(trial, command.query)
    _asked_about(trial, query, context)
    if not query.answers and not command.words.strip():
        raise Refused("has no answer yet.", what=query.id, do="Say why it needs none.")
    yield did.QueryClosed(query.id, query.participant, command.words)


def _asked_about(trial: Trial, query: Query, context: Context) -> Form:
    one = trial.participant(query.participant)
    form = find_form(trial.protocol_of(one), query.place.form)
    _sees_field(trial, one, form, query.field, context)
    return form


def _sees_field(trial: Trial, one: Participant, form: Form, name: str, context: Context) -> None:
    """The same words for a field that is not for them as for none; for a form that holds no other too."""
    viewer = viewer_of(trial, context.by, context.at)
    seen = {field.id for field in form.fields if field_seen(trial, viewer, field, one.site)}
    if name and name not in seen:
        raise Refused("is not a field of this form.", what=name[:40])
    if not seen:
        raise Refused("holds nothing for you to ask about.", what=form.label)


def _open_query(trial: Trial, number: str) -> Query:
    if number not in trial.queries:
        raise Refused("there is no such query.", what=number[:40])
    if trial.queries[number].closed:
        raise Refused("is closed.", what=number, do="Raise another.")
    return trial.queries[number]
