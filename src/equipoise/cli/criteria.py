"""``equipoise criteria``."""

import datetime
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from equipoise.actions import readings
from equipoise.actions.formats import Form, write_as
from equipoise.actions.library import Library
from equipoise.cli.door import Json, app, err, out, print_json
from equipoise.eligibility.check import check
from equipoise.eligibility.english import english
from equipoise.eligibility.explain import fields_in_text
from equipoise.eligibility.expression import And, AtLeast, AtMost, Criterion, Expr, Or, Reading
from equipoise.eligibility.format import json_schema, to_json
from equipoise.eligibility.person import Person, Run
from equipoise.eligibility.questions import open_questions
from equipoise.eligibility.tree import children
from equipoise.eligibility.verdict import judge
from equipoise.kernel.identifiers import is_nct_id
from equipoise.kernel.refused import Refused


@app.command(epilog="Example: equipoise criteria NCT06455449 --english   or   equipoise criteria - --json < text")
def criteria(
    source: Annotated[
        str, typer.Argument(help="NCT number, a file (text, record, criteria JSON, Circe, FHIR R5), or -.")
    ] = "",
    json: Json = False,  # noqa: FBT002
    tree: Annotated[bool, typer.Option("--tree", help="Every node of every criterion.")] = False,  # noqa: FBT002
    in_english: Annotated[bool, typer.Option("--english", help="Every criterion beside what was understood.")] = False,  # noqa: FBT002
    questions: Annotated[bool, typer.Option("--questions", help="What a person would be asked.")] = False,  # noqa: FBT002
    schema: Annotated[bool, typer.Option("--schema", help="The JSON Schema of the format.")] = False,  # noqa: FBT002
    form: Annotated[
        Form | None, typer.Option("--as", help="In a format of others; what it cannot say is told on standard error.")
    ] = None,
    at: Annotated[
        str, typer.Option(help="With --as circe: the day of screening, like 2026-11-23; today if not given.")
    ] = "",
) -> None:
    """What a study's eligibility text says, as a computer understood it. A curated reading comes before our own."""
    if sum((json, tree, in_english, questions, schema, form is not None)) > 1:
        raise Refused("--json, --tree, --english, --questions, --schema and --as exclude each other.", do="Choose one.")
    if at and form is not Form.CIRCE:
        raise Refused("--at is the day a Circe cohort is made for.", do="Add --as circe, or leave it out.")
    if schema:
        print_json(json_schema())
        return
    if not source:
        raise Refused("Nothing was named to read.", do="Give an NCT number, a file, or - for standard input.")
    reading = _reading(source)
    if form is not None:
        _print_as(form, reading, at)
    elif json:
        _print_json(reading)
    elif tree:
        _print_tree(reading)
    elif questions:
        _print_questions(reading)
    else:
        _print_english(reading)


def _reading(source: str) -> Reading:
    if source != "-" and is_nct_id(source) and not Path(source).exists():
        return readings.reading_of(Library.held(), source)
    reading, notes = readings.reading_in(_read(source))
    _print_notes(notes if reading.criteria else (*notes, "No criteria were found in it."))
    return reading


def _read(source: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise Refused(
            f"cannot be read: {error.strerror}.", what=source, do="Give an NCT number, a file, or -."
        ) from None


def _print_json(reading: Reading) -> None:
    sys.stdout.write(msgspec.json.format(to_json(reading), indent=2).decode() + "\n")


def _print_as(form: Form, reading: Reading, at: str) -> None:
    from equipoise.cli.screened import day_of

    written, lost = write_as(form, reading, at=day_of(at))
    sys.stdout.write(written.decode() + "\n")
    _print_notes(lost)


def _print_notes(notes: Iterable[str]) -> None:
    for note in notes:
        err.print(note, markup=False, highlight=False, soft_wrap=True)


def _print_english(reading: Reading) -> None:
    twice = fields_in_text(reading)
    for one in reading.criteria:
        if one.id not in twice:
            _head(one, [field for field, told in twice.items() if told == one.id])
            out.print(f"    {english(one.expr)}", markup=False, highlight=False, soft_wrap=True)
    _print_checks(reading)


def _print_tree(reading: Reading) -> None:
    for one in reading.criteria:
        _head(one)
        for line in _tree_lines(one.expr, 1):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    _print_checks(reading)


def _head(one: Criterion, fields: Sequence[str] = ()) -> None:
    """``fields``: criteria of the registry's fields that say no more than this one."""
    scope = f" · {one.scope}" if one.scope else ""
    also = f" · also in the registry's own field ({', '.join(fields)})" if fields else ""
    text = " ".join(one.text.split()) or f"field {one.field}"
    out.print(
        f"{one.id} {one.polarity} ({one.parse}){scope}{also}: {text}",
        style="bold",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _tree_lines(expr: Expr, depth: int) -> Iterator[str]:
    inner = children(expr)
    kind = str(expr.__struct_config__.tag)
    words = "" if inner else f" {english(expr)}"
    count = f" {expr.count}" if isinstance(expr, AtLeast | AtMost) else ""
    inferred = " (not stated by the text)" if isinstance(expr, And | Or) and expr.inferred else ""
    spans = " ".join(f"[{span.start}:{span.end}]" for span in expr.spans)
    told = "  ".join(part for part in (spans, expr.rule) if part)
    yield f"{'  ' * depth}{kind}{count}{words}{inferred}{f'   {told}' if told else ''}"
    for one in inner:
        yield from _tree_lines(one, depth + 1)


def _print_questions(reading: Reading) -> None:
    """All that could be asked of somebody of whom nothing is known, in the order of the criteria."""
    nobody, today = Person(), datetime.datetime.now(datetime.UTC).date()
    for question in open_questions(judge(reading, nobody, Run(at=today)), nobody):
        out.print(
            f"{question.text}  ({question.answer}; for {', '.join(question.criteria)})", markup=False, highlight=False
        )
        for option in question.options:
            out.print(f"    {option.words}", markup=False, highlight=False, soft_wrap=True)


def _print_checks(reading: Reading) -> None:
    for lint in check(reading):
        err.print(f"{lint.severity}: {lint.words}", style="yellow", markup=False, highlight=False, soft_wrap=True)
