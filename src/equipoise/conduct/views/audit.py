"""The audit trail as a viewer may read it: each entry in words, with who, when, why, and what changed to what.

Everything here streams: a page takes the entries of a page, an export those of a whole trial.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

import msgspec

from equipoise.conduct import events as did
from equipoise.conduct.log import Entry
from equipoise.conduct.masking import CLASS_OF, Viewer, entry_seen
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.labels import Labels, LabelsByVersion, role_words
from equipoise.conduct.views.sight import Sight
from equipoise.conduct.views.words import tell


class Changed(msgspec.Struct, frozen=True):
    """``old`` is empty where there was nothing, ``new`` where it was taken away."""

    what: str
    old: str
    new: str


class AuditLine(msgspec.Struct, frozen=True):
    """``at``: UTC, ISO 8601; ``local``: the same in the site's zone with its offset. ``signed``: what a signature
    means, where this is one; ``digest``: what it binds."""

    position: int
    at: str
    local: str
    by: str
    role: str
    site: str
    participant: str
    words: str
    changes: tuple[Changed, ...] = ()
    reason: str = ""
    signed: str = ""
    digest: str = ""
    protocol: str = ""


def audit(
    trial: Trial, viewer: Viewer, entries: Iterable[Entry], *, participant: str = "", site: str = ""
) -> Iterator[AuditLine]:
    """Of the whole trial, a participant or a site, in the order of the entries. ``trial`` holds all of them."""
    labels = LabelsByVersion(trial)
    for entry in entries:
        if (participant and entry.subject != participant) or (site and entry.site != site):
            continue
        event = entry_seen(trial, viewer, entry)
        if event is not None:
            yield line_of(labels[entry.protocol], entry, event)


_OTHERWISE: Mapping[type[did.Event], Information] = {
    did.AdverseEventReported: Information.REACTION,
    did.AdverseEventUpdated: Information.REACTION,
    did.DeviationRecorded: Information.UNBLINDING,
    did.DataExported: Information.UNBLINDING,
}
"""The other class that ``masking.class_of`` gives to some events of a kind."""


def tags_seen(trial: Trial, viewer: Viewer) -> tuple[str, ...]:
    """Of entries that may be for the viewer: to read no others from the log. Which of them are, ``audit`` decides."""
    sight = Sight(trial, viewer)
    return tuple(
        str(kind.__struct_config__.tag)
        for kind, information in CLASS_OF.items()
        if sight.sees(information) or sight.sees(_OTHERWISE.get(kind, information))
    )


def line_of(labels: Labels, entry: Entry, event: did.TrialEvent) -> AuditLine:
    return AuditLine(
        position=entry.position,
        at=entry.at,
        local=local_time(labels.trial, entry),
        by=labels.person(entry.by),
        role=role_words(entry.role),
        site=labels.site(entry.site),
        participant=entry.subject,
        words=tell(labels, event),
        changes=tuple(_changes(labels, event)),
        reason=entry.reason,
        signed=str(getattr(event, "meaning", "")),
        digest=str(getattr(event, "digest", "")),
        protocol=entry.protocol,
    )


def local_time(trial: Trial, entry: Entry) -> str:
    """In the site's zone, or UTC for what belongs to no site; to the second, with the offset."""
    zone = trial.sites[entry.site].zone if entry.site in trial.sites else "UTC"
    return datetime.datetime.fromisoformat(entry.at).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _changes(labels: Labels, event: did.TrialEvent) -> Iterator[Changed]:
    match event:
        case did.FormCorrected(form=form, changes=changes):
            for one in changes:
                yield _field(labels, form, one.field, one.old, one.new)
        case did.FormEntered(form=form, values=values):
            for field, value in values.items():
                yield _field(labels, form, field, "", value)
        case did.StratumCorrected(factor=factor, old=old, new=new):
            yield Changed(labels.factor(factor), labels.level(factor, old), labels.level(factor, new))
        case _:
            return


def _field(labels: Labels, form: str, field: str, old: str, new: str) -> Changed:
    return Changed(labels.field(form, field), labels.value(form, field, old), labels.value(form, field, new))
