"""What ``equipoise screen`` does and prints; loaded only when it is asked for, since engines take long to load."""

import csv
import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from equipoise.actions.screen import Change, Screen, Screening, Told
from equipoise.cli.door import out
from equipoise.eligibility.english import number, period_words
from equipoise.eligibility.expression import Period, Unit
from equipoise.eligibility.knobs import Knob
from equipoise.kernel.refused import Refused

_TABLE: Mapping[str, Any] = {"box": None, "pad_edge": False, "title_justify": "left", "title_style": "bold"}
_NUMBERS_WIDTH = 48
"""Characters that a row of the attrition takes beside the criterion's words."""
_LEGEND = (
    "Only this: kept out by it alone. Open: possible, and not known of them here. "
    "If struck: who would be left without it. Share: its part in all who are excluded (Shapley)."
)


def day_of(text: str) -> datetime.date:
    if not text:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Refused("is not a day.", what=repr(text), do="Write a day like 2026-11-23.") from None


def changes_of(screening: Screening, asked: list[str]) -> list[tuple[Knob, Decimal]]:
    found = []
    for one in asked:
        name, equals, value = one.partition("=")
        if one == "all":
            found += screening.relaxations()
        elif not equals:
            raise Refused("sets no number.", what=repr(one), do="Write all, or a number of the reading: i3.high=110")
        else:
            found.append(screening.asked(name, _amount(value)))
    return found


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refused("is not a number.", what=repr(text), do="Write one after the name: i3.high=110")
    return found


def write_people(screening: Screening, path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person_id", "standing", *(one.id for one in screening.binding.reading.criteria)])
        for person in screening.people():
            writer.writerow([person.person, person.standing, *person.digits])


def print_screen(screen: Screen) -> None:
    def words(count: Told) -> str:
        return f"fewer than {screen.fewer_than}" if count is None else f"{count:,}"

    persons = "person" if screen.persons == 1 else "persons"
    out.print(f"{screen.study or 'Criteria'}, as of {screen.at}: {words(screen.persons)} {persons}", style="bold")
    if screen.rounded:
        note = f"Some counts are too small to tell, so all others are rounded to the nearest {screen.fewer_than}."
        out.print(note, style="dim", highlight=False)
    for name, count in (("definite", screen.standing.definite), ("possible", screen.standing.possible)):
        out.print(f"  {name:<9} {words(count):>14}", highlight=False)
    out.print(f"  {'excluded':<9} {words(screen.excluded):>14}", highlight=False)
    _print_attrition(screen, words)
    _print_costs(screen, words)
    if screen.changes:
        _print_changes(screen, words)
    if screen.unbound:
        _print_unbound(screen)


_Words = Callable[[Told], str]


def _table(title: str, *columns: Column | str, numbers: tuple[str, ...]) -> Table:
    right = (Column(one, justify="right", no_wrap=True) for one in numbers)
    return Table(*columns, *right, title=f"\n{title}", **_TABLE)


def _print_attrition(screen: Screen, words: _Words) -> None:
    """Of the best order only those that lose somebody: who is lost is lost by then."""
    losing = [one for one in screen.best_order if one.lost != 0]
    texts = {one.id: " ".join(one.text.split()) for one in screen.criteria}
    for title, order in (
        ("In the order of the protocol", screen.protocol_order),
        ("In the order that loses most first", losing),
    ):
        text = Column("", no_wrap=True, overflow="ellipsis", max_width=max(16, out.width - _NUMBERS_WIDTH))
        table = _table(title, "", text, numbers=("Lost", "Still possible", "Of them definite"))
        for one in order:
            table.add_row(one.id, Text(texts[one.id]), words(one.lost), words(one.left), words(one.definite))
        out.print(table)
    if len(losing) < len(screen.best_order):
        rest = len(screen.best_order) - len(losing)
        others = "The other one loses" if rest == 1 else f"The other {rest} lose"
        out.print(f"{others} nobody more.", style="dim", highlight=False)


def _print_costs(screen: Screen, words: _Words) -> None:
    """What the columns mean stands under them."""
    names = ("Met", "Not known", "Not met", "Only this", "Open", "If struck", "Share")
    table = _table("What each criterion costs", "", numbers=names)
    for one in screen.criteria:
        counts = (one.met, one.not_known, one.not_met, one.alone, one.open, one.struck, one.share)
        table.add_row(one.id, *map(words, counts))
    out.print(table)
    out.print(_LEGEND, style="dim", highlight=False)


def _print_unbound(screen: Screen) -> None:
    out.print("\nNot known to the warehouse, so not known of anybody:", style="bold")
    found: dict[str, list[str]] = {}
    for one in screen.unbound:
        found.setdefault(one.criterion, []).append(one.words)
    for name, several in found.items():
        out.print(f"  {name}  {'; '.join(several)}", markup=False, highlight=False)
    out.print("Give the vocabulary from Athena with --concepts CONCEPT.csv.", style="dim", highlight=False)


def _print_changes(screen: Screen, words: _Words) -> None:
    table = _table("What if", "", numbers=("From", "To", "Definite", "Possible"))
    for one in screen.changes:
        table.add_row(
            one.knob.name, *_values(one), _signed(one.gain.definite, words), _signed(one.gain.possible, words)
        )
    out.print(table)


def _values(change: Change) -> tuple[str, str]:
    return _amount_words(change.knob.at, change.knob.unit), _amount_words(change.to, change.knob.unit)


def _amount_words(amount: Decimal, unit: str) -> str:
    if unit in list(Unit):
        return period_words(Period(amount, Unit(unit)))
    return f"{number(amount)} {unit}".strip()


def _signed(count: Told, words: _Words) -> str:
    return "nobody" if count == 0 else words(count) if count is None else f"{count:+,}"
