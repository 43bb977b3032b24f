"""Who a participant is, from the site's vault: every look is in the vault's own log before anything is opened."""

from collections.abc import Iterable, Mapping

import msgspec

from equipoise.actions.trials import Trials
from equipoise.conduct.log import Context, Entry, flaws
from equipoise.store.trial.vault import ERASED, READ, ROTATED, Vault

_DONE = {READ: "read", ERASED: "erased", ROTATED: "put under another key"}


class Look(msgspec.Struct, frozen=True):
    """``participant``: empty where it concerns everybody of the site, and ``site`` where everybody of the trial."""

    position: int
    at: str
    by: str
    did: str
    site: str
    participant: str
    reason: str
    client: str


class Looked(msgspec.Struct, frozen=True):
    """``problems``: where the log of looks is not what was written; none where all is."""

    looks: tuple[Look, ...]
    problems: tuple[str, ...]


def identity(trials: Trials, name: str, site: str, participant: str, context: Context) -> Mapping[str, str]:
    """Nothing where nothing is held, or it was erased."""
    return trials.vault.look(name, site, participant, context) or {}


def identities(trials: Trials, name: str, sites: Iterable[str], context: Context) -> dict[str, Mapping[str, str]]:
    """Of everybody at these sites, by participant: one look for each site."""
    return {
        participant: values
        for site in sites
        for participant, values in trials.vault.look_at_site(name, site, context).items()
    }


def looks_of(vault: Vault, trial: str) -> Looked:
    """Who read and who erased whose data, oldest first, and whether that log is what was written."""
    problems = tuple(
        f"The vault's log, entry {flaw.position}: {flaw.why}" for flaw in flaws(vault.looks.entries(trial))
    )
    return Looked(tuple(map(_look, vault.looks.entries(trial))), problems)


def _look(entry: Entry) -> Look:
    done = _DONE[entry.tag]
    return Look(entry.position, entry.at, entry.by, done, entry.site, entry.subject, entry.reason, entry.client)
