"""The ClinicalTrials.gov API, version 2, asked politely: one request a second, by name, and patiently."""

import datetime
import email.utils
import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TypeVar

import httpx
import msgspec

from equipoise import __version__
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused

CLINICALTRIALS_GOV = "https://clinicaltrials.gov/api/v2"
PAGE_SIZE = 1000
"""The most studies the API gives on a page."""
LONGEST_WAIT = 600.0
"""Seconds: asked to wait longer, we stop, for a crawl can be taken up again."""

_LONGEST_BACKOFF = 60.0
_TIMEOUT = httpx.Timeout(120.0, connect=20.0)
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_QUOTED = 300
_ANSWER = TypeVar("_ANSWER", bound=msgspec.Struct)


class Unreachable(Refused):
    """The registry did not answer, or not well, however often it was asked."""


class Rejected(Refused):
    """The registry will not answer this request, however often it is asked: its own words say why."""

    def __init__(self, why: str, *, what: str, status: int) -> None:
        super().__init__(why, what=what, do="Change what you ask for.")
        self.status = status


class TokenExpired(Refused):
    """The registry no longer knows the page token: its data were refreshed. Begin the crawl anew."""


class Page(msgspec.Struct, frozen=True):
    """One page of studies, each as the registry's bytes. ``total`` comes with the first page only."""

    studies: tuple[bytes, ...]
    next_token: str | None = None
    total: int | None = None


class Version(msgspec.Struct, frozen=True, rename="camel"):
    """The API's version, and when its data were last refreshed (UTC, ``yyyy-MM-ddTHH:mm:ss``)."""

    api_version: str
    data_timestamp: str


class _Answer(msgspec.Struct, rename="camel"):
    studies: list[msgspec.Raw]
    next_page_token: str | None = None
    total_count: int | None = None


class _Size(msgspec.Struct, rename="camel"):
    total_studies: int


class _Identification(msgspec.Struct, rename="camel"):
    nct_id: str


class _Protocol(msgspec.Struct, rename="camel"):
    identification_module: _Identification


class _Named(msgspec.Struct, rename="camel"):
    protocol_section: _Protocol


_NAMED = msgspec.json.Decoder(_Named)


class _Trouble(Refused):
    """A request that may go well another time, after ``wait`` seconds at least."""

    def __init__(self, why: str, *, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


def nct_id_in(study: bytes) -> str:
    """The identifier of a study as the registry serves it."""
    try:
        return _NAMED.decode(study).protocol_section.identification_module.nct_id
    except msgspec.DecodeError as error:
        raise Unreachable(f"the registry gave a study without its NCT id: {error}.", do="Try again.") from None


def study_params(*, query: str = "", since: str | None = None) -> dict[str, str]:
    """The parameters that ask for every study, those an Essie query finds, or those updated since a day, or both."""
    terms = [f"({query.strip()})"] if query.strip() else []
    if since is not None:
        date = PartialDate.read(since)
        if date.day is None:
            raise Refused("is not a whole date.", what=repr(since), do="Write a day like 2026-11-23.")
        terms.append(f"AREA[LastUpdatePostDate]RANGE[{date},MAX]")
    return {"query.term": " AND ".join(terms)} if terms else {}


def wait_asked(headers: Mapping[str, str]) -> float:
    """Seconds the server asks us to wait (``Retry-After``, in seconds or as a date); 0 where it does not say."""
    said = headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    until, now = _date(said), _date(headers.get("Date", "")) or datetime.datetime.now(datetime.UTC)
    return max(0.0, (until - now).total_seconds()) if until else 0.0


def _date(said: str) -> datetime.datetime | None:
    try:
        date = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=datetime.UTC)


class Registry:
    """A client of the API. ``pause`` is the least time in seconds between two requests; ``contact`` names who asks."""

    def __init__(
        self,
        base_url: str = CLINICALTRIALS_GOV,
        *,
        contact: str = "",
        pause: float = 1.0,
        tries: int = 6,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        client: httpx.Client | None = None,
    ) -> None:
        self.base_url = _checked(base_url)
        self._agent = _agent(contact)
        self._pause = pause
        self._tries = tries
        self._sleep = sleep
        self._clock = clock
        self._free_at = clock()
        self._own = client is None
        self._client = client or httpx.Client(timeout=_TIMEOUT, follow_redirects=True)

    def __enter__(self) -> "Registry":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._own:
            self._client.close()

    def version(self) -> Version:
        return self._ask("version", {}, Version)

    def size(self) -> int:
        """How many studies the registry holds."""
        return self._ask("stats/size", {}, _Size).total_studies

    def pages(self, params: Mapping[str, str], token: str | None = None) -> Iterator[Page]:
        """The pages from ``token`` on, or all; each is asked for when it is wanted. A page may be empty.

        Raises ``TokenExpired`` where the registry does not take the token, ``Unreachable`` where it does not answer.
        """
        while True:
            page = self._page(params, token)
            if page.next_token is not None and page.next_token == token:
                raise TokenExpired("gives the same page again and again.", what=self.base_url, do="Begin anew.")
            yield page
            if page.next_token is None:
                return
            token = page.next_token

    def all_ids(self) -> Iterator[str]:
        """The identifier of every study. Raises where not all came, rather than end early."""
        total, count = 0, 0
        for page in self.pages({"fields": "NCTId"}):
            total = page.total if page.total is not None else total
            count += len(page.studies)
            yield from map(nct_id_in, page.studies)
        if count < total:
            raise Unreachable(f"listed {count:,} of {total:,} studies.", what=self.base_url, do="Try again.")

    def _page(self, params: Mapping[str, str], token: str | None) -> Page:
        paging = {"format": "json", "pageSize": str(PAGE_SIZE)}
        paging |= {"pageToken": token} if token else {"countTotal": "true"}
        try:
            answer = self._ask("studies", {**params, **paging}, _Answer)
        except Rejected as rejected:
            if token and rejected.status == httpx.codes.BAD_REQUEST:
                raise TokenExpired(rejected.why, what=rejected.what, do="Begin the crawl anew.") from None
            raise
        return Page(tuple(bytes(raw) for raw in answer.studies), answer.next_page_token, answer.total_count)

    def _ask(self, path: str, params: Mapping[str, str], kind: type[_ANSWER]) -> _ANSWER:
        for attempt in range(1, self._tries + 1):
            self._keep_pace()
            try:
                return self._ask_once(path, params, kind)
            except _Trouble as trouble:
                last = trouble
            if last.wait > LONGEST_WAIT:
                why = f"asks us to wait {last.wait / 60:.0f} minutes. {last.why}"
                raise Unreachable(why, what=self.base_url, do="Try again then.")
            self._rest(max(last.wait, min(2.0**attempt, _LONGEST_BACKOFF)))
        why = f"did not answer well in {self._tries} tries. The last time: {last.why}"
        raise Unreachable(why, what=self.base_url, do="Try again later.")

    def _keep_pace(self) -> None:
        if (early := self._free_at - self._clock()) > 0:
            self._sleep(early)
        self._free_at = self._clock() + self._pause

    def _rest(self, seconds: float) -> None:
        self._free_at = max(self._free_at, self._clock() + seconds)

    def _ask_once(self, path: str, params: Mapping[str, str], kind: type[_ANSWER]) -> _ANSWER:
        url = f"{self.base_url}/{path}"
        headers = {"User-Agent": self._agent, "Accept": "application/json"}
        try:
            answer = self._client.get(url, params=dict(params), headers=headers)
        except httpx.RequestError as error:
            raise _Trouble(f"{type(error).__name__}: {error}".strip(": ")) from None
        if answer.status_code in _BUSY:
            raise _Trouble(_said(answer), wait=wait_asked(answer.headers))
        if answer.status_code != httpx.codes.OK:
            raise Rejected(_said(answer), what=self.base_url, status=answer.status_code)
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.DecodeError as error:
            raise _Trouble(f"the answer is not what the API promises ({error}): {_said(answer)}") from None


def _checked(url: str) -> str:
    try:
        whole = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Refused(f"is not an address: {error}.", what=repr(url)) from None
    if whole.scheme not in {"http", "https"} or not whole.host:
        raise Refused("is not an address of the API.", what=repr(url), do=f"The registry's is {CLINICALTRIALS_GOV}")
    return url.rstrip("/")


def _agent(contact: str) -> str:
    who = " ".join(contact.encode("ascii", "replace").decode().split())
    return f"equipoise/{__version__} (registry mirror; {who or 'set EQUIPOISE_CONTACT'})"


def _said(answer: httpx.Response) -> str:
    """The status and the server's own text."""
    text = " ".join(answer.text[:_QUOTED].split())
    return f"HTTP {answer.status_code} {answer.reason_phrase}: {text}".rstrip(": ")
