"""The full-text index: disposable, rebuilt from the store at any time, never half new.

A folder holds generations of the index and ``state.json``, which names the one in use and how far it has read the
store. Replacing that file is the only switch.
"""

import os
import shutil
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import filelock
import msgspec
import tantivy

from equipoise.finder.document import document_of
from equipoise.finder.fields import (
    FACETS,
    FLAGS,
    KEYS,
    LONGEST_WORD,
    NUMBERS,
    PAIR_FIELD,
    SCHEMA_VERSION,
    SPACED,
    TEXTS,
)
from equipoise.kernel.refused import Refused
from equipoise.studies.record import Study

ANALYSER = "study"
HEAP_BYTES = 400_000_000
MOST_REMEMBERED = 2000
Value = TypeVar("Value")


class State(msgspec.Struct, frozen=True):
    """Which generation is in use, the schema it was built with, and the last change of the store it has seen."""

    generation: int
    schema: int
    change: int


class View(msgspec.Struct, frozen=True):
    """One state of the index, to search; and what was worked out from it before, which is never written anywhere."""

    state: State
    searcher: tantivy.Searcher
    remembered: dict[Hashable, Any]

    def remember(self, key: Hashable, work: Callable[[], Value]) -> Value:
        """What ``work`` gives, worked out once for this state of the index: people ask the same again."""
        known: Value | None = self.remembered.get(key)
        if known is None:
            if len(self.remembered) >= MOST_REMEMBERED:
                self.remembered.clear()
            known = self.remembered[key] = work()
        return known


class _Opened(msgspec.Struct, frozen=True):
    """The index in use and its memory, which go together: another state begins with another memory."""

    state: State
    index: tantivy.Index
    remembered: dict[Hashable, Any]


def build_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", indexed=True, fast=True)
    for text in TEXTS:
        builder.add_text_field(text.name, tokenizer_name=ANALYSER)
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in (*KEYS, PAIR_FIELD):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in SPACED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in FLAGS:
        builder.add_boolean_field(name, indexed=True, fast=True)
    return builder.build()


def build_analyser() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(LONGEST_WORD))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("English"))
        .build()
    )


class Index:
    """The index kept in ``folder``. Reading never blocks; writing takes the folder's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.schema = build_schema()
        self.analyser = build_analyser()
        self._open: _Opened | None = None
        self._seen = 0
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def state(self) -> State | None:
        """None where there is no index of today's schema: it must be rebuilt."""
        try:
            state = msgspec.json.decode((self.folder / "state.json").read_bytes(), type=State)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        usable = state.schema == SCHEMA_VERSION and tantivy.Index.exists(str(self._generation(state.generation)))
        return state if usable else None

    def view(self) -> View:
        """The index as it is now."""
        opened = self._current()
        return View(opened.state, opened.index.searcher(), opened.remembered)

    def _current(self) -> "_Opened":
        changed = self._stamp()
        if self._open is None or changed != self._seen:
            state = self.state
            if state is None:
                raise Refused("The index is missing or of another version.", do="Run: equipoise index --rebuild")
            self._open = _Opened(state, self._reopened(state), {})
            self._seen = changed
        return self._open

    def _reopened(self, state: State) -> tantivy.Index:
        if self._open and self._open.state.generation == state.generation:
            self._open.index.reload()
            return self._open.index
        return self._index(state.generation)

    def _stamp(self) -> int:
        try:
            return (self.folder / "state.json").stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _generation(self, number: int) -> Path:
        return self.folder / f"generation-{number}"

    def _index(self, generation: int) -> tantivy.Index:
        folder = self._generation(generation)
        folder.mkdir(exist_ok=True)
        index = tantivy.Index(self.schema, path=str(folder))
        index.register_tokenizer(ANALYSER, self.analyser)
        index.config_reader("manual")
        index.reload()
        return index

    @contextmanager
    def writing(self, *, anew: bool = False) -> Iterator["Writing"]:
        """Change the index, or build a new one from nothing. Nothing is seen by readers before ``commit``."""
        with self._locked():
            state = self.state
            if state is None and not anew:
                raise Refused("The index is missing or of another version.", do="Run: equipoise index --rebuild")
            generation = self._unused() if anew or state is None else state.generation
            with Writing(self, self._index(generation), generation) as writing:
                yield writing

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with filelock.FileLock(self.folder / "lock", timeout=60):
                yield
        except filelock.Timeout:
            raise Refused("Another program is changing the index.", do="Wait for it to end, then try again.") from None

    def _unused(self) -> int:
        taken = [int(path.name.removeprefix("generation-")) for path in self.folder.glob("generation-*")]
        return max(taken, default=0) + 1

    def _switch(self, state: State) -> None:
        fresh = self.folder / "state.json.new"
        fresh.write_bytes(msgspec.json.encode(state))
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(self.folder / "state.json")
        for old in self.folder.glob("generation-*"):
            if old != self._generation(state.generation):
                shutil.rmtree(old, ignore_errors=True)


class Writing:
    """One change of the index, from its first study to its commit."""

    def __init__(self, index: Index, target: tantivy.Index, generation: int) -> None:
        self._owner = index
        self._writer = target.writer(HEAP_BYTES, 1)
        self._generation = generation

    def __enter__(self) -> "Writing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._writer.rollback()
        self._writer.wait_merging_threads()

    def put(self, study: Study, number: int, *, new: bool) -> None:
        """Add the study; unless ``new``, in the place of what the index holds of it."""
        if not new:
            self.drop(number)
        self._writer.add_document(tantivy.Document.from_dict(document_of(study, number), self._owner.schema))

    def drop(self, number: int) -> None:
        self._writer.delete_documents_by_term("number", number)

    def commit(self, change: int) -> None:
        """Show readers the changed index, which now has seen the store up to ``change``."""
        self._writer.commit()
        self._owner._switch(State(self._generation, SCHEMA_VERSION, change))
