"""What a person asks in the address of a page: read with care, refused in words, written back in one form."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from django.http import QueryDict

from equipoise.finder.ask import FARTHEST_KM, Ask, Place, Sort
from equipoise.finder.places import UnknownPlace
from equipoise.finder.words import LONGEST, read_words
from equipoise.kernel.ages import read_years
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused
from equipoise.studies.labels import FUNDER_TYPES, KINDS

LONGEST_OTHER = 300
MOST_VALUES = 50
LAST_PAGE = 10_000_000

Value = TypeVar("Value")
Locate = Callable[[str], Place]

CODED = {
    "status": ("status", "Status", tuple(KINDS["Status"])),
    "phase": ("phase", "Phase", tuple(KINDS["Phase"])),
    "type": ("study_type", "Study type", tuple(KINDS["StudyType"])),
    "funder": ("funder", "Funder", FUNDER_TYPES),
}
"""Parameter: field of ``Ask``, its title on the page, and the registry's values."""

NAMED = {"country": "country", "condition": "condition", "sponsor": "sponsor", "region": "region", "city": "city"}
"""Parameter: field of ``Ask``, for values that are names."""

TITLES = {
    "q": "Words",
    "near": "Place",
    "within": "Distance",
    "age": "Age",
    "sex": "Sex",
    "from": "Started from",
    "to": "Started to",
    "sort": "Order",
    "page": "Page",
    "results": "Results",
    "healthy": "Healthy volunteers",
    "country": "Country",
    "condition": "Condition",
    "sponsor": "Sponsor",
    "region": "Region",
    "city": "City",
} | {name: title for name, (_, title, _) in CODED.items()}

Pairs = tuple[tuple[str, str], ...]


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with one field, in words that say what to write instead; for a place, with names that may be meant.

    ``why`` is the message without what to do, for pages that show the names as links.
    """

    field: str
    message: str
    why: str = ""
    names: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True):
    """What was asked, what was typed (to be shown again), and what is wrong with it."""

    ask: Ask
    typed: dict[str, str]
    problems: tuple[Problem, ...]

    @property
    def pairs(self) -> Pairs:
        """The one written form of this search, but for its page."""
        return tuple(_written(self.ask, self.typed.get("near", "")))

    def address(self, *, without: Iterable[str] = (), plus: Iterable[tuple[str, str]] = ()) -> str:
        """The query string of this search without some parameters and with others."""
        left_out = set(without)
        return urlencode([*(pair for pair in self.pairs if pair[0] not in left_out), *plus])

    @property
    def meant(self) -> tuple[tuple[str, str], ...]:
        """Places that may be meant by one nobody knows, each with the query string of this search there."""
        names = [name for problem in self.problems for name in problem.names]
        return tuple((name, f"?{self.address(plus=(('near', name),))}") for name in names)

    def address_but(self, pair: tuple[str, str]) -> str:
        return urlencode([each for each in self.pairs if each != pair])

    def problem(self, field: str) -> str:
        """What is wrong with the field; where places are offered as links, without their names."""
        wrong = next((problem for problem in self.problems if problem.field == field), None)
        return "" if wrong is None else wrong.why if wrong.names else wrong.message


def read_ask(params: QueryDict, locate: Locate) -> Asked:
    """The search in the parameters. Fields with a problem keep their default."""
    reading = Reading(params)
    words = reading.checked("q", _words) or ""
    place = reading.checked("near", locate)
    ask = Ask(
        words=words,
        place=place,
        within_km=reading.checked("within", _distance),
        any_site=reading.one("any-site") in ("1", "on"),
        age=reading.checked("age", read_years),
        sex=reading.checked("sex", _sex),
        healthy=reading.checked("healthy", _yes),
        has_results=reading.checked("results", _results),
        started_from=reading.checked("from", lambda text: PartialDate.read(text).earliest().isoformat()),
        started_to=reading.checked("to", lambda text: PartialDate.read(text).latest().isoformat()),
        synonyms=reading.one("synonyms") != "off",
        sort=reading.checked("sort", _sort) or Sort.RELEVANCE,
        page=reading.checked("page", _page) or 1,
    )
    coded = {field: reading.coded(name, allowed) for name, (field, _, allowed) in CODED.items()}
    named = {field: reading.many(name) for name, field in NAMED.items()}
    ask = _recruiting(msgspec.structs.replace(ask, **coded, **named), reading.one("recruiting"))
    _together(ask, reading)
    return Asked(ask, reading.typed, tuple(reading.problems))


def _recruiting(ask: Ask, asked: str) -> Ask:
    if asked not in ("1", "on") or "RECRUITING" in ask.status:
        return ask
    return msgspec.structs.replace(ask, status=("RECRUITING", *ask.status))


def _together(ask: Ask, reading: "Reading") -> None:
    """What holds only between fields."""
    if ask.sort is Sort.NEAREST and ask.place is None and not reading.typed.get("near"):
        reading.refuse("near", "Give a place, so that the nearest sites can come first.")
    if ask.started_from and ask.started_to and ask.started_from > ask.started_to:
        reading.refuse("from", "The first date comes after the second. Swap them, or leave one empty.")


class Reading:
    """One address being read; gathers its problems."""

    def __init__(self, params: QueryDict) -> None:
        self.params = params
        self.typed: dict[str, str] = {}
        self.problems: list[Problem] = []

    def refuse(self, field: str, message: str) -> None:
        self.problems.append(Problem(field, message))

    def one(self, name: str) -> str:
        """The single value of a parameter, checked for what no field may hold."""
        values = self._values(name)
        self.typed[name] = values[-1][:LONGEST_OTHER] if values else ""
        if len(values) > 1:
            self.refuse(name, f"{TITLES.get(name, name)} was given {len(values)} times. Give it once.")
            return ""
        return values[0] if values and self._sound(name, values[0]) else ""

    def many(self, name: str) -> tuple[str, ...]:
        values = self._values(name)
        if len(values) > MOST_VALUES:
            self.refuse(name, f"{len(values)} values were given. Choose at most {MOST_VALUES}.")
            return ()
        return tuple(value for value in values if self._sound(name, value))

    def coded(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(value.upper().replace("-", "_") for value in self.many(name)))
        strange = [value for value in values if value not in allowed]
        if strange:
            self.refuse(name, f"“{strange[0][:40]}” is not one of the choices. Choose from the list.")
        return tuple(value for value in values if value in allowed)

    def checked(self, name: str, read: Callable[[str], Value]) -> Value | None:
        text = self.one(name)
        if not text:
            return None
        try:
            return read(text)
        except UnknownPlace as unknown:
            self.problems.append(Problem(name, _sentence(unknown), unknown.why, unknown.names))
            return None
        except Refused as refused:
            self.refuse(name, _sentence(refused))
            return None

    def _values(self, name: str) -> list[str]:
        return list(dict.fromkeys(value for text in self.params.getlist(name) if (value := text.strip())))

    def _sound(self, name: str, text: str) -> bool:
        longest = LONGEST if name == "q" else LONGEST_OTHER
        unreadable = any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\t\r\n" for sign in text)
        if unreadable or "\N{REPLACEMENT CHARACTER}" in text:
            self.refuse(name, "This holds signs that cannot be read. Type it again by hand.")
            return False
        if len(text) > longest:
            self.refuse(name, f"This is {len(text):,} characters long. Use at most {longest:,}: the words that matter.")
            return False
        return True


def _sentence(refused: Refused) -> str:
    text = f"{refused.what} {refused.why} {refused.do}".strip()
    return text[:1].upper() + text[1:]


def _words(text: str) -> str:
    read_words(text)
    return " ".join(text.split())


def _distance(text: str) -> int | None:
    if text == "any":
        return None
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not 1 <= int(text) <= FARTHEST_KM:
        raise Refused(f"Distance must be a whole number of kilometres from 1 to {FARTHEST_KM}.")
    return int(text)


def _sex(text: str) -> str | None:
    if text.upper() not in ("FEMALE", "MALE", "ALL"):
        raise Refused("Sex must be female, male or any.")
    return None if text.upper() == "ALL" else text.upper()


def _yes(text: str) -> bool:
    if text not in ("1", "on", "yes"):
        raise Refused("Tick this, or leave it out.")
    return True


def _results(text: str) -> bool:
    if text not in ("with", "without"):
        raise Refused("Choose studies with results, without, or both.")
    return text == "with"


def _sort(text: str) -> Sort:
    if text not in tuple(Sort):
        raise Refused("That order is not known. Choose one from the list.")
    return Sort(text)


def _page(text: str) -> int:
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII) or int(text) < 1:
        raise Refused("Page must be a whole number from 1.")
    return min(int(text), LAST_PAGE)


def _written(ask: Ask, near: str) -> Iterable[tuple[str, str]]:
    within = str(ask.within_km) if ask.within_km else "any" if ask.place else ""
    results = "" if ask.has_results is None else "with" if ask.has_results else "without"
    yield from _told(
        ("q", ask.words),
        ("near", near if ask.place else ""),
        ("within", within),
        ("any-site", "1" if ask.any_site else ""),
        ("age", f"{ask.age:.6g}" if ask.age is not None else ""),
        ("sex", (ask.sex or "").lower()),
        ("healthy", "1" if ask.healthy else ""),
    )
    for name, (field, _, _) in CODED.items():
        yield from ((name, value) for value in getattr(ask, field))
    for name, field in NAMED.items():
        yield from ((name, value) for value in getattr(ask, field))
    yield from _told(
        ("results", results),
        ("from", ask.started_from or ""),
        ("to", ask.started_to or ""),
        ("synonyms", "" if ask.synonyms else "off"),
        ("sort", "" if ask.sort is Sort.RELEVANCE else ask.sort.value),
    )


def _told(*pairs: tuple[str, str]) -> Iterable[tuple[str, str]]:
    return (pair for pair in pairs if pair[1])
