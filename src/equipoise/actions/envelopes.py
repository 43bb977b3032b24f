"""Sealed code breaks on paper, for when no server answers: ordered in the trial's log, then made by the custodian.

A sheet for each kit that a site has had; where a trial has no kits, for each participant randomised so far. They are
folded into envelopes that show whether they were opened, and are kept where the emergency contact is.
"""

import datetime
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

import msgspec

from equipoise.actions.custody import open_allocation
from equipoise.actions.ordered import Paper, find_order, looking, order, write_private
from equipoise.actions.trials import Done, Trials
from equipoise.conduct import commands as do
from equipoise.conduct.allocation.sealing import Reveal, arms_again
from equipoise.conduct.decide.safety import EMERGENCY
from equipoise.conduct.evolve import replay
from equipoise.conduct.log import Context
from equipoise.conduct.masking import sees, viewer_of
from equipoise.conduct.participant import Participant
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Log
from equipoise.store.trial.sealed import Sealed

CODE_BREAKS = Paper("sealed code breaks, to be printed", "envelopes")
_TEMPLATES = Path(__file__).parent / "sheets"


class Sheet(msgspec.Struct, frozen=True):
    """One code break. ``serial`` is that of the order and a number in it; ``holds``: the treatment, inside alone."""

    serial: str
    site: str
    what: str
    number: str
    holds: str


def order_envelopes(trials: Trials, name: str, context: Context) -> Done:
    """Into the trial's log, before anything is opened. Refused: to whom the arms are masked."""
    trial = trials.trial(name)
    _sites(trial, context)
    return order(trials, name, CODE_BREAKS, context)


def make_envelopes(
    log: Log, sealed: Sealed, name: str, folder: Path, context: Context, site: str = ""
) -> tuple[Sheet, ...]:
    """Write a file for each site, or for one, and a list without arms into an empty folder, for its owner alone.

    Refused: not ordered by who asks within a day, or the arms are masked to them; nothing to print; a folder in use.
    """
    trial = replay(Trial(name), log.entries(name))
    ordered = find_order(log, trial, CODE_BREAKS, context)
    sites = _sites(trial, context)
    pairs = enumerate(_numbers(trial, sites), start=1)
    numbers = [(count, where, number) for count, (where, number) in pairs if site in ("", where)]
    if not numbers:
        raise Refused("has had no kit, and nobody is randomised.", what="No site", do="Order them when kits are sent.")
    _empty(folder)
    holds = dict(_holds(trial, open_allocation(sealed, trial, looking(CODE_BREAKS, ordered, context))))
    what = "Kit" if trial.protocol.kits else "Participant"
    sheets = tuple(
        Sheet(f"{ordered.position}-{count:04}", where, what, number, holds[number]) for count, where, number in numbers
    )
    _write_all(folder, trial, sheets, context.at)
    return sheets


def _sites(trial: Trial, context: Context) -> tuple[str, ...]:
    """Those whose arms this person may know."""
    if not trial.opened:
        raise Refused("is not open.", what=trial.id, do="Open it first: equipoise trial open.")
    viewer = viewer_of(trial, context.by, context.at)
    found = tuple(site for site in trial.sites if sees(trial, viewer, Information.ARM, site))
    if not found:
        do_next = "Ask the independent statistician, or an unmasked pharmacist."
        raise Refused("is masked, and may not have code breaks made.", what=context.by, do=do_next)
    return found


def _numbers(trial: Trial, sites: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Site and number of what a sheet is made for, in an order that tells nothing."""
    if trial.protocol.kits:
        pairs = sorted((site, kit) for kit, site in trial.received.items())
    else:
        pairs = sorted((trial.participants[one].site, one) for one in trial.order)
    wanted = frozenset(sites)
    return ((site, number) for site, number in pairs if site in wanted)


def _holds(trial: Trial, opened: Reveal) -> Iterator[tuple[str, str]]:
    if trial.protocol.kits:
        kinds = {kind.id: kind.holds for kind in trial.protocol.kits.kinds}
        yield from ((kit, kinds[kind]) for kit, kind in opened.contents.items())
        return
    labels = {arm.id: arm.label for arm in trial.protocol.arms}
    placed = [trial.participants[one].levels for one in trial.order]
    arms = arms_again(opened, placed, trial.protocol.allocation.cap)
    yield from zip(trial.order, (labels[arm] for arm in arms), strict=True)


def _empty(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if next(folder.iterdir(), None) is not None:
        raise Refused("is not empty.", what=str(folder), do="Name a folder that is not there yet.")
    folder.chmod(0o700)


def _write_all(folder: Path, trial: Trial, sheets: tuple[Sheet, ...], at: datetime.datetime) -> None:
    for site in dict.fromkeys(sheet.site for sheet in sheets):
        own = [sheet for sheet in sheets if sheet.site == site]
        pages = "\n".join(_filled("sheet", trial, at, one, of=len(own)) for one in own)
        write_private(folder / f"site-{site}.html", _page(trial, f"Sealed code breaks, site {site}", pages))
    groups = "\n".join(_group(trial, at, list(own)) for _, own in groupby(sheets, key=lambda sheet: sheet.site))
    listed = Template(_read("list")).substitute(_words(trial, at), groups=groups, count=len(sheets))
    write_private(folder / "list.html", _page(trial, "List of sealed code breaks", listed))


def _group(trial: Trial, at: datetime.datetime, sheets: list[Sheet]) -> str:
    rows = "\n".join(_filled("row", trial, at, one) for one in sheets)
    return Template(_read("group")).substitute(site=escape(trial.sites[sheets[0].site].label), rows=rows)


def _page(trial: Trial, title: str, body: str) -> str:
    return Template(_read("page")).substitute(title=escape(f"{title}: {trial.id}"), style=_read("style"), body=body)


def _filled(template: str, trial: Trial, at: datetime.datetime, sheet: Sheet, of: int = 0) -> str:
    told = {field: escape(str(value)) for field, value in msgspec.structs.asdict(sheet).items()}
    told["site"] = escape(trial.sites[sheet.site].label)
    return Template(_read(template)).substitute(_words(trial, at), of=of, **told)


def _words(trial: Trial, at: datetime.datetime) -> dict[str, str]:
    emergency = trial.protocol.emergency
    told = {
        "trial": trial.id,
        "title": trial.protocol.title,
        "version": trial.version,
        "contact": emergency.contact if emergency else "the sponsor",
        "day": f"{at.day} {at:%B %Y}",
    }
    return {name: escape(value) for name, value in told.items()}


@cache
def _read(template: str) -> str:
    return (_TEMPLATES / f"{template}.html").read_text("utf-8")


def record_opened(
    trials: Trials, name: str, number: str, serial: str, opened: datetime.datetime, context: Context
) -> Participant:
    """A code broken on paper, afterwards: into the log as any other.

    ``number``: of the kit or the participant. ``opened``: by the site's clock where no offset is told. ``context``:
    the investigator, and why it was opened. Refused: it is nobody's who is randomised; opened before that, or later
    than now.
    """
    trial = trials.trial(name)
    one = _whose(trial, number)
    envelope = f"{serial} of kit {number}" if number in one.kits else serial
    at = opened if opened.tzinfo else opened.replace(tzinfo=ZoneInfo(trial.site(one.site).zone))
    command = do.BreakCode(one.id, EMERGENCY, context.reason, changes_care=True, envelope=envelope, opened=at)
    return trials.ask(name, command, context).trial.participant(one.id)


def _whose(trial: Trial, number: str) -> Participant:
    one = next((each for each in trial.participants.values() if number in each.kits), None)
    one = one or trial.participants.get(number)
    if one is not None and one.is_randomised:
        return one
    if number in {*trial.received, *trial.sent}:
        do_next = "Record a deviation of the site: accidental unmasking."
        raise Refused("was given to nobody, so no participant is unmasked.", what=f"Kit {number}", do=do_next)
    why = "is not randomised, so there is no code of theirs." if one else "is no kit and no participant of this trial."
    raise Refused(why, what=number[:40], do="Read the number on the envelope again.")
