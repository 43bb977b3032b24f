"""Which town is meant: by its name and what is written after it, by how the name begins, or by a name like it."""

import math
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

from equipoise.finder.atlas import Atlas, Town
from equipoise.finder.countries import Country, Region, countries
from equipoise.finder.globe import distance_km
from equipoise.finder.names import fold

SAME_TOWN_KM = 40
LIKE_ENOUGH = 72.0
_MOST_LIKE = 25
_LESS_LIKE = 12.0
_THERE = 20.0
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))

Reading = tuple[str, str]
"""A town's name, and the region and country written after it, folded."""


class Towns:
    """Towns of several atlases as one; where two have the same town, the first one's is kept."""

    def __init__(self, *atlases: Atlas) -> None:
        self._atlases = atlases

    def read(self, text: str) -> list[Town]:
        """Towns of this name, in the regions and countries after it, the most populous first."""
        for text_read in (text, _without_umlauts(text)):
            for name, where in readings(text_read):
                found = [town for town in self._named(name) if town.lies_in(where)]
                if found:
                    return once(sorted(found, key=lambda town: town.weight, reverse=True), one_name=True)
        return []

    def beginning(self, text: str, limit: int) -> list[Town]:
        """Towns whose name, or what is written after it, begins so."""
        start, _, after = map(fold, text.partition(","))
        many = limit * (50 if after else 4)
        found = [town for atlas in self._atlases for town in atlas.beginning(start, many) if start]
        found = [town for town in found if town.lies_in(after, unfinished=True)]
        for name, where in readings(text):
            if where:
                found += [town for town in self._named(name) if town.lies_in(where, unfinished=True)]
        found.sort(key=lambda town: (town.people if town.main else town.people / 40, town.sites), reverse=True)
        return once(found)[:limit]

    def like(self, text: str, limit: int, least: float = LIKE_ENOUGH) -> list[Town]:
        """Towns with a name like this one, those in the region or country after it first."""
        found = [
            (likeness, likeness + _known(town) + _THERE * (where != "" and town.lies_in(where)), town)
            for name, where in _heads(text)
            for near, likeness in self._likely(name, least)
            for town in self._named(near)
        ]
        likest = max((likeness for likeness, _, _ in found), default=0.0)
        ranked = sorted((each for each in found if each[0] > likest - _LESS_LIKE), key=lambda each: -each[1])
        return once(town for _, _, town in ranked)[:limit]

    def middle(self, area: Country | Region) -> tuple[float, float] | None:
        """Where its people live, on the average; where its sites are, if that is all we know."""
        return next((middle for atlas in self._atlases if (middle := atlas.middle(area))), None)

    def _named(self, name: str) -> list[Town]:
        return [town for atlas in self._atlases for town in atlas.named(name)]

    def _likely(self, name: str, least: float) -> Iterator[tuple[str, float]]:
        yield name, 100.0
        for atlas in self._atlases:
            found = process.extract(name, atlas.likely, scorer=fuzz.ratio, score_cutoff=least, limit=_MOST_LIKE)
            yield from ((near, score) for near, score, _ in found)


def readings(text: str) -> Iterator[Reading]:
    """The whole as a name, then ever fewer of its first words: "cambridge ma, usa" is "cambridge" in "ma usa"."""
    words = fold(text).split()
    for count in range(len(words), 0, -1):
        yield " ".join(words[:count]), " ".join(words[count:])


def _heads(text: str) -> Iterator[Reading]:
    """The first piece, and readings with nothing after the name but regions and countries we know."""
    first = fold(text.partition(",")[0])
    for name, where in readings(text):
        if name == first or (where and countries().are_known(where)):
            yield name, where


def _known(town: Town) -> float:
    return 2 * math.log10(1 + town.people)


def _without_umlauts(text: str) -> str:
    for written, letter in _UMLAUTS:
        text = text.lower().replace(written, letter)
    return text


def once(towns: Iterable[Town], *, one_name: bool = False) -> list[Town]:
    """Each town once, in order. Towns of one name are the same where the records' one is near the package's."""
    kept: list[Town] = []
    for town in towns:
        if not any(_is_same(town, other, one_name=one_name) for other in kept):
            kept.append(town)
    return kept


def _is_same(town: Town, other: Town, *, one_name: bool) -> bool:
    if town.country.code != other.country.code:
        return False
    same = town.name == other.name or fold(town.name) == fold(other.name)
    alike = same or (one_name and not (town.people and other.people))
    return alike and distance_km(town.lat, town.lon, other.lat, other.lon) < SAME_TOWN_KM
