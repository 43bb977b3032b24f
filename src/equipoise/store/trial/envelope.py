"""Envelope encryption: a data key for each trial, itself encrypted by the store's master key (AES-256-GCM).

What belongs to a ciphertext (store, trial, name) is bound to it, so that none can take another's place.
"""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from equipoise.conduct.log import canonical
from equipoise.kernel.refused import Refused
from equipoise.store.trial.engine import Session
from equipoise.store.trial.keys import KeySource

_FORMAT = b"\x01"
_NONCE = 12


class Keyring:
    """The data keys of one store, in its table ``data_key``. ``store`` names it in what is bound to a ciphertext."""

    def __init__(self, store: str, source: KeySource) -> None:
        self._store = store
        self._source = source
        self._master = b""

    def check(self, session: Session) -> None:
        """Raises ``Refused`` where there is no master key, or what is kept was sealed under another."""
        self._key()
        for (master,) in session.ask("select distinct master from data_key"):
            self._check(master)

    def seal(self, session: Session, trial: str, name: str, plain: bytes) -> bytes:
        key = self._data_key(session, trial) or self._new_data_key(session, trial)
        return _encrypted(key, plain, self._bound("value", trial, name))

    def open(self, session: Session, trial: str, name: str, sealed: bytes) -> bytes:
        """Raises ``Refused`` where the key is another, or anything was altered or put in another's place."""
        key = self._data_key(session, trial)
        if key is None:
            raise Refused("has no key to open it: it was removed.", what=f"{trial}: {name}", do="Restore a backup.")
        return _decrypted(key, sealed, self._bound("value", trial, name), f"{trial}: {name}")

    def rewrap(self, session: Session, source: KeySource) -> "Keyring":
        """Every data key under the master key of ``source`` from now on; the ring to use when that is kept."""
        session.lock("data keys")
        successor = Keyring(self._store, source)
        rows = session.ask("select trial, master, wrapped from data_key")
        rewrapped = [
            (successor.name(), successor._wrapped(trial, self._unwrapped(trial, master, wrapped)), trial)
            for trial, master, wrapped in rows
        ]
        session.put("update data_key set master = ?, wrapped = ? where trial = ?", rewrapped)
        return successor

    def name(self) -> str:
        """Tells one master key from another, and nothing about it."""
        return hashlib.sha256(b"equipoise master key" + self._key()).hexdigest()[:16]

    def _key(self) -> bytes:
        if not self._master:
            self._master = self._source.key()
        return self._master

    def _check(self, master: str) -> None:
        if master != self.name():
            raise Refused(
                f"was sealed with another master key ({master}); the one given is {self.name()}.",
                what=self._store,
                do="Give the key it was sealed with.",
            )

    def _data_key(self, session: Session, trial: str) -> bytes | None:
        found = session.ask("select master, wrapped from data_key where trial = ?", trial)
        return self._unwrapped(trial, *found[0]) if found else None

    def _new_data_key(self, session: Session, trial: str) -> bytes:
        # So that no data key comes under the old master key while others go over to a new one.
        session.lock("data keys")
        self.check(session)
        key = AESGCM.generate_key(256)
        row = (trial, self.name(), self._wrapped(trial, key))
        session.put("insert into data_key (trial, master, wrapped) values (?, ?, ?)", [row])
        return key

    def _wrapped(self, trial: str, key: bytes) -> bytes:
        return _encrypted(self._key(), key, self._bound("key", trial, ""))

    def _unwrapped(self, trial: str, master: str, wrapped: bytes) -> bytes:
        self._check(master)
        return _decrypted(self._key(), wrapped, self._bound("key", trial, ""), f"the key of {trial}")

    def _bound(self, kind: str, trial: str, name: str) -> bytes:
        return canonical([self._store, kind, trial, name]).encode()


def _encrypted(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypted(key: bytes, sealed: bytes, bound: bytes, what: str) -> bytes:
    nonce, text = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        if sealed[:1] != _FORMAT or len(nonce) != _NONCE:
            raise InvalidTag
        return AESGCM(key).decrypt(nonce, text, bound)
    except InvalidTag:
        raise Refused(
            "was altered since it was sealed, or put in another's place.", what=what, do="Restore it from a backup."
        ) from None
