"""How far a date moved, no more exactly than both dates are known."""

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused
from equipoise.kernel.truth import Truth
from equipoise.studies.compare.change import counted, replaced
from equipoise.studies.labels import label
from equipoise.studies.record import DateStruct

DAYS_A_MONTH = 365.25 / 12


def date_sentence(heading: str, old: DateStruct, new: DateStruct) -> str:
    """Such as ``Completion moved from May 2027 (estimated) to August 2028 (estimated), about 15 months later.``"""
    if not old.date or not new.date:
        return replaced(heading, date_words(old), date_words(new))
    if old.date == new.date:
        now, before = (label("DateType", date.type or "").lower() or "of no kind" for date in (new, old))
        return f"{heading}, {_words(new.date)}, is now {now}; it was {before}."
    moved = slip_words(_read(old.date), _read(new.date))
    return f"{heading} changed from {date_words(old)} to {date_words(new)}{moved and ', '}{moved}."


def date_words(date: DateStruct) -> str:
    """``20 June 2024 (actual)``; the type where it is recorded."""
    kind = label("DateType", date.type or "").lower()
    return f"{_words(date.date)} ({kind})" if date.date and kind else _words(date.date)


def slip_words(old: PartialDate | None, new: PartialDate | None) -> str:
    """``12 days later``, ``about 3 months earlier``; exact only where both days are known."""
    if old is None or new is None:
        return ""
    if old.day and new.day:
        return _apart((new.earliest() - old.earliest()).days)
    if old.same(new) is Truth.UNKNOWN:
        return "which may be the same date"
    if old.month and new.month:
        return _about((new.year - old.year) * 12 + new.month - old.month)
    return _about((new.year - old.year) * 12)


def _apart(days: int) -> str:
    if abs(days) <= 2 * DAYS_A_MONTH:
        return f"{counted(abs(days), 'day')} {_direction(days)}"
    return _about(round(days / DAYS_A_MONTH))


def _about(months: int) -> str:
    years, rest = divmod(abs(months), 12)
    if years < 2 and rest:
        years, rest = 0, abs(months)
    parts = [counted(count, unit) for count, unit in ((years, "year"), (rest, "month")) if count]
    return f"about {' and '.join(parts)} {_direction(months)}"


def _direction(amount: int) -> str:
    return "later" if amount > 0 else "earlier"


def _words(text: str | None) -> str:
    date = _read(text)
    return date.words() if date else text or ""


def _read(text: str | None) -> PartialDate | None:
    try:
        return PartialDate.read(text) if text else None
    except Refused:
        return None
