"""The bundled sample: JASMINE, the study a newcomer sees first, and studies that never were.

JASMINE's record carries the facts of its registry page, with the prose in words of ours and only the sites that are
known. Everything else here is fictional, says so, and comes from a seed.
"""

from collections.abc import Iterator
from importlib.resources import files

from equipoise.examples.fictional import COUNT, SEED, earlier_versions, fictional_studies

JASMINE = "NCT06455449"


def jasmine() -> bytes:
    """The bundled record of JASMINE, as API v2 JSON."""
    return files(__package__).joinpath("jasmine.json").read_bytes()


def jasmine_criteria() -> bytes:
    """The curated reading of JASMINE's criteria, as ``equipoise-criteria/1`` JSON."""
    return files(__package__).joinpath("jasmine_criteria.json").read_bytes()


def jasmine_protocol() -> str:
    """The protocol file of JASMINE as YAML; what its public record does not say is ours, and says so."""
    return files(__package__).joinpath("jasmine_protocol.yaml").read_text(encoding="utf-8")


def sample(count: int = COUNT, seed: int = SEED) -> Iterator[bytes]:
    """Every bundled record in the order to load: JASMINE, earlier versions, then the current fictional studies."""
    yield jasmine()
    yield from earlier_versions(count, seed)
    yield from fictional_studies(count, seed)


__all__ = [
    "COUNT",
    "JASMINE",
    "SEED",
    "earlier_versions",
    "fictional_studies",
    "jasmine",
    "jasmine_criteria",
    "jasmine_protocol",
    "sample",
]
