"""``equipoise score``."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from equipoise.cli.door import SOME_REFUSED, app, err, out
from equipoise.instruments.answers import read_json
from equipoise.instruments.catalogue import INSTRUMENTS, find_instrument, score, write_json
from equipoise.kernel.refused import Refused


@app.command("score", epilog="Example: equipoise score eular-acr-2017 people.jsonl   or   equipoise score --list")
def score_(
    instrument: Annotated[str, typer.Argument(help="Name of the instrument; --list shows them.")] = "",
    file: Annotated[str, typer.Argument(help="A JSON object, an array of them, or JSON lines; - for stdin.")] = "-",
    show: Annotated[bool, typer.Option("--list", help="List the instruments.")] = False,  # noqa: FBT002
) -> None:
    """Score people's answers with a published clinical instrument: JSON in, one line of JSON out for each."""
    if show:
        _print_list()
        return
    find_instrument(instrument)
    refused = False
    for where, text in _pieces(_read(file)):
        try:
            sys.stdout.write(_scored(instrument, text) + "\n")
        except Refused as error:
            refused = True
            err.print(f"{where}: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
    if refused:
        raise typer.Exit(SOME_REFUSED)


def _print_list() -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for instrument in INSTRUMENTS.values():
        table.add_row(instrument.id, instrument.title)
    out.print(table)


def _read(file: str) -> bytes:
    try:
        text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}.", what=file) from None
    text = text.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        raise Refused("There is nothing to score.", what=file, do="Give a JSON object, an array, or JSON lines.")
    return text


def _pieces(text: bytes) -> Iterator[tuple[str, object]]:
    """Each person's answers, and where they stand: read already if the whole is JSON, else lines yet to be read."""
    try:
        whole = read_json(text)
    except Refused:
        yield from ((f"line {number}", line) for number, line in enumerate(text.split(b"\n"), 1) if line.strip())
        return
    if isinstance(whole, list):
        yield from ((f"item {number}", part) for number, part in enumerate(whole, 1))
    else:
        yield "line 1", whole


def _scored(instrument: str, given: object) -> str:
    """An ``id`` given with the answers comes first in the result, so that results can be told apart."""
    answers = read_json(given) if isinstance(given, bytes) else given
    if not isinstance(answers, dict) or "id" not in answers:
        return write_json(score(instrument, answers)).decode()
    written = write_json(score(instrument, {key: value for key, value in answers.items() if key != "id"})).decode()
    return '{"id":' + msgspec.json.encode(answers["id"]).decode() + "," + written[1:]
