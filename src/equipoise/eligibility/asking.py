"""The words of a question about a leaf: plain, short, and answerable without the record at hand."""

import re
from functools import cache
from typing import assert_never

from equipoise.eligibility.english import english, measure_words, pattern_words, period_words, window_words
from equipoise.eligibility.expression import (
    Age,
    Anchor,
    Ask,
    Atom,
    Classified,
    Domain,
    Duration,
    Exists,
    Opaque,
    Pattern,
    Related,
    Sex,
    Value,
    Window,
)
from equipoise.eligibility.measures import MEASURES
from equipoise.eligibility.terms import TERMS, term_for

_TRUE = "Is this true of you: "
_LETTERS = re.compile(r"[^\W\d_]+")

_VERB = {
    Domain.CONDITION: "had",
    Domain.DRUG: "taken or been given",
    Domain.PROCEDURE: "had",
    Domain.OBSERVATION: "had",
    Domain.ANY: "had",
}

_CLASSIFIED = {
    "eular-acr-2017": "Has a doctor said that your diagnosis is “{reaches}” or surer by the 2017 EULAR/ACR criteria?",
    "imacs-core-set": "Has a doctor said that your muscle disease is at least “{reaches}” in its activity now?",
}
_ANY_INSTRUMENT = "Has a doctor said that you reach “{reaches}” by {instrument}?"


def question_text(atom: Atom, *, number: bool = False, listed: bool = False) -> str:
    """``number``: the value itself is asked for. ``listed``: as one line of a checklist."""
    match atom:
        case Age():
            return "How old are you?" if number else _is_true(english(atom))
        case Sex():
            return "What is your sex, as your medical record has it?"
        case Exists():
            return _listed(atom) if listed else _exists(atom)
        case Value(measure=measure):
            name = measure_words(measure)
            return f"What is your {name}?" if number else f"Is this true of your last result: {english(atom)}?"
        case Duration(pattern=pattern, at_least=period):
            return f"Have you been on {plain_words(pattern)} without a change for at least {period_words(period)}?"
        case Related():
            return _is_true(english(atom))
        case Classified(instrument=instrument, reaches=reaches):
            return _CLASSIFIED.get(instrument, _ANY_INSTRUMENT).format(reaches=reaches, instrument=instrument)
        case Ask(question=question):
            return _is_true(question.removeprefix(_TRUE)) if question.startswith(_TRUE) else question
        case Opaque(text=text):
            return f"Does this apply to you? “{text}”"
        case _:
            assert_never(atom)


def question_help(atom: Atom) -> str:
    match atom:
        case Value(measure=measure) if measure in MEASURES:
            return MEASURES[measure].help
        case Opaque():
            return "These are the study's own words. If they are not clear, choose “Not sure” and ask your doctor."
        case _:
            return ""


def plain_words(pattern: Pattern) -> str:
    """The study's word, by which a doctor may have named it, and the plain one where the dictionary has another."""
    term, words = term_for(pattern.concept.words), inside(pattern.concept.words)
    return pattern_words(pattern, f"{words} ({term.plain})" if term and _says_more(term.plain, words) else words)


def _is_true(words: str) -> str:
    return f"{_TRUE}{inside(words).rstrip('?')}?"


def inside(words: str) -> str:
    """Without the capital of a sentence's beginning; abbreviations and names stay."""
    first = words.split(" ", 1)[0]
    if first in ("A", "An") or (first[1:2].islower() and not _is_name(first)):
        return words[:1].lower() + words[1:]
    return words


def _is_name(word: str) -> bool:
    """A name of the dictionary, or with a further capital or number an abbreviation: "HbA1c"."""
    start = _LETTERS.match(word)
    return (start is not None and start[0] in _names()) or any(sign.isupper() or sign.isdigit() for sign in word[1:])


@cache
def _names() -> frozenset[str]:
    """With which names in the dictionary begin that have a capital: Crohn, Parkinson."""
    names = (name for term in TERMS.values() for name in (term.name, *term.words))
    found = (_LETTERS.match(name) for name in names if name[:1].isupper() and name[1:2].islower())
    return frozenset(one[0] for one in found if one)


def _says_more(plain: str, words: str) -> bool:
    one, other = plain.casefold(), words.casefold()
    return bool(plain) and not one.startswith("another ") and one not in other and other not in one


def _exists(atom: Exists) -> str:
    words = plain_words(atom.pattern)
    if atom.touch == "overlaps" and _is_now(atom.window):
        return f"Are you taking {words} now?" if atom.pattern.domain is Domain.DRUG else f"Do you have {words} now?"
    times = f" at least {atom.count} times" if atom.count > 1 else ""
    if atom.window is None or (atom.window.start is None and atom.window.end is None):
        return f"Have you ever {_VERB[atom.pattern.domain]} {words}{times}?"
    return f"Have you {_VERB[atom.pattern.domain]} {words}{times} {_asked_window(atom.window)}?"


def _listed(atom: Exists) -> str:
    words = plain_words(atom.pattern)
    if _is_now(atom.window):
        return f"{words}, now"
    return f"{words}, {_asked_window(atom.window)}" if atom.window else words


def _is_now(window: Window | None) -> bool:
    return window is not None and all(one is not None and not one.amount for one in (window.start, window.end))


def _asked_window(window: Window) -> str:
    """The moments of a trial are still to come: to who asks today, "before screening" is the time up to today."""
    start = window.start
    if start is not None and start.amount < 0 and window.other is None and window.anchor is not Anchor.BIRTH:
        return f"in the last {period_words(start)}"
    return window_words(window)
