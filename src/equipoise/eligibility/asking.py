"""The words of a question about a leaf: plain, short, and answerable without the record at hand."""

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
from equipoise.eligibility.terms import term_for

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
            return "How old are you?" if number else f"Is this true of you: {english(atom)}?"
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
            return f"Is this true of you: {english(atom)}?"
        case Classified(instrument=instrument, reaches=reaches):
            return _CLASSIFIED.get(instrument, _ANY_INSTRUMENT).format(reaches=reaches, instrument=instrument)
        case Ask(question=question):
            return question
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
    term = term_for(pattern.concept.words)
    words = pattern.concept.words if term and term.name[:1].isupper() else _inside(pattern.concept.words)
    return pattern_words(pattern, f"{words} ({term.plain})" if term and _says_more(term.plain, words) else words)


def _inside(words: str) -> str:
    """Without the capital of a sentence's beginning; abbreviations stay."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


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
    return window_words(window).rstrip(",")
