"""``equipoise validate``: evidence for a user's own validation."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from equipoise.actions.opening import now
from equipoise.actions.validation import gather
from equipoise.cli.door import REFUSED, app, out


@app.command(epilog="Example: equipoise validate evidence.json. Exit codes: 0 every self-test passed, 3 one did not.")
def validate(
    file: Annotated[Path, typer.Argument(help="The file to write, JSON.")],
    tests: Annotated[Path | None, typer.Option(help="The folder of the tests, to trace requirements to them.")] = None,
) -> None:
    """Gather evidence for your own validation: versions, requirements, their tests, self-tests run now."""
    evidence = gather(now(), tests)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(evidence)))
    for one in evidence.self_tests:
        out.print(f"{'passed' if one.passed else 'FAILED'}: {one.name}", highlight=False)
    out.print(f"Wrote {file}.", highlight=False, soft_wrap=True)
    if not all(one.passed for one in evidence.self_tests):
        raise typer.Exit(REFUSED)
