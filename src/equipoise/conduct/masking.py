"""The one gate between what a trial holds and who looks: page, export, search, count and print all ask here."""

import datetime
from collections.abc import Iterator, Mapping

import msgspec

from equipoise.conduct import events as did
from equipoise.conduct.commands import Command
from equipoise.conduct.log import Entry
from equipoise.conduct.participant import Participant, Place
from equipoise.conduct.permissions import MAY, WHEN, grants_of
from equipoise.conduct.protocol.model import Field, Protocol
from equipoise.conduct.roles import CLEARANCES, SEALED, Information, Role
from equipoise.conduct.trial import Stage, Trial, find_form
from equipoise.kernel.refused import Refused

CLASS_OF: Mapping[type[did.Event], Information] = {
    did.TrialOpened: Information.ORGANISATION,
    did.ProtocolAmended: Information.ORGANISATION,
    did.SiteAdded: Information.ORGANISATION,
    did.SiteOpened: Information.ORGANISATION,
    did.SiteClosed: Information.ORGANISATION,
    did.RoleGranted: Information.ORGANISATION,
    did.RoleRevoked: Information.ORGANISATION,
    did.AllocationSealed: Information.ORGANISATION,
    did.KitsNumbered: Information.ORGANISATION,
    did.KitsSent: Information.KITS,
    did.KitsReceived: Information.KITS,
    did.KitsDiscarded: Information.KITS,
    did.PersonPrescreened: Information.OPEN,
    did.ConsentRecorded: Information.OPEN,
    did.ParticipantScreened: Information.OPEN,
    did.ScreeningFailed: Information.OPEN,
    did.StratumRecorded: Information.OPEN,
    did.StratumCorrected: Information.OPEN,
    did.ParticipantRandomised: Information.OPEN,
    did.KitsDispensed: Information.KITS,
    did.KitReturned: Information.KITS,
    did.TreatmentStopped: Information.OPEN,
    did.VisitDone: Information.OPEN,
    did.VisitMissed: Information.OPEN,
    did.FormEntered: Information.OPEN,
    did.FormCorrected: Information.OPEN,
    did.FormSigned: Information.OPEN,
    did.QueryRaised: Information.OPEN,
    did.QueryAnswered: Information.OPEN,
    did.QueryClosed: Information.OPEN,
    did.MedicationRecorded: Information.OPEN,
    did.AdverseEventReported: Information.SAFETY,
    did.AdverseEventUpdated: Information.SAFETY,
    did.ExpeditedReportSent: Information.SAFETY,
    did.ParticipantWithdrew: Information.OPEN,
    did.ParticipantLost: Information.OPEN,
    did.ParticipantDied: Information.OPEN,
    did.ParticipantCompleted: Information.OPEN,
    did.ParticipantReinstated: Information.OPEN,
    did.DeviationRecorded: Information.OPEN,
    did.CodeBroken: Information.UNBLINDING,
    did.ImpactAssessed: Information.UNBLINDING,
    did.RecordEndorsed: Information.OPEN,
    did.DataFrozen: Information.ORGANISATION,
    did.DataThawed: Information.ORGANISATION,
    did.DataLocked: Information.ORGANISATION,
    did.DataUnlocked: Information.ORGANISATION,
    did.TrialUnblinded: Information.ORGANISATION,
    did.SealedRead: Information.UNBLINDING,
    did.DataExported: Information.ORGANISATION,
}


class Held(msgspec.Struct, frozen=True):
    """A role in force, at one site or, without one, at all."""

    role: Role
    site: str = ""


class Viewer(msgspec.Struct, frozen=True):
    """Somebody who looks, with what they may do here today. Without a role they see nothing."""

    user: str
    name: str
    held: tuple[Held, ...]

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(one.role for one in self.held)


def viewer_of(trial: Trial, user: str, at: datetime.datetime) -> Viewer:
    held = tuple(dict.fromkeys(Held(one.role, one.site) for one in grants_of(trial, user, at)))
    return Viewer(user, trial.people.get(user, user), held)


def sees(trial: Trial, viewer: Viewer, information: Information, site: str = "") -> bool:
    """Whether one of their roles that covers the site is cleared; what the protocol withholds is not."""
    return any(
        information in clearance(trial, one.role) and (not one.site or not site or one.site == site)
        for one in viewer.held
    )


def may(trial: Trial, viewer: Viewer, kind: type[Command], site: str = "") -> bool:
    """Whether one of their roles that covers the site may ask for this at this stage; the rules may still refuse it."""
    return kind in WHEN[trial.stage] and any(
        one.role in MAY[kind] and (not one.site or not site or one.site == site) for one in viewer.held
    )


def clearance(trial: Trial, role: Role) -> frozenset[Information]:
    """Whoever may see trial data may see the arms once the trial is unblinded, or where the protocol masks them not."""
    masking = trial.protocol.masking
    withheld = frozenset(masking.withheld.get(role, ()))
    cleared = CLEARANCES[role] - withheld
    if Information.OPEN not in cleared:
        return cleared
    if trial.stage is Stage.UNBLINDED:
        return cleared | {Information.ARM, Information.TOTALS, Information.EFFECT}
    return cleared if masking.masks(role) else cleared | ({Information.ARM, Information.EFFECT} - withheld)


def arms_are_open(trial: Trial, viewer: Viewer, site: str) -> bool:
    """Whether the arms at a site are no secret to the viewer: by the protocol, or since the trial was unblinded.

    Whoever is told more than that, as a pharmacist is, says why they look, one participant at a time.
    """
    return any(
        Information.ARM in clearance(trial, one.role)
        and (not one.site or one.site == site)
        and (trial.stage is Stage.UNBLINDED or not trial.protocol.masking.masks(one.role))
        for one in viewer.held
    )


def sealed_name(participant: str, place: Place, field: str) -> str:
    """Under which the custodian keeps a value of a form."""
    return "/".join(("value", participant, place.visit, place.form, str(place.copy), field))


def in_scope(viewer: Viewer, site: str) -> bool:
    return any(not one.site or one.site == site for one in viewer.held)


def sites_seen(trial: Trial, viewer: Viewer) -> tuple[str, ...]:
    return tuple(site for site in trial.sites if in_scope(viewer, site))


def participants_seen(trial: Trial, viewer: Viewer) -> Iterator[Participant]:
    """In the order of their numbers, which is that of sites and of coming, and tells nothing of the arm."""
    for identifier in sorted(trial.participants):
        one = trial.participants[identifier]
        if sees_participant(trial, viewer, one):
            yield one


def sees_participant(trial: Trial, viewer: Viewer, one: Participant) -> bool:
    return any(sees(trial, viewer, kind, one.site) for kind in (Information.OPEN, Information.KITS))


def participant_seen(trial: Trial, viewer: Viewer, identifier: str) -> Participant:
    """Refused alike whether there is no such participant or they are another site's."""
    one = trial.participants.get(identifier)
    if one is None or not sees_participant(trial, viewer, one):
        raise Refused("there is no such participant here.", what=identifier[:40], do="Look the number up in the list.")
    return one


def field_seen(trial: Trial, viewer: Viewer, field: Field, site: str) -> bool:
    return sees(trial, viewer, field.information, site)


def entry_seen(trial: Trial, viewer: Viewer, entry: Entry) -> did.TrialEvent | None:
    """The event as this viewer may read it: fields not for them left out, the whole of it where nothing is for them."""
    if entry.site and not in_scope(viewer, entry.site):
        return None
    event = did.read_event(entry.tag, entry.schema, entry.body)
    if not sees(trial, viewer, class_of(event), entry.site):
        return None
    return _with_fields_seen(trial, viewer, event, entry)


def class_of(event: did.TrialEvent) -> Information:
    match event:
        case did.AdverseEventReported(told=told) | did.AdverseEventUpdated(told=told) if told.reaction:
            return Information.REACTION
        case did.DeviationRecorded(of="accidental-unmasking"):
            return Information.UNBLINDING
        case did.DataExported(what=what) if what.startswith("sealed:"):
            return Information.UNBLINDING
        case _:
            return CLASS_OF[type(event)]


def _with_fields_seen(trial: Trial, viewer: Viewer, event: did.TrialEvent, entry: Entry) -> did.TrialEvent | None:
    site = entry.site
    match event:
        case did.TrialOpened(protocol=protocol) | did.ProtocolAmended(protocol=protocol):
            cleared = sees(trial, viewer, Information.SEQUENCE) and sees(trial, viewer, Information.CONTENT)
            return event if cleared else msgspec.structs.replace(event, protocol=masked_protocol(protocol))
        case did.ParticipantRandomised(kits=kits, number=number):
            kits = kits if sees(trial, viewer, Information.KITS, site) else ()
            number = number if sees(trial, viewer, Information.SEQUENCE, site) else 0
            return msgspec.structs.replace(event, kits=kits, number=number)
        case did.ExpeditedReportSent(participant=participant, number=number):
            told = trial.participants[participant].adverse[number].told
            return event if not told.reaction or sees(trial, viewer, Information.REACTION, site) else None
        case did.FormEntered(values=values):
            seen = _seen(trial, viewer, event.form, entry)
            kept = {field: value for field, value in values.items() if field in seen}
            return msgspec.structs.replace(event, values=kept, sealed={}) if seen else None
        case did.FormCorrected(changes=changes, sealed=sealed):
            seen = _seen(trial, viewer, event.form, entry)
            changed = tuple(one for one in changes if one.field in seen)
            return msgspec.structs.replace(event, changes=changed, sealed={}) if changed or seen & set(sealed) else None
        case did.FormSigned():
            return event if _seen(trial, viewer, event.form, entry) else None
        case did.QueryRaised(field=field):
            seen = _seen(trial, viewer, event.form, entry)
            return event if (field in seen if field else seen) else None
        case did.QueryAnswered(query=query) | did.QueryClosed(query=query):
            asked = trial.queries[query]
            seen = _seen(trial, viewer, asked.place.form, entry)
            return event if (asked.field in seen if asked.field else seen) else None
        case _:
            return event


def masked_protocol(protocol: Protocol) -> Protocol:
    """Without what would help to guess: block sizes, what kits hold and for which arm, and remarks that may say so."""
    arms = tuple(msgspec.structs.replace(arm, kit="") for arm in protocol.arms)
    allocation = msgspec.structs.replace(protocol.allocation, block_sizes=(), why="")
    kits = protocol.kits
    if kits is not None:
        kits = msgspec.structs.replace(kits, kinds=())
    return msgspec.structs.replace(protocol, arms=arms, allocation=allocation, kits=kits, ours=())


def _seen(trial: Trial, viewer: Viewer, form: str, entry: Entry) -> frozenset[str]:
    """By the version it was written under, and by today's where that is stricter."""
    fields = find_form(trial.protocols.get(entry.protocol, trial.protocol), form).fields
    now = {field.id: field for one in trial.protocol.forms if one.id == form for field in one.fields}
    site = entry.site
    return frozenset(
        field.id
        for field in fields
        if field_seen(trial, viewer, field, site) and field_seen(trial, viewer, now.get(field.id, field), site)
    )


def sealed_fields(protocol: Protocol, form: str) -> frozenset[str]:
    """Fields whose values go to the custodian and never into the log."""
    return frozenset(field.id for field in find_form(protocol, form).fields if field.information in SEALED)
