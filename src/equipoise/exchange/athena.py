"""The vocabulary files a user has from Athena: CONCEPT.csv, and beside it CONCEPT_RELATIONSHIP and CONCEPT_ANCESTOR.

They are licensed and large: only what a reading asks for is kept, and nothing is written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import duckdb
import msgspec

from equipoise.eligibility.expression import Code, Domain
from equipoise.eligibility.matching import PREFIXED, plain
from equipoise.eligibility.measures import by_loinc
from equipoise.eligibility.sql.binding import Found, Wanted
from equipoise.eligibility.sql.vocabulary import UNDER, Vocabulary, bundled
from equipoise.kernel.refused import Refused

NEEDED = ("concept_id", "concept_name", "domain_id", "vocabulary_id", "standard_concept", "concept_code")
_DOMAINS = {
    "Condition": Domain.CONDITION,
    "Drug": Domain.DRUG,
    "Procedure": Domain.PROCEDURE,
    "Observation": Domain.OBSERVATION,
}
Key: TypeAlias = tuple[Literal["name"], str, Domain] | tuple[Literal["code"], Code] | tuple[Literal["prefix"], str]


class Concept(msgspec.Struct, frozen=True):
    """A line of CONCEPT.csv. Standard are ``S`` and, by what is under it, a classification (``C``)."""

    id: int
    name: str
    domain: str
    vocabulary: str
    standard: bool
    code: str


def read_concepts(path: Path, wanted: Wanted) -> tuple[Vocabulary, Found]:
    """The measures and units the files know more of, and the concepts of all that is wanted, with those under them."""
    known = bundled()
    measures, units = {name: set(ids) for name, ids in known.measures.items()}, dict(known.units)
    hits: dict[Key, set[int]] = defaultdict(set)
    sources: dict[Key, set[int]] = defaultdict(set)
    for one in _lines(path):
        for key in _keys(one, wanted):
            (hits if one.standard else sources)[key].add(one.id)
        measure = by_loinc(one.code) if one.vocabulary == "LOINC" else None
        if measure is not None:
            measures.setdefault(measure.name, set()).add(one.id)
        if one.vocabulary == "UCUM":
            units[one.id] = one.code
    _map_sources(path.with_name("CONCEPT_RELATIONSHIP.csv"), sources, hits)
    _add_descendants(path.with_name("CONCEPT_ANCESTOR.csv"), hits)
    vocabulary = Vocabulary({name: frozenset(ids) for name, ids in measures.items()}, units)
    return vocabulary, _found(hits)


def _lines(path: Path) -> Iterator[Concept]:
    """Athena parts columns with tabs and quotes nothing."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            header = file.readline().rstrip("\r\n").lower().split("\t")
            if missing := [name for name in NEEDED if name not in header]:
                raise Refused(
                    f"has no column {', '.join(missing)}.", what=path.name, do="Give CONCEPT.csv as Athena makes it."
                )
            places = [header.index(name) for name in NEEDED]
            for line in file:
                cells = line.rstrip("\r\n").split("\t")
                number, name, domain, vocabulary, standard, code = (cells[place] for place in places)
                yield Concept(int(number), name, domain, vocabulary, standard in ("S", "C"), code)
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}.", what=str(path)) from None
    except (IndexError, ValueError, UnicodeDecodeError):
        raise Refused("is not a table as Athena makes it.", what=path.name) from None


def _keys(one: Concept, wanted: Wanted) -> Iterator[Key]:
    domain = _DOMAINS.get(one.domain)
    if one.standard and domain is not None and (name := plain(one.name)) in wanted.names:
        yield "name", name, domain
        yield "name", name, Domain.ANY
    for code in (Code(one.vocabulary, one.code), Code(UNDER, str(one.id))):
        if code in wanted.codes:
            yield "code", code
    if one.vocabulary == PREFIXED:
        bare = one.code.replace(".", "")
        for prefix in wanted.prefixes:
            if bare.startswith(prefix):
                yield "prefix", prefix


def _map_sources(path: Path, sources: dict[Key, set[int]], hits: dict[Key, set[int]]) -> None:
    """From codes that are not standard to the concepts that records hold."""
    pairs = _pairs(
        path,
        ("concept_id_1", "concept_id_2"),
        {one for ids in sources.values() for one in ids},
        "relationship_id = 'Maps to'",
    )
    for key, ids in sources.items():
        for one in ids:
            hits[key] |= pairs.get(one, set())


def _add_descendants(path: Path, hits: dict[Key, set[int]]) -> None:
    columns = ("ancestor_concept_id", "descendant_concept_id")
    pairs = _pairs(path, columns, {one for ids in hits.values() for one in ids}, "true")
    for ids in hits.values():
        ids.update(*(pairs.get(one, set()) for one in tuple(ids)))


def _pairs(path: Path, columns: tuple[str, str], ids: Iterable[int], condition: str) -> dict[int, set[int]]:
    """By the first column, the second, for these ids; nothing where the file is not there."""
    wanted, found = sorted(ids), defaultdict[int, set[int]](set)
    if not wanted or not path.exists():
        return found
    one, other = columns
    asked = (
        f"SELECT CAST({one} AS BIGINT), CAST({other} AS BIGINT) FROM "
        "read_csv(?, delim = '\t', quote = '', header = true, all_varchar = true, normalize_names = true)"
        f" WHERE {condition} AND CAST({one} AS BIGINT) IN (SELECT unnest(?))"
    )
    try:
        with duckdb.connect() as connection:
            rows = connection.execute(asked, [str(path), wanted]).fetchall()
    except duckdb.Error as error:
        raise Refused(str(error).splitlines()[0], what=path.name) from None
    for first, second in rows:
        found[first].add(second)
    return found


def _found(hits: dict[Key, set[int]]) -> Found:
    by_name, by_code, by_prefix = {}, {}, {}
    for key, ids in hits.items():
        match key:
            case ("name", name, domain):
                by_name[name, domain] = frozenset(ids)
            case ("code", code):
                by_code[code] = frozenset(ids)
            case ("prefix", prefix):
                by_prefix[prefix] = frozenset(ids)
    return Found(by_name, by_code, by_prefix)
