"""A small part of the registry's query language: words, phrases, AND, OR, NOT, brackets, and ranges of update dates."""

import json
import re
from collections import deque
from collections.abc import Callable

Matcher = Callable[[bytes], bool]
Tokens = deque[re.Match[str]]

_TOKEN = re.compile(
    r"\s*(?:AREA\[LastUpdatePostDate\]RANGE\[(?P<since>[\d-]+|MIN),(?P<until>[\d-]+|MAX)\]"
    r'|"(?P<phrase>[^"]*)"|(?P<mark>[()])|(?P<word>[^\s()\[\],"]+))'
)


def matcher(text: str) -> Matcher:
    """Whether a record matches. ValueError for what the registry would refuse."""
    tokens = deque(_tokens(text))
    if not tokens:
        return lambda _: True
    matches = _any(tokens)
    if tokens:
        raise ValueError("brackets do not match")
    return matches


def updated_of(record: bytes) -> str:
    """The day the study's last update was posted; empty where it does not say."""
    status = json.loads(record)["protocolSection"].get("statusModule", {})
    return str(status.get("lastUpdatePostDateStruct", {}).get("date", ""))


def _tokens(text: str) -> list[re.Match[str]]:
    tokens, place = [], 0
    while rest := text[place:].strip():
        token = _TOKEN.match(text, place)
        if not token:
            raise ValueError(f"unexpected {rest[0]!r}")
        tokens.append(token)
        place = token.end()
    return tokens


def _next(tokens: Tokens) -> str:
    return tokens[0][0].strip() if tokens else ""


def _any(tokens: Tokens) -> Matcher:
    parts = [_all(tokens)]
    while _next(tokens) == "OR":
        tokens.popleft()
        parts.append(_all(tokens))
    return lambda record: any(part(record) for part in parts)


def _all(tokens: Tokens) -> Matcher:
    parts = [_one(tokens)]
    while _next(tokens) not in ("", "OR", ")"):
        if _next(tokens) == "AND":
            tokens.popleft()
        parts.append(_one(tokens))
    return lambda record: all(part(record) for part in parts)


def _one(tokens: Tokens) -> Matcher:
    if not tokens:
        raise ValueError("it ends too early")
    token = tokens.popleft()
    if token["mark"] == "(":
        return _bracketed(tokens)
    if token["word"] == "NOT":
        negated = _one(tokens)
        return lambda record: not negated(record)
    if token["mark"] or token["word"] in ("AND", "OR"):
        raise ValueError(f"unexpected {token[0].strip()!r}")
    if token["since"]:
        return _updated_between(token["since"], token["until"])
    text = (token["phrase"] or token["word"] or "").lower()
    return lambda record: text in record.decode().lower()


def _bracketed(tokens: Tokens) -> Matcher:
    inner = _any(tokens)
    if _next(tokens) != ")":
        raise ValueError("brackets do not match")
    tokens.popleft()
    return inner


def _updated_between(since: str, until: str) -> Matcher:
    first = "" if since == "MIN" else since
    last = "9999" if until == "MAX" else until
    return lambda record: bool(updated := updated_of(record)) and first <= updated <= last
