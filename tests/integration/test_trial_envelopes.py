"""Sealed code breaks on paper: each tells what the sealed store tells, to nobody masked, and is accounted for."""

import datetime
import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from equipoise.actions.custody import Keeper, open_allocation
from equipoise.actions.envelopes import CODE_BREAKS, make_envelopes, order_envelopes, record_opened
from equipoise.actions.opening import open_trial_sealed
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.log import Context, utc
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.roles import MASKED, Role
from equipoise.kernel.refused import Refused
from tests.living import EVE, Living, opened
from tests.trials import PROTOCOL, person_for

MASKED_ONES = sorted(MASKED | {Role.ADMINISTRATOR})
_LABEL = re.compile(r'<p class="number">(?:Kit|Participant) ([^<]+)</p>')
_INSIDE = re.compile(r'<p class="holds">([^<]+)</p>')


class Office:
    """A living trial, and what stands beside its sealed store."""

    def __init__(self, living: Living, keeper: Keeper, folder: Path) -> None:
        self.living, self.trials, self.folder = living, living.trials, folder
        self.log, self.sealed = living.trials.log, keeper._sealed

    def order(self, by: str = EVE, at: datetime.datetime | None = None) -> None:
        order_envelopes(self.trials, "SMALL", self.context(by, at))

    def make(self, by: str = EVE, name: str = "sheets", site: str = "") -> dict[str, str]:
        """What each sheet that was printed says it holds, by number."""
        make_envelopes(self.log, self.sealed, "SMALL", self.folder / name, self.context(by), site)
        return {number: what for page in self.pages(name) for number, what in told(page).items()}

    def pages(self, name: str = "sheets") -> list[str]:
        return [path.read_text() for path in sorted((self.folder / name).glob("site-*.html"))]

    def context(self, by: str, at: datetime.datetime | None = None) -> Context:
        return Context(by=by, at=at or datetime.datetime.now(datetime.UTC), reason="kits are sent")


def told(page: str) -> dict[str, str]:
    sheets = page.split('<section class="sheet">')[1:]
    assert all(len(_LABEL.findall(one)) == len(_INSIDE.findall(one)) == 1 for one in sheets)
    return {_LABEL.findall(one)[0]: unescape(_INSIDE.findall(one)[0]) for one in sheets}


def office_of(folder: Path, protocol: Protocol) -> Iterator[Office]:
    with opened(folder / "home", {}) as trials:
        assert isinstance(trials.custodian, Keeper)
        yield Office(Living(trials, protocol), trials.custodian, folder)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    yield from office_of(tmp_path, PROTOCOL)


@pytest.fixture
def without_kits(tmp_path: Path) -> Iterator[Office]:
    arms = tuple(msgspec.structs.replace(arm, kit="") for arm in PROTOCOL.arms)
    periods = tuple(msgspec.structs.replace(one, kit="") for one in PROTOCOL.periods)
    visits = tuple(msgspec.structs.replace(one, dispense=0) for one in PROTOCOL.visits)
    changed = msgspec.structs.replace(PROTOCOL, kits=None, arms=arms, periods=periods, visits=visits)
    yield from office_of(tmp_path, changed)


def test_must_23_each_kits_sheet_says_what_the_sealed_store_says(office: Office) -> None:
    office.order()
    made = office.make()
    trial = office.trials.trial("SMALL")
    held = {kind.id: kind.holds for kind in PROTOCOL.kits.kinds} if PROTOCOL.kits else {}
    contents = open_allocation(office.sealed, trial, office.context(EVE)).contents
    assert made == {kit: held[contents[kit]] for kit in trial.received}
    assert set(made.values()) == {"Active", "Placebo", "Active, open"}


def test_must_23_without_kits_each_participants_sheet_names_their_arm(without_kits: Office) -> None:
    office = without_kits
    office.order()
    made = office.make()
    assert set(made) == set(office.living.numbers)
    for one, arm in made.items():
        assert office.trials.custodian.arm_of("SMALL", one, office.context(EVE)) == arm


def test_a_sheet_tells_who_to_call_and_has_room_for_who_opened_it(office: Office) -> None:
    office.order()
    office.make()
    outside, inside = office.pages()[0].split('<section class="sheet">')[1].split('<div class="panel inside')
    for words in ("SMALL: A small trial", "Site 01", "Emergency contact: +00 000", "Opened by", "Day and time", "Why"):
        assert words in outside
    assert "Active" not in outside
    assert "Placebo" not in outside
    assert "The investigator enters the opening" in inside


def test_the_list_accounts_for_every_sheet_and_tells_no_arm(office: Office) -> None:
    office.order()
    made = office.make()
    listed = (office.folder / "sheets" / "list.html").read_text()
    position = office.trials.trial("SMALL").position
    serials = re.findall(rf"{position}-\d{{4}}", listed)
    assert len(set(serials)) == len(serials) == len(made)
    assert all(f"Kit {kit}<" in listed for kit in made)
    assert "Active" not in listed
    assert "Placebo" not in listed


def test_serials_are_the_same_whether_all_sites_are_made_or_one(office: Office) -> None:
    office.order()
    office.make()
    office.make(name="second", site="02")
    assert office.pages("second")[0].replace("\n", "") == office.pages()[1].replace("\n", "")
    assert len(office.pages("second")) == 1


def test_the_files_are_for_their_owner_alone(office: Office) -> None:
    office.order()
    before = os.umask(0)
    try:
        office.make()
    finally:
        os.umask(before)
    folder = office.folder / "sheets"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_folder_in_use_is_refused_before_anything_is_opened(office: Office) -> None:
    office.order()
    office.make()
    looks = office.sealed.looks.head("SMALL")
    with pytest.raises(Refused, match="sheets: is not empty"):
        office.make()
    assert office.sealed.looks.head("SMALL") == looks


@pytest.mark.parametrize("role", MASKED_ONES, ids=lambda role: role.value)
def test_must_13_who_is_masked_neither_orders_nor_makes_them(office: Office, role: Role) -> None:
    by = person_for(role)
    position = office.trials.trial("SMALL").position
    with pytest.raises(Refused, match="is masked, and may not have code breaks made"):
        office.order(by)
    office.order()
    with pytest.raises(Refused, match="not ordered by you"):
        office.make(by)
    assert not (office.folder / "sheets").exists()
    assert office.trials.trial("SMALL").position == position + 1


def test_who_was_unmasked_when_they_ordered_and_is_no_more_gets_none(office: Office) -> None:
    pharmacist = person_for(Role.PHARMACIST)
    office.order(pharmacist)
    office.living.ask(do.RevokeRole(pharmacist, Role.PHARMACIST, "01"), Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="is masked"):
        office.make(pharmacist)
    assert not (office.folder / "sheets").exists()


def test_a_pharmacist_gets_those_of_their_own_site(office: Office) -> None:
    pharmacist = person_for(Role.PHARMACIST, "02")
    office.order(pharmacist)
    made = office.make(pharmacist)
    trial = office.trials.trial("SMALL")
    assert set(made) == {kit for kit, site in trial.received.items() if site == "02"}


def test_must_22_the_order_is_in_the_log_and_the_reading_in_the_sealed_stores(office: Office) -> None:
    office.order()
    office.make()
    *_, ordered = office.log.entries("SMALL")
    event = did.read_event(ordered.tag, ordered.schema, ordered.body)
    assert event == did.SealedRead(f"{CODE_BREAKS.words}: kits are sent")
    *_, look = office.sealed.looks.entries("SMALL")
    assert (look.by, look.subject) == (EVE, "allocation")
    assert look.reason == f"{CODE_BREAKS.words}, entry {ordered.position}: kits are sent"


def test_an_order_holds_for_a_day(office: Office) -> None:
    with pytest.raises(Refused, match="not ordered by you in the last 24 hours"):
        office.make()
    office.order(at=office.living.now - datetime.timedelta(hours=25))
    with pytest.raises(Refused, match="not ordered by you in the last 24 hours"):
        office.make()
    office.order()
    assert office.make()


def test_where_nothing_was_sent_nothing_is_printed(office: Office) -> None:
    office.order()
    with pytest.raises(Refused, match="No site: has had no kit, and nobody is randomised"):
        office.make(site="09")


def test_what_is_typed_cannot_become_part_of_the_page(tmp_path: Path) -> None:
    protocol = msgspec.structs.replace(PROTOCOL, title="<script>alert(1)</script> & $body")
    for office in office_of(tmp_path, protocol):
        office.order()
        office.make()
        for page in (*office.pages(), (tmp_path / "sheets" / "list.html").read_text()):
            assert "<script>" not in page
            assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; $body" in page


def test_must_24_an_opened_envelope_is_a_code_break_as_any_other(office: Office) -> None:
    one = office.living.numbers[0]
    before = office.trials.trial("SMALL").participant(one)
    (kit,) = before.kits
    by = person_for(Role.INVESTIGATOR)
    record_opened(office.trials, "SMALL", kit, "57-0001", office.living.now, office.context(by))
    (broken,) = office.trials.trial("SMALL").participant(one).broken
    assert (broken.envelope, broken.why) == (f"57-0001 of kit {kit}", "kits are sent")
    assert (broken.since, broken.by, broken.path, broken.to) == (before.randomised, by, "emergency", (by,))
    again = record_opened(office.trials, "SMALL", one, "57-0002", office.living.now, office.context(by))
    assert [each.envelope for each in again.broken] == [f"57-0001 of kit {kit}", "57-0002"]


def test_when_an_envelope_was_opened_is_told_by_the_sites_clock(office: Office) -> None:
    here = office.living.now.astimezone(ZoneInfo("Europe/Berlin"))
    told = (
        office.living.numbers[0],
        "57-0001",
        here.replace(tzinfo=None),
        office.context(person_for(Role.INVESTIGATOR)),
    )
    one = record_opened(office.trials, "SMALL", *told)
    assert one.broken[0].opened == utc(here)


def test_an_opening_is_recorded_by_an_investigator_of_a_kit_that_somebody_had(office: Office) -> None:
    trial, now = office.trials.trial("SMALL"), office.living.now
    unused, one = min(trial.stock), office.living.numbers[0]
    hour = datetime.timedelta(hours=1)
    for number, moment, role, why in (
        (unused, now, Role.INVESTIGATOR, f"Kit {unused}: was given to nobody"),
        (one, now, Role.COORDINATOR, "for the investigator"),
        (one, now - hour, Role.INVESTIGATOR, "is before they were randomised"),
        (one, now + hour, Role.INVESTIGATOR, "lies in the future"),
        ("0000000", now, Role.INVESTIGATOR, "is no kit and no participant of this trial"),
    ):
        with pytest.raises(Refused, match=why):
            record_opened(office.trials, "SMALL", number, "57-0001", moment, office.context(person_for(role)))
    assert office.trials.trial("SMALL").position == trial.position


def test_where_a_custodian_keeps_the_seal_the_site_can_make_none(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="The sealed store: is its custodian's, and not here"):
        open_trial_sealed(tmp_path, {"EQUIPOISE_CUSTODIAN": "/run/socket"})
    assert list(tmp_path.iterdir()) == []
