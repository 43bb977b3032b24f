"""Tables as CSV: harmless in a spreadsheet, and read back as they were."""

import csv
import io

import pytest

from equipoise.conduct.views.table import Cell, Column, Table
from equipoise.exchange.tables import safe, write_csv


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+49 30 1", "'+49 30 1"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("-", "'-"),
        ("-1+2", "'-1+2"),
        ("-1\n", "'-1\n"),
        ("-1.5", "-1.5"),
        ("+3", "+3"),
        ("-2e-5", "-2e-5"),
        ("-\N{ARABIC-INDIC DIGIT ONE}", "'-\N{ARABIC-INDIC DIGIT ONE}"),
        ("a=1", "a=1"),
        ("2026-03", "2026-03"),
        (-4, "-4"),
        (None, ""),
    ],
)
def test_a_formula_is_made_text_and_a_number_left_alone(cell: Cell, written: str) -> None:
    assert safe(cell) == written


COLUMNS = (Column("participant", "Participant"), Column("=words", "Words"))


def test_a_table_reads_back_as_it_was() -> None:
    table = Table(
        "t", "T", COLUMNS, (("01-001", 'He said, "no";\nand left'), ("01-002", "Übelkeit ☂"), ("01-003", None))
    )
    told = list(csv.reader(io.StringIO(write_csv(table).decode(), newline="")))
    assert told == [
        ["participant", "'=words"],
        ["01-001", 'He said, "no";\nand left'],
        ["01-002", "Übelkeit ☂"],
        ["01-003", ""],
    ]


def test_a_mark_for_spreadsheets_if_wanted() -> None:
    table = Table("t", "T", COLUMNS, ())
    assert write_csv(table, bom=True) == b"\xef\xbb\xbf" + write_csv(table)
    assert write_csv(table) == b"participant,'=words\r\n"
