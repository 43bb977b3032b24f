"""Writing down who looked at something kept apart: an entry as the trial's own, of names and never of contents."""

from equipoise import __version__
from equipoise.conduct.log import Context, Entry, sealed_by_hash, utc
from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Pen


def note_look(pen: Pen, tag: str, context: Context, *, store: str, subject: str = "", site: str = "") -> None:
    """Refused: nobody is named. ``store``: what is looked into, in words; ``subject``: what of it."""
    if not context.by:
        raise Refused("is opened to people with a name only.", what=store, do="Say who asks.")
    entry = Entry(
        trial=pen.trial,
        position=pen.position + 1,
        at=utc(context.at),
        by=context.by,
        role=context.role,
        site=site,
        subject=subject,
        tag=tag,
        schema=1,
        body="{}",
        reason=context.reason.strip(),
        key="",
        zone=context.zone,
        client=context.client,
        protocol="",
        software=__version__,
        before=pen.hash,
    )
    pen.append([sealed_by_hash(entry)])
