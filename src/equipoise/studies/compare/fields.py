"""Which fields of two versions differ, so that none is passed over."""

from collections.abc import Iterator
from itertools import groupby

from equipoise.studies.compare.change import Change, ChangeKind
from equipoise.studies.part import Part
from equipoise.studies.record import Study

LONGEST_VALUE = 60
_LEFT_OUT = ("section", "module", "struct", "info", "infos")


def differing(old: Study, new: Study) -> tuple[str, ...]:
    """Dotted names of the fields that differ. A list is one field; results are compared by what they say."""
    found = tuple(_differing(old, new, ""))
    if "results_section" in found and old.results == new.results:
        return tuple(path for path in found if path != "results_section")
    return found


def _differing(old: object, new: object, path: str) -> Iterator[str]:
    if old == new:
        return
    if not isinstance(old, Part) or type(old) is not type(new):
        yield path
        return
    for name in old.__struct_fields__:
        yield from _differing(getattr(old, name), getattr(new, name), f"{path}.{name}" if path else name)


def under(path: str, prefixes: tuple[str, ...]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}.") for prefix in prefixes)


def rest_change(old: Study, new: Study, paths: tuple[str, ...]) -> Change:
    """What no sentence was written for: named, with its values where they are short."""
    names = tuple(dict.fromkeys(field_name(path) for path in paths))
    details = tuple(f"{field_name(path)}: {_value(old, path)}, now {_value(new, path)}" for path in paths)
    return Change(ChangeKind.OTHER, "Other fields", f"Other fields changed: {', '.join(names)}.", details=details)


def field_name(path: str) -> str:
    """``protocol_section.status_module.disp_first_post_date_struct.date`` is "disp first post date"."""
    parts = path.removesuffix(".date").split(".")
    own = parts[2:] or parts[-1:]
    words = [word for part in own for word in part.strip("_").split("_") if word not in _LEFT_OUT]
    return " ".join(word for word, _ in groupby(words)) or path


def _value(study: Study, path: str) -> str:
    value: object = study
    for name in path.split("."):
        value = getattr(value, name)
    if value in (None, (), ""):
        return "nothing"
    if isinstance(value, tuple):
        return f"{len(value)} listed"
    text = str(value)
    return f"“{text}”" if len(text) <= LONGEST_VALUE else "a longer text"
