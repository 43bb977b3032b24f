"""Keeps what people search for out of every log."""

import logging
import re
import traceback

_QUERY = re.compile(r"\?[^\s'\"]+")


class Quiet(logging.Filter):
    """Cuts query strings from messages; of an error it keeps its kind and the lines of code, never its words."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _QUERY.sub("?[not logged]", record.getMessage())
        record.args = ()
        if record.exc_info:
            record.exc_text = without_words(record.exc_info[1])
            record.exc_info = None
        return True


def without_words(error: BaseException | None) -> str:
    """Where an error arose and what kind it is. Its message may hold what a person typed, so it is left out."""
    if error is None:
        return ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__} [message not logged]"
