"""Did you mean: for a word that no record holds, one that a person may have meant, and rather none than a wrong one."""

import pytest

from equipoise.finder.spelling import suggest

WORDS = {
    "asthma": 900, "asia": 300, "heart": 4000, "pain": 9000, "piano": 2, "lupus": 300, "gut": 100, "scale": 5000,
    "cost": 3000, "user": 900, "diabetes": 5000, "breast": 4000, "stroke": 2000, "rest": 2000,
}  # fmt: skip


def terms(_: str, prefix: str) -> list[tuple[str, int]]:
    return [(word, count) for word, count in WORDS.items() if word.startswith(prefix)]


def meant(word: str) -> str | None:
    return suggest((word,), terms, lambda _, typed: typed in WORDS).get(word)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("asma", "asthma"), ("astma", "asthma"), ("hart", "heart"), ("pian", "pain"), ("lupis", "lupus"),
        ("strok", "stroke"), ("brest", "breast"), ("diabetis", "diabetes"),
    ],
)  # fmt: skip
def test_a_slip_is_mended(typed: str, word: str) -> None:
    assert meant(typed) == word


@pytest.mark.parametrize("typed", ["gout", "sycle", "clot", "ulser", "dm", "lupus"])
def test_another_short_word_is_not_offered(typed: str) -> None:
    assert meant(typed) is None
