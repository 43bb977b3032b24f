"""Personal data, site by site, encrypted under a key of their own, and able to be erased while the log stays whole.

The log holds a salted hash of them; with the values their salt goes, and the hash can be matched with nothing. Who
read whose, and when, stays in a log of the vault's own, which holds none of the values.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain

import msgspec

from equipoise.conduct.log import Context, canonical
from equipoise.store.trial.ciphertexts import Ciphertext, DataKey, IdentityRow, read_ciphertexts, write_ciphertexts
from equipoise.store.trial.engine import WAIT, Engine, Row, Session, open_engine
from equipoise.store.trial.envelope import Keyring
from equipoise.store.trial.keys import KeySource
from equipoise.store.trial.log import Log, Pen
from equipoise.store.trial.looks import note_look
from equipoise.store.trial.tables import VAULT

READ, ERASED, ROTATED = "identity-read", "identity-erased", "vault-key-rotated"
"""Tags of the looks. They never change."""
_SALT = 32
_ROWS = "select participant, version, sealed from identity where trial = ? and site = ?"


class Identity(msgspec.Struct, frozen=True):
    """What a site knows of who somebody is. A correction is a further ``version``, from 1; the earlier ones stay."""

    participant: str
    version: int
    values: dict[str, str]
    fingerprint: str


class _Kept(msgspec.Struct, frozen=True):
    salt: str
    values: dict[str, str]


class Vault:
    """Whoever asks names the site; a participant of another is not found.

    ``looks``: who read whose data and who erased them, a log as the trial's own. A look's ``subject`` is the
    participant; without one it is everybody of its ``site``.
    """

    def __init__(self, engine: Engine, source: KeySource) -> None:
        self._engine = engine
        self._keys = Keyring(VAULT.schema, source)
        self.looks = Log(engine)
        with engine.reading() as session:
            self._keys.check(session)

    def put(self, trial: str, site: str, participant: str, values: Mapping[str, str]) -> str:
        """Keep these as the newest version; their fingerprint, for the log."""
        kept = _Kept(secrets.token_hex(_SALT), dict(values))
        with self._engine.writing() as session:
            session.lock(trial)
            version = self._last(session, trial, site, participant) + 1
            name = _name(site, participant, version)
            sealed = self._keys.seal(session, trial, name, msgspec.json.encode(kept))
            row = (trial, site, participant, version, sealed)
            session.put(
                "insert into identity (trial, site, participant, version, sealed) values (?, ?, ?, ?, ?)", [row]
            )
        return _fingerprint(trial, site, participant, kept)

    def look(self, trial: str, site: str, participant: str, context: Context) -> dict[str, str] | None:
        """What ``get`` gives, to somebody with a name: that they asked is on the disk before anything is opened."""
        with self.looks.writing(trial) as pen:
            _note(pen, READ, site, participant, context)
        return self.get(trial, site, participant)

    def look_at_site(self, trial: str, site: str, context: Context) -> dict[str, dict[str, str]]:
        """What ``at_site`` gives: one look, however many people there are."""
        with self.looks.writing(trial) as pen:
            _note(pen, READ, site, "", context)
        return self.at_site(trial, site)

    def get(self, trial: str, site: str, participant: str) -> dict[str, str] | None:
        """For the program's own work; what a person is to see comes by ``look``."""
        known = self.history(trial, site, participant)
        return known[-1].values if known else None

    def fingerprint(self, trial: str, site: str, participant: str) -> str | None:
        """Salted SHA-256 of the newest version: what the log holds of it. Nobody can compute it once it is erased."""
        known = self.history(trial, site, participant)
        return known[-1].fingerprint if known else None

    def history(self, trial: str, site: str, participant: str) -> tuple[Identity, ...]:
        """All versions, oldest first."""
        with self._engine.reading() as session:
            rows = session.ask(f"{_ROWS} and participant = ? order by version", trial, site, participant)
            return tuple(self._opened(session, trial, site, row) for row in rows)

    def at_site(self, trial: str, site: str) -> dict[str, dict[str, str]]:
        """The newest values of everybody at this site, by participant."""
        with self._engine.reading() as session:
            rows = session.ask(f"{_ROWS} order by participant, version", trial, site)
            newest = {row[0]: row for row in rows}
            return {one: self._opened(session, trial, site, row).values for one, row in newest.items()}

    def erase(self, trial: str, site: str, participant: str, context: Context | None = None) -> int:
        """Delete every version, values and salt; how many there were. Older backups hold them until they go too.

        ``context``: the person who erases, for the log; none where the program takes back what was never recorded.
        """
        with self.looks.writing(trial) as pen:
            count = self._last(pen.session, trial, site, participant)
            if count and context is not None:
                _note(pen, ERASED, site, participant, context)
            pen.session.put(
                "delete from identity where trial = ? and site = ? and participant = ?", [(trial, site, participant)]
            )
        if count:
            self._engine.forget()
        return count

    def rotate(self, source: KeySource, context: Context) -> None:
        """From now on under another master key. The old one opens nothing any more but older backups."""
        with self._engine.writing() as session:
            pens = [Pen(session, trial) for (trial,) in session.ask("select trial from data_key order by trial")]
            successor = self._keys.rewrap(session, source)
            for pen in pens:
                _note(pen, ROTATED, "", "", context)
        self._keys = successor

    @contextmanager
    def ciphertexts(self) -> Iterator[Iterator[Ciphertext]]:
        """All that is kept, unopened, as it stood at one moment: for a backup."""
        with self._engine.reading() as session:
            yield chain.from_iterable(read_ciphertexts(session, kind) for kind in (IdentityRow, DataKey))

    def fill(self, rows: Iterable[Ciphertext]) -> None:
        """Put ciphertexts into an empty store, all or none."""
        with self._engine.writing() as session:
            write_ciphertexts(session, rows)

    def close(self) -> None:
        self._engine.close()

    def _last(self, session: Session, trial: str, site: str, participant: str) -> int:
        sql = "select coalesce(max(version), 0) from identity where trial = ? and site = ? and participant = ?"
        return int(session.ask(sql, trial, site, participant)[0][0])

    def _opened(self, session: Session, trial: str, site: str, row: Row) -> Identity:
        participant, version, sealed = row
        plain = self._keys.open(session, trial, _name(site, participant, version), bytes(sealed))
        kept = msgspec.json.decode(plain, type=_Kept)
        return Identity(participant, version, kept.values, _fingerprint(trial, site, participant, kept))


def open_vault(url: str, source: KeySource, *, wait: float = WAIT) -> Vault:
    """The vault at ``sqlite:PATH`` or ``postgresql://…``. Raises ``Refused`` for a key that is not its own."""
    engine = open_engine(url, VAULT, wait)
    try:
        return Vault(engine, source)
    except BaseException:
        engine.close()
        raise


def _note(pen: Pen, tag: str, site: str, participant: str, context: Context) -> None:
    note_look(pen, tag, context, store="The vault", subject=participant, site=site)


def _name(site: str, participant: str, version: int) -> str:
    return canonical([site, participant, version])


def _fingerprint(trial: str, site: str, participant: str, kept: _Kept) -> str:
    words = canonical([kept.salt, trial, site, participant, kept.values])
    return hashlib.sha256(words.encode()).hexdigest()
