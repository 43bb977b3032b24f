"""Registry JSON in and out, with nothing lost."""

import re
from typing import Any

import msgspec

from equipoise.kernel.identifiers import read_nct_id
from equipoise.kernel.refused import Refused
from equipoise.studies.record import Study

_STUDY = msgspec.json.Decoder(Study)
_NAMED = re.compile(rb'"nctId"\s*:\s*"([^"]{1,20})"')


def read_study(raw: bytes) -> Study:
    """Read one API v2 study object. Refuses what is not JSON, not of the registry's shape, or without an NCT id."""
    try:
        study = _STUDY.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"not a study record: {error}.", what=name_of(raw), do="Fetch it again.") from None
    if not study.identification.nct_id:
        raise Refused(
            "the record has no NCT id.", what=name_of(raw), do="Every study needs identificationModule.nctId."
        )
    read_nct_id(study.identification.nct_id)
    return study


def name_of(raw: bytes) -> str:
    """The identifier a broken record seems to carry, or its first words, so that a refusal can name it."""
    match = _NAMED.search(raw)
    return match[1].decode("ascii", "replace") if match else repr(raw[:40].decode("utf-8", "replace"))


def unknown(raw: bytes, study: Study) -> Any:
    """What the record holds that the model does not name: the part of ``raw`` that ``study`` would not write."""
    return _remainder(msgspec.json.decode(raw), msgspec.json.decode(msgspec.json.encode(study)))


def write_study(study: Study, rest: Any = None) -> bytes:
    """The study as registry JSON, with ``rest`` (from ``unknown``) put back in its places."""
    written = msgspec.json.decode(msgspec.json.encode(study))
    return msgspec.json.encode(_merged(written, rest))


def _remainder(whole: Any, known: Any) -> Any:
    """None where equal; else a dict of the differing keys. A list keeps its places under text keys."""
    if whole == known:
        return None
    if isinstance(whole, dict) and isinstance(known, dict):
        missing = {key: _Put(value) for key, value in whole.items() if key not in known}
        differing = {key: _remainder(whole[key], known[key]) for key in known}
        return missing | {key: value for key, value in differing.items() if value is not None}
    if isinstance(whole, list) and isinstance(known, list) and len(whole) == len(known):
        differing = {place: _remainder(*pair) for place, pair in enumerate(zip(whole, known, strict=True))}
        return {place: value for place, value in differing.items() if value is not None}
    return _Put(whole)


def _merged(known: Any, rest: Any) -> Any:
    if rest is None:
        return known
    if isinstance(rest, _Put):
        return rest.value
    if isinstance(known, list):
        return [_merged(value, rest.get(place)) for place, value in enumerate(known)]
    added = {key: put.value for key, put in rest.items() if key not in known}
    return {key: _merged(value, rest.get(key)) for key, value in known.items()} | added


class _Put(msgspec.Struct, frozen=True):
    """A value the model does not hold, to be put back whole."""

    value: Any
