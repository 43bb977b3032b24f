"""How well criteria text is read, against labels made by hand before any rule was tuned, with 95 % intervals.

python -m benchmarks.accuracy [--out docs/accuracy.md]

The labels (tests/data/criteria_labels.jsonl) hold offsets and values only; the texts come from the shared records.
"""

import argparse
import gzip
import hashlib
import json
import math
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks.shared import SHARED
from equipoise.eligibility.expression import Criterion, Opaque, Parse, Reading
from equipoise.eligibility.flat import FlatAtom, flat_atoms
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import atoms
from equipoise.kernel.units import convert

LABELS = Path(__file__).parents[1] / "tests" / "data" / "criteria_labels.jsonl"
Label = dict[str, Any]
Found = tuple[int, int, FlatAtom]
CONCEPTS = ("condition", "drug", "procedure", "finding")
EVENTS = ("condition", "drug", "procedure", "observation", "any", "duration")
_PEER = re.compile(r"(≥|≤|>=|<=|[<>]|at least|less than|greater than|more than)\s*(\d+(?:\.\d+)?)\s*([\w/%^.]+)?")


def texts(source: str) -> Iterator[tuple[str, str | None]]:
    with gzip.open(SHARED / f"{source}.jsonl.gz", "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            record = json.loads(line)
            if source == "criteria_hint":
                yield record["nct_id"], record.get("criteria")
            elif source == "studies_v2":
                told = record["protocolSection"]
                name = told["identificationModule"]["nctId"]
                yield name, told.get("eligibilityModule", {}).get("eligibilityCriteria")
            else:
                block = ElementTree.fromstring(record["xml"]).find("eligibility/criteria/textblock")
                yield record["nct_id"], None if block is None else block.text


@cache
def text_by_id(source: str) -> dict[str, str]:
    """The first record of an id counts."""
    found: dict[str, str] = {}
    for name, text in texts(source):
        if text and name not in found:
            found[name] = text
    return found


class Score:
    """Right, wrong and missed, by kind."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.predicted: Counter[str] = Counter()
        self.labelled: Counter[str] = Counter()
        self.failures: list[tuple[str, int, str, str]] = []


def wilson(right: int, of: int) -> str:
    """A share with its 95 % interval (Wilson)."""
    if not of:
        return "none"
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{100 * share:.0f} % ({100 * max(0.0, middle - half):.0f} to {100 * min(1.0, middle + half):.0f}) of {of}"


def overlap(one: tuple[int, int], two: tuple[int, int]) -> int:
    return max(0, min(one[1], two[1]) - max(one[0], two[0]))


def predicted(reading: Reading, span: tuple[int, int]) -> list[Found]:
    """Flat atoms that lie mostly inside the span; a window that serves several events once."""
    found: dict[tuple[object, ...], Found] = {}
    for criterion in reading.criteria:
        if criterion.field or not overlap((criterion.span.start, criterion.span.end), span):
            continue
        for atom in flat_atoms(criterion.expr):
            if not atom.spans:
                continue
            place = atom.spans[-1] if atom.kind in ("window", "duration") else atom.spans[0]
            inside = overlap((place.start, place.end), span)
            if 2 * inside > place.end - place.start:
                key = (atom.kind, place, atom.measure, atom.comparator, atom.value, atom.low, atom.amount, atom.anchor)
                found[(*key, atom.words if atom.kind != "window" else "")] = (place.start, place.end, atom)
    return list(found.values())


def same_unit(one: str | None, two: str | None) -> bool:
    if one is None or two is None or one == two:
        return one == two or {one, two} <= {None, "{score}", "1"}
    return convert(Decimal(1), one, two) == 1


def same_number(one: Decimal | None, two: str | None) -> bool:
    return (one is None) == (two is None) and (one is None or one == Decimal(str(two)))


def is_value(label: Label, atom: FlatAtom, *, unit: bool = True) -> bool:
    if atom.measure != label["measure"] or (atom.reference or None) != label.get("reference"):
        return False
    if "low" in label:
        right = same_number(atom.low, label["low"]) and same_number(atom.high, label["high"])
    else:
        right = atom.comparator == label["comparator"] and same_number(atom.value, label["value"])
    return right and (not unit or bool(label.get("reference")) or same_unit(atom.unit, label.get("unit")))


def is_window(label: Label, atom: FlatAtom) -> bool:
    anchor = "index" if label["anchor"] == "now" or label["anchor"].startswith("event") else label["anchor"]
    amount = label.get("to_amount") or label["amount"]
    return str(atom.anchor) == anchor and same_number(atom.amount, amount) and str(atom.unit) == label["unit"]


def is_duration(label: Label, atom: FlatAtom) -> bool:
    units = {"h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
    return same_number(atom.amount, label["amount"]) and units.get(atom.unit or "", atom.unit) == label["unit"]


def match(
    kind: str,
    labels: list[Label],
    found: list[Found],
    right: Callable[[Label, FlatAtom], bool],
    score: Score,
    where: Label,
) -> None:
    """One to one: a label takes the first prediction that is right and lies with it."""
    left = list(found)
    score.labelled[kind] += len(labels)
    score.predicted[kind] += len(found)
    for label in labels:
        span = (where["start"] + label["start"], where["start"] + label["end"])
        hit = next((one for one in left if overlap((one[0], one[1]), span) and right(label, one[2])), None)
        if hit is None:
            score.failures.append((where["id"], span[0], kind, "missed"))
        else:
            left.remove(hit)
            score.right[kind] += 1
    score.failures += [(where["id"], one[0], kind, "wrong") for one in left]


def examine(label: Label, reading: Reading, score: Score) -> None:
    span = (label["start"], label["end"])
    own = [one for one in reading.criteria if not one.field]
    over = max(own, key=lambda one: overlap((one.span.start, one.span.end), span), default=None)
    score.labelled["polarity"] += 1
    if over is not None and overlap((over.span.start, over.span.end), span):
        score.right["polarity"] += over.polarity == label["polarity"]
        score.right["segment"] += 2 * overlap((over.span.start, over.span.end), span) > span[1] - span[0]
    found = predicted(reading, span)
    kinds: dict[str, list[Label]] = defaultdict(list)
    for atom in label["atoms"]:
        if not atom.get("example") and not atom.get("restated"):
            kinds[atom["kind"]].append(atom)

    def of(*names: str) -> list[Found]:
        return [one for one in found if one[2].kind in names]

    match("value", kinds["value"], of("value"), is_value, score, label)
    unitless = [
        one
        for one in kinds["value"]
        if any(is_value(one, atom, unit=False) and not is_value(one, atom) for *_, atom in found)
    ]
    score.right["unit lost"] += len(unitless)
    numbered = [one for one in kinds["window"] if one["amount"] is not None]
    match("window", numbered, [one for one in of("window") if one[2].amount], is_window, score, label)
    match("duration", kinds["duration"], of("duration"), is_duration, score, label)
    concepts = [one for kind in CONCEPTS for one in kinds[kind]]
    match("concept", concepts, of(*EVENTS), lambda *_: True, score, label)
    match("ask", kinds["ask"], of("ask"), lambda one, atom: str(atom.measure) == one["topic"], score, label)


def share_read(source: str) -> tuple[Counter[str], float, float]:
    """Over every text of a source: how much is read, criteria a second, and those of the peer."""
    counts: Counter[str] = Counter()
    held = list(text_by_id(source).values())
    start = time.process_time()
    readings = [read_reading(text) for text in held]
    ours = time.process_time() - start
    for reading in readings:
        for one in reading.criteria:
            counts["all"] += 1
            counts[one.parse] += 1
            counts["atom"] += has_atom(one)
    start = time.process_time()
    for text in held:
        for line in text.split("\n"):
            _PEER.findall(line)
    return counts, counts["all"] / ours, counts["all"] / (time.process_time() - start)


def has_atom(one: Criterion) -> bool:
    return any(not isinstance(atom, Opaque) for atom in atoms(one.expr))


def run() -> tuple[str, list[tuple[str, int, str, str]]]:
    lines = LABELS.read_text().splitlines()
    labels = [json.loads(line) for line in lines[1:]]
    scores = {"random": Score(), "all": Score()}
    for label in labels:
        text = text_by_id(label["source"])[label["id"]]
        piece = text[label["start"] : label["end"]]
        assert hashlib.sha256(piece.encode()).hexdigest()[:12] == label["sha256_12"], label["id"]
        reading = read_reading(text)
        examine(label, reading, scores["all"])
        if label["stratum"] == "random":
            examine(label, reading, scores["random"])
    return written(scores), scores["all"].failures


def written(scores: dict[str, Score]) -> str:
    rows = ["| What | Random sample | All labelled |", "|---|---|---|"]
    order = ("random", "all")
    for name, kind in (("Polarity right", "polarity"), ("Found as one criterion", "segment")):
        told = [wilson(scores[one].right[kind], scores[one].labelled["polarity"]) for one in order]
        rows.append(f"| {name} | " + " | ".join(told) + " |")
    for kind in ("value", "window", "duration", "concept", "ask"):
        for name, of in (("precision", "predicted"), ("recall", "labelled")):
            told = [wilson(scores[one].right[kind], getattr(scores[one], of)[kind]) for one in order]
            rows.append(f"| {kind.capitalize()}: {name} | " + " | ".join(told) + " |")
    lost = (wilson(scores[one].right["unit lost"], scores[one].labelled["value"]) for one in order)
    rows.append("| Value right, unit lost | " + " | ".join(lost) + " |")
    counts, ours, peer = share_read("criteria_hint")
    parts = {name: f"{100 * counts[name] / counts['all']:.0f} %" for name in ("atom", *Parse)}
    rows += [
        "",
        f"Over all {counts['all']:,} criteria of {len(text_by_id('criteria_hint')):,} studies:"
        f" {parts['atom']} have an atom,"
        f" {parts[Parse.FULL]} are read in full, {parts[Parse.PARTIAL]} in part, {parts[Parse.OPAQUE]} not.",
        f"One core reads {ours:,.0f} criteria a second; a scan with one pattern for limits, {peer:,.0f}"
        f" ({peer / ours:.0f} times as many).",
    ]
    return "\n".join(rows) + "\n"


HEAD = """# How well criteria are read

Printed by `python -m benchmarks.accuracy`. The labels were made by one reader, blind, before any rule was tuned: 360
criteria, half of them a simple random sample, half drawn for rarer patterns. They are kept as ids, offsets and values.
Shares stand with their 95 % intervals (Wilson).

- A **value** is right when measure, comparator or range, number and unit (or reference) are.
- A **window** is right when its anchor, amount and unit are; only windows with a number count.
- A **concept** (condition, drug, procedure, finding) is right when it lies on the labelled words.
- An **ask** is right when its topic is.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="also write the table, and what went wrong, to this file")
    arguments = parser.parse_args()
    table, failures = run()
    print(table, flush=True)
    if arguments.out:
        listed = "\n".join(f"| {name} | {place} | {kind} | {what} |" for name, place, kind, what in sorted(failures))
        head = "| Study | Place | Kind | |\n|---|---|---|---|"
        tail = f"\n## What went wrong\n\nBy study, place in the text, and kind.\n\n{head}\n{listed}\n"
        arguments.out.write_text(HEAD + table + tail)


if __name__ == "__main__":
    main()
