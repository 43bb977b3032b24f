"""Records cut out of a stream of JSON text, however they are wrapped: one a line, in a list, in answers of the API.

A record that is broken ends where the next one begins, so that one bad record costs only itself.
"""

import re
from collections.abc import Iterator

import msgspec

from equipoise.exchange.unpack import AGAIN, Chunks
from equipoise.kernel.refused import Refused
from equipoise.studies.read import read_study
from equipoise.studies.record import Study

LIMIT = 64 << 20
"""Bytes: the longest record accepted. The longest in the registry are some 10 MiB."""
_READ = 1 << 20
_AHEAD = 1 << 16
_HEAD = 1 << 16

_STRING = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
_TOKEN = re.compile(_STRING + rb'|["{}\[\]]', re.DOTALL)
_STUDY = b'{"protocolSection":'
_START = re.compile(rb'\{\s{0,200}+"(?:protocolSection|nct_id)"\s{0,20}+:')
_RESTART = re.compile(_START.pattern + rb"|(?<=\n)\{")
_ANSWER = re.compile(rb'\{\s*+"(?:studies|nextPageToken|totalCount)"\s*+:')
_SPACE = re.compile(rb"[\s,]+|\xef\xbb\xbf")
_MEMBER = re.compile(rb"[\s,:]+|[-+.\w]+|" + _STRING)
_AFTER = {
    "": re.compile(rb"[ \t\r]*+(?:\n|\Z)|\s*+[\[{]"),
    "[": re.compile(rb'\s*+(?:\]|,\s*+[^"\s])'),
    "{": re.compile(rb"\s*+[,}]"),
}


class Piece(msgspec.Struct, frozen=True):
    """One record's bytes as found; or, where ``why`` says so, the beginning of what could not be read.

    ``study`` is the record read, where looking for its end has read it.
    """

    place: str
    data: bytes = b""
    why: str = ""
    do: str = ""
    study: Study | None = None


def pieces(chunks: Chunks, *, limit: int = LIMIT) -> Iterator[Piece]:
    """Every record, in order, holding one record in memory (and at most ``limit`` bytes of it)."""
    return _Scanner(chunks, limit).pieces()


class _Scanner:
    def __init__(self, chunks: Chunks, limit: int) -> None:
        self._chunks = chunks
        self._limit = limit
        self._buffer = b""
        self._at = 0
        self._line = 1
        self._number = 0
        self._open = ""
        self._ended = False
        self._fault: Refused | None = None

    def pieces(self) -> Iterator[Piece]:
        torn = False
        while self._seek():
            self._number += 1
            piece = self._record()
            yield piece
            torn = bool(piece.why) and self._at == len(self._buffer)
        if not torn and (self._fault or self._open):
            why = self._fault.why if self._fault else "the text ends inside a list: it was cut off."
            yield Piece(f"after record {self._number}", why=why, do=AGAIN)

    def _seek(self) -> bool:
        """Go to the next record, or to something that is none. False at the end."""
        while self._look_ahead():
            skipped = (_MEMBER if self._open.endswith("{") else _SPACE).match(self._buffer, self._at)
            byte = self._buffer[self._at : self._at + 1]
            if skipped:
                self._advance(skipped.end())
            elif byte == b"[" or (byte == b"{" and _ANSWER.match(self._buffer, self._at)):
                self._open += byte.decode()
                self._advance(self._at + 1)
            elif self._open and byte == {"[": b"]", "{": b"}"}[self._open[-1]]:
                self._open = self._open[:-1]
                self._advance(self._at + 1)
            else:
                return True
        return False

    def _record(self) -> Piece:
        place = self._place()
        if whole := self._study_on_line(place):
            return whole
        end = self._end() if self._buffer.startswith(b"{", self._at) else None
        if end is None or end - self._at > self._limit:
            return self._broken(place)
        data = self._buffer[self._at : end]
        self._advance(end)
        return Piece(place, data)

    def _place(self) -> str:
        at_line_start = self._at == 0 or self._buffer.startswith(b"\n", self._at - 1)
        return f"line {self._line}" if at_line_start else f"record {self._number}"

    def _study_on_line(self, place: str) -> Piece | None:
        """A line that is one study and nothing besides, as most are: read once, to know that it is whole, and kept."""
        end = self._buffer.find(b"\n", self._at)
        if not self._buffer.startswith(_STUDY, self._at) or not 0 <= end - self._at <= self._limit:
            return None
        data = self._buffer[self._at : end].rstrip(b", \t\r")
        try:
            study = read_study(data)
        except Refused:
            return None
        self._at += len(data)
        return Piece(place, data, study=study)

    def _end(self) -> int | None:
        """Where the object that begins here ends: with its line, before the next known beginning, or by brackets."""
        stop = None
        if _START.match(self._buffer, self._at):
            end = self._whole_until(self._buffer.find(b"\n", self._at))
            if end is None:
                stop = self._find(_START)
                end = self._whole_until(len(self._buffer) if stop is None else stop)
            if end is not None:
                return end
        end_of_brackets = self._balanced(stop)
        return end_of_brackets if end_of_brackets and self._is_followed_well(end_of_brackets) else None

    def _whole_until(self, end: int) -> int | None:
        """The end of what lies here before ``end``, where that is one whole object and nothing besides."""
        candidate = self._buffer[self._at : end].rstrip(b", \t\r\n")
        return self._at + len(candidate) if _fault_of(candidate) is None else None

    def _find(self, pattern: re.Pattern[bytes]) -> int | None:
        """Where the pattern next occurs after here, reading on within the limit."""
        since = self._at + 1
        while not (found := pattern.search(self._buffer, since)):
            since = max(self._at + 1, len(self._buffer) - 256)
            if not self._more():
                return None
        return found.start()

    def _balanced(self, stop: int | None) -> int | None:
        """The end of the object that begins here, by its brackets; None where it does not end before ``stop``."""
        depth, since = 0, self._at
        while True:
            for token in _TOKEN.finditer(self._buffer, since, len(self._buffer) if stop is None else stop):
                text = token[0]
                if text == b'"':
                    break
                depth += (text in b"{[") - (text in b"]}")
                since = token.end()
                if depth == 0:
                    return since if _fault_of(self._buffer[self._at : since]) is None else None
            string_never_ends = self._buffer.startswith(b'"', since) and b"\n" in self._buffer[since:]
            if stop is not None or string_never_ends or not self._more():
                return None

    def _is_followed_well(self, end: int) -> bool:
        if len(self._buffer) - end < _AHEAD:
            self._more()
        return _AFTER[self._open[-1:]].match(self._buffer, end) is not None

    def _broken(self, place: str) -> Piece:
        """What begins here and is no record, up to where the next one seems to begin."""
        end = self._find(_RESTART)
        data = self._buffer[self._at : end]
        why = self._reason(data, at_end=end is None)
        self._advance(len(self._buffer) if end is None else end)
        if end is None and not self._ended:
            self._skip()
        return Piece(place, data[:_HEAD], why, AGAIN)

    def _reason(self, data: bytes, *, at_end: bool) -> str:
        if len(data) > self._limit:
            return f"longer than {self._limit:,} bytes, which no study is."
        if at_end and self._ended and (self._fault or data.startswith(b"{")):
            return self._fault.why if self._fault else "the text ends in the middle of this record."
        return f"not a JSON record: {_fault_of(data.strip()) or 'something else stands around it'}."

    def _skip(self) -> None:
        """Drop text until something that looks like a record."""
        while not (found := _RESTART.search(self._buffer, self._at)) and not self._ended:
            self._advance(max(self._at, len(self._buffer) - 256))
            self._look_ahead()
        self._advance(found.start() if found else len(self._buffer))

    def _look_ahead(self) -> bool:
        """Have some text after this place, dropping what lies before. False at the end."""
        if len(self._buffer) - self._at < _AHEAD and not self._ended:
            kept = max(self._at - 1, 0)
            self._buffer, self._at = self._buffer[kept:], self._at - kept
            while len(self._buffer) - self._at < _AHEAD and self._more():
                pass
        return self._at < len(self._buffer)

    def _more(self) -> bool:
        """Read on, at least doubling what is held of this record, within the limit. False where there is no more."""
        held = len(self._buffer) - self._at
        if self._ended or held > self._limit:
            return False
        fresh = self._read(max(_READ, held))
        self._buffer += fresh
        return bool(fresh)

    def _read(self, wanted: int) -> bytes:
        parts, count = [], 0
        try:
            for chunk in self._chunks:
                parts.append(chunk)
                count += len(chunk)
                if count >= wanted:
                    return b"".join(parts)
        except Refused as refused:
            self._fault = refused
        self._ended = True
        return b"".join(parts)

    def _advance(self, end: int) -> None:
        self._line += self._buffer.count(b"\n", self._at, end)
        self._at = end


def _fault_of(data: bytes) -> str | None:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return str(error)
    except RecursionError:
        return "it is nested too deeply"
    return None
