"""What ``equipoise screen`` does and prints; loaded only when it is asked for, since engines take long to load."""

import csv
import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rich.table import Table

from equipoise.actions.screen import Change, Screen, Screening, Told
from equipoise.cli.door import out
from equipoise.eligibility.english import number
from equipoise.eligibility.knobs import Knob
from equipoise.kernel.refused import Refused

_TABLE: Mapping[str, Any] = {"box": None, "pad_edge": False, "title_justify": "left", "title_style": "bold"}


def day_of(text: str) -> datetime.date:
    if not text:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Refused("is not a day.", what=repr(text), do="Write yyyy-MM-dd.") from None


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
        raise Refused("is not a number.", what=repr(text))
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

    out.print(f"{screen.study or 'Criteria'}, as of {screen.at}: {words(screen.persons)} persons", style="bold")
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
        out.print("\nNot known to the warehouse, so unknown of everybody:", style="bold")
        for one in screen.unbound:
            out.print(f"  {one.criterion}  {one.words}", markup=False, highlight=False)


_Words = Callable[[Told], str]


def _print_attrition(screen: Screen, words: _Words) -> None:
    for title, order in (
        ("In the order of the protocol", screen.protocol_order),
        ("In the order that loses most first", screen.best_order),
    ):
        table = Table("", "Lost", "Still possible", "Of them definite", title=title, **_TABLE)
        for one in order:
            table.add_row(one.id, words(one.lost), words(one.left), words(one.definite))
        out.print(table)


def _print_costs(screen: Screen, words: _Words) -> None:
    table = Table("", "Text", "Met", "Not known", "Not met", "Only this", "Open", "If struck", "Share", **_TABLE)
    for one in screen.criteria:
        text = one.text if len(one.text) <= 40 else one.text[:39] + "…"
        counts = (one.met, one.not_known, one.not_met, one.alone, one.open, one.struck, one.share)
        table.add_row(one.id, text.replace("[", r"\["), *map(words, counts))
    out.print(table)


def _print_changes(screen: Screen, words: _Words) -> None:
    table = Table("", "From", "To", "Definite", "Possible", title="What if", **_TABLE)
    for one in screen.changes:
        table.add_row(
            one.knob.name, *_values(one), _signed(one.gain.definite, words), _signed(one.gain.possible, words)
        )
    out.print(table)


def _values(change: Change) -> tuple[str, str]:
    unit = change.knob.unit.replace("_", " ")
    return f"{number(change.knob.at)} {unit}".strip(), f"{number(change.to)} {unit}".strip()


def _signed(count: Told, words: _Words) -> str:
    return words(count) if not count else f"{count:+,}"
