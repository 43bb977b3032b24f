"""Reading a protocol file: every mistake with its line, YAML's traps, and hostile files in bounded time."""

import time
from decimal import Decimal

import msgspec
import pytest

from equipoise.conduct.protocol.lines import LARGEST
from equipoise.conduct.protocol.problem import Severity
from equipoise.conduct.protocol.reading import examine, read_protocol
from equipoise.conduct.protocol.writing import write_protocol
from equipoise.kernel.refused import Refused
from tests.protocols import changed, jasmine_protocol, jasmine_text, line_of, problems_of

MISTAKES = [
    ("cap: 240", "cap: many", "'many' is not a whole number. Write digits", "many"),
    ("cap: 240", "cap: 2.4e2", "'2.4e2' is not a whole number", "2.4e2"),
    ("cap: 240", "cap: 4:00", "'4:00' is not a whole number", "4:00"),
    ("cap: 240", "cap:", "is empty. Write a whole number", "\n  block_sizes"),
    ("at_most: 7.5", "at_most: 7,5", "'7,5' is not a number", "7,5"),
    ("at_most: 7.5", "at_most: .nan", "'.nan' is not a number", ".nan"),
    ("dated: 2024-05-06", "dated: 6 May 2024", "is not a day. Write it as 2024-06-20.", "6 May"),
    ("dated: 2024-05-06", "dated: 2024-02-30", "is not a day", "2024-02-30"),
    ("sign: true", "sign: maybe", "'maybe' is not yes or no. Write true or false.", "maybe"),
    ("kind: experimental", "kind: experimentel", "Did you mean 'experimental'?", "experimentel"),
    ("assessor: [safety", "asessor: [safety", "'asessor' is not one of the words known here", "asessor"),
    ("cap: 240", "capp: 240", "'capp' is not a field here. Did you mean 'cap'?", "capp"),
    ("  method: permuted-blocks\n", "", "method is missing. Add method.", "ratio: {ani"),
    ("cap: 240", "cap: 240\n  cap: 241", "'cap' stands here twice", "cap: 241"),
    ("block_sizes: [4, 6]", "block_sizes: 4", "A list was expected here", "4\n  factors"),
    ("ratio: {anifrolumab: 1, placebo: 1}", "ratio: [1, 1]", "Names and values were expected here", "[1, 1]"),
    (
        "ratio: {anifrolumab: 1, placebo: 1}",
        "ratio: {placebo: 1, placebo: 2}",
        "'placebo' stands here twice",
        "placebo: 2",
    ),
    ("usual: [18, 75]", "usual: [18]", "A list of 2 was expected here", "[18]"),
    ("span: [0, 30]", "span: 30", "A list of 2 was expected here", "30\n    expr"),
    ("masking:\n", "masking: none\nnote:\n", "Fields were expected here. Write masked", "none\n"),
    ("{kind: age, low", "{kind: agee, low", "'agee' is not known here. Did you mean 'age'?", "agee"),
    ("{kind: age, low", "{low", "has no kind", "{low: {amount"),
    ("expr: {kind: ask,", "expr: {kind: ask, topics: consent,", "Did you mean 'topic'?", "topics"),
    ("topic: consent", "topic: consents", "Did you mean 'consent'?", "consents"),
    ("- {id: lung,", "- {id: lung, ? [a] : b,", "A name was expected here", "[a]"),
]


@pytest.mark.parametrize(("old", "new", "words", "at"), MISTAKES, ids=[words[:50] for _, _, words, _ in MISTAKES])
def test_a_mistake_is_told_with_its_line_and_column(old: str, new: str, words: str, at: str) -> None:
    text = changed(old, new)
    told = [each for each in problems_of(text) if words in f"{each.what} {each.why} {each.do}"]
    assert told, [str(each) for each in problems_of(text)]
    start = text.index(at, max(text.index(new) - 60, 0)) if new else text.index(at)
    assert told[0].line == text.count("\n", 0, start) + 1
    if words != "is empty. Write a whole number" and "missing" not in words:
        assert told[0].column == start - text.rfind("\n", 0, start)
    assert told[0].severity is Severity.ERROR


def test_scalars_are_what_the_model_wants() -> None:
    """YAML 1.1 would read these as a boolean, a float, a sexagesimal number and a date."""
    text = changed("country: Norway", "country: NO").replace('version: "1.0"', "version: 1.10")
    text = text.replace("label: Week 1\n", "label: 12:30\n").replace("label: Week 2\n", "label: 2024-06-20\n")
    protocol = read_protocol(text)
    assert protocol.sites[2].country == "NO"
    assert protocol.version == "1.10"
    assert [visit.label for visit in protocol.visits[2:4]] == ["12:30", "2024-06-20"]
    assert protocol.allocation.factors[1].levels[1].id == "no"
    assert protocol.endpoints[2].at_most == Decimal("7.5")


def test_what_is_left_empty_is_left_out() -> None:
    protocol = read_protocol(changed("rescreenings: 1", "rescreenings:\namends: ~"))
    assert (protocol.rescreenings, protocol.amends) == (1, "")


def test_json_is_read_too() -> None:
    written = msgspec.json.encode(jasmine_protocol())
    assert read_protocol(written.decode()) == jasmine_protocol()
    assert read_protocol(msgspec.json.format(written, indent=2).decode()) == jasmine_protocol()


def test_written_and_read_again_it_is_the_same() -> None:
    assert read_protocol(write_protocol(jasmine_protocol())) == jasmine_protocol()


def test_a_byte_order_mark_and_windows_lines_do_no_harm() -> None:
    assert read_protocol("\ufeff" + jasmine_text().replace("\n", "\r\n")) == jasmine_protocol()


def test_read_protocol_refuses_with_the_first_error_and_the_count_of_others() -> None:
    with pytest.raises(Refused, match=r"74:8: error: allocation\.cap: 'x' is not a whole .* \(and 1 more\)"):
        read_protocol(changed("cap: 240", "cap: x").replace("screening_days: 28", "screening_days: x"))


def test_a_thousand_errors_are_a_thousand_problems_quickly() -> None:
    rows = "".join(f"      - {{id: f{number}, label: L, kind: nunber}}\n" for number in range(1000))
    text = changed("      - {id: rescue,", f"{rows}      - {{id: rescue,")
    began = time.perf_counter()
    examined = examine(text)
    assert time.perf_counter() - began < 5
    assert examined.protocol is None
    assert len(examined.problems) == 1000
    first = line_of(text, "- {id: f0,")
    assert [each.line for each in examined.problems] == list(range(first, first + 1000))
    assert {each.do for each in examined.problems} == {"Did you mean 'number'?"}


def test_mistakes_of_reading_and_of_reference_are_told_together() -> None:
    text = changed("cap: 240", "cap: many").replace("visit: week-8\n", "visit: week-9\n")
    assert [each.path for each in problems_of(text)] == ["allocation.cap", "endpoints[5].visit"]


def test_a_part_that_could_not_be_read_brings_no_more_complaints() -> None:
    text = changed("  - id: week-8\n", "  - id: [8]\n")
    assert [each.path for each in problems_of(text)] == ["visits[5].id", "endpoints[5].visit"]


BROKEN = [
    ("", "The file is empty"),
    ("# nothing\n", "The file is empty"),
    ("just words", "Fields were expected here"),
    ("a: b: c", "mapping values are not allowed"),
    ("a: 'b", "This is not YAML"),
    ("a: 1\n---\na: 2", "a second document begins here"),
    ("a: \x00", r"The character '\x00' is not allowed"),
    ("a: \ud800", r"The character '\ud800' is not allowed"),
    ("[" * 100_000, "it nests too deep"),
    ("- " * 100_000, "it nests too deep"),
    ("{a: " * 100_000, "it nests too deep"),
    ("x" * (LARGEST + 1), "The file is larger than 1,000,000 characters"),
    ("id: !!python/object/apply:os.system [echo]", "Tags are not read"),
    ("a: &a [x]\nb: *a", "Aliases are not read"),
]


@pytest.mark.parametrize(("text", "words"), BROKEN, ids=[words for _, words in BROKEN])
def test_a_broken_file_is_told_and_nothing_raised(text: str, words: str) -> None:
    examined = examine(text)
    assert examined.protocol is None
    assert any(words in each.why for each in examined.problems), [str(each) for each in examined.problems]


def test_every_line_that_begins_with_a_tab_is_told() -> None:
    told = problems_of("arms:\n\t- id: a\nmasking:\n\tmasked: []\n")
    assert [(each.line, each.column, each.why) for each in told] == [
        (2, 1, "The line begins with a tab."),
        (4, 1, "The line begins with a tab."),
    ]


def test_a_billion_laughs_are_one_problem_each() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 10))
    began = time.perf_counter()
    told = problems_of("l0: &l0 [ha]\n" + levels)
    assert time.perf_counter() - began < 5
    assert sum("Aliases are not read" in each.why for each in told) == 81


HOSTILE = {
    "many unknown fields": "".join(f"k{n}: 1\n" for n in range(90_000)),
    "many control characters": "\x01" * 900_000,
    "many tabs": "a:\n" + "\tb\n" * 200_000,
    "many visits, each repeated": "visits:\n"
    + "".join(f"  - {{id: v{n}, label: V, day: 0, every: 1, until: 499}}\n" for n in range(15_000)),
    "many forms at a visit": "visits:\n  - {id: a, label: A, day: 0, forms: [" + "x, " * 200_000 + "x]}\n",
    "many unknown names": "forms:\n"
    + "".join(f"  - {{id: f{n}, label: F, by: [], fields: []}}\n" for n in range(8_000))
    + "visits:\n  - {id: a, label: A, day: 0, forms: ["
    + ", ".join(f"g{n}" for n in range(50_000))
    + "]}\n",
    "a long row of numbers": f"allocation: {{cap: {'9' * 900_000}}}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_takes_seconds_at_most(text: str) -> None:
    began = time.perf_counter()
    assert examine(text).protocol is None
    assert time.perf_counter() - began < 20
