"""``equipoise trial``: opening a trial, checking that it is what was written, and keeping it safe."""

from equipoise.cli.trial import running, checking, keeping, sealing, validating  # noqa: F401, I001
