"""The stores of running trials, as the environment names them; files in the home for trying out."""

import datetime
import os
from collections.abc import Mapping
from pathlib import Path

from equipoise.actions.custodian import Asking
from equipoise.actions.custody import Keeper
from equipoise.actions.trials import Trials
from equipoise.kernel.refused import Refused
from equipoise.store.trial.keys import KeySource, key_source, new_key
from equipoise.store.trial.log import Log, open_log
from equipoise.store.trial.sealed import Sealed, open_sealed
from equipoise.store.trial.vault import Vault, open_vault

LOG, SEALED, VAULT = "EQUIPOISE_DATABASE_URL", "EQUIPOISE_SEALED_URL", "EQUIPOISE_VAULT_URL"
CUSTODIAN = "EQUIPOISE_CUSTODIAN"
SEALED_KEY, VAULT_KEY = "EQUIPOISE_SEALED_KEY", "EQUIPOISE_VAULT_KEY"


def open_trials(home: Path, environment: Mapping[str, str]) -> Trials:
    """Everything a door needs. Where ``EQUIPOISE_CUSTODIAN`` names a socket, the custodian is asked there."""
    log, vault = open_trial_log(home, environment), open_trial_vault(home, environment)
    socket = environment.get(CUSTODIAN, "")
    custodian = Asking(Path(socket)) if socket else Keeper(log, open_trial_sealed(home, environment), now)
    return Trials(log, custodian, vault)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def open_trial_log(home: Path, environment: Mapping[str, str]) -> Log:
    return open_log(_url(home, environment, LOG, "trials.sqlite"))


def open_trial_sealed(home: Path, environment: Mapping[str, str]) -> Sealed:
    """Refused where a custodian keeps it apart: an empty one made here would be taken for it."""
    if holds_no_sealed(environment):
        raise Refused("is its custodian's, and not here.", what="The sealed store", do="Ask as the custodian's user.")
    return open_sealed(
        _url(home, environment, SEALED, "sealed.sqlite"), _key(home, environment, SEALED_KEY, "sealed.key")
    )


def open_trial_vault(home: Path, environment: Mapping[str, str]) -> Vault:
    """With the log's database where one is named: the vault is encrypted, and the same people work with both."""
    default = environment.get(LOG, "") or f"sqlite:{home / 'vault.sqlite'}"
    return open_vault(environment.get(VAULT, "") or default, _key(home, environment, VAULT_KEY, "vault.key"))


def holds_no_sealed(environment: Mapping[str, str]) -> bool:
    return bool(environment.get(CUSTODIAN)) and not environment.get(SEALED)


def _url(home: Path, environment: Mapping[str, str], name: str, file: str) -> str:
    home.mkdir(parents=True, exist_ok=True)
    return environment.get(name, "") or f"sqlite:{home / file}"


def _key(home: Path, environment: Mapping[str, str], name: str, file: str) -> KeySource:
    """A key of the environment's choosing; for trying out, one made once and kept in the home."""
    if environment.get(name):
        return key_source(environment[name])
    path = home / file
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return key_source(f"file:{path}")
    with os.fdopen(handle, "w") as made:
        made.write(new_key())
    return key_source(f"file:{path}")
