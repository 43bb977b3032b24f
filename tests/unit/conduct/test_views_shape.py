"""What no view can carry, whatever is put into the trial: there is no field for it. And how long each takes."""

import datetime
import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from equipoise.conduct import views
from equipoise.conduct.roles import Role
from equipoise.conduct.views import calendar, clocks, describe, export, flow, recruitment, safety, worklist
from tests.large import DAY, large_trial, viewer

FORBIDDEN = {"arm", "arms", "seed", "seeds", "holds", "contents", "kind_of_kit", "blocks", "block_sizes", "sequence"}
CLEARED = {
    ("ArmFlow", "arm"),  # made from arms the caller gives, for those cleared for totals, or dummies
    ("FlowByArm", "arms"),
    ("Sealed", "arms"),  # what the custodian gave the caller; goes into columns of those cleared
    ("Described", "arms"),  # the arms of the protocol, not of anybody
    ("ArmLine", "holds"),  # unset for those not cleared for contents
}


def _structs() -> Iterator[type[msgspec.Struct]]:
    for module in pkgutil.iter_modules(views.__path__):
        found = importlib.import_module(f"{views.__name__}.{module.name}")
        for one in vars(found).values():
            if isinstance(one, type) and issubclass(one, msgspec.Struct) and one.__module__ == found.__name__:
                yield one


def test_must_16_no_view_has_a_field_for_an_arm_a_seed_or_what_a_kit_holds() -> None:
    found = {(one.__name__, name) for one in _structs() for name in one.__struct_fields__ if name in FORBIDDEN}
    assert found == CLEARED


def test_views_are_values() -> None:
    kinds = list(_structs())
    assert len(kinds) > 20
    assert all(one.__struct_config__.frozen for one in kinds)


AT = datetime.datetime(2027, 9, 1, 12, tzinfo=datetime.UTC)
MONITOR = viewer(Role.MONITOR)
VIEWS: dict[str, Callable[[Any], object]] = {
    "flow": lambda trial: flow.flow(trial, MONITOR),
    "recruitment": lambda trial: recruitment.recruitment(trial, MONITOR, DAY),
    "calendar": lambda trial: calendar.calendar(trial, MONITOR, trial.order[3], DAY),
    "worklist": lambda trial: worklist.worklist(trial, MONITOR, AT),
    "clocks": lambda trial: clocks.clocks(trial, MONITOR, AT, {}),
    "safety": lambda trial: safety.safety(trial, MONITOR),
    "describe": lambda trial: describe.describe(trial, MONITOR),
    "form": lambda trial: export.table(trial, MONITOR, "form_assessment"),
    "queries": lambda trial: export.table(trial, MONITOR, "queries"),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_of_a_trial_of_full_size_is_quick(name: str) -> None:
    """The best of three: the machine may be busy with something else."""
    trial = large_trial()
    assert len(trial.order) == 240
    assert sum(len(one.sheets) for one in trial.participants.values()) > 35_000
    taken = []
    for _ in range(3):
        started = time.process_time()
        VIEWS[name](trial)
        taken.append(time.process_time() - started)
    assert min(taken) < 0.1
