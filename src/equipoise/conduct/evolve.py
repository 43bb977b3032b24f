"""From a trial and what happened next to the trial as it then stands. It decides nothing, and accepts every event."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

from immutables import Map
from msgspec.structs import replace

from equipoise.conduct import events as did
from equipoise.conduct.log import Entry, utc
from equipoise.conduct.participant import (
    Attendance,
    Broken,
    Consent,
    Ended,
    Medication,
    Participant,
    Place,
    Reported,
    Screening,
    Sheet,
    Signature,
)
from equipoise.conduct.permissions import today
from equipoise.conduct.trial import Deviation, Grant, KitBatch, Query, Sealing, Site, Stage, Trial
from equipoise.kernel.truth import Truth

ENDING = frozenset({"visits", "new-data"})
"""Whoever withdraws from one of these is followed no longer."""


def replay(trial: Trial, entries: Iterable[Entry]) -> Trial:
    return reduce(evolve, entries, trial)


def evolve(trial: Trial, entry: Entry) -> Trial:
    event = did.read_event(entry.tag, entry.schema, entry.body)
    return replace(_next(trial, event, entry), position=entry.position, hash=entry.hash)


def _next(trial: Trial, event: did.TrialEvent, entry: Entry) -> Trial:
    match event:
        case did.TrialOpened(protocol=protocol):
            return replace(trial, opened=entry.at, version=protocol.version, protocols={protocol.version: protocol})
        case did.ProtocolAmended(protocol=protocol):
            return replace(trial, version=protocol.version, protocols={**trial.protocols, protocol.version: protocol})
        case did.SiteAdded() | did.SiteOpened() | did.SiteClosed():
            return _with_site(trial, event, entry)
        case did.RoleGranted(user=user, name=name):
            given = Grant(user, event.grant, event.site, event.trained, event.starts, event.ends)
            held = {**trial.held, user: (*trial.held.get(user, ()), given)}
            return replace(trial, held=held, people={**trial.people, user: name})
        case did.RoleRevoked():
            return replace(trial, held={**trial.held, event.user: tuple(_revoked(trial, event, entry))})
        case did.AllocationSealed():
            return replace(trial, sealing=Sealing(event.algorithm, event.commitment, entry.at, event.kits))
        case did.KitsNumbered(commitment=commitment, kits=count):
            return replace(trial, batches=(*trial.batches, KitBatch(commitment, count, entry.at)))
        case did.KitsReceived(site=site, kits=kits):
            came = dict.fromkeys(kits, site)
            sent = _less(trial.sent, kits)
            parcels = trial.parcels.set(site, (*trial.parcels.get(site, ()), kits))
            received = trial.received.update(came)
            return replace(trial, stock=trial.stock.update(came), received=received, parcels=parcels, sent=sent)
        case did.KitsSent(site=site, kits=kits):
            return replace(trial, sent=trial.sent.update(dict.fromkeys(kits, site)))
        case did.KitsDiscarded(site=site, kits=kits):
            stock, sent = (_less(held, kits) for held in (trial.stock, trial.sent))
            return replace(trial, stock=stock, sent=sent, discarded=trial.discarded.update(dict.fromkeys(kits, site)))
        case did.QueryRaised() | did.QueryAnswered() | did.QueryClosed():
            return _with_query(trial, event, entry)
        case did.DeviationRecorded():
            site = event.site or entry.site
            noted = Deviation(event.of, event.words, event.important, event.participant, site, entry.at, entry.by)
            return replace(trial, deviations=(*trial.deviations, noted))
        case did.DataFrozen() | did.DataUnlocked():
            return replace(trial, stage=Stage.FROZEN, digest="")
        case did.DataThawed():
            return replace(trial, stage=Stage.OPEN)
        case did.DataLocked(digest=digest):
            return replace(trial, stage=Stage.LOCKED, digest=digest)
        case did.TrialUnblinded():
            return replace(trial, stage=Stage.UNBLINDED, unblinded=entry.at)
        case did.SealedRead() | did.DataExported():
            return trial
        case did.PersonPrescreened(participant=number, site=site):
            person = Participant(number, site, entry.at, event.identity)
            numbered = replace(trial.sites[site], numbered=trial.sites[site].numbered + 1)
            sites = {**trial.sites, site: numbered}
            return replace(trial, sites=sites, participants=trial.participants.set(number, person))
        case did.ParticipantRandomised(participant=number, kits=kits):
            trial = replace(_with_participant(trial, event, entry), order=(*trial.order, number))
            return replace(trial, stock=_less(trial.stock, kits))
        case did.KitsDispensed(kits=kits):
            return replace(_with_participant(trial, event, entry), stock=_less(trial.stock, kits))
        case _:
            return _with_participant(trial, event, entry)


def _day(entry: Entry) -> date:
    return datetime.fromisoformat(entry.at).astimezone(UTC).date()


def _with_site(trial: Trial, event: did.SiteAdded | did.SiteOpened | did.SiteClosed, entry: Entry) -> Trial:
    match event:
        case did.SiteAdded():
            site = Site(event.site, event.label, event.country, event.zone, event.target)
        case did.SiteOpened():
            site = replace(trial.sites[event.site], is_open=True, opened=entry.at)
        case did.SiteClosed():
            site = replace(trial.sites[event.site], is_open=False, closed=entry.at)
    return replace(trial, sites={**trial.sites, site.id: site})


def _revoked(trial: Trial, event: did.RoleRevoked, entry: Entry) -> Iterable[Grant]:
    """A role ends with the site's day before, one yet to begin too: nothing more may be done with it."""
    on = today(trial, event.site, datetime.fromisoformat(entry.at))
    for one in trial.held.get(event.user, ()):
        same = (one.role, one.site) == (event.grant, event.site)
        ahead = one.ends is None or one.ends >= on
        yield replace(one, ends=on - timedelta(days=1)) if same and ahead else one


def _with_query(trial: Trial, event: did.QueryRaised | did.QueryAnswered | did.QueryClosed, entry: Entry) -> Trial:
    queries = _queries(trial.queries, event, entry)
    if not isinstance(event, did.QueryRaised):
        return replace(trial, queries=queries)
    known = trial.asked.get(event.participant, ())
    return replace(trial, queries=queries, asked=trial.asked.set(event.participant, (*known, event.query)))


def _queries(
    queries: Map[str, Query], event: did.QueryRaised | did.QueryAnswered | did.QueryClosed, entry: Entry
) -> Map[str, Query]:
    match event:
        case did.QueryRaised():
            place = Place(event.visit, event.form, event.copy)
            words, by = event.words, entry.by
            raised = Query(event.query, event.participant, place, event.field, words, by, entry.at, event.check)
            return queries.set(event.query, raised)
        case did.QueryAnswered(query=number, words=words):
            one = queries[number]
            return queries.set(number, replace(one, answers=(*one.answers, (entry.by, entry.at, words))))
        case did.QueryClosed(query=number):
            return queries.set(number, replace(queries[number], closed=entry.at))


def _less(held: Map[str, str], kits: Iterable[str]) -> Map[str, str]:
    left = held.mutate()
    for kit in kits:
        left.pop(kit, None)
    return left.finish()


def _with_participant(trial: Trial, event: Any, entry: Entry) -> Trial:
    before = trial.participants[event.participant]
    return replace(trial, participants=trial.participants.set(before.id, _participant(before, event, entry)))


def _participant(one: Participant, event: Any, entry: Entry) -> Participant:
    match event:
        case did.ConsentRecorded(version=version, on=on, protocol=protocol):
            return _consented(one, Consent(version, on, protocol))
        case did.ParticipantScreened(on=on, eligible=eligible, findings=findings):
            return replace(one, screenings=(*one.screenings, Screening(on, eligible, findings)))
        case did.ScreeningFailed(because=because, criteria=criteria):
            return replace(one, screenings=_failed(one.screenings, because, criteria, _day(entry)))
        case did.StratumRecorded(levels=levels):
            return replace(one, levels=levels, levels_true=levels)
        case did.StratumCorrected(factor=factor, new=new):
            true = {**one.levels_true, factor: new}
            return replace(one, levels_true=true) if one.is_randomised else replace(one, levels=true, levels_true=true)
        case did.ParticipantRandomised(number=number, on=on, kits=kits):
            held = one.kits.update(dict.fromkeys(kits, ""))
            return replace(one, number=number, randomised=entry.at, randomised_on=on, kits=held)
        case did.KitsDispensed(visit=visit, kits=kits):
            return replace(one, kits=one.kits.update(dict.fromkeys(kits, visit)))
        case did.KitReturned(kit=kit, left=left):
            return replace(one, returned=one.returned.set(kit, left))
        case did.TreatmentStopped(on=on, why=why):
            return replace(one, stopped=(on, why))
        case did.VisitDone(visit=visit, on=on, outside=outside):
            return replace(one, visits={**one.visits, visit: Attendance(on, outside)})
        case did.VisitMissed(visit=visit, why=why):
            return replace(one, visits={**one.visits, visit: Attendance(None, missed=why)})
        case did.FormEntered() | did.FormCorrected() | did.FormSigned():
            place = Place(event.visit, event.form, event.copy)
            return replace(one, sheets={**one.sheets, place: _sheet(one.sheets.get(place), event, entry)})
        case did.MedicationRecorded(number=number):
            taken = Medication(event.name, event.dose, event.why, event.started, event.stopped, event.code)
            return replace(one, medications={**one.medications, number: taken})
        case did.AdverseEventReported(number=number, told=told):
            return replace(one, adverse={**one.adverse, number: Reported(told)})
        case did.AdverseEventUpdated(number=number, told=told):
            return replace(one, adverse={**one.adverse, number: replace(one.adverse[number], told=told)})
        case did.ExpeditedReportSent(number=number, on=on, to=to):
            known = one.adverse[number]
            return replace(one, adverse={**one.adverse, number: replace(known, sent=(*known.sent, (on, to)))})
        case did.ParticipantWithdrew(on=on, of=of, why=why):
            gone = replace(one, withdrawn=one.withdrawn | set(of))
            return _end(gone, Ended("withdrew", on, why)) if ENDING & set(of) else gone
        case did.ParticipantLost(on=on, tried=tried):
            return _end(one, Ended("lost", on, tried))
        case did.ParticipantDied(on=on):
            return _end(one, Ended("died", on))
        case did.ParticipantCompleted(on=on):
            return _end(one, Ended("completed", on))
        case did.ParticipantReinstated(what="stopped"):
            return replace(one, stopped=None, withdrawn=one.withdrawn - {"treatment"})
        case did.ParticipantReinstated(what=what):
            return _without(one, what)
        case did.CodeBroken():
            opened = utc(event.opened) if event.opened else ""
            how = event.path, event.why, event.changes_care, event.to, event.envelope, opened
            return replace(one, broken=(*one.broken, Broken(entry.at, entry.by, *how)))
        case did.ImpactAssessed(words=words):
            return replace(one, broken=tuple(replace(each, assessed=each.assessed or words) for each in one.broken))
        case did.RecordEndorsed(meaning=meaning, digest=digest):
            return replace(one, endorsed=(*one.endorsed, Signature(entry.by, entry.at, meaning, digest)))
    raise AssertionError(f"no rule for {type(event).__name__}")


def _consented(one: Participant, consent: Consent) -> Participant:
    """Whoever had left by withdrawing comes back with it; that treatment was stopped stays as it was."""
    agreed = replace(one, consents=(*one.consents, consent))
    if all(end.how != "withdrew" for end in one.ends):
        return agreed
    stopped = one.withdrawn & {"treatment"} if one.is_randomised else frozenset[str]()
    return replace(_without(agreed, "withdrew"), withdrawn=stopped)


def _end(one: Participant, ended: Ended) -> Participant:
    known = any(end.how == ended.how for end in one.ends)
    return one if known else replace(one, ends=(*one.ends, ended))


def _without(one: Participant, how: str) -> Participant:
    return replace(one, ends=tuple(end for end in one.ends if end.how != how))


def _failed(
    screenings: tuple[Screening, ...], because: str, criteria: tuple[str, ...], on: date
) -> tuple[Screening, ...]:
    *earlier, last = screenings or (Screening(on, Truth.UNKNOWN, ()),)
    return (*earlier, replace(last, failed=because, criteria=criteria))


def _sheet(before: Sheet | None, event: did.FormEntered | did.FormCorrected | did.FormSigned, entry: Entry) -> Sheet:
    match event:
        case did.FormEntered(values=values, sealed=sealed):
            return Sheet(values, sealed, entry.at, entry.by)
        case did.FormCorrected(changes=changes, sealed=sealed):
            known = before or Sheet({}, {}, entry.at, entry.by)
            now = {**known.values, **{one.field: one.new for one in changes if one.field not in sealed}}
            kept = {field: value for field, value in now.items() if value}
            void = replace(known.signature, digest="") if known.signature else None
            both = {**known.sealed, **sealed}
            return replace(known, values=kept, sealed=both, signature=void, corrections=known.corrections + 1)
        case did.FormSigned(meaning=meaning, digest=digest):
            known = before or Sheet({}, {}, entry.at, entry.by)
            return replace(known, signature=Signature(entry.by, entry.at, meaning, digest))
