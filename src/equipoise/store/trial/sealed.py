"""The sealed store, apart from the log: seed, list, what kits hold, sealed answers; who read what, and why.

It has its own file or its own schema and role. What a log says of a sealed thing is a hash; the thing is here.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain

from equipoise.conduct.log import Context
from equipoise.kernel.refused import Refused
from equipoise.store.trial.ciphertexts import Ciphertext, DataKey, Secret, read_ciphertexts, write_ciphertexts
from equipoise.store.trial.engine import WAIT, Engine, Session, open_engine
from equipoise.store.trial.envelope import Keyring
from equipoise.store.trial.keys import KeySource
from equipoise.store.trial.log import Log, Pen
from equipoise.store.trial.looks import note_look
from equipoise.store.trial.tables import SEALED

PUT, READ, CHECKED, ROTATED = "sealed-put", "sealed-read", "sealed-checked", "sealed-key-rotated"
"""Tags of the looks. They never change."""


class Sealed:
    """``looks``: who put, read and checked what, and why: a log as the trial's own, of names and never of contents.

    A look's ``subject`` is the name of the secret.
    """

    def __init__(self, engine: Engine, source: KeySource) -> None:
        self._engine = engine
        self._keys = Keyring(SEALED.schema, source)
        self.looks = Log(engine)
        with engine.reading() as session:
            self._keys.check(session)

    def put(self, trial: str, secrets: Mapping[str, bytes], context: Context) -> None:
        """Seal these by name, all or none. What has been sealed is never replaced."""
        with self.looks.writing(trial) as pen:
            _look(pen, PUT, secrets, context)
            for name in secrets:
                if _kept(pen.session, trial, name) is not None:
                    raise Refused("is sealed already, and stays as it is.", what=f"{trial}: {name}")
            rows = [(trial, name, self._keys.seal(pen.session, trial, name, plain)) for name, plain in secrets.items()]
            pen.session.put("insert into secret (trial, name, sealed) values (?, ?, ?)", rows)

    def get(self, trial: str, name: str, context: Context) -> bytes:
        """The secret. That it was asked for, by whom and why, is on the disk before anything is opened."""
        return self.get_all(trial, (name,), context)[name]

    def get_all(self, trial: str, names: Iterable[str], context: Context) -> dict[str, bytes]:
        asked = tuple(names)
        if not context.reason.strip():
            raise Refused("is read for a reason only.", what=f"{trial}: {', '.join(asked)}", do="Say why.")
        with self.looks.writing(trial) as pen:
            _look(pen, READ, asked, context)
        with self._engine.reading() as session:
            return {name: self._opened(session, trial, name) for name in asked}

    def names(self, trial: str) -> tuple[str, ...]:
        """What is sealed, by name alone."""
        with self._engine.reading() as session:
            rows = session.ask("select name from secret where trial = ? order by name", trial)
        return tuple(name for (name,) in rows)

    def altered(self, trial: str, context: Context) -> Iterator[str]:
        """Names of secrets that do not open any more. Nothing of what they hold is given."""
        with self.looks.writing(trial) as pen:
            _look(pen, CHECKED, ("",), context)
        with self._engine.reading() as session:
            for name, sealed in session.ask("select name, sealed from secret where trial = ? order by name", trial):
                try:
                    self._keys.open(session, trial, name, sealed)
                except Refused:
                    yield name

    def rotate(self, source: KeySource, context: Context) -> None:
        """From now on under another master key. The old one opens nothing any more but older backups."""
        with self._engine.writing() as session:
            pens = [Pen(session, trial) for (trial,) in session.ask("select trial from data_key order by trial")]
            successor = self._keys.rewrap(session, source)
            for pen in pens:
                _look(pen, ROTATED, ("",), context)
        self._keys = successor

    def _opened(self, session: Session, trial: str, name: str) -> bytes:
        sealed = _kept(session, trial, name)
        if sealed is None:
            raise Refused("is not sealed here.", what=f"{trial}: {name}")
        return self._keys.open(session, trial, name, sealed)

    @contextmanager
    def ciphertexts(self) -> Iterator[Iterator[Ciphertext]]:
        """All that is kept, unopened, as it stood at one moment: for a backup."""
        with self._engine.reading() as session:
            yield chain.from_iterable(read_ciphertexts(session, kind) for kind in (Secret, DataKey))

    def fill(self, rows: Iterable[Ciphertext]) -> None:
        """Put ciphertexts into an empty store, all or none."""
        with self._engine.writing() as session:
            write_ciphertexts(session, rows)

    def close(self) -> None:
        self._engine.close()


def open_sealed(url: str, source: KeySource, *, wait: float = WAIT) -> Sealed:
    """The sealed store at ``sqlite:PATH`` or ``postgresql://…``. Raises ``Refused`` for a key that is not its own."""
    engine = open_engine(url, SEALED, wait)
    try:
        return Sealed(engine, source)
    except BaseException:
        engine.close()
        raise


def _kept(session: Session, trial: str, name: str) -> bytes | None:
    found = session.ask("select sealed from secret where trial = ? and name = ?", trial, name)
    return bytes(found[0][0]) if found else None


def _look(pen: Pen, tag: str, names: Iterable[str], context: Context) -> None:
    for name in names:
        note_look(pen, tag, context, store="the sealed store", subject=name)
