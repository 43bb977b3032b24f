"""docs/randomisation.md prints what is measured; ``python -m tests.unit.conduct.test_allocation_document`` does it."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from equipoise.conduct.allocation.lists import WEIGHTS
from equipoise.conduct.allocation.measures import Mean, measure
from equipoise.conduct.protocol.model import Allocation, Imbalance, Method
from tests.unit.conduct.test_allocation import EFRON, SEED, STICK, design, factor
from tests.unit.conduct.test_allocation_measured import STRATA, WITH_THEORY, blocks, by_place, differences, theory

PAGE = Path(__file__).parents[3] / "docs" / "randomisation.md"
SEQUENCES = 400
THREE = tuple(factor(name, "low", "high") for name in ("age", "stage", "steroids"))


def minimised(how: Imbalance, ratio: str = "a:1 b:1") -> Allocation:
    return design(Method.MINIMISATION, ratio, factors=THREE, probability=Decimal("0.8"), imbalance=how)


EQUAL = {
    "simple": design(Method.SIMPLE),
    "blocks of 2": blocks(2),
    "blocks of 4": blocks(4),
    "blocks of 6": blocks(6),
    "blocks of 2 and 4": blocks(2, 4),
    "blocks of 4 and 6": blocks(4, 6),
    "blocks of 4, 6 and 8": blocks(4, 6, 8),
    "big stick, limit 2": design(Method.BIG_STICK, limit=2),
    "big stick, limit 3": STICK,
    "Efron, 2/3": EFRON,
    "Efron, 0.8": design(Method.EFRON, probability=Decimal("0.8")),
    "Wei's urn, alpha 0, beta 1": design(Method.WEI_URN, alpha=0, beta=1),
    "Wei's urn, alpha 1, beta 1": design(Method.WEI_URN),
    "minimisation, range, 0.8": minimised(Imbalance.RANGE),
    "minimisation, variance, 0.8": minimised(Imbalance.VARIANCE),
}


def plus_minus(found: Mean, digits: int) -> str:
    return f"{found.value:.{digits}f}" + (f" ± {found.error:.{digits}f}" if found.error else "")


def methods_table() -> str:
    lines = ["| Method | Guessed rightly | Difference at 60 | 95 in 100 at most |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {measured(made)} |" for name, made in EQUAL.items())])


def measured(made: Allocation) -> str:
    """Computed where every count can be followed, else simulated."""
    if made.method in WEIGHTS:
        guessed, gap, most = theory(made, 60)
        return f"{guessed:.3f} | {gap:.2f} | {most:.0f}"
    found = measure(made, SEED, SEQUENCES, 60)
    return f"{plus_minus(found.guessed, 3)} | {plus_minus(found.imbalance, 2)} | {found.most:.0f}"


def strata_table() -> str:
    lines = ["| Blocks of 4 within | Difference over all | Difference within PM |", "|---|---|---|"]
    for name, factors in STRATA.items():
        over_all, pm = differences(factors)
        lines.append(f"| {name} | {plus_minus(over_all, 2)} | {plus_minus(pm, 2)} |")
    return "\n".join(lines)


UNEQUAL = {
    "simple": design(Method.SIMPLE, "a:2 b:1"),
    "Wei's urn, alpha 1, beta 3": WITH_THEORY["urn 2:1"],
    "big stick, limit 2": design(Method.BIG_STICK, "a:2 b:1", limit=2),
    "Efron, 0.8": WITH_THEORY["Efron 2:1"],
}


def places_table() -> str:
    lines = ["| Method | 1st | 2nd | 3rd | 4th | 5th | 6th | least to most, of 60 |", "|---|" + "---|" * 7]
    for name, made in UNEQUAL.items():
        shares = by_place(made, 60)
        cells = " | ".join(f"{share:.3f}" for share in shares[:6])
        lines.append(f"| {name} | {cells} | {min(shares):.3f} to {max(shares):.3f} |")
    return "\n".join(lines)


TABLES: dict[str, Callable[[], str]] = {"methods": methods_table, "strata": strata_table, "places": places_table}


def parted(page: str, name: str) -> tuple[str, str, str]:
    """Before, within and after what stands between the two marks of a table."""
    mark = f"<!-- measured: {name} -->\n"
    before, within, after = page.split(mark)
    return before + mark, within, mark + after


@pytest.mark.parametrize("name", TABLES)
def test_must_12_the_page_prints_what_is_measured(name: str) -> None:
    _, printed, _ = parted(PAGE.read_text("utf-8"), name)
    assert printed.strip() == TABLES[name]()


def test_the_page_names_every_method_and_measure_of_imbalance() -> None:
    page = PAGE.read_text("utf-8")
    for one in (*Method, *Imbalance):
        assert f"`{one.value}`" in page


if __name__ == "__main__":
    for each, table in TABLES.items():
        head, _, tail = parted(PAGE.read_text("utf-8"), each)
        PAGE.write_text(f"{head}{table()}\n{tail}", "utf-8")
