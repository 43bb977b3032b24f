"""From events to entries of the log: enclosed with who, when, why and under which protocol, and chained."""

from collections.abc import Iterable, Iterator

from equipoise.conduct import events as did
from equipoise.conduct.log import GENESIS, Context, Entry, canonical, sealed_by_hash, utc
from equipoise.conduct.trial import Trial


def enclose(
    trial: Trial, events: Iterable[did.TrialEvent], context: Context, *, role: str, software: str
) -> Iterator[Entry]:
    """The entries that follow the last one folded into ``trial``."""
    position, before = trial.position, trial.hash or GENESIS
    version = trial.version
    for event in events:
        position += 1
        tag = did.tag_of(event)
        subject = getattr(event, "participant", "")
        if isinstance(event, did.TrialOpened | did.ProtocolAmended):
            version = event.protocol.version
        one = trial.participants.get(subject)
        site = getattr(event, "site", "") or (one.site if one else "")
        entry = Entry(
            trial=trial.id,
            position=position,
            at=utc(context.at),
            by=context.by,
            role=role,
            site=site,
            subject=subject,
            tag=tag,
            schema=did.schema_of(tag),
            body=canonical(event),
            reason=context.reason.strip(),
            key=context.key,
            zone=context.zone,
            client=context.client,
            protocol=trial.protocol_of(one).version if one else version,
            software=software,
            before=before,
        )
        entry = sealed_by_hash(entry)
        before = entry.hash
        yield entry
