"""The command line: ``equipoise``."""

import sys

from equipoise.actions import sync
from equipoise.cli.door import NETWORK, REFUSED, app, err
from equipoise.kernel.refused import Refused


def main() -> None:
    """The entry point: every refusal becomes a message on stderr and an exit code."""
    try:
        app()
    except sync.NotReached as refused:
        _fail(refused, NETWORK)
    except Refused as refused:
        _fail(refused, REFUSED)
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as error:
        if error.filename is None:
            raise
        _fail(Refused(f"cannot be used: {error.strerror}.", what=str(error.filename)), REFUSED)


def _fail(refused: Refused, code: int) -> None:
    err.print(str(refused), style="red", markup=False, highlight=False, soft_wrap=True)
    raise SystemExit(code)
