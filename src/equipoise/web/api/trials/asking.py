"""Asking for something to be done: one address for every command, through the same rules as a page's form."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from ninja import Router

from equipoise.actions.trials import Done
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.commands import Command, TrialCommand
from equipoise.conduct.decide import decide
from equipoise.conduct.decide.visiting import may_fill
from equipoise.conduct.log import Context, Entry
from equipoise.conduct.masking import entry_seen, sites_seen
from equipoise.conduct.permissions import WHEN, permit
from equipoise.conduct.protocol.model import Form
from equipoise.conduct.views.audit import audit
from equipoise.conduct.views.safety import find_adverse
from equipoise.conduct.views.sight import Sight
from equipoise.kernel.refused import Refused
from equipoise.web.api.sent import Answered
from equipoise.web.api.trials import wire
from equipoise.web.api.trials.body import body_of, convert_sent
from equipoise.web.api.trials.caller import Caller, caller_of, told
from equipoise.web.api.trials.records import query_seen, seen_of, summary
from equipoise.web.staff.trials.forms import open_form
from equipoise.web.staff.trials.gate import NotHere

router = Router(tags=["commands"])
_BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"oneOf": list(wire.forms())}}}},
    "parameters": [
        {"in": "header", "name": "Idempotency-Key", "required": True, "schema": {"type": "string", "maxLength": 64}}
    ],
}


@router.post("/{trial}/commands/{command}", summary="Ask for one thing to be done and recorded", openapi_extra=_BODY)
def ask(request: HttpRequest, trial: str, command: str) -> HttpResponse:
    """Sent again under the same ``Idempotency-Key``, nothing more is done, and the first answer is given again."""
    caller = caller_of(request, trial)
    kind = _kind(caller, command)
    sent = body_of(request)
    caller = msgspec.structs.replace(caller, mark=_mark(request))
    reason = _reason(sent)
    asked = convert_sent(sent, wire.ASKED[kind])
    again = bool(_recorded(caller)) or _do(caller, asked, reason).again
    now = msgspec.structs.replace(caller, trial=caller.trials.trial(caller.trial.id))
    return told({"again": again, **_now(now, _recorded(now))})


def _kind(caller: Caller, command: str) -> type[Command]:
    """Refused: there is no such command (404), or the token may not ask for it (403)."""
    kind = wire.COMMANDS.get(command)
    if kind is None:
        raise NotHere
    if kind in wire.BY_HAND:
        raise Answered(403, Refused("is done by a person, not with a token.", what=command, do=_page(caller, kind)))
    if not caller.token.writes:
        raise Answered(403, Refused("needs a token that writes.", what=command, do="Make one at /accounts/tokens/."))
    return kind


def _page(caller: Caller, kind: type[Command]) -> str:
    name = wire.BY_HAND[kind]
    return f"Use the page {reverse(name, args=(caller.trial.id,))}" if name else "It is done on the server."


def _mark(request: HttpRequest) -> str:
    """Stands in the log beside the key, so that one key never answers for two different things."""
    key = request.headers.get("Idempotency-Key", "")
    if not (8 <= len(key) <= 64 and key.isascii() and key.isprintable()):
        why = "is missing, or not 8 to 64 printable ASCII characters."
        raise Answered(400, Refused(why, what="The header Idempotency-Key", do="Send a new UUID with each command."))
    return salted_hmac("trial-api", f"{request.path}\n{key}\n".encode() + request.body).hexdigest()[:16]


def _reason(sent: dict[str, Any]) -> str:
    """Why, beside the command itself. Taken out of what was sent."""
    reason = sent.pop("reason", "")
    if not isinstance(reason, str):
        raise Answered(400, Refused("is not a text.", what="$.reason", do="Write it in a few words."))
    return reason


def _recorded(caller: Caller) -> tuple[Entry, ...]:
    """What is in the log under the caller's key. Refused (409): it was another command."""
    with caller.trials.log.writing(caller.trial.id) as pen:
        found = pen.answered(caller.key)
    if found and not found[0].client.endswith(caller.mark):
        do = "Send a new key with each command."
        raise Answered(409, Refused("was used for another command.", what="This Idempotency-Key", do=do))
    return found


def _do(caller: Caller, sent: msgspec.Struct, reason: str) -> Done:
    """First by the rules as the token bounds them, then, in one transaction, as everything is done."""
    command = wire.as_decided(sent)
    _need_to_see(caller, command)
    command = _as_numbered_in_the_log(caller, command)
    context = _permitted(caller, command, reason)
    if isinstance(sent, wire.Fill | wire.Correct):
        return _save(caller, sent, context)
    decide(caller.bounds, command, context)
    if isinstance(sent, wire.Prescreen):
        return caller.trials.prescreen(caller.trial.id, sent.site, _identity(caller, sent.identity), context)
    return caller.trials.ask(caller.trial.id, command, context)


def _need_to_see(caller: Caller, command: TrialCommand) -> None:
    """What a command names of another site looks like what there is not."""
    participant, query = getattr(command, "participant", ""), getattr(command, "query", "")
    site = "" if isinstance(command, do.AddSite) else getattr(command, "site", "")
    if participant:
        caller.participant(participant)
    if query:
        query_seen(caller, query)
    if site and site not in sites_seen(caller.trial, caller.viewer):
        raise NotHere


def _as_numbered_in_the_log(caller: Caller, command: TrialCommand) -> TrialCommand:
    """Who does not see every adverse event of a participant counts otherwise than the log."""
    if not isinstance(command, do.UpdateAdverseEvent | do.SendExpeditedReport):
        return command
    try:
        number, _ = find_adverse(caller.trial, caller.viewer, command.participant, command.number)
    except Refused:
        raise NotHere from None
    return msgspec.structs.replace(command, number=number)


def _permitted(caller: Caller, command: TrialCommand, reason: str) -> Context:
    """In the role that lets them, of those the token names. Refused: none does (403), or not at this stage (409)."""
    context = caller.context(reason)
    try:
        roles = permit(caller.bounds, command, context)
        if isinstance(command, do.EnterForm | do.CorrectForm):
            may_fill(_form_of(caller, command), roles)
    except Refused as refused:
        in_time = type(command) in WHEN[caller.trial.stage]
        raise Answered(403 if in_time else 409, refused) from None
    return msgspec.structs.replace(context, role=roles[0].value)


def _form_of(caller: Caller, command: do.EnterForm | do.CorrectForm) -> Form:
    return open_form(caller, command.participant, command.visit, command.form, str(command.copy)).form


def _identity(caller: Caller, sent: wire.Identity) -> dict[str, str]:
    if sent.born and sent.born > caller.today():
        raise Refused("lies in the future.", what="The date of birth", do="Correct it.")
    return {name: str(value) for name, value in msgspec.structs.asdict(sent).items() if value}


def _save(caller: Caller, sent: wire.Fill | wire.Correct, context: Context) -> Done:
    """Values go where their class of information says. Refused: a field that is not for this viewer, as none at all."""
    opened = open_form(caller, sent.participant, sent.visit, sent.form, str(sent.copy))
    strange = sorted(set(sent.values) - {field.id for field in opened.fields})
    if strange:
        raise Refused("is not a field of this form.", what=strange[0][:40], do="Look at /forms for its fields.")
    if isinstance(sent, wire.Fill) and opened.sheet:
        raise Refused("is filled in already.", what=opened.form.label, do="Ask for correct-form.")
    if isinstance(sent, wire.Correct) and (opened.sheet is None or sent.seen != seen_of(opened)):
        raise Refused("is not as you saw it.", what=opened.form.label, do="Read it again, and send its “seen”.")
    return caller.trials.save_form(caller.trial.id, sent.participant, opened.place, sent.values, context)


def _now(caller: Caller, entries: Iterable[Entry]) -> dict[str, Any]:
    """What was recorded, as this viewer may read it, and how the participant stands; never an arm."""
    recorded = tuple(entries)
    events = [event for entry in recorded if (event := entry_seen(caller.trial, caller.viewer, entry))]
    shown: dict[str, Any] = {"recorded": list(audit(caller.trial, caller.viewer, recorded))}
    for name, found in (
        ("kits", _kits(events)),
        ("queries", _queries(events)),
        ("adverse_events", _adverse(caller, events)),
    ):
        if found:
            shown[name] = list(found)
    one = next((caller.trial.participants[entry.subject] for entry in recorded if entry.subject), None)
    if one is not None:
        shown["participant"] = summary(caller, one)
    return shown


def _kits(events: list[did.TrialEvent]) -> list[str]:
    given = (did.ParticipantRandomised, did.KitsDispensed)
    return [kit for event in events if isinstance(event, given) for kit in event.kits]


def _queries(events: list[did.TrialEvent]) -> list[str]:
    return [event.query for event in events if isinstance(event, did.QueryRaised)]


def _adverse(caller: Caller, events: list[did.TrialEvent]) -> list[int]:
    """By the numbers this viewer counts."""
    sight = Sight(caller.trial, caller.viewer)
    return [
        shown
        for event in events
        if isinstance(event, did.AdverseEventReported)
        for shown, inside, _ in sight.adverse(caller.trial.participants[event.participant])
        if inside == event.number
    ]
