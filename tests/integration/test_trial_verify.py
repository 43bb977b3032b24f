"""``equipoise trial verify`` holds every kit that anybody got against the arm, or against the open period."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from equipoise.actions.auditing import verify_allocation
from equipoise.actions.custody import Keeper, open_allocation
from equipoise.conduct import commands as do
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.conduct.log import Context
from equipoise.conduct.roles import Role
from equipoise.conduct.trial import Trial
from tests.living import EVE, Living, opened
from tests.trials import PROTOCOL

ANOTHER = {"a": "p", "p": "a", "o": "a"}
VISITS = ("week", "week-2", "open")


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Living]:
    with opened(tmp_path, {}) as trials:
        yield Living(trials)


def state(living: Living) -> Trial:
    return living.trials.trial("SMALL")


def sealed(living: Living) -> Reveal:
    assert isinstance(living.trials.custodian, Keeper)
    context = Context(by=EVE, at=living.now, reason="a test")
    return open_allocation(living.trials.custodian._sealed, state(living), context)


def dispense(living: Living, *visits: str) -> None:
    for visit in visits:
        living.ask(do.DispenseKits(living.numbers[0], visit, living.now.date()), Role.COORDINATOR)


def kit_of(living: Living, visit: str) -> str:
    kits = state(living).participant(living.numbers[0]).kits
    return next(kit for kit, when in kits.items() if when == visit)


def handing_out_another(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    """A custodian who hands out a kit of another kind than it should."""
    contents, right = sealed(living).contents, Keeper.kits_for

    def wrong(keeper: Keeper, trial: str, participant: str, visit: str) -> tuple[str, ...]:
        (kit,) = right(keeper, trial, participant, visit)
        stock = state(living).stock
        return (min(each for each, site in stock.items() if site == "01" and contents[each] == ANOTHER[contents[kit]]),)

    monkeypatch.setattr(Keeper, "kits_for", wrong)


def test_must_11_every_kit_that_was_right_is_found_right(living: Living) -> None:
    dispense(living, *VISITS)
    assert sealed(living).contents[kit_of(living, "open")] == "o"
    assert verify_allocation(state(living), sealed(living)) == ()


@pytest.mark.parametrize("visit", VISITS)
def test_must_11_a_kit_of_the_wrong_kind_is_found_at_whichever_visit(
    living: Living, visit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispense(living, *(other for other in VISITS if other != visit))
    handing_out_another(living, monkeypatch)
    dispense(living, visit)
    (told,) = verify_allocation(state(living), sealed(living))
    who = "in an open period" if visit == "open" else "was assigned to (active|placebo) and"
    assert re.fullmatch(f"Participant 1 {who} got kit {kit_of(living, visit)}, which holds something else.", told)


def test_must_11_a_kit_of_the_open_period_in_a_masked_one_is_found(
    living: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ANOTHER, "a", "o")
    monkeypatch.setitem(ANOTHER, "p", "o")
    handing_out_another(living, monkeypatch)
    dispense(living, "week")
    (told,) = verify_allocation(state(living), sealed(living))
    assert told.endswith(f" got kit {kit_of(living, 'week')}, which holds something else.")


def test_must_11_a_kit_is_held_against_a_plan_its_participant_consented_to(living: Living) -> None:
    """The amendment masks the open period; nobody has consented to it, and what was planned before was right."""
    dispense(living, *VISITS)
    masked = replace(PROTOCOL.periods[0], to_day=168)
    trial = state(living)
    amended = replace(trial, version="2", protocols={**trial.protocols, "2": replace(PROTOCOL, periods=(masked,))})
    assert verify_allocation(amended, sealed(living)) == ()
    one = amended.participant(living.numbers[0])
    for consents, problems in ((("1.0", "2"), 0), (("2",), 1)):
        given = tuple(replace(one.consents[0], protocol=version) for version in consents)
        held = replace(amended, participants=amended.participants.set(one.id, replace(one, consents=given)))
        assert len(verify_allocation(held, sealed(living))) == problems
