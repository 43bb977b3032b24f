"""Drawing on from where the log was gives what drawing everything anew gives, whatever is asked in which order."""

import random

import msgspec
import pytest
from immutables import Map

from equipoise.conduct.allocation import drawing
from equipoise.conduct.allocation.assigning import Assigner, assign
from equipoise.conduct.allocation.drawing import Drawn
from equipoise.conduct.allocation.sealing import ALGORITHM, Reveal
from equipoise.conduct.participant import Participant
from equipoise.conduct.protocol.model import Allocation, Protocol
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused
from tests.trials import PROTOCOL
from tests.unit.conduct.test_allocation import SEED
from tests.unit.conduct.test_allocation_sealing import DESIGNS


class Counted(Assigner):
    """Counts what it draws."""

    taken = 0

    def take(self, levels: dict[str, str]) -> str:  # type: ignore[override]
        Counted.taken += 1
        return super().take(levels)


def protocol(cap: int) -> Protocol:
    return msgspec.structs.replace(PROTOCOL, allocation=msgspec.structs.replace(PROTOCOL.allocation, cap=cap))


def trial(diseases: str, cap: int = 40, waiting: str = "p") -> Trial:
    """Of a letter for each who was randomised, p or d; one more waits."""
    people = {
        f"01-{number:03d}": Participant(f"01-{number:03d}", "01", "", levels={"disease": f"{each}m"}, number=number)
        for number, each in enumerate(diseases, 1)
    }
    next_one = Participant("next", "01", "", levels={"disease": f"{waiting}m"})
    return Trial(
        "T",
        version="1.0",
        protocols={"1.0": protocol(cap)},
        participants=Map({**people, "next": next_one}),
        order=tuple(people),
    )


def sealed(made: Allocation) -> Reveal:
    return Reveal("T", ALGORITHM, SEED.hex(), "5a" * 32, made, {})


def anew(made: Allocation, one: Trial, cap: int = 40) -> list[str]:
    """Of all randomised and of the one who waits, from the beginning."""
    levels = [one.participants[each].levels for each in (*one.order, "next")]
    return assign(msgspec.structs.replace(made, cap=cap), SEED, "T", levels)


@pytest.mark.parametrize("name", DESIGNS)
def test_must_11_drawn_on_is_as_drawn_anew(name: str) -> None:
    made, chance = DESIGNS[name], random.Random(name)
    drawn = Drawn(sealed(made))
    diseases = ""
    for _ in range(30):
        diseases += chance.choice("pd")
        now = trial(diseases, waiting=chance.choice("pd"))
        expected = anew(made, now)
        for place in chance.sample(range(len(diseases)), k=min(3, len(diseases))):
            assert drawn.arm(now, now.participants[now.order[place]]) == expected[place]
        for _ in range(2):
            assert drawn.arm(now, now.participants["next"]) == expected[-1]


@pytest.mark.parametrize("name", DESIGNS)
def test_must_11_a_log_that_is_no_continuation_is_drawn_from_its_beginning(name: str) -> None:
    drawn = Drawn(sealed(DESIGNS[name]))
    for diseases in ("pdpd", "pddd", "pd", "dpdpdp", "", "pdp"):
        now = trial(diseases)
        assert drawn.arm(now, now.participants["next"]) == anew(DESIGNS[name], now)[-1]


def test_each_place_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "Assigner", Counted)
    Counted.taken = 0
    drawn = Drawn(sealed(DESIGNS["blocks"]))
    for length in range(1, 31):
        now = trial("p" * length)
        drawn.arm(now, now.participants["next"])
        drawn.arm(now, now.participants[now.order[0]])
    assert Counted.taken == 30


@pytest.mark.parametrize("name", DESIGNS)
def test_must_10_a_cap_that_was_raised_lets_the_lists_go_on(name: str) -> None:
    drawn = Drawn(sealed(DESIGNS[name]))
    full = trial("pd" * 20)
    with pytest.raises(Refused, match="40 are randomised already"):
        drawn.arm(full, full.participants["next"])
    raised = trial("pd" * 20, cap=41)
    assert drawn.arm(raised, raised.participants["next"]) == anew(DESIGNS[name], raised, 41)[-1]
    with pytest.raises(Refused, match="40 are randomised already"):
        drawn.arm(full, full.participants["next"])
