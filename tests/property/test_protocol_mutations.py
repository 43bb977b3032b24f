"""Whatever is done to one value of JASMINE's file, the reading neither raises nor names a line that is not there."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.conduct.protocol.problem import Severity
from equipoise.conduct.protocol.reading import examine
from equipoise.conduct.protocol.writing import write_protocol
from tests.protocols import jasmine_text

LINES = jasmine_text().splitlines()
VALUES = [number for number, line in enumerate(LINES) if re.match(r" *(- )?[a-z_]+: [^\[{>|&]", line)]
ODD = [
    "~",
    "''",
    "no",
    "1e3",
    "-1",
    "0",
    "[]",
    "{}",
    "12:30",
    "placebo",
    "x y",
    "9999999999",
    "*a",
    "&a b",
    "!t x",
]


def _held(text: str) -> None:
    examined = examine(text)
    last = text.count("\n") + 1
    for each in examined.problems:
        assert 0 <= each.line <= last
        assert each.why
        assert str(each)
    failed = any(each.severity is Severity.ERROR for each in examined.problems)
    assert failed is (examined.protocol is None)
    if examined.protocol is not None:
        assert examine(write_protocol(examined.protocol)).protocol == examined.protocol


@given(number=st.sampled_from(VALUES), value=st.sampled_from(ODD))
@settings(max_examples=80)
def test_one_odd_value(number: int, value: str) -> None:
    head, _, _ = LINES[number].partition(": ")
    _held("\n".join([*LINES[:number], f"{head}: {value}", *LINES[number + 1 :]]))


@given(number=st.sampled_from(VALUES))
@settings(max_examples=50)
def test_a_misspelt_field_is_named_on_its_line(number: int) -> None:
    head, _, rest = LINES[number].partition(": ")
    text = "\n".join([*LINES[:number], f"{head}x: {rest}", *LINES[number + 1 :]])
    examined = examine(text)
    _held(text)
    assert any(each.line == number + 1 for each in examined.problems)


@given(start=st.integers(0, len(LINES) - 1), count=st.integers(1, 40))
@settings(max_examples=50)
def test_lines_cut_out(start: int, count: int) -> None:
    _held("\n".join(LINES[:start] + LINES[start + count :]))


@given(text=st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#% \n\t,0é\ud800\x00"), max_size=60))
@settings(max_examples=200)
def test_any_text(text: str) -> None:
    _held(text)
