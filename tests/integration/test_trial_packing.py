"""What every kit holds, for whoever packs them: ordered first, for the unmasked alone, every look in a log."""

import csv
import re

import pytest

from equipoise.actions.custody import open_allocation
from equipoise.actions.packing import COLUMNS, PACKING, make_packing, order_packing
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.roles import Role
from equipoise.kernel.refused import Refused
from tests.integration.test_trial_envelopes import EVE, Office, office, without_kits
from tests.trials import PROTOCOL, person_for

__all__ = ["office", "without_kits"]


def made(office: Office, by: str = EVE) -> list[dict[str, str]]:
    path = office.folder / "packing.csv"
    count = make_packing(office.log, office.sealed, "SMALL", path, office.context(by))
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert path.stat().st_mode & 0o777 == 0o600
    assert count == len(rows)
    return rows


def test_must_18_the_packer_is_told_what_each_kit_holds_and_where_it_goes(office: Office) -> None:
    office.trials.ask("SMALL", do.SendKits("02", 1), office.context("sponsor"))
    order_packing(office.trials, "SMALL", office.context(EVE))
    rows = made(office)
    trial = office.trials.trial("SMALL")
    assert PROTOCOL.kits
    holds = {kind.id: kind.holds for kind in PROTOCOL.kits.kinds}
    contents = open_allocation(office.sealed, trial, office.context(EVE)).contents
    assert tuple(rows[0]) == COLUMNS
    assert {row["kit"]: row["kind"] for row in rows} == contents
    assert all(row["holds"] == holds[row["kind"]] and row["batch"] == "1" for row in rows)
    assert {row["kit"]: row["sent to"] for row in rows if row["sent to"]} == {**trial.received, **trial.sent}
    assert len(trial.sent) == 3


def test_must_22_the_order_and_the_reading_are_in_their_logs(office: Office) -> None:
    order_packing(office.trials, "SMALL", office.context(EVE))
    made(office)
    *_, ordered = office.log.entries("SMALL")
    words = did.read_event(ordered.tag, ordered.schema, ordered.body)
    assert isinstance(words, did.SealedRead)
    assert words.what.startswith(PACKING.words)
    *_, look = office.sealed.looks.entries("SMALL")
    assert re.match(rf"{PACKING.words}, entry {ordered.position}: ", look.reason)
    assert not any(kit in ordered.body for kit in office.trials.trial("SMALL").received)


def test_nothing_is_made_that_was_not_ordered_nor_over_another_file(office: Office) -> None:
    with pytest.raises(Refused, match="not ordered by you in the last 24 hours"):
        made(office)
    order_packing(office.trials, "SMALL", office.context(EVE))
    made(office)
    with pytest.raises(Refused, match="is there already"):
        made(office)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INDEPENDENT_STATISTICIAN])
def test_must_17_nobody_else_has_it_made(office: Office, role: Role) -> None:
    with pytest.raises(Refused, match="may not know what every kit holds"):
        order_packing(office.trials, "SMALL", office.context(person_for(role)))


def test_a_trial_without_kits_has_nothing_to_pack(without_kits: Office) -> None:
    with pytest.raises(Refused, match="has no sealed kits"):
        order_packing(without_kits.trials, "SMALL", without_kits.context(EVE))
