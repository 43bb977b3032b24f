"""Opening a trial, its sites, who works on it, amendments, the sealed allocation."""

import datetime
import hashlib
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.guards import reason_given, words_given
from equipoise.conduct.log import Context, canonical
from equipoise.conduct.masking import clearance
from equipoise.conduct.permissions import CONFLICTS, needs_site, today
from equipoise.conduct.protocol.model import Method, PlannedSite, Protocol
from equipoise.conduct.roles import AT_A_SITE, LABELS, Information, Role
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused


def open_trial(trial: Trial, command: do.OpenTrial, context: Context) -> Iterator[did.TrialEvent]:
    """The person who opens it becomes its first administrator, and gives everybody else their roles."""
    if trial.opened:
        raise Refused("is open already.", what=trial.id, do="Choose another name, or amend its protocol.")
    protocol = command.protocol
    words_given(command.name, what="Your name")
    yield did.TrialOpened(protocol, digest_of(protocol))
    for site in protocol.sites:
        yield _added(site)
    day = context.at.date()
    yield did.RoleGranted(context.by, command.name, Role.ADMINISTRATOR, day, day)


def digest_of(protocol: Protocol) -> str:
    return hashlib.sha256(canonical(protocol).encode()).hexdigest()


def amend_protocol(trial: Trial, command: do.AmendProtocol, context: Context) -> Iterator[did.TrialEvent]:
    """What the commitment binds stays: arms, ratio, strata, how it is drawn, kinds of kits. The cap may change."""
    new, old = command.protocol, trial.protocol
    reason_given(context, what="The amendment")
    if new.id != old.id:
        raise Refused(
            f"is a protocol of {new.id}, not of {old.id}.", what="The file", do="Choose this trial's protocol."
        )
    if new.version in trial.protocols:
        raise Refused(
            "is a version this trial has had.", what=new.version, do="Give the amendment a version of its own."
        )
    if new.amends not in ("", old.version):
        raise Refused(f"amends {new.amends}, and the trial has {old.version}.", what="The amendment")
    if trial.sealing:
        _keep_what_is_bound(old, new)
    if new.allocation.cap < len(trial.order):
        why = f"lets in {new.allocation.cap}, and {len(trial.order)} are randomised."
        raise Refused(why, what="The amendment", do="Raise the cap, or close the sites.")
    if trial.order and _unmasks(old, new):
        raise Refused("unmasks somebody.", what="The amendment", do="Keep the masking until the trial is unblinded.")
    yield did.ProtocolAmended(new, digest_of(new))
    for site in new.sites:
        if site.id not in trial.sites:
            yield _added(site)


def _keep_what_is_bound(old: Protocol, new: Protocol) -> None:
    before, after = _bound(old), _bound(new)
    changed = [words for words in before if before[words] != after[words]]
    if changed:
        why = f"changes {' and '.join(changed)}, sealed before the first participant."
        raise Refused(why, what="The amendment", do="Keep what is sealed, or begin another trial.")


def _bound(protocol: Protocol) -> dict[str, object]:
    """By its words. How many are let in is not in it: every list goes on beyond the cap as the seed has it."""
    design, kits = protocol.allocation, protocol.kits
    drawn = replace(design, method=Method.SIMPLE, ratio={}, factors=(), cap=0, why="")
    return {
        "the arms": protocol.arms,
        "the method": design.method,
        "the ratio": design.ratio,
        "the strata": design.factors,
        "how it is drawn": drawn,
        "the kits": (kits.kinds, kits.number_length) if kits else None,
    }


def _unmasks(old: Protocol, new: Protocol) -> bool:
    withheld = (set(kept) - set(new.masking.withheld.get(role, ())) for role, kept in old.masking.withheld.items())
    return bool(set(old.masking.masked) - set(new.masking.masked)) or any(withheld)


def add_site(trial: Trial, command: do.AddSite, context: Context) -> Iterator[did.TrialEvent]:
    if command.site in trial.sites:
        raise Refused("is the number of another site.", what=command.site, do="Choose another.")
    words_given(command.label, what="The site's name")
    yield _added(command)


def _added(site: do.AddSite | PlannedSite) -> did.SiteAdded:
    number = site.site if isinstance(site, do.AddSite) else site.id
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", number):
        raise Refused("is not a site's number.", what=number[:40], do="Use letters, digits and hyphens.")
    try:
        ZoneInfo(site.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        why = "is not a time zone."
        raise Refused(why, what=site.zone[:40] or "Nothing", do="Write one such as Europe/Oslo.") from None
    return did.SiteAdded(number, site.label, site.country, site.zone, site.target)


def open_site(trial: Trial, command: do.OpenSite, context: Context) -> Iterator[did.TrialEvent]:
    site = trial.site(command.site)
    if site.is_open:
        raise Refused("is open already.", what=site.label)
    day = _latest_day(trial, site.id, context)
    if not any(one.role is Role.INVESTIGATOR and one.site == site.id and one.live(day) for one in trial.grants):
        raise Refused("has no investigator.", what=site.label, do="Give somebody that role first.")
    yield did.SiteOpened(site.id)


def _latest_day(trial: Trial, site: str, context: Context) -> datetime.date:
    """Today at the site or in UTC, whichever is later: whoever gives roles may be on the other side of midnight."""
    return max(today(trial, site, context.at), context.at.astimezone(datetime.UTC).date())


def close_site(trial: Trial, command: do.CloseSite, context: Context) -> Iterator[did.TrialEvent]:
    site = trial.site(command.site)
    reason_given(context, what="Closing a site")
    if not site.is_open:
        raise Refused("is not open.", what=site.label)
    yield did.SiteClosed(site.id)


def grant_role(trial: Trial, command: do.GrantRole, context: Context) -> Iterator[did.TrialEvent]:
    words_given(command.user, what="The person's account")
    words_given(command.name, what="The person's name")
    _hold_to_a_site(trial, command)
    if command.starts < command.trained:
        why = f"would begin on {command.starts}, before training on {command.trained}."
        raise Refused(why, what="The role", do="Let it begin on the day of training or later.")
    if command.trained > _latest_day(trial, command.site, context):
        raise Refused(f"{command.trained} lies in the future.", what="The day of training", do="Correct the date.")
    if command.ends and command.ends < command.starts:
        raise Refused("would end before it begins.", what="The role", do="Correct the dates.")
    held = [one for one in trial.held.get(command.user, ()) if (one.ends or command.starts) >= command.starts]
    here = {one.role for one in held if not (one.site and command.site) or one.site == command.site}
    clash = _clash({one.role for one in held} - {command.grant}, command.grant) or _tells(trial, here, command.grant)
    if clash:
        is_now, wanted = LABELS[clash].lower(), LABELS[command.grant].lower()
        words = f"{command.name} is {is_now} in this trial, and cannot be {wanted} too."
        raise Refused(words, what="Duties are kept apart", do="Choose another person, or end the other role first.")
    yield did.RoleGranted(
        command.user, command.name, command.grant, command.trained, command.starts, command.ends, command.site
    )


def _hold_to_a_site(trial: Trial, command: do.GrantRole) -> None:
    if needs_site(command.grant) and not command.site:
        raise Refused("is a role at one site.", what=LABELS[command.grant], do="Choose the site.")
    if command.site:
        trial.site(command.site)


def _clash(held: set[Role], wanted: Role) -> Role | None:
    """Duties apart: unmasked ones from all, and a site's from those who oversee it (E6(R3) 3.16.1(i))."""
    if wanted in CONFLICTS and held:
        return min(held)
    across = {role for role in held if (role in AT_A_SITE) != (wanted in AT_A_SITE)}
    return next((role for role in CONFLICTS if role in held), None) or min(across, default=None)


def _tells(trial: Trial, held: set[Role], wanted: Role) -> Role | None:
    """What the protocol withholds from one role, the arms too, is not told to the same person in another."""
    for role in sorted(held):
        if _kept(trial, role) & clearance(trial, wanted) or _kept(trial, wanted) & clearance(trial, role):
            return role
    return None


def _kept(trial: Trial, role: Role) -> frozenset[Information]:
    arms = frozenset({Information.ARM}) - clearance(trial, role)
    return arms | frozenset(trial.protocol.masking.withheld.get(role, ()))


def revoke_role(trial: Trial, command: do.RevokeRole, context: Context) -> Iterator[did.TrialEvent]:
    live = [
        one
        for one in trial.held.get(command.user, ())
        if (one.role, one.site) == (command.grant, command.site)
        and (one.ends is None or one.ends >= today(trial, one.site, context.at))
    ]
    if not live:
        raise Refused("does not have that role.", what=trial.people.get(command.user, command.user))
    last = {one.user for one in trial.grants if one.role is Role.ADMINISTRATOR and one.live(context.at.date())}
    if command.grant is Role.ADMINISTRATOR and last == {command.user}:
        raise Refused("is the only administrator.", what=trial.people[command.user], do="Name another first.")
    yield did.RoleRevoked(command.user, command.grant, command.site)


def seal_allocation(trial: Trial, command: do.SealAllocation, context: Context) -> Iterator[did.TrialEvent]:
    if trial.sealing:
        raise Refused("is sealed already.", what="The allocation", do="A seal is never replaced.")
    if trial.order:
        raise Refused("participants are randomised already.", what="The allocation")
    _is_commitment(command.commitment)
    yield did.AllocationSealed(command.algorithm, command.commitment, command.kits)


def _is_commitment(words: str) -> None:
    if len(words) != 64 or set(words) - set("0123456789abcdef"):
        raise Refused("is not a SHA-256 in hexadecimal.", what="The commitment")


def number_kits(trial: Trial, command: do.NumberKits, context: Context) -> Iterator[did.TrialEvent]:
    """A further batch, bound like the first: before a site has any of it."""
    if trial.sealing is None or trial.protocol.kits is None:
        raise Refused("has no sealed kits.", what="This trial", do="Seal the allocation first; its kits come with it.")
    if command.batch != len(trial.batches) + 2:
        raise Refused(f"is not the next, which is {len(trial.batches) + 2}.", what=f"Batch {command.batch}")
    if command.kits < 1:
        raise Refused("has no kits.", what=f"Batch {command.batch}")
    _is_commitment(command.commitment)
    yield did.KitsNumbered(command.commitment, command.batch, command.kits)
