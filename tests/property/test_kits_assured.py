"""A refusal for want of kits hangs on counts alone, and what is not refused is there."""

import random
from collections import Counter
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as some

from equipoise.conduct.allocation.kits import assured

KINDS = ("a", "p")
Site: TypeAlias = tuple[list[list[str]], dict[str, str], set[str]]


@some.composite
def sites(draw: some.DrawFn) -> Site:
    """Parcels as the custodian sends them, what each kit holds, and which have gone."""
    parcels, contents = [], {}
    for number, each in enumerate(draw(some.lists(some.integers(1, 6), max_size=5))):
        kits = [f"{number}-{place}" for place in range(each * len(KINDS))]
        kinds = draw(some.permutations([kind for kind in KINDS for _ in range(each)]))
        contents |= dict(zip(kits, kinds, strict=True))
        parcels.append(kits)
    every = [kit for parcel in parcels for kit in parcel]
    gone = draw(some.sets(some.sampled_from(every))) if every else set()
    return parcels, contents, gone


@given(sites())
def test_must_18_what_is_assured_is_in_stock_of_every_kind(
    site: Site,
) -> None:
    parcels, contents, gone = site
    stock = set(contents) - gone
    held = Counter(contents[kit] for kit in stock)
    assert assured(parcels, stock, contents, KINDS) <= min(held[kind] for kind in KINDS)


@given(sites(), some.randoms(use_true_random=False))
def test_must_18_what_is_assured_hangs_on_how_many_went_and_not_on_what_they_held(
    site: Site, chance: random.Random
) -> None:
    """Every parcel's kits dealt their kinds anew: as if everybody had other arms."""
    parcels, contents, gone = site
    stock = set(contents) - gone
    other = {}
    for parcel in parcels:
        kinds = [contents[kit] for kit in parcel]
        chance.shuffle(kinds)
        other |= dict(zip(parcel, kinds, strict=True))
    assert assured(parcels, stock, other, KINDS) == assured(parcels, stock, contents, KINDS)
