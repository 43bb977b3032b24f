"""A stand-in for ClinicalTrials.gov on this machine: API version 2 over a real socket, from records a test gives it.

It keeps the real one's ways: pages cut silently to 1,000, a token whenever a page is full (so the last may be empty),
tokens bound to the parameters and to the version of the data, 400 and 404 as plain text, 301 for an alias, answers
packed with gzip. The words of its 400s are the real one's only for unknown parameters.

    with RegistryServer(records) as server:
        server.faults.extend([None, Busy(retry_after="3"), CUT])   # what happens to the next requests
        Registry(server.url)
"""

import base64
import gzip
import hashlib
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from tests.essie import matcher

_BASE = "/api/v2"
_KNOWN = {"format", "markupFormat", "fields", "sort", "countTotal", "pageSize", "pageToken", "query.term", "filter.ids"}
_MAY_DIFFER = {"countTotal", "pageSize", "pageToken"}
_ID = re.compile(r"NCT0*([1-9]\d{0,7})\Z", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Busy:
    """Answer with an error that may pass."""

    status: int = 429
    retry_after: str | None = None
    text: str = "Too many requests"


@dataclass(frozen=True)
class Instead:
    """Answer 200 with something else."""

    body: bytes


CUT = "cut"
"""Close the connection in the middle of the body."""
EMPTY = "empty"
"""Give an empty page with a token, and the studies on the next."""
EXPIRE = "expire"
"""The data are refreshed just before this request: tokens given out before are worth nothing."""

Fault = Busy | Instead | str | None


@dataclass(frozen=True)
class Seen:
    """One request received."""

    at: float
    path: str
    params: dict[str, str]
    user_agent: str
    status: int


@dataclass
class _Reply:
    status: int
    body: bytes
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class _Wrong(Exception):
    """A request the API answers with plain text."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class RegistryServer:
    """Serves ``records`` (API v2 studies as bytes) at ``url`` while entered. ``aliases`` lead to another study's id.

    ``most`` is the most studies on a page, for tests that want several pages of few studies.
    """

    def __init__(
        self,
        records: Iterable[bytes],
        *,
        aliases: Mapping[str, str] | None = None,
        data_timestamp: str = "2026-11-20T09:00:05",
        most: int = 1000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.records = {_id_of(record): record for record in records}
        self.aliases = dict(aliases or {})
        self.data_timestamp = data_timestamp
        self.requests: list[Seen] = []
        self.faults: deque[Fault] = deque()
        self._most = most
        self._clock = clock
        self._refreshes = 0
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}{_BASE}"

    def __enter__(self) -> "RegistryServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def refresh(self, records: Iterable[bytes] | None = None, data_timestamp: str | None = None) -> None:
        """The nightly refresh: new data, a new timestamp, and tokens given out before are worth nothing."""
        if records is not None:
            self.records = {_id_of(record): record for record in records}
        self._refreshes += 1
        self.data_timestamp = data_timestamp or f"2026-11-{20 + self._refreshes:02d}T09:00:05"

    def seen(self, path: str) -> list[Seen]:
        return [request for request in self.requests if request.path == path]

    def reply(self, target: str, user_agent: str) -> tuple[_Reply, bool]:
        """The answer to one request, and whether it is to be cut."""
        split = urlsplit(target)
        path, params = split.path.removeprefix(_BASE), dict(parse_qsl(split.query, keep_blank_values=True))
        at = self._clock()
        fault = self.faults.popleft() if self.faults else None
        if fault == EXPIRE:
            self.refresh()
        reply = _faulty(fault) or self._answered(path, params, empty=fault == EMPTY)
        self.requests.append(Seen(at, path, params, user_agent, reply.status))
        return reply, fault == CUT

    def _answered(self, path: str, params: dict[str, str], *, empty: bool) -> _Reply:
        try:
            return self._routed(path, params, empty=empty)
        except _Wrong as wrong:
            return _Reply(wrong.status, str(wrong).encode(), "text/plain; charset=utf-8")

    def _routed(self, path: str, params: dict[str, str], *, empty: bool) -> _Reply:
        if path == "/version":
            return _json({"apiVersion": "2.0.5", "dataTimestamp": self.data_timestamp})
        if path == "/stats/size":
            sizes = [len(record) for record in self.records.values()] or [0]
            return _json({"totalStudies": len(self.records), "averageSizeBytes": sum(sizes) // len(sizes)})
        if path == "/studies":
            return self._studies(params, empty=empty)
        if path.startswith("/studies/"):
            return self._study(path.removeprefix("/studies/"))
        raise _Wrong("Not found", 404)

    def _study(self, asked: str) -> _Reply:
        if not _ID.match(asked):
            raise _Wrong("NCT number has incorrect format")
        nct_id = _written(asked)
        if nct_id in self.aliases:
            return _Reply(301, b"", headers={"Location": f"{_BASE}/studies/{self.aliases[nct_id]}"})
        if nct_id not in self.records:
            raise _Wrong(f"NCT number {nct_id} not found", 404)
        return _Reply(200, self.records[nct_id])

    def _studies(self, params: dict[str, str], *, empty: bool) -> _Reply:
        _check_names(params)
        start = self._start(params)
        size = 0 if empty else min(_number(params, "pageSize", 10), self._most)
        found = self._found(params)
        page = found[start : start + size]
        answer = b'{"studies":[' + b",".join(_fields(record, params.get("fields")) for record in page) + b"]"
        if params.get("countTotal") == "true" and "pageToken" not in params:
            answer += b',"totalCount":%d' % len(found)
        if len(page) == size:
            answer += b',"nextPageToken":"%s"' % self._token(params, start + size).encode()
        return _Reply(200, answer + b"}")

    def _found(self, params: dict[str, str]) -> list[bytes]:
        try:
            wanted = matcher(params.get("query.term", ""))
        except ValueError as error:
            raise _Wrong(f"`query.term` has incorrect value: {error}") from None
        asked = filter(None, map(_written, re.split(r"[,|]", params.get("filter.ids", ""))))
        ids = {self.aliases.get(one, one) for one in asked}
        return [record for nct_id, record in self.records.items() if (not ids or nct_id in ids) and wanted(record)]

    def _token(self, params: dict[str, str], start: int) -> str:
        secret = json.dumps([start, self._bound_to(params), len(self.requests)])
        return base64.urlsafe_b64encode(secret.encode()).decode().rstrip("=")

    def _start(self, params: dict[str, str]) -> int:
        token = params.get("pageToken")
        if token is None:
            return 0
        try:
            start, bound_to, _ = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        except ValueError:
            raise _Wrong("`pageToken` has incorrect value") from None
        if bound_to != self._bound_to(params):
            raise _Wrong("`pageToken` does not fit these parameters, or the data were refreshed")
        return int(start)

    def _bound_to(self, params: dict[str, str]) -> str:
        same = sorted(item for item in params.items() if item[0] not in _MAY_DIFFER)
        return hashlib.sha256(repr((same, self._refreshes)).encode()).hexdigest()[:16]


def made_study(nct_id: str, *, updated: str = "2026-11-01", title: str = "A made study") -> bytes:
    """A small study of the registry's shape, where real ones are not needed or not there."""
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": nct_id, "briefTitle": title},
            "statusModule": {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": updated}},
        },
        "hasResults": False,
    }
    return json.dumps(study, separators=(",", ":"), ensure_ascii=False).encode()


def _id_of(record: bytes) -> str:
    return str(json.loads(record)["protocolSection"]["identificationModule"]["nctId"])


def _written(nct_id: str) -> str:
    match = _ID.match(nct_id.strip())
    return f"NCT{int(match[1]):08d}" if match else nct_id.strip()


def _check_names(params: dict[str, str]) -> None:
    for name in params:
        if name not in _KNOWN:
            raise _Wrong(f"`{name}` is unknown parameter")
    if params.get("format", "json") != "json":
        raise _Wrong("the stand-in speaks JSON only")


def _number(params: dict[str, str], name: str, default: int) -> int:
    text = params.get(name, str(default))
    if not text.isdecimal():
        raise _Wrong(f"`{name}` has incorrect value")
    return int(text)


def _fields(record: bytes, fields: str | None) -> bytes:
    if fields is None:
        return record
    if fields != "NCTId":
        raise _Wrong(f"the stand-in knows the field NCTId only, not {fields}")
    return b'{"protocolSection":{"identificationModule":{"nctId":"%s"}}}' % _id_of(record).encode()


def _json(value: object) -> _Reply:
    return _Reply(200, json.dumps(value, separators=(",", ":")).encode())


def _faulty(fault: Fault) -> _Reply | None:
    if isinstance(fault, Busy):
        headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
        return _Reply(fault.status, fault.text.encode(), "text/plain; charset=utf-8", headers)
    return _Reply(200, fault.body) if isinstance(fault, Instead) else None


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, registry: RegistryServer) -> None:
        self.registry = registry
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def do_GET(self) -> None:
        reply, cut = self.server.registry.reply(self.path, self.headers.get("User-Agent", ""))
        body = reply.body
        self.send_response(reply.status)
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1)
            self.send_header("Content-Encoding", "gzip")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.kind)
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()[:16]}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = cut

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(timestamp, usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent: tests read ``requests``."""
