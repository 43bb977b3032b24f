"""Whatever a log holds: it comes back as it was, filters say what they say, and no alteration passes."""

from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.conduct.log import GENESIS, Anchor, Entry, flaws, hash_of, sealed_by_hash
from equipoise.store.trial.log import open_log
from tests.chains import chained

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
FEW = st.sampled_from(["", "a", "b", "é"])
NAMES = Entry.__struct_fields__
SIZE = 300
ENTRIES = tuple(chained(SIZE))
ANCHOR = Anchor("T1", SIZE, ENTRIES[-1].hash, ENTRIES[-1].at)


@st.composite
def chains(draw: st.DrawFn, trial: str = "T1", most: int = 12) -> list[Entry]:
    before, entries = GENESIS, []
    for position in range(1, draw(st.integers(0, most)) + 1):
        entry = sealed_by_hash(
            Entry(
                **{name: draw(WORDS) for name in NAMES if name not in ("schema", "hash")}
                | {"trial": trial, "position": position, "before": before, "schema": draw(st.integers(0, 2**31 - 1))}
                | {name: draw(FEW) for name in ("site", "subject", "tag", "key")}
            )
        )
        before = entry.hash
        entries.append(entry)
    return entries


@settings(max_examples=60)
@given(chains(), st.lists(st.integers(0, 12), max_size=3), FEW, FEW, st.sets(FEW, max_size=2), st.integers(0, 12))
def test_a_log_gives_back_what_it_was_given(
    entries: list[Entry], cuts: list[int], site: str, subject: str, tags: set[str], after: int
) -> None:
    with TemporaryDirectory() as folder, closing(open_log(f"sqlite:{Path(folder) / 'log.db'}")) as log:
        ends = sorted({0, *(min(cut, len(entries)) for cut in cuts), len(entries)})
        for start, end in pairwise(ends):
            with log.writing("T1") as pen:
                pen.append(entries[start:end])
        assert list(log.entries("T1")) == entries
        chosen = [
            entry
            for entry in entries
            if entry.position > after
            and site in ("", entry.site)
            and subject in ("", entry.subject)
            and (not tags or entry.tag in tags)
        ]
        asked: dict[str, Any] = {"after": after, "site": site, "subject": subject, "tags": sorted(tags)}
        assert list(log.entries("T1", **asked)) == chosen
        assert list(log.entries("T1", **asked, newest_first=True)) == chosen[::-1]
        with log.writing("T1") as pen:
            for key in ("a", "b", "é"):
                assert pen.answered(key) == tuple(entry for entry in entries if entry.key == key)


@given(chains())
def test_a_chain_as_it_was_written_has_no_flaw(entries: list[Entry]) -> None:
    anchors = [Anchor("T1", entry.position, entry.hash, entry.at) for entry in entries]
    assert list(flaws(entries, anchors)) == []


@given(chains(most=6), st.data())
def test_must_02_any_other_value_of_any_field_is_found(entries: list[Entry], data: st.DataObject) -> None:
    assume(entries)
    spot = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from(NAMES))
    was = getattr(entries[spot], name)
    value = data.draw(st.integers(-5, 2**40) if isinstance(was, int) else WORDS)
    assume(value != was)
    edited = [*entries]
    edited[spot] = msgspec.structs.replace(entries[spot], **{name: value})
    head = Anchor("T1", len(entries), entries[-1].hash, "then")
    assert next(flaws(edited, [head])).position in (spot + 1, spot + 2)


@given(WORDS, WORDS)
def test_no_two_entries_have_one_hash_by_moving_text_between_fields(one: str, other: str) -> None:
    assume(one != other)
    entry = ENTRIES[0]
    pairs = [("reason", "key"), ("zone", "client"), ("site", "subject"), ("protocol", "software")]
    for left, right in pairs:
        straight = msgspec.structs.replace(entry, **{left: one, right: other})
        crossed = msgspec.structs.replace(entry, **{left: other, right: one})
        joined = msgspec.structs.replace(entry, **{left: one + other, right: ""})
        assert hash_of(straight) != hash_of(crossed)
        assert joined == straight or hash_of(joined) != hash_of(straight)


def test_must_02_every_edit_of_every_field_of_every_row_of_300() -> None:
    edited = [*ENTRIES]
    for spot, entry in enumerate(ENTRIES):
        for name in NAMES:
            was = getattr(entry, name)
            edited[spot] = msgspec.structs.replace(entry, **{name: was + 1 if isinstance(was, int) else was + "."})
            assert any(flaws(edited, [ANCHOR])), f"{name} of entry {spot + 1}"
        edited[spot] = entry
    assert not any(flaws(edited, [ANCHOR]))
