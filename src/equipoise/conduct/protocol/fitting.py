"""From lines to what a type wants: every mistake is collected with its place, and something stands in for it.

Generic over msgspec types, so that a new field of the model is read, checked and suggested without a word here.
"""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from equipoise.conduct.protocol.lines import Listed, Mapped, Missing, Scalar, Told
from equipoise.conduct.protocol.problem import MOST, Problem, Severity, nearest, shown

_TRUE, _FALSE = {"true", "yes"}, {"false", "no"}
_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)


class Fitted(msgspec.Struct, frozen=True):
    """``value``: builtins that ``msgspec.convert`` takes, right or made up; ``places``: line and column by path."""

    value: Any
    problems: list[Problem]
    places: dict[str, tuple[int, int]]


def fit(told: Told, wanted: Any) -> Fitted:
    """Hold a document against a msgspec type."""
    fitter = _Fitter()
    value = fitter.fit(told, _info(wanted), "")
    return Fitted(value, fitter.problems, fitter.places)


@cache
def _info(wanted: Any) -> inspect.Type:
    return inspect.type_info(wanted)


class _Fitter:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.places: dict[str, tuple[int, int]] = {}

    def fit(self, told: Told, wanted: inspect.Type, path: str) -> Any:
        self.places[path] = told.line, told.column
        match wanted:
            case inspect.UnionType():
                return self._union(told, wanted, path)
            case inspect.StructType(array_like=True):
                return self._row(told, tuple(each.type for each in wanted.fields), path)
            case inspect.StructType():
                return self._struct(told, wanted, path)
            case inspect.VarTupleType():
                return self._list(told, wanted.item_type, path)
            case inspect.TupleType():
                return self._row(told, wanted.item_types, path)
            case inspect.DictType():
                return self._dict(told, wanted, path)
            case _:
                return self._scalar(told, wanted, path)

    def _tell(self, told: Told, path: str, why: str, do: str = "", what: str = "") -> None:
        if not isinstance(told, Missing) and len(self.problems) < MOST:
            self.problems.append(Problem(path, Severity.ERROR, why, what, do, told.line, told.column))

    def _union(self, told: Told, wanted: inspect.UnionType, path: str) -> Any:
        kinds = [each for each in wanted.types if not isinstance(each, inspect.NoneType)]
        if len(kinds) < len(wanted.types) and isinstance(told, Scalar) and told.is_null:
            return None
        if len(kinds) == 1:
            return self.fit(told, kinds[0], path)
        return self._tagged(told, {str(each.tag): each for each in kinds if isinstance(each, inspect.StructType)}, path)

    def _tagged(self, told: Told, kinds: dict[str, inspect.StructType], path: str) -> Any:
        """One of several structs, told apart by the field that names its kind."""
        some = next(iter(kinds.values()))
        tag = str(some.tag_field)
        if not isinstance(told, Mapped):
            self._tell(told, path, f"Fields were expected here, first of all {tag}.")
            return _blank(some)
        named = next((value for key, value in told.pairs if isinstance(key, Scalar) and key.text == tag), None)
        if isinstance(named, Scalar) and named.text in kinds:
            return {tag: named.text} | self._struct(told, kinds[named.text], path)
        if isinstance(named, Scalar):
            self._tell(named, f"{path}.{tag}", "is not known here.", nearest(named.text, kinds), shown(named.text))
        else:
            self._tell(told, path, f"has no {tag}.", f"There are: {', '.join(kinds)}.")
        return _blank(some)

    def _struct(self, told: Told, wanted: inspect.StructType, path: str) -> dict[str, Any]:
        if not isinstance(told, Mapped):
            self._tell(told, path, "Fields were expected here.", f"Write {', '.join(_names(wanted)[:3])} ...")
            return _blank_struct(wanted)
        fields = {each.encode_name: each for each in wanted.fields}
        found: dict[str, Any] = {}
        given: set[str] = set()
        known = {*fields, wanted.tag_field} if wanted.tag_field else set(fields)
        for key, value in self._keys(told, path, known):
            if key in fields and not (_is_null(value) and not fields[key].required):
                found[key] = self.fit(value, fields[key].type, _under(path, key))
            given.add(key)
        for name, field in fields.items():
            if field.required and name not in given:
                self._tell(told, _under(path, name), "is missing.", f"Add {name}.", name)
                found[name] = _blank(field.type)
        return found

    def _keys(self, told: Mapped, path: str, known: set[str]) -> Iterator[tuple[str, Told]]:
        """The pairs whose key is known, each once."""
        seen: set[str] = set()
        for key, value in told.pairs:
            if not isinstance(key, Scalar):
                self._tell(key, path, "A name was expected here.")
            elif key.text not in known:
                do = nearest(key.text, sorted(known))
                self._tell(key, _under(path, key.text[:40]), "is not a field here.", do, shown(key.text))
            elif key.text in seen:
                self._tell(key, _under(path, key.text), "stands here twice.", "Take one out.", shown(key.text))
            else:
                seen.add(key.text)
                yield key.text, value

    def _list(self, told: Told, item: inspect.Type, path: str) -> list[Any]:
        if not isinstance(told, Listed):
            self._tell(told, path, "A list was expected here.", "Begin each part with '- ', or write [one, two].")
            return []
        return [self.fit(each, item, f"{path}[{number}]") for number, each in enumerate(told.items)]

    def _row(self, told: Told, types: tuple[inspect.Type, ...], path: str) -> list[Any]:
        if not isinstance(told, Listed) or len(told.items) != len(types):
            self._tell(told, path, f"A list of {len(types)} was expected here.")
            return [_blank(each) for each in types]
        pairs = zip(told.items, types, strict=True)
        return [self.fit(each, kind, f"{path}[{number}]") for number, (each, kind) in enumerate(pairs)]

    def _dict(self, told: Told, wanted: inspect.DictType, path: str) -> dict[Any, Any]:
        if not isinstance(told, Mapped):
            self._tell(told, path, "Names and values were expected here.", "Write name: value.")
            return {}
        found: dict[Any, Any] = {}
        for key, value in told.pairs:
            inner = _under(path, key.text[:40]) if isinstance(key, Scalar) else path
            name = self.fit(key, wanted.key_type, inner)
            if name in found:
                self._tell(key, inner, "stands here twice.", "Take one out.", shown(str(name)))
            found[name] = self.fit(value, wanted.value_type, inner)
        return found

    def _scalar(self, told: Told, wanted: inspect.Type, path: str) -> Any:
        if not isinstance(told, Scalar):
            self._tell(told, path, f"{_wanted(wanted)} was expected here.")
            return _blank(wanted)
        if told.is_null:
            self._tell(told, path, "is empty.", f"Write {_wanted(wanted).lower()}.")
            return _blank(wanted)
        read = _read(told.text, wanted)
        if read is None:
            do = nearest(told.text, _words(wanted)) if _words(wanted) else _how(wanted)
            self._tell(told, path, f"is not {_wanted(wanted).lower()}.", do, shown(told.text))
            return _blank(wanted)
        return read


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_null(told: Told) -> bool:
    return isinstance(told, Scalar) and told.is_null


def _names(wanted: inspect.StructType) -> list[str]:
    return [each.encode_name for each in wanted.fields]


def _read(text: str, wanted: inspect.Type) -> Any:
    """The scalar as the type wants it; None where it is not one."""
    match wanted:
        case inspect.StrType():
            return text
        case inspect.BoolType():
            word = text.casefold()
            return True if word in _TRUE else False if word in _FALSE else None
        case inspect.IntType():
            return int(text) if _WHOLE.fullmatch(text) else None
        case inspect.DecimalType():
            return Decimal(text) if _NUMBER.fullmatch(text) else None
        case inspect.DateType():
            return _date(text)
        case inspect.EnumType() | inspect.LiteralType():
            return text if text in _words(wanted) else None
        case _:
            raise NotImplementedError(wanted)


def _date(text: str) -> datetime.date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _words(wanted: inspect.Type) -> tuple[str, ...]:
    match wanted:
        case inspect.EnumType():
            return tuple(str(each.value) for each in wanted.cls)
        case inspect.LiteralType():
            return tuple(map(str, wanted.values))
        case _:
            return ()


def _wanted(wanted: inspect.Type) -> str:
    match wanted:
        case inspect.BoolType():
            return "Yes or no"
        case inspect.IntType():
            return "A whole number"
        case inspect.DecimalType():
            return "A number"
        case inspect.DateType():
            return "A day"
        case inspect.StrType():
            return "Text"
        case _:
            return "One of the words known here"


def _how(wanted: inspect.Type) -> str:
    match wanted:
        case inspect.DateType():
            return "Write it as 2024-06-20."
        case inspect.DecimalType() | inspect.IntType():
            return "Write digits, such as 1000, with a point before decimals."
        case _:
            return "Write true or false."


def _blank(wanted: inspect.Type) -> Any:
    """What stands in for a value that could not be read, so that the rest of the file can be looked at."""
    match wanted:
        case inspect.UnionType():
            nullable = any(isinstance(each, inspect.NoneType) for each in wanted.types)
            return None if nullable else _blank(wanted.types[0])
        case inspect.StructType(array_like=True):
            return [_blank(each.type) for each in wanted.fields]
        case inspect.StructType():
            return _blank_struct(wanted)
        case inspect.TupleType():
            return [_blank(each) for each in wanted.item_types]
        case inspect.VarTupleType():
            return []
        case inspect.DictType():
            return {}
        case inspect.BoolType():
            return False
        case inspect.IntType():
            return 0
        case inspect.DecimalType():
            return Decimal(0)
        case inspect.DateType():
            return datetime.date.min
        case inspect.EnumType() | inspect.LiteralType():
            return _words(wanted)[0]
        case _:
            return ""


def _blank_struct(wanted: inspect.StructType) -> dict[str, Any]:
    tag = {wanted.tag_field: wanted.tag} if wanted.tag_field else {}
    return tag | {each.encode_name: _blank(each.type) for each in wanted.fields if each.required}
