"""A crawl that can be cut at any moment and taken up where it stopped: fetched pages kept in a folder."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import zstandard

from equipoise.exchange.registry import Page, Registry, TokenExpired
from equipoise.kernel.refused import Refused

_RESTARTS = 2
_STATE = "state.json"


class State(msgspec.Struct, frozen=True):
    """How far a crawl has come. ``token`` leads to the next page; ``total`` is the registry's own count of studies."""

    source: str
    params: dict[str, str]
    data_timestamp: str
    token: str | None = None
    pages: int = 0
    studies: int = 0
    total: int | None = None
    done: bool = False

    @property
    def whole(self) -> bool:
        """Whether every study the registry counted has come, so that one not here is one it does not hold."""
        return self.done and self.total is not None and self.studies >= self.total

    def after(self, page: Page) -> "State":
        return msgspec.structs.replace(
            self,
            token=page.next_token,
            pages=self.pages + 1,
            studies=self.studies + len(page.studies),
            total=self.total if page.total is None else page.total,
            done=page.next_token is None,
        )


class Spool:
    """A folder of fetched pages. One process at a time may use it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def state(self) -> State | None:
        """None where nothing is kept, or what is kept cannot be used."""
        try:
            return msgspec.json.decode((self._folder / _STATE).read_bytes(), type=State)
        except (OSError, msgspec.DecodeError):
            return None

    def begin(self, state: State) -> None:
        self.clear()
        self._write(_STATE, msgspec.json.encode(state))

    def keep(self, page: Page, state: State) -> None:
        """Keep the page, then the state that counts it: cut between the two, the page is fetched again."""
        text = b"[" + b",".join(page.studies) + b"]"
        packed = zstandard.ZstdCompressor(level=3, write_checksum=True).compress(text)
        self._write(_page_name(state.pages), packed)
        self._write(_STATE, msgspec.json.encode(state))

    def studies(self) -> Iterator[bytes]:
        """Every study fetched, as the registry's bytes. Refuses before the crawl is done."""
        state = self.state
        if state is None or not state.done:
            raise Refused("the crawl is not finished.", what=str(self._folder), do="Sync again.")
        for number in range(1, state.pages + 1):
            yield from self._page(_page_name(number))

    def clear(self) -> None:
        """Forget everything. The state goes first: pages without it count for nothing."""
        with _writing(self._folder):
            (self._folder / _STATE).unlink(missing_ok=True)
            for pattern in ("*.json.zst", "*.part"):
                for file in self._folder.glob(pattern):
                    file.unlink(missing_ok=True)

    def _page(self, name: str) -> Iterator[bytes]:
        try:
            text = zstandard.ZstdDecompressor().decompress((self._folder / name).read_bytes())
            studies = msgspec.json.decode(text, type=list[msgspec.Raw])
        except (OSError, zstandard.ZstdError, msgspec.DecodeError) as error:
            self.clear()
            why = f"a fetched page is damaged: {error}. The crawl was thrown away."
            raise Refused(why, what=str(self._folder / name), do="Sync again.") from None
        yield from map(bytes, studies)

    def _write(self, name: str, data: bytes) -> None:
        with _writing(self._folder / name):
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_whole(self._folder / name, data)


def fetch(
    registry: Registry,
    params: Mapping[str, str],
    spool: Spool,
    on_page: Callable[[State], None] = lambda _: None,
) -> State:
    """Fetch every page into the spool, and tell each step.

    Goes on where an earlier crawl stopped, if it asked the same of the same registry at the same version of its data;
    begins anew otherwise, and also (twice at most) where the registry refreshes its data meanwhile.
    """
    for _ in range(_RESTARTS):
        try:
            return _fetch(registry, params, spool, on_page)
        except TokenExpired:
            spool.clear()
    return _fetch(registry, params, spool, on_page)


def _fetch(registry: Registry, params: Mapping[str, str], spool: Spool, on_page: Callable[[State], None]) -> State:
    fresh = State(registry.base_url, dict(params), registry.version().data_timestamp)
    state = _taken_up(spool.state, fresh)
    if state is None:
        state = fresh
        spool.begin(state)
    on_page(state)
    if state.done:
        return state
    for page in registry.pages(params, state.token):
        state = state.after(page)
        spool.keep(page, state)
        on_page(state)
    return state


def _taken_up(held: State | None, fresh: State) -> State | None:
    """The earlier crawl, if it is the same one."""
    if held is None:
        return None
    same = (held.source, held.params, held.data_timestamp) == (fresh.source, fresh.params, fresh.data_timestamp)
    return held if same else None


def _page_name(number: int) -> str:
    return f"{number:06d}.json.zst"


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = f"cannot be written: {error.strerror or error}."
        raise Refused(why, what=str(path), do="Make room, then sync again: it goes on where it stopped.") from None


def _write_whole(path: Path, data: bytes) -> None:
    """Write so that the file is there whole or not at all, even when the power fails."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
