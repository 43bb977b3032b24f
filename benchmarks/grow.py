"""Many studies from few: real records taken apart into modules and put together anew, with about seven sites each."""

import gzip
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from equipoise.studies.legacy import read_legacy

SITES_EACH = 7
LEGACY_SHARE = 0.5
FROM_ANOTHER = ("eligibilityModule", "outcomesModule", "statusModule", "sponsorCollaboratorsModule")

Record = dict[str, Any]


def pool(shared: Path, *, legacy: int = 2000) -> tuple[list[Record], list[Record]]:
    """Full API records, and as many legacy records, evenly spread, as asked."""
    with gzip.open(shared / "studies_v2.jsonl.gz") as file:
        modern = [msgspec.json.decode(line) for line in file]
    with gzip.open(shared / "studies_xml.jsonl.gz") as file:
        lines = list(file)[:: max(1, 8512 // legacy)]
    old = [msgspec.json.decode(read_legacy(msgspec.json.decode(line)["xml"].encode())) for line in lines]
    return modern, old


def grow(shared: Path, count: int, *, seed: int = 7) -> Iterator[bytes]:
    """``count`` studies. The same seed gives the same studies."""
    chance = random.Random(seed)
    modern, old = pool(shared)
    sites = [site for record in modern for site in _module(record, "contactsLocationsModule").get("locations", [])]
    for number in range(1, count + 1):
        source = old if chance.random() < LEGACY_SHARE else modern
        yield msgspec.json.encode(_study(chance, source, sites, number))


def _study(chance: random.Random, source: list[Record], sites: list[Record], number: int) -> Record:
    record, other = chance.choice(source), chance.choice(source)
    modules = dict(record["protocolSection"])
    modules |= {name: module for name, module in other["protocolSection"].items() if name in FROM_ANOTHER}
    modules["identificationModule"] = modules["identificationModule"] | {"nctId": f"NCT{number:08d}"}
    modules["identificationModule"].pop("nctIdAliases", None)
    here = chance.choices(sites, k=min(444, int(chance.expovariate(1 / SITES_EACH)) + 1))
    modules["contactsLocationsModule"] = modules.get("contactsLocationsModule", {}) | {"locations": here}
    return record | {"protocolSection": modules}


def _module(record: Record, name: str) -> Record:
    module: Record = record.get("protocolSection", {}).get(name, {})
    return module


def read_grown(file: Path) -> Iterator[bytes]:
    with file.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as plain:
        yield from io.BufferedReader(plain)


def write_grown(shared: Path, file: Path, count: int) -> Path:
    """The grown studies as a compressed file of lines, made once."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        with zstandard.open(part, "wb") as out:
            for raw in grow(shared, count):
                out.write(raw + b"\n")
        part.rename(file)
    return file
