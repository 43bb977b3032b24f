"""One study as the index sees it."""

from pathlib import Path

import pytest
import tantivy

from equipoise.actions.find import find_studies
from equipoise.actions.library import Library
from equipoise.actions.load import load_entries
from equipoise.exchange.files import Entry
from equipoise.finder.ask import Ask
from equipoise.finder.document import GAP
from equipoise.finder.fields import LONGEST_WORD
from equipoise.finder.index import ANALYSER, build_analyser
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


def test_the_index_is_as_if_each_value_had_been_added_by_itself(tmp_path: Path) -> None:
    values = ["Lung cancer", "of the lung, stage IV", "Rezidiv – früh"]
    schema = tantivy.SchemaBuilder().add_text_field("text", tokenizer_name=ANALYSER).build()
    apart = written(schema, tmp_path / "apart", values)
    assert written(schema, tmp_path / "joined", [GAP.join(values)]) == apart


def written(schema: tantivy.Schema, folder: Path, texts: list[str]) -> dict[str, bytes]:
    """What an index of one study with these values keeps of them, by kind of file."""
    folder.mkdir()
    index = tantivy.Index(schema, path=str(folder))
    index.register_tokenizer(ANALYSER, build_analyser())
    writer = index.writer(15_000_000, 1)
    document = tantivy.Document()
    for text in texts:
        document.add_text("text", text)
    writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    return {kind: next(folder.glob(f"*.{kind}")).read_bytes() for kind in ("term", "idx", "pos", "fieldnorm")}
