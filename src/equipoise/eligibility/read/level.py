"""Criteria text with its writing made even, sign for sign: every place stays where it was."""

import re

_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_SIGNS = str.maketrans(
    {
        "\n": " ",
        "\r": " ",
        "\t": " ",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\ufeff": " ",
        "\u200b": " ",
        "（": "(",
        "）": ")",
        "，": ",",
        "：": ":",
        "；": ";",
        "＜": "<",
        "＞": ">",
        "％": "%",
        "≧": "≥",
        "≦": "≤",
        "⩾": "≥",
        "⩽": "≤",
        "﹥": ">",
        "﹤": "<",
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "’": "'",
        "‘": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "×": "x",
        "·": ".",
        "μ": "µ",
    }
)


_ROMAN = re.compile(
    r"(?P<lead>\b(?:[Cc]lass(?:es)?|CLASS|[Ss]tages?|[Gg]rades?|[Ll]evels?|NYHA(?:\s(?:functional|heart|failure|class|classification|Class|Functional))*)\s?[≥≤<>=]{0,2}\s?)"
    r"(?:I{1,3}|IV|V)\b(?:\s?(?:or|to|and|-|/|,)\s?(?:I{1,3}|IV|V)\b)*"
)
_ENDLESS = re.compile(r"\d{16,}|[^\w\s]{40,}|[ ]{200,}")
"""No number, and no punctuation, that means anything."""
_NUMERAL = re.compile(r"\b(?:I{1,3}|IV|V)\b")
_VALUES = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}


def level(text: str) -> str:
    """As long as ``text``: backslash escapes become spaces before their sign, line ends spaces, signs one form."""
    even = _ENDLESS.sub(lambda run: "\x01" * len(run[0]), _ESCAPE.sub(" ", text).translate(_SIGNS))
    return _ROMAN.sub(_arabic, even)


def _arabic(match: re.Match[str]) -> str:
    """Classes and grades in digits, padded to their old length."""
    lead = match["lead"]
    return lead + _NUMERAL.sub(lambda one: _VALUES[one[0]].ljust(len(one[0])), match[0][len(lead) :])
