"""The log of running trials: entries that only grow, and one writer for each trial at a time, in both databases."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, starmap

import msgspec

from equipoise.conduct.log import GENESIS, Anchor, Entry, hash_of, utc
from equipoise.kernel.refused import Refused
from equipoise.store.trial.engine import WAIT, Engine, Row, Session, open_engine
from equipoise.store.trial.tables import LOG

_NAMES = Entry.__struct_fields__
_COLUMNS = ", ".join(f'"{name}"' for name in _NAMES)
_NUMBERS = ("position", "schema")
# SQLite may be given bytes for text, which JSON would then write as the text they stand for: cast, they are found out.
_READ = ", ".join(f'"{name}"' if name in _NUMBERS else f'cast("{name}" as text)' for name in _NAMES)
_SELECT = f"select {_READ} from entry"
_INSERT = f"insert into entry ({_COLUMNS}, nth) values ({', '.join('?' * (len(_NAMES) + 1))})"
_HEAD = "select position, hash from entry where trial = ? order by position desc limit 1"
_ANSWERED = f"{_SELECT} where trial = ? and key = ? and key <> '' order by nth"
_AFTER = f"{_SELECT} where trial = ? and position > ? order by position"
_LAST = "select coalesce(max(nth), 0) from entry where trial = ? and key = ? and key <> ''"
_TRIALS = (
    "with recursive found (trial) as (select min(trial) from entry union all"
    " select (select min(trial) from entry where entry.trial > found.trial) from found where found.trial is not null)"
    " select trial from found where trial is not null"
)
GROUP = 1000
"""Entries of a bulk load that go to the database together."""


class Pen:
    """The right to write in the log of one trial, for as long as the block lasts.

    ``session`` is the transaction itself, for a store that keeps other tables beside its log.
    """

    def __init__(self, session: Session, trial: str) -> None:
        session.lock(trial)
        self.session = session
        self.trial = trial
        self.position, self.hash = _head(session, trial)
        self.sound = True
        self._next: dict[str, int] = {}

    def entries_after(self, position: int) -> tuple[Entry, ...]:
        return tuple(starmap(Entry, self.session.ask(_AFTER, self.trial, position)))

    def answered(self, key: str) -> tuple[Entry, ...]:
        """What was appended earlier under this idempotency key; nothing for an empty one."""
        if not key:
            return ()
        found = tuple(starmap(Entry, self.session.ask(_ANSWERED, self.trial, key)))
        self._next.setdefault(key, len(found))
        return found

    def append(self, entries: Iterable[Entry]) -> None:
        """All of them or none. Raises ``Refused`` where one does not follow the one before it."""
        added = tuple(entries)
        position, before = self.position, self.hash
        for entry in added:
            position += 1
            self._check(entry, position, before)
            before = entry.hash
        self.sound = False
        self.session.put(_INSERT, [self._row(entry) for entry in added])
        self.sound = True
        self.position, self.hash = position, before

    def _check(self, entry: Entry, position: int, before: str) -> None:
        what = f"entry {entry.position} of {entry.trial}"
        if (entry.trial, entry.position, entry.before) != (self.trial, position, before):
            raise Refused(
                f"does not follow entry {position - 1} of {self.trial}, the last.", what=what, do="Decide anew."
            )
        if entry.hash != hash_of(entry):
            raise Refused("does not have the hash of what it says.", what=what)
        if any("\0" in value for value in msgspec.structs.astuple(entry) if isinstance(value, str)):
            raise Refused("has a character that cannot be kept (NUL).", what=what, do="Take it out of the text.")

    def _row(self, entry: Entry) -> Row:
        return (*msgspec.structs.astuple(entry), self._nth(entry.key))

    def _nth(self, key: str) -> int:
        if not key:
            return 0
        if key not in self._next:
            ((last,),) = self.session.ask(_LAST, self.trial, key)
            self._next[key] = last
        self._next[key] += 1
        return self._next[key]


class Log:
    """The log of every trial in one database; for any number of threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def trials(self) -> tuple[str, ...]:
        return tuple(trial for (trial,) in self._engine.ask(_TRIALS))

    def head(self, trial: str) -> tuple[int, str]:
        """Position and hash of the last entry; 0 and ``GENESIS`` where there is none."""
        return _head(self._engine, trial)

    def since(self, trial: str, position: int) -> Iterable[Entry]:
        """What came after a position, for whoever follows the log: all at once where it is little."""
        return starmap(Entry, self._engine.ask(_AFTER, trial, position)) if position else self.entries(trial)

    def answered(self, trial: str, key: str) -> tuple[Entry, ...]:
        """What was appended under this idempotency key until now; nothing for an empty one."""
        return tuple(starmap(Entry, self._engine.ask(_ANSWERED, trial, key))) if key else ()

    def entries(
        self,
        trial: str,
        after: int = 0,
        until: int | None = None,
        subject: str = "",
        site: str = "",
        tags: Sequence[str] = (),
        *,
        sites: Sequence[str] = (),
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Entries as they stood at one moment, after one position and up to another, that one too."""
        conditions, values = _asked(
            trial, after, until, {"subject": subject, "site": site}, {"tag": tags, "site": sites}
        )
        order = "position desc" if newest_first else "position"
        sql = f"{_SELECT} where {conditions} order by {order}{'' if limit is None else f' limit {int(limit)}'}"
        with self._engine.reading() as session:
            yield from starmap(Entry, session.stream(sql, *values))

    @contextmanager
    def writing(self, trial: str) -> Iterator[Pen]:
        """Be the one writer of this trial; kept at the end of the block. Raises ``Refused``: busy, try again."""
        with self._engine.turn(trial), self._engine.writing() as session:
            pen = Pen(session, trial)
            yield pen
            if not pen.sound:
                raise Refused("An entry could not be kept, so nothing was.", what=trial, do="Try again.")

    def load(self, entries: Iterable[Entry]) -> int:
        """Append many entries, of any trials, in one transaction; how many."""
        pens: dict[str, Pen] = {}
        rest, count = iter(entries), 0
        with self._engine.writing() as session:
            while group := list(islice(rest, GROUP)):
                for trial in dict.fromkeys(entry.trial for entry in group):
                    pen = pens.setdefault(trial, pens.get(trial) or Pen(session, trial))
                    pen.append(entry for entry in group if entry.trial == trial)
                count += len(group)
        return count

    def anchor(self, trial: str, at: datetime.datetime) -> Anchor:
        """The head, to be handed to somebody outside. Raises ``Refused`` where there is none yet."""
        position, digest = self.head(trial)
        if not position:
            raise Refused("has no entry yet to anchor.", what=trial)
        return Anchor(trial=trial, position=position, hash=digest, at=utc(at))

    def close(self) -> None:
        self._engine.close()


def open_log(url: str, *, wait: float = WAIT) -> Log:
    """The log at ``sqlite:PATH`` or ``postgresql://…``; ``wait``: seconds a writer waits for its turn."""
    return Log(open_engine(url, LOG, wait))


def _head(session: Session | Engine, trial: str) -> tuple[int, str]:
    found = session.ask(_HEAD, trial)
    return (int(found[0][0]), str(found[0][1])) if found else (0, GENESIS)


def _asked(
    trial: str, after: int, until: int | None, exactly: dict[str, str], among: dict[str, Sequence[str]]
) -> tuple[str, list[object]]:
    conditions: list[str] = ["trial = ?", "position > ?"]
    values: list[object] = [trial, after]
    if until is not None:
        conditions.append("position <= ?")
        values.append(until)
    for column, value in exactly.items():
        if value:
            # The second condition lets both databases take the index, which leaves out the empty.
            conditions.append(f"{column} = ? and {column} <> ''")
            values.append(value)
    for column, some in among.items():
        if some:
            conditions.append(f"{column} in ({', '.join('?' * len(some))})")
            values.extend(some)
    return " and ".join(conditions), values
