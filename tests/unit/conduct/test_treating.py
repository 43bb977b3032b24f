"""Kits received, dispensed and returned, and treatment stopped."""

import datetime

import pytest

from equipoise.conduct import commands as do
from equipoise.conduct.roles import Role
from equipoise.kernel.refused import Refused
from tests.trials import START, Bench, running

C, V, P = Role.COORDINATOR, Role.INVESTIGATOR, Role.PHARMACIST
DAY = START.date()


@pytest.fixture
def bench() -> Bench:
    return running()


@pytest.mark.parametrize(
    ("kits", "why"),
    [
        ((), "Kits: none was named"),
        (("",), "A kit: has no number"),
        (("8", "8"), "A kit: is named twice"),
        (("0000002",), "Kit 0000002: was received by Site 02 already"),
    ],
)
def test_kits_are_received_once_and_by_number(bench: Bench, kits: tuple[str, ...], why: str) -> None:
    with pytest.raises(Refused, match=why):
        bench.ask(do.ReceiveKits("01", kits), by=P)


def test_kits_sent_are_on_their_way_until_they_come_to_the_site_they_were_sent_to(bench: Bench) -> None:
    bench.ask(do.SendKits("01", 1, ("71", "72")), by=Role.SPONSOR)
    assert dict(bench.trial.sent) == {"71": "01", "72": "01"}
    with pytest.raises(Refused, match="Kit 71: was sent before"):
        bench.ask(do.SendKits("02", 1, ("71",)), by=Role.SPONSOR)
    with pytest.raises(Refused, match="Kit 71: was sent to Site 01"):
        bench.ask(do.ReceiveKits("02", ("71",)), by=P, site="02")
    bench.ask(do.ReceiveKits("01", ("71",)), by=P)
    assert dict(bench.trial.sent) == {"72": "01"}
    assert bench.trial.stock["71"] == "01"
    assert bench.trial.parcels["01"][-1] == ("71",)


@pytest.mark.parametrize("each", [0, -1, 10_001])
def test_so_many_kits_are_not_sent(bench: Bench, each: int) -> None:
    with pytest.raises(Refused, match="How many of every kind: is not from 1 to 10,000"):
        bench.ask(do.SendKits("01", each), by=Role.SPONSOR)


def test_a_kit_taken_out_of_stock_is_given_to_nobody_and_sent_no_more(bench: Bench) -> None:
    bench.ask(do.SendKits("01", 1, ("71", "72")), by=Role.SPONSOR)
    kit = bench.kit()
    with pytest.raises(Refused, match="Taking kits out of stock: a reason is needed"):
        bench.ask(do.DiscardKits("01", (kit,)), by=C)
    with pytest.raises(Refused, match="is neither in the stock of Site 01 nor on its way"):
        bench.ask(do.DiscardKits("01", (bench.kit("02"),)), by=C, reason="Too warm")
    bench.ask(do.DiscardKits("01", (kit, "71")), by=C, reason="Too warm")
    assert kit not in bench.trial.stock
    assert dict(bench.trial.sent) == {"72": "01"}
    for again in (do.SendKits("01", 1, ("71",)), do.ReceiveKits("01", (kit,)), do.DiscardKits("01", (kit,))):
        with pytest.raises(Refused):
            bench.ask(again, by=P, reason="Again")


def test_a_kit_given_up_for_lost_that_comes_after_all_is_not_received(bench: Bench) -> None:
    bench.ask(do.SendKits("01", 1, ("71",)), by=Role.SPONSOR)
    bench.ask(do.DiscardKits("01", ("71",)), by=P, reason="Lost by the carrier")
    with pytest.raises(Refused, match="Kit 71: was taken out of stock"):
        bench.ask(do.ReceiveKits("01", ("71",)), by=P)


def test_a_kit_dispensed_is_never_received_again(bench: Bench) -> None:
    kit = next(iter(bench.one(bench.randomised()).kits))
    with pytest.raises(Refused, match="was received by Site 01 already"):
        bench.ask(do.ReceiveKits("02", (kit,)), by=P, site="02")


def test_kits_are_dispensed_once_at_a_visit_that_gives_them(bench: Bench) -> None:
    number = bench.randomised()
    day = bench.later(28)
    for visit, on, kits, why in (
        ("screening", day, (bench.kit(),), "Screening: is a visit without kits"),
        ("baseline", day, (bench.kit(),), "Baseline: has had its kits dispensed"),
        ("week", day, (bench.kit("02"),), "is not in this site's stock"),
        ("week", day, ("0000001", "0000005"), "takes 1 kits, not 2"),
        ("week", DAY - datetime.timedelta(days=1), (bench.kit(),), "is before randomisation"),
        ("week", day + datetime.timedelta(days=2), (bench.kit(),), "lies in the future"),
        ("week-9", day, (bench.kit(),), "there is no such visit"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(do.DispenseKits(number, visit, on, kits), by=C)
    kit = bench.kit()
    bench.ask(do.DispenseKits(number, "week", day, (kit,)), by=C)
    assert bench.one(number).kits[kit] == "week"
    assert kit not in bench.trial.stock
    with pytest.raises(Refused, match="has had its kits dispensed"):
        bench.ask(do.DispenseKits(number, "week", day, (bench.kit(),)), by=C)


def test_nothing_is_dispensed_before_randomisation_or_after_treatment_stopped(bench: Bench) -> None:
    with pytest.raises(Refused, match="has not been randomised"):
        bench.ask(do.DispenseKits(bench.screened(), "week", DAY, (bench.kit(),)), by=C)
    number = bench.randomised()
    day = bench.later(28)
    bench.ask(do.StopTreatment(number, day, "Rash"), by=V)
    with pytest.raises(Refused, match="stopped treatment on 2026-03-30"):
        bench.ask(do.DispenseKits(number, "week", day, (bench.kit(),)), by=C)


def test_a_kit_comes_back_from_whom_it_went_to(bench: Bench) -> None:
    number, other = bench.randomised(), bench.randomised()
    kit = next(iter(bench.one(number).kits))
    for who, left, on, why in (
        (other, 0, DAY, "was not dispensed to them"),
        (number, -1, DAY, "Doses left: is none to 4, not -1"),
        (number, 5, DAY, "Doses left: is none to 4, not 5"),
        (number, 0, DAY - datetime.timedelta(days=1), "is before randomisation"),
        (number, 0, DAY + datetime.timedelta(days=2), "lies in the future"),
    ):
        with pytest.raises(Refused, match=why):
            bench.ask(do.ReturnKit(who, kit, on, left), by=C)
    bench.ask(do.ReturnKit(number, kit, DAY, 2), by=P)
    assert dict(bench.one(number).returned) == {kit: 2}


def test_must_03_what_came_back_is_corrected_with_a_reason(bench: Bench) -> None:
    number = bench.randomised()
    kit = next(iter(bench.one(number).kits))
    bench.ask(do.ReturnKit(number, kit, DAY, 2), by=C)
    with pytest.raises(Refused, match="Correcting what came back: a reason is needed"):
        bench.ask(do.ReturnKit(number, kit, DAY, 1), by=C)
    bench.ask(do.ReturnKit(number, kit, DAY, 1), by=C, reason="Miscounted")
    assert bench.one(number).returned[kit] == 1


def test_treatment_stops_once_with_a_reason_and_follow_up_goes_on(bench: Bench) -> None:
    with pytest.raises(Refused, match="has not been randomised"):
        bench.ask(do.StopTreatment(bench.screened(), DAY, "Rash"), by=V)
    number = bench.randomised()
    for on, why, said in ((DAY, " ", "nothing was written"), (DAY - datetime.timedelta(days=1), "R", "is before ran")):
        with pytest.raises(Refused, match=said):
            bench.ask(do.StopTreatment(number, on, why), by=V)
    bench.ask(do.StopTreatment(number, DAY, "Rash"), by=V)
    assert bench.one(number).ended is None
    with pytest.raises(Refused, match="stopped treatment on 2026-03-02 already"):
        bench.ask(do.StopTreatment(number, DAY, "Rash"), by=V)
