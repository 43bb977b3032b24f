"""Text that nobody should write: read in bounded time, never an exception, nothing lost."""

import time

import pytest

from equipoise.eligibility.format import from_json, to_json
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.tree import walk

HEAD = "Inclusion Criteria:\n\n* "
WALLS = {
    "empty": "",
    "nul": "\x00" * 50 + "asthma\x00\x01\x02 stroke",
    "brackets": "(" * 20_000,
    "brackets, closed": "(" * 10_000 + ")" * 10_000,
    "brackets, with words": "(a " * 7_000,
    "a million brackets": "[" * 1_000_000,
    "a million brackets, closed": "(" * 500_000 + ")" * 500_000,
    "digits": "Platelets ≥ " + "9" * 20_000,
    "digits apart": "1 " * 10_000,
    "decimals": "Platelets > " + "1.1" * 5_000,
    "and or": "and or " * 5_000,
    "no not": "no not " * 3_000,
    "except": "asthma except " * 600,
    "unless": "unless " * 1_100,
    "comparators": "≥ < > = " * 1_000,
    "windows": "within 4 weeks before screening " * 240,
    "conditions": "asthma, " * 950,
    "measures": "ALT, AST, " * 750,
    "values": "ALT ≥ 3 x ULN, " * 500,
    "consent": "consent willing able agree comply " * 230,
    "women": "women of childbearing potential must " * 210,
    "blanks": "Age (e.g. " + "x, " * 200 + ") " + "18 years and 20 years, " * 60,
    "one word": "a" * 100_000,
    "space": "asthma" + " " * 100_000 + "stroke",
    "lines": "\n* asthma" * 3_000,
    "backslashes": "\\" * 20_000,
    "escapes": r"\>= \* \[ " * 2_000,
    "html": "<ul><li>Age &gt;= 18 years</li><li onclick='x'>gout</li></ul>" * 100,
    "scripts": "年龄≥18岁；血小板 ≥ 100×10⁹/L Возраст от 18 лет العمر ١٨ سنة อายุ 18 ปี 🙂‍👩‍⚕️ e\u0301 \u202e)(" * 20,
    "surrogate": "Age \ud800 18 years \udfff",
    "full width": "年齢 ＞＝ １８ 歳（asthma）；stroke" * 20,
    "other digits": "Age ≥ ١٨ years, platelets ≥ ²³ x 10⁹/L, ½ dose, Ⅳ",
    "infinite": "Platelets ≥ 1e999999999 x 10^999999999/L within 99999999999999 years",
    "huge age": "Age ≥ 99999999999999999999 years",
}
SLOWEST = 6.0
"""Seconds of processor time; the machine of a build may be slow and busy."""


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", WALLS)
@pytest.mark.parametrize("head", ["", HEAD, HEAD.replace("In", "Ex")])
def test_walls(name: str, head: str) -> None:
    text = head + WALLS[name]
    began = time.process_time()
    reading = read_reading(text)
    assert time.process_time() - began < SLOWEST
    for criterion in reading.criteria:
        for node in walk(criterion.expr):
            assert all(0 <= span.start <= span.end <= len(text) for span in node.spans)
    assert reading == read_reading(text)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("deep", [50, 2_000])
def test_deep_lists(deep: int) -> None:
    text = "Exclusion Criteria:\n\n" + "".join(f"{' ' * (2 * place)}* asthma {place}\n" for place in range(deep))
    reading = read_reading(text)
    assert reading.criteria
    assert str(deep - 1) in " ".join(one.text for one in reading.criteria)


def test_a_deep_list_is_still_json() -> None:
    text = "Exclusion Criteria:\n\n" + "".join(f"{' ' * (2 * place)}* asthma {place}\n" for place in range(20))
    reading = read_reading(text)
    assert from_json(to_json(reading)) == reading
