"""Kit numbers: in one random order over all kinds, all of one length, with a check digit, and telling nothing else."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping
from itertools import chain

from equipoise.conduct.allocation.drbg import Drbg
from equipoise.kernel.refused import Refused

SPARSE = 8
"""So many numbers there are for each one used: a guessed or mistyped number is seldom a kit."""

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""H. M. Damm's quasigroup (2004): finds every wrong digit and every swap of neighbours."""


def check_digit(digits: str) -> str:
    """Of the digits before it: 4 after 572, in Damm's own example."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def is_kit_number(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) > 1 and check_digit(number[:-1]) == number[-1]


def make_kits(
    seed: bytes, trial: str, counts: Mapping[str, int], length: int, batch: int = 1, taken: Collection[str] = ()
) -> dict[str, str]:
    """``counts`` of each kind, as number to kind, in the order of the numbers; ``length`` with the check digit.

    ``taken``: the numbers of earlier batches. A batch holds every kind a masked person may get, lest batches tell.
    Refused: too many for the length.
    """
    total = sum(counts.values())
    lowest, room = 10 ** (length - 2), 9 * 10 ** (length - 2)
    if (total + len(taken)) * SPARSE > room:
        raise Refused(
            f"would need more than {length} digits for {total} kits.", what="Kit numbers", do="Raise number_length."
        )
    chance = Drbg(seed, trial, "kits", batch)
    used = set(taken)
    numbers: set[str] = set()
    while len(numbers) < total:
        body = str(lowest + chance.below(room))
        number = body + check_digit(body)
        if number not in used:
            numbers.add(number)
    kinds = chance.shuffled([kind for kind in sorted(counts) for _ in range(counts[kind])])
    return dict(zip(sorted(numbers), kinds, strict=True))


def pick_kits(
    seed: bytes, trial: str, stock: Iterable[str], contents: Mapping[str, str], kind: str, count: int, about: str
) -> tuple[str, ...]:
    """``count`` kits of ``kind`` out of a site's stock, each as likely as another. Refused: the stock is too small.

    ``about`` names what they are for, so that asking again gives the same.
    """
    suitable = sorted(kit for kit in stock if contents.get(kit) == kind)
    if len(suitable) < count:
        raise short()
    return tuple(sorted(Drbg(seed, trial, "pick", about).shuffled(suitable)[:count]))


def assured(
    parcels: Iterable[Iterable[str]], stock: Container[str], contents: Mapping[str, str], kinds: Collection[str]
) -> int:
    """How many more kits a site can hand out whatever kind each is of: counted so that a refusal tells nobody's arm.

    ``parcels``: all kits the site ever had, as they came; ``stock``: those it has. What has gone of a parcel counts
    against every kind: of the kind that fewest came of, so many are left if all that went were of that one. The same
    holds of all parcels together, and the better of the two is meant.
    """

    def left(came: Iterable[str]) -> int:
        ours = [kit for kit in came if contents.get(kit) in kinds]
        received = Counter(contents[kit] for kit in ours)
        return min(received[kind] for kind in kinds) - sum(kit not in stock for kit in ours)

    each = [list(parcel) for parcel in parcels]
    return max(left(chain.from_iterable(each)), sum(max(0, left(parcel)) for parcel in each))


def short() -> Refused:
    """In the same words whichever kind is short."""
    return Refused(
        "does not hold enough kits to go on.", what="This site's stock", do="Ask the pharmacist for a new delivery."
    )
