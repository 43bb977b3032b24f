"""The custodian as a process of its own: a unix socket, one line of JSON asked and one answered.

The site's processes then have no handle on the sealed store, neither its address nor its key: they can ask for what
``Keeper`` grants, and for nothing else.
"""

import socket
import socketserver
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from equipoise.actions.custody import Keeper
from equipoise.conduct import commands as do
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.conduct.log import Context
from equipoise.kernel.refused import Refused

LONGEST = 4_000_000
"""Bytes of a line: a reveal of ten thousand kits is well within, and so are ten thousand sealed values."""
PATIENCE = 30.0
"""Seconds an answer may take."""
Answer = TypeVar("Answer")


class Ask(msgspec.Struct, frozen=True, omit_defaults=True):
    """``what``: the name of one of the custodian's methods. The others are its arguments."""

    what: str
    trial: str
    context: Context | None = None
    participant: str = ""
    participants: tuple[str, ...] = ()
    visit: str = ""
    site: str = ""
    each: int = 0
    name: str = ""
    mark: str = ""
    values: dict[str, str] = {}


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """Either an answer, or why there is none."""

    answer: Any = None
    refused: dict[str, str] | None = None


class Asking:
    """The custodian behind a socket, as ``actions.trials`` takes one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, trial: str, context: Context) -> do.SealAllocation:
        return self._ask(Ask("seal", trial, context), do.SealAllocation)

    def number_kits(self, trial: str, each: int, context: Context) -> do.NumberKits:
        return self._ask(Ask("number_kits", trial, context, each=each), do.NumberKits)

    def consignment(self, trial: str, site: str, each: int) -> tuple[str, ...]:
        return self._ask(Ask("consignment", trial, site=site, each=each), tuple[str, ...])

    def kits_for(self, trial: str, participant: str, visit: str) -> tuple[str, ...]:
        return self._ask(Ask("kits_for", trial, participant=participant, visit=visit), tuple[str, ...])

    def arm_of(self, trial: str, participant: str, context: Context) -> str:
        return self._ask(Ask("arm_of", trial, context, participant), str)

    def arms(self, trial: str, participants: Collection[str], context: Context) -> dict[str, str]:
        return self._ask(Ask("arms", trial, context, participants=tuple(participants)), dict[str, str])

    def keep(self, trial: str, values: Mapping[str, str], context: Context) -> dict[str, str]:
        return self._ask(Ask("keep", trial, context, values=dict(values)), dict[str, str])

    def value(self, trial: str, name: str, mark: str, context: Context) -> str:
        return self._ask(Ask("value", trial, context, name=name, mark=mark), str)

    def values(self, trial: str, names: Mapping[str, str], context: Context) -> dict[str, str]:
        return self._ask(Ask("values", trial, context, values=dict(names)), dict[str, str])

    def reveal(self, trial: str, context: Context) -> Reveal:
        return self._ask(Ask("reveal", trial, context), Reveal)

    def _ask(self, ask: Ask, kind: type[Answer]) -> Answer:
        """Refused: as the custodian refuses, or because it cannot be reached."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(PATIENCE)
                line.connect(str(self._path))
                line.sendall(msgspec.json.encode(ask) + b"\n")
                with line.makefile("rb") as heard:
                    told = msgspec.json.decode(heard.readline(LONGEST), type=Told)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            raise Refused(
                "does not answer.",
                what="The custodian of the allocation",
                do="Nothing was done. Is its service running?",
            ) from None
        if told.refused is not None:
            raise Refused(told.refused["why"], what=told.refused["what"], do=told.refused["do"])
        return msgspec.convert(told.answer, kind)


def answer(keeper: Keeper, line: bytes) -> bytes:
    """What one line asks, answered in one line. Nothing but what ``_granted`` names can be asked."""
    try:
        told = Told(msgspec.to_builtins(_granted(keeper, msgspec.json.decode(line, type=Ask))))
    except Refused as refused:
        told = Told(refused={"why": refused.why, "what": refused.what, "do": refused.do})
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        told = Told(refused={"why": f"cannot be read: {error}.", "what": "What was asked", "do": ""})
    return msgspec.json.encode(told) + b"\n"


def _granted(keeper: Keeper, ask: Ask) -> object:
    match ask:
        case Ask(what="consignment"):
            return keeper.consignment(ask.trial, ask.site, ask.each)
        case Ask(what="kits_for"):
            return keeper.kits_for(ask.trial, ask.participant, ask.visit)
        case Ask(what="seal", context=Context() as context):
            return keeper.seal(ask.trial, context)
        case Ask(what="number_kits", context=Context() as context):
            return keeper.number_kits(ask.trial, ask.each, context)
        case Ask(what="arm_of", context=Context() as context):
            return keeper.arm_of(ask.trial, ask.participant, context)
        case Ask(what="arms", context=Context() as context):
            return keeper.arms(ask.trial, ask.participants, context)
        case Ask(what="values", context=Context() as context):
            return keeper.values(ask.trial, ask.values, context)
        case Ask(what="keep", context=Context() as context):
            return keeper.keep(ask.trial, ask.values, context)
        case Ask(what="value", context=Context() as context):
            return keeper.value(ask.trial, ask.name, ask.mark, context)
        case Ask(what="reveal", context=Context() as context):
            return keeper.reveal(ask.trial, context)
        case _:
            raise Refused("is not something the custodian does.", what=ask.what[:40])


class Service(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """``serve_forever`` until ``shutdown``. The socket is for the owner and the group alone."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, keeper: Keeper) -> None:
        self.keeper = keeper
        path.unlink(missing_ok=True)
        super().__init__(str(path), _Line)
        path.chmod(0o660)


class _Line(socketserver.StreamRequestHandler):
    timeout = PATIENCE

    def handle(self) -> None:
        line = self.rfile.readline(LONGEST)
        if line.endswith(b"\n") and isinstance(self.server, Service):
            self.wfile.write(answer(self.server.keeper, line))
