"""Arrays of numbers in one file, with a stamp that says what they were made from: disposable, replaced as a whole."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
_STAMP = "stamp"


def save_arrays(file: Path, stamp: str, arrays: Arrays) -> None:
    """Write beside, then switch: a reader sees the old file or the new."""
    fresh = file.with_name(f"{file.name}.new")
    with fresh.open("wb") as out:
        np.savez(out, allow_pickle=False, **{_STAMP: np.array(stamp), **arrays})
    fresh.replace(file)


def load_arrays(file: Path, stamp: str) -> dict[str, NDArray[Any]] | None:
    """The arrays, where the file has this stamp; ``None`` where it has another, or cannot be read."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as held:
            if str(held[_STAMP]) != stamp:
                return None
            return {name: held[name] for name in held.files if name != _STAMP}
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None
