"""Tables as CSV that a spreadsheet opens without harm and a statistician's program reads back as it was."""

import csv
import io
import re
from collections.abc import Iterator

from equipoise.conduct.views.table import Cell, Table

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Tells spreadsheets that the text is UTF-8."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\Z", re.ASCII)
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: Cell) -> str:
    """A text that a spreadsheet would take for a formula begins with an apostrophe; a plain number stays as it is."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_STARTS_FORMULA) and not _NUMBER.match(text) else text


def csv_lines(table: Table, *, bom: bool = False) -> Iterator[str]:
    """RFC 4180, a line at a time: names of the columns, then the rows. What is missing is empty."""
    yield (BOM if bom else "") + _line([safe(column.name) for column in table.columns])
    for row in table.rows:
        yield _line([safe(cell) for cell in row])


def write_csv(table: Table, *, bom: bool = False) -> bytes:
    """UTF-8."""
    return "".join(csv_lines(table, bom=bom)).encode()


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
