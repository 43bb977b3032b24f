"""Tampering behind the triggers' back, as one who owns the database: every edit, deletion and insertion is found."""

import base64
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from equipoise.conduct.log import Anchor, Entry, Flaw, flaws, sealed_by_hash
from equipoise.kernel.refused import Refused
from equipoise.store.trial.log import Log, open_log
from equipoise.store.trial.tables import LOG
from tests.chains import AT, ENGINES, Raw, behind, chained, place

SIZE = 300
NAMES = Entry.__struct_fields__
COLUMNS = ", ".join(f'"{name}"' for name in (*NAMES, "nth"))
INSERT = f"insert into entry ({COLUMNS}) values ({', '.join('?' * (len(NAMES) + 1))})"
ENTRIES = tuple(chained(SIZE))


class Scene:
    """A log of 300 entries whose triggers are lifted, and its head as it was given to somebody outside."""

    def __init__(self, log: Log, raw: Raw) -> None:
        self.log, self.raw = log, raw
        self.anchor = log.anchor("T1", AT)
        # PostgreSQL takes five times as long, and what finds the tampering is the same.
        self.step = 1 if raw.is_sqlite else 15

    def places(self, first: int = 0, last: int = SIZE) -> Sequence[int]:
        """From the end on, so that what stands before the place has not been touched yet."""
        return sorted({*range(first, last, self.step), last - 1}, reverse=True)

    def found(self, anchors: Sequence[Anchor] = ()) -> Flaw | None:
        """The first flaw; a log that cannot be read at all is found out too."""
        try:
            return next(flaws(self.log.entries("T1"), anchors), None)
        except Refused as refused:
            return Flaw(0, str(refused))

    def replace_from(self, place: int, entries: Sequence[Entry]) -> None:
        """From this place on, let the table hold these and nothing else."""
        with self.raw.together():
            self.raw.run("delete from entry where trial <> 'T1' or position > ? or position < 1", place)
            self.raw.run_many(INSERT, [(*msgspec.structs.astuple(entry), 0) for entry in entries])


@pytest.fixture(params=ENGINES)
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with place(request.param, request, tmp_path) as url, closing(open_log(url)) as log:
        log.load(ENTRIES)
        with behind(url, LOG.schema) as raw:
            raw.lift_triggers()
            scene = Scene(log, raw)
            assert scene.found([scene.anchor]) is None
            yield scene
            scene.replace_from(0, ENTRIES)
            assert scene.found([scene.anchor]) is None


def other(value: Any) -> Any:
    return value + 1000 if isinstance(value, int) else f"{value}."


@pytest.mark.parametrize("name", NAMES)
def test_must_02_an_edit_of_any_field_of_any_row_is_found(scene: Scene, name: str) -> None:
    for spot in scene.places():
        entry = ENTRIES[spot]
        value = getattr(entry, name)
        with scene.raw.together():
            scene.raw.run(f'update entry set "{name}" = ? where position = ?', other(value), entry.position)
        flaw = scene.found([scene.anchor])
        assert flaw is not None, f"{name} of entry {entry.position}"
        assert flaw.position in (spot + 1, SIZE)
        changed = entry.position + 1000 if name == "position" else entry.position
        scene.raw.run(f'update entry set "{name}" = ? where position = ?', value, changed)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("trial", "position", "schema")])
@pytest.mark.parametrize("value", [b"abc", b"i\xb7\x1d"], ids=["words", "no-words"])
@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
def test_must_02_bytes_in_the_place_of_text_are_found(scene: Scene, name: str, value: bytes) -> None:
    """JSON writes bytes in base64: those that stand for the very text must not pass for it. PostgreSQL has types."""
    entry = sealed_by_hash(msgspec.structs.replace(ENTRIES[-1], **{name: base64.b64encode(value).decode()}))
    scene.replace_from(SIZE - 1, [entry])
    scene.raw.run(f'update entry set "{name}" = ? where position = ?', value, SIZE)
    assert scene.found() is not None


def test_must_02_a_deleted_row_is_found(scene: Scene) -> None:
    for spot in scene.places():
        scene.replace_from(spot, ENTRIES[spot + 1 :])
        flaw = scene.found([scene.anchor])
        assert flaw == (
            Flaw(spot + 1, f"Entry {spot + 2} stands where entry {spot + 1} belongs.")
            if spot + 1 < SIZE
            else Flaw(SIZE, f"The log ends at {SIZE - 1}; entry {SIZE} was anchored at {scene.anchor.at}.")
        )
        scene.replace_from(spot, ENTRIES[spot:])


def test_must_02_an_inserted_row_is_found(scene: Scene) -> None:
    for spot in scene.places():
        extra = next(chained(1, after=spot, before=ENTRIES[spot].before, reason="slipped in"))
        moved = [msgspec.structs.replace(entry, position=entry.position + 1) for entry in ENTRIES[spot:]]
        scene.replace_from(spot, [extra, *moved])
        assert scene.found() == Flaw(spot + 2, "This entry does not follow the one before it.")
    scene.replace_from(0, ENTRIES)
    appended = next(chained(1, after=SIZE, before="f" * 64))
    scene.replace_from(SIZE, [appended])
    assert scene.found() == Flaw(SIZE + 1, "This entry does not follow the one before it.")


def test_must_02_a_changed_order_is_found(scene: Scene) -> None:
    for spot in scene.places(0, SIZE - 1):
        one, two = ENTRIES[spot], ENTRIES[spot + 1]
        swapped = [
            msgspec.structs.replace(two, position=one.position),
            msgspec.structs.replace(one, position=two.position),
        ]
        scene.replace_from(spot, [*swapped, *ENTRIES[spot + 2 :]])
        assert scene.found([scene.anchor]) == Flaw(spot + 1, "This entry does not follow the one before it.")


def test_must_02_a_tail_cut_off_is_found_by_the_anchor(scene: Scene) -> None:
    for spot in scene.places():
        scene.replace_from(spot, [])
        assert scene.found() is None
        assert scene.found([scene.anchor]) == Flaw(
            SIZE, f"The log ends at {spot}; entry {SIZE} was anchored at {scene.anchor.at}."
        )
        assert scene.log.trials() == (("T1",) if spot else ())


def test_must_02_a_suffix_written_anew_is_found_by_the_anchor(scene: Scene) -> None:
    for spot in scene.places():
        before = ENTRIES[spot].before
        forged = list(chained(SIZE - spot, after=spot, before=before, reason="as if it had been so"))
        scene.replace_from(spot, forged)
        assert scene.found() is None
        assert scene.found([scene.anchor]) == Flaw(
            SIZE, f"The log has another entry here than the one anchored at {scene.anchor.at}."
        )
        longer = chained(1, after=SIZE, before=forged[-1].hash)
        scene.replace_from(SIZE, list(longer))
        assert scene.found([scene.anchor]) is not None


def test_must_02_another_trials_log_in_its_place_is_found(scene: Scene) -> None:
    scene.replace_from(0, list(chained(SIZE, trial="T2")))
    scene.raw.run("update entry set trial = 'T1'")
    assert scene.found() == Flaw(1, "This entry was altered after it was written.")
