"""What each part of the record is called and how its change is told."""

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import msgspec

from equipoise.studies.compare.change import Change, ChangeKind, replaced
from equipoise.studies.compare.dates import date_sentence, date_words
from equipoise.studies.compare.lists import Listed, differing_fields, field_pieces, field_words, list_words
from equipoise.studies.compare.words import text_change
from equipoise.studies.labels import label
from equipoise.studies.record import DateStruct, Study

Tell = Callable[[Study, Study], Iterator[Change]]


class Rule(msgspec.Struct, frozen=True):
    """``tell`` says how ``paths`` changed. If it says nothing, they are told of with the other fields."""

    paths: tuple[str, ...]
    tell: Tell


def text(path: str, kind: ChangeKind, heading: str) -> Rule:
    """A text, word by word."""

    def tell(old: Study, new: Study) -> Iterator[Change]:
        yield text_change(kind, heading, _words(old, path), _words(new, path))

    return Rule((path,), tell)


def code(path: str, kind: ChangeKind, heading: str, enumeration: str) -> Rule:
    """A coded value, by its label."""
    return worded((path,), kind, heading, lambda study: label(enumeration, _words(study, path)))


def worded(paths: tuple[str, ...], kind: ChangeKind, heading: str, words: Callable[[Study], str]) -> Rule:
    """A value as a page words it; nothing where the words are the same."""

    def tell(old: Study, new: Study) -> Iterator[Change]:
        before, after = words(old), words(new)
        if before != after:
            yield Change(kind, heading, replaced(heading, before, after))

    return Rule(paths, tell)


def date(path: str, heading: str) -> Rule:
    def tell(old: Study, new: Study) -> Iterator[Change]:
        yield Change(ChangeKind.DATES, heading, date_sentence(heading, _value(old, path), _value(new, path)))

    return Rule((path,), tell)


def names(path: str, kind: ChangeKind, heading: str) -> Rule:
    """A list of short texts."""

    def tell(old: Study, new: Study) -> Iterator[Change]:
        words = list_words(heading.lower(), _value(old, path), _value(new, path))
        yield Change(kind, heading, f"{words[0].upper()}{words[1:]}.")

    return Rule((path,), tell)


def listed(path: str, items: Listed[Any]) -> Rule:
    """A list of objects, matched one to one."""

    def tell(old: Study, new: Study) -> Iterator[Change]:
        yield from items.tell(_value(old, path), _value(new, path))

    return Rule((path,), tell)


def part(path: str, kind: ChangeKind, heading: str, codes: dict[str, str] | None = None) -> Rule:
    """One object, field by field."""

    def tell(old: Study, new: Study) -> Iterator[Change]:
        before, after = _value(old, path), _value(new, path)
        sentence = f"{heading}: {'; '.join(field_words(before, after, codes or {}))}."
        yield Change(kind, heading, sentence, field_pieces(before, after))

    return Rule((path,), tell)


def answer(path: str, kind: ChangeKind, heading: str, sentences: dict[bool | None, str]) -> Rule:
    """A yes or no, told by what it now is."""

    def tell(_: Study, new: Study) -> Iterator[Change]:
        yield Change(kind, heading, sentences[_value(new, path)])

    return Rule((path,), tell)


def stamps(headings: dict[str, str], kind: ChangeKind, heading: str) -> Rule:
    """Several dates of the record's own keeping, in one sentence."""

    def tell(old: Study, new: Study) -> Iterator[Change]:
        moved = {path: _stamp(new, path) for path in headings if _value(old, path) != _value(new, path)}
        said = (f"{headings[path]} {stamp or 'no longer given'}" for path, stamp in moved.items())
        yield Change(kind, heading, f"{heading}: {', '.join(said)}.")

    return Rule(tuple(headings), tell)


def _stamp(study: Study, path: str) -> str:
    value = _value(study, path)
    return date_words(value if isinstance(value, DateStruct) else DateStruct(date=value))


def results(paths: tuple[str, ...]) -> Rule:
    def tell(old: Study, new: Study) -> Iterator[Change]:
        sentence = _results_sentence(old, new)
        if sentence:
            yield Change(ChangeKind.RESULTS, "Results", sentence)

    return Rule(paths, tell)


def _results_sentence(old: Study, new: Study) -> str:
    posted = date_words(DateStruct(date=new.status.results_first_post_date_struct.date))
    if new.has_results and not old.has_results:
        return f"Results were posted{posted and ' on '}{posted}."
    if old.has_results and not new.has_results:
        return "Results were taken down."
    moved = old.status.results_first_post_date_struct != new.status.results_first_post_date_struct
    modules = [name.removesuffix("_module").replace("_", " ") for name in differing_fields(old.results, new.results)]
    if not modules:
        return ""
    return f"The posted results changed: {', '.join([*modules, *(['date posted'] if moved else [])])}."


def _value(study: Study, path: str) -> Any:
    return attrgetter(path)(study)


def _words(study: Study, path: str) -> str:
    return str(_value(study, path) or "")
