"""Other words for what a person typed, added in the open: lay words, other names of treatments, MeSH headings."""

from collections.abc import Callable, Iterator
from itertools import chain, groupby

from equipoise.finder.ask import Expansion, Offer
from equipoise.finder.fields import PAIR_FIELD
from equipoise.finder.lay import lay_offers, lay_phrases_in, spelling_variants
from equipoise.finder.query import Either, Every, In, Phrase, Query, Widened, Word, every

MOST_ADDED = 4
LONGEST_PHRASE = 5

Terms = Callable[[str, str], list[tuple[str, int]]]
"""``(field, prefix)`` to the values of a key field that begin so, with their counts."""

LAY = "everyday and medical words for the same thing"
RECORDS = "other names given in the records"
SPELLING = "British and American spelling"


def widen(query: Query, terms: Terms) -> tuple[Query, tuple[Expansion, ...]]:
    """The tree with phrases added to what was typed, and the list of what was added. Excluded words stay as typed."""
    match query:
        case Word(text=text) | Phrase(text=text):
            return _widened(query, tuple(text.split()), terms)
        case In(area=area, part=part):
            inner, added = widen(part, terms)
            return In(area, inner), added
        case Every(parts=parts):
            return _widened_run(parts, terms)
        case _:
            return query, ()


def offers_in(query: Query) -> tuple[Offer, ...]:
    """What ambiguous words ("MS", "AS") could mean, the longest runs of words first. Phrases are meant as typed."""
    match query:
        case Word():
            return tuple(_offers((query.text,)))
        case In(part=part):
            return offers_in(part)
        case Every(parts=parts):
            runs = groupby(parts, lambda part: isinstance(part, Word))
            return tuple(
                offer
                for words, run in runs
                for offer in (_offers(_run_of_words(tuple(run), 0)) if words else chain(*map(offers_in, run)))
            )
        case Either(parts=parts):
            return tuple(chain(*map(offers_in, parts)))
        case _:
            return ()


def _offers(words: tuple[str, ...]) -> Iterator[Offer]:
    place = 0
    while place < len(words):
        runs = (words[place : place + length] for length in range(LONGEST_PHRASE, 0, -1))
        found = next((run for run in runs if lay_offers(" ".join(run))), ())
        if found:
            yield Offer(" ".join(found), lay_offers(" ".join(found)))
        place += len(found) or 1


def _widened_run(parts: tuple[Query, ...], terms: Terms) -> tuple[Query, tuple[Expansion, ...]]:
    """Neighbouring words are tried together first: "heart attack" before "heart" and "attack"."""
    done: list[Query] = []
    told: list[Expansion] = []
    place = 0
    while place < len(parts):
        length, part, expansions = _longest(parts, place, terms)
        done.append(part)
        told.extend(expansions)
        place += length
    return every(*done), tuple(told)


def _longest(parts: tuple[Query, ...], place: int, terms: Terms) -> tuple[int, Query, tuple[Expansion, ...]]:
    run = _run_of_words(parts, place)
    for length in range(min(len(run), LONGEST_PHRASE), 1, -1):
        words = run[:length]
        typed = Every(tuple(Word(word) for word in words))
        part, expansions = _widened(typed, words, terms)
        if expansions:
            return length, part, expansions
    part, expansions = widen(parts[place], terms)
    return 1, part, expansions


def _run_of_words(parts: tuple[Query, ...], place: int) -> tuple[str, ...]:
    run: list[str] = []
    for part in parts[place:]:
        if not isinstance(part, Word):
            break
        run.append(part.text)
    return tuple(run)


def _widened(typed: Query, words: tuple[str, ...], terms: Terms) -> tuple[Query, tuple[Expansion, ...]]:
    phrase = " ".join(words)
    told: list[Expansion] = []
    said: dict[str, str] = {}
    for source, added in _additions(words, phrase, terms):
        new = {text.casefold(): text for text in added if text.casefold() not in said}
        said |= new
        if new:
            told.append(Expansion(phrase, tuple(new.values()), source))
    return (Widened(typed, tuple(said.values())), tuple(told)) if told else (typed, ())


def _additions(words: tuple[str, ...], phrase: str, terms: Terms) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield (
        LAY,
        tuple(
            dict.fromkeys(
                text for start, end, found in lay_phrases_in(words) if (start, end) == (0, len(words)) for text in found
            )
        ),
    )
    yield RECORDS, _paired(phrase, terms)
    if len(words) == 1:
        yield SPELLING, tuple(spelling_variants(words[0]))


def _paired(phrase: str, terms: Terms) -> tuple[str, ...]:
    prefix = f"{phrase.casefold()}\t"
    found = sorted(terms(PAIR_FIELD, prefix), key=lambda pair: -pair[1])
    return tuple(term.removeprefix(prefix) for term, _ in found[:MOST_ADDED])
