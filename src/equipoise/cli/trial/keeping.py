"""``equipoise trial backup``, ``restore``, ``database`` and ``key``: keeping what is written, and what opens it."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypedDict

import typer

from equipoise.actions.library import default_home
from equipoise.actions.opening import (
    SEALED_KEY,
    VAULT_KEY,
    holds_no_sealed,
    now,
    open_trial_log,
    open_trial_sealed,
    open_trial_vault,
)
from equipoise.cli.door import out
from equipoise.cli.protocol import trial
from equipoise.cli.trial.asked import By, Why, context_of
from equipoise.kernel.counted import counted
from equipoise.store.trial.anchors import read_anchors
from equipoise.store.trial.backup import back_up, restore
from equipoise.store.trial.keys import key_source, new_key, split_key
from equipoise.store.trial.log import Log
from equipoise.store.trial.sealed import Sealed
from equipoise.store.trial.vault import Vault

SealedAlone = Annotated[bool, typer.Option("--sealed", help="The sealed store alone: its custodian's part.")]


class Stores(TypedDict, total=False):
    log: Log
    sealed: Sealed
    vault: Vault


def _stores(*, sealed: bool) -> Stores:
    """Those this user keeps: the sealed store is left out where a custodian keeps it apart."""
    home = default_home()
    if sealed:
        return {"sealed": open_trial_sealed(home, os.environ)}
    kept: Stores = {"log": open_trial_log(home, os.environ), "vault": open_trial_vault(home, os.environ)}
    return kept if holds_no_sealed(os.environ) else {**kept, "sealed": open_trial_sealed(home, os.environ)}


@trial.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    sealed: SealedAlone = False,  # noqa: FBT002
) -> None:
    """Write log, vault and sealed store into one folder, with digests. Nothing in it is opened; keys stay apart."""
    stores = _stores(sealed=sealed)
    made = back_up(folder, at=now(), **stores)
    files = counted(len(made.files), "file")
    out.print(f"Wrote {files} to {folder}. Keep the keys elsewhere.", highlight=False, soft_wrap=True)
    if not sealed and "sealed" not in stores:
        out.print("The sealed store is its custodian's: let its user run trial backup --sealed.", soft_wrap=True)


@trial.command("restore")
def restore_(
    folder: Annotated[Path, typer.Argument(help="A folder that `trial backup` wrote.", exists=True, file_okay=False)],
    anchors: Annotated[
        Path | None, typer.Option(help="A file of anchors kept outside.", exists=True, dir_okay=False)
    ] = None,
    sealed: SealedAlone = False,  # noqa: FBT002
) -> None:
    """Fill empty stores from a backup; every digest and the chain are checked before and after."""
    made = restore(folder, **_stores(sealed=sealed), anchors=read_anchors(anchors) if anchors else ())
    out.print(
        f"Restored what was backed up at {made.at}. Check it: equipoise trial audit", highlight=False, soft_wrap=True
    )


@trial.command(epilog="Run it as the database's administrator; running it again changes nothing.")
def database(
    url: Annotated[str, typer.Argument(help="postgresql://… of the database that will hold the trials.")],
) -> None:
    """Make the schemas and roles of the log, the vault and the sealed store, each with its own rights."""
    from equipoise.store.trial.setup import set_up  # not in the light install

    set_up(url)
    ready = "Ready: roles equipoise and equipoise_custodian. Give them passwords or let them in as system users."
    out.print(ready, soft_wrap=True)


@trial.command(epilog="Example: equipoise trial key --from file:sealed.key --split")
def key(
    split: Annotated[bool, typer.Option("--split", help="In two halves, for two people.")] = False,  # noqa: FBT002
    source: Annotated[
        str, typer.Option("--from", help="Not a new one, but that of file:PATH or, out of two halves, both:ONE+OTHER.")
    ] = "",
) -> None:
    """Print a new key for a sealed store or a vault. It is kept nowhere: keep it yourself."""
    made = key_source(source).key().hex() if source else new_key()
    for words in split_key(made) if split else (made,):
        out.print(words, highlight=False, soft_wrap=True)


class Kept(StrEnum):
    SEALED = "sealed"
    VAULT = "vault"


@trial.command(epilog="Stop the service first; then name the new key in its settings, and start it again.")
def rekey(
    store: Annotated[Kept, typer.Argument(help="Which store.")],
    to: Annotated[str, typer.Option("--to", help="Where the new key is: file:PATH, or as the setting names it.")],
    by: By,
    why: Why,
) -> None:
    """Put the sealed store or the vault under another key. The old one opens nothing any more but older backups."""
    opening = open_trial_sealed if store is Kept.SEALED else open_trial_vault
    opening(default_home(), os.environ).rotate(key_source(to), context_of(by, why))
    setting = SEALED_KEY if store is Kept.SEALED else VAULT_KEY
    out.print(f"Done. Set {setting}={to} before you start the service.", highlight=False, soft_wrap=True)
