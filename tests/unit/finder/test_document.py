"""One study as the index sees it."""

import pytest

from equipoise.actions.find import find_studies
from equipoise.actions.library import Library
from equipoise.actions.load import load_entries
from equipoise.exchange.files import Entry
from equipoise.finder.ask import Ask
from equipoise.finder.fields import LONGEST_WORD
from equipoise.store.load import Origin
from tests.making import record


def found(library: Library, words: str) -> int:
    return find_studies(library, Ask(words=words, synonyms=False)).total


@pytest.fixture
def loaded(library: Library) -> Library:
    keywords = ["lung cancer", "stage four", "y" * LONGEST_WORD, "z" * (LONGEST_WORD - 1), "Übelkeit naïve"]
    raw = record(1, conditionsModule={"keywords": keywords})
    load_entries(library, [Entry("test", raw=raw)], Origin("import", "test", "2026-11-01T00:00:00+00:00"))
    return library


@pytest.mark.parametrize(
    "words", ['"lung cancer"', '"stage four"', '"ubelkeit naive"', "four", "z" * (LONGEST_WORD - 1)]
)
def test_every_value_of_a_field_is_found(loaded: Library, words: str) -> None:
    assert found(loaded, words) == 1


@pytest.mark.parametrize("words", ['"cancer stage"', '"lung four"', '"four ubelkeit"'])
def test_no_phrase_runs_from_one_value_into_the_next(loaded: Library, words: str) -> None:
    assert found(loaded, words) == 0
