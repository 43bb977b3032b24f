"""What a screen assumes, as a person at the page sets it: the day, what no record means, and how long things count."""

import datetime
from urllib.parse import urlencode

import msgspec
from django.http.request import QueryDict

from equipoise.eligibility.person import Absence, Run

FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)
MOST_DAYS = 36_525
"""A hundred years."""
POLICIES = (
    (
        Absence.COVERAGE,
        "It did not happen, if the person was under observation",
        "For the whole time that the criterion asks about. Otherwise it is not known.",
    ),
    (Absence.OPEN, "Nothing: it is not known", "The most cautious. Few people will be definite."),
    (
        Absence.CLOSED,
        "It did not happen",
        "This is how ATLAS counts. Whatever was recorded only in another hospital is taken not to have happened.",
    ),
)


class Assumed(msgspec.Struct, frozen=True):
    """The form as it was sent. ``problems``: by field; ``run`` only where there are none."""

    fields: tuple[tuple[str, str], ...]
    sent: bool
    problems: dict[str, str]
    run: Run | None

    @property
    def value(self) -> dict[str, str]:
        return dict(self.fields)

    @property
    def query(self) -> str:
        return urlencode(self.fields)


def read_assumed(sent: QueryDict, today: datetime.date) -> Assumed:
    problems: dict[str, str] = {}
    usual = {"at": today.isoformat(), "absence": Absence.COVERAGE.value, "lifetime": "", "fresh": ""}
    typed = {name: str(sent.get(name, default)).strip()[:40] for name, default in usual.items()}
    at = _day(typed["at"], problems)
    absence = _policy(typed["absence"], problems)
    lifetime, fresh = (_days(typed[name], name, problems) for name in ("lifetime", "fresh"))
    run = None
    if at and absence and not problems:
        run = Run(at=at, otherwise=absence, lifetime=lifetime, fresh=fresh)
    return Assumed(tuple(typed.items()), "at" in sent, problems, run)


def _day(text: str, problems: dict[str, str]) -> datetime.date | None:
    try:
        found = datetime.date.fromisoformat(text)
    except ValueError:
        found = datetime.date.max
    if not FIRST <= found <= LAST:
        problems["at"] = f"Write the day of screening as year-month-day, from {FIRST.year} to {LAST.year}: 2026-03-31."
        return None
    return found


def _policy(text: str, problems: dict[str, str]) -> Absence | None:
    try:
        return Absence(text)
    except ValueError:
        problems["absence"] = "Choose what it means that there is no record."
        return None


def _days(text: str, name: str, problems: dict[str, str]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text) > MOST_DAYS:
        problems[name] = f"Write a whole number of days from 0 to {MOST_DAYS:,}, or leave it empty."
        return None
    return int(text)
