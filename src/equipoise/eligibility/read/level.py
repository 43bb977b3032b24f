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
        "＝": "=",
        "％": "%",
        "≧": "≥",
        "≦": "≤",
        "⩾": "≥",
        "⩽": "≤",
        "﹥": ">",
        "﹤": "<",
        "˂": "<",
        "˃": ">",
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
    r"(?P<lead>\b(?:[Cc]lass(?:es)?|CLASS|[Ss]tages?|[Gg]rades?|[Ll]evels?|ASA(?:\s(?:class|physical|status|score|grade|Class|Physical|Status|Score|Grade))*|NYHA(?:\s(?:functional|heart|failure|class|classification|Class|Functional))*)\s?[≥≤<>=]{0,2}\s?)"
    r"(?:I{1,3}|IV|V)\b(?:\s?(?:,\s?(?:or|and)?|or|to|and|-|/)\s?(?:I{1,3}|IV|V)\b)*"
)
_INSTITUTE = re.compile(r"(?:DISEASE|PATIENT)\sCHARACTERISTICS|PRIOR\s?/?\s?CONCURRENT\sTHERAPY", re.IGNORECASE)
_STATEMENT = re.compile(
    r"(?<=[\w)%]) (?=(?:Age|Sex|Menopausal status|Performance status|Life expectancy|Hematopoietic|Hepatic|Renal|Cardiovascular|Pulmonary|Other"
    r"|Biologic therapy|Chemotherapy|Endocrine therapy|Radiotherapy|Surgery|Immunologic|Neurologic|Metabolic):|(?:No|At least|Prior|Concurrent|Fertile|More than|Recovered|See|Not) [a-z0-9])"
)
"""The National Cancer Institute's short statements, run together into one paragraph."""
_THIN = re.compile(r"(?<=\d)[\u202f\u2009](?=\d{3})")
"""A thin space parts thousands."""
_ENDLESS = re.compile(r"\d{16,}|[^\w\s]{40,}")
_WIDE = " " * 200
_WIDER = re.compile(r" {200,}")
"""No number, and no punctuation, that means anything."""
_NUMERAL = re.compile(r"\b(?:I{1,3}|IV|V)\b")
_VALUES = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}


def level(text: str) -> str:
    """As long as ``text``: backslash escapes become spaces before their sign, line ends spaces, signs one form."""
    even = _ESCAPE.sub(" ", text) if "\\" in text else text
    even = (even if even.isascii() else _THIN.sub(",", even)).translate(_SIGNS)
    even = _ENDLESS.sub(lambda run: "\x01" * len(run[0]), even)
    if _WIDE in even:
        even = _WIDER.sub(lambda run: "\x01" * len(run[0]), even)
    if _INSTITUTE.search(even):
        even = _STATEMENT.sub(";", even)
    return _ROMAN.sub(_arabic, even)


def _arabic(match: re.Match[str]) -> str:
    """Classes and grades in digits, padded to their old length."""
    lead = match["lead"]
    return lead + _NUMERAL.sub(lambda one: _VALUES[one[0]].ljust(len(one[0])), match[0][len(lead) :])
