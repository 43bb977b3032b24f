"""Criteria of real studies, a seeded sample: read without exception, the same each time, every place inside."""

import gzip
import html
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from equipoise.eligibility.english import english
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.format import from_json, to_json
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import walk
from equipoise.kernel.criteria import read_criteria
from equipoise.kernel.criteria import walk as walk_items

SEED, SAMPLE = 20261123, 1_500
_XML = re.compile(r"<criteria>\s*<textblock>(.*?)</textblock>", re.DOTALL)


def lines(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path) as file:
        for line in file:
            yield json.loads(line)


def every_text(folder: Path) -> Iterator[str]:
    for one in lines(folder / "criteria_hint.jsonl.gz"):
        yield one["criteria"] or ""
    for one in lines(folder / "criteria_chia.jsonl.gz"):
        yield one["text"] or ""
    for one in lines(folder / "studies_xml.jsonl.gz"):
        block = _XML.search(one["xml"])
        yield html.unescape(block[1]) if block else ""


@pytest.fixture(scope="module")
def read(shared_data: Path) -> list[tuple[str, Reading]]:
    texts = random.Random(SEED).sample(list(every_text(shared_data)), SAMPLE)
    return [(text, read_reading(text)) for text in texts]


@pytest.mark.timeout(120)
def test_every_place_is_inside(read: list[tuple[str, Reading]]) -> None:
    for text, reading in read:
        for criterion in reading.criteria:
            assert 0 <= criterion.span.start <= criterion.span.end <= len(text)
            for node in walk(criterion.expr):
                assert node.rule
                assert all(criterion.span.start <= one.start <= one.end <= criterion.span.end for one in node.spans)


@pytest.mark.timeout(120)
def test_no_line_is_dropped(read: list[tuple[str, Reading]]) -> None:
    for text, reading in read:
        kept = [(one.span.start, one.span.end) for one in reading.criteria]
        for section in read_criteria(text):
            for item in walk_items(section.items):
                inside = any(start < item.end and item.start < end for start, end in kept)
                assert item.children or inside or not any(sign.isalnum() for sign in item.text)


@pytest.mark.timeout(120)
def test_the_same_each_time(read: list[tuple[str, Reading]]) -> None:
    for text, reading in read[::6]:
        assert read_reading(text) == reading


@pytest.mark.timeout(120)
def test_each_is_json_and_english(read: list[tuple[str, Reading]]) -> None:
    for _, reading in read[::6]:
        assert from_json(to_json(reading)) == reading
        assert all(english(one.expr) for one in reading.criteria)


def test_most_is_understood(read: list[tuple[str, Reading]]) -> None:
    """A floor well under what is reached, which the benchmark reports: to notice when a reader goes silent."""
    parses = Counter(one.parse for _, reading in read for one in reading.criteria)
    assert parses["full"] > 0.35 * parses.total()
    assert parses["opaque"] < 0.35 * parses.total()
    kinds = Counter(type(node).__name__ for _, reading in read for one in reading.criteria for node in walk(one.expr))
    floor = {"Exists": 15_000, "Value": 1_000, "Age": 700, "Ask": 1_500, "Not": 1_000, "Except": 250, "Duration": 80}
    assert {kind: kinds[kind] for kind, least in floor.items() if kinds[kind] < least} == {}
