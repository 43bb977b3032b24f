"""Opening a trial, its sites, who works on it, amendments, the sealed allocation."""

import hashlib
from collections.abc import Iterator

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide.guards import reason_given, words_given
from equipoise.conduct.log import Context, canonical
from equipoise.conduct.permissions import CONFLICTS, needs_site, today
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import LABELS, Role
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
        yield did.SiteAdded(site.id, site.label, site.country, site.zone, site.target)
    day = context.at.date()
    yield did.RoleGranted(context.by, command.name, Role.ADMINISTRATOR, day, day)


def digest_of(protocol: Protocol) -> str:
    return hashlib.sha256(canonical(protocol).encode()).hexdigest()


def amend_protocol(trial: Trial, command: do.AmendProtocol, context: Context) -> Iterator[did.TrialEvent]:
    """Arms and allocation stay: they are bound by the commitment made before the first participant."""
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
    if trial.sealing and (new.arms, new.allocation) != (old.arms, old.allocation):
        why = "changes the arms or the allocation, which are sealed."
        raise Refused(why, what="The amendment", do="Keep them, or begin another trial.")
    if trial.order and set(old.masking.masked) - set(new.masking.masked):
        raise Refused("unmasks somebody.", what="The amendment", do="Keep the masking until the trial is unblinded.")
    yield did.ProtocolAmended(new, digest_of(new))


def add_site(trial: Trial, command: do.AddSite, context: Context) -> Iterator[did.TrialEvent]:
    if command.site in trial.sites:
        raise Refused("is the number of another site.", what=command.site, do="Choose another.")
    words_given(command.site, what="The site's number")
    words_given(command.label, what="The site's name")
    yield did.SiteAdded(command.site, command.label, command.country, command.zone, command.target)


def open_site(trial: Trial, command: do.OpenSite, context: Context) -> Iterator[did.TrialEvent]:
    site = trial.site(command.site)
    if site.is_open:
        raise Refused("is open already.", what=site.label)
    if not any(one.role is Role.INVESTIGATOR and one.site == site.id for one in trial.grants):
        raise Refused("has no investigator.", what=site.label, do="Give somebody that role first.")
    yield did.SiteOpened(site.id)


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
    if command.ends and command.ends < command.starts:
        raise Refused("would end before it begins.", what="The role", do="Correct the dates.")
    held = {
        one.role
        for one in trial.grants
        if one.user == command.user and (one.ends is None or one.ends >= command.starts)
    }
    clash = _clash(held - {command.grant}, command.grant)
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
    if wanted in CONFLICTS and held:
        return min(held)
    return next((role for role in CONFLICTS if role in held), None)


def revoke_role(trial: Trial, command: do.RevokeRole, context: Context) -> Iterator[did.TrialEvent]:
    live = [
        one
        for one in trial.grants
        if (one.user, one.role, one.site) == (command.user, command.grant, command.site)
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
    if len(command.commitment) != 64 or set(command.commitment) - set("0123456789abcdef"):
        raise Refused("is not a SHA-256 in hexadecimal.", what="The commitment")
    yield did.AllocationSealed(command.algorithm, command.commitment, command.kits)
