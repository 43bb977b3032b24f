"""Entries, their hashes, and the finding of flaws."""

import datetime
import hashlib
from decimal import Decimal

import msgspec
import pytest

from equipoise.conduct.log import (
    GENESIS,
    Anchor,
    Context,
    Entry,
    Flaw,
    canonical,
    flaws,
    hash_of,
    sealed_by_hash,
    utc,
)
from tests.chains import AT, chained


def test_canonical_text_is_the_same_for_the_same_value() -> None:
    assert canonical({"b": 1, "a": [Decimal("1.50"), None, "é"]}) == '{"a":["1.50",null,"é"],"b":1}'
    assert canonical({"a": {"d": 1, "c": 2}}) == canonical({"a": {"c": 2, "d": 1}})


def test_a_moment_is_written_in_utc_to_the_microsecond() -> None:
    rome = datetime.timezone(datetime.timedelta(hours=2))
    assert utc(datetime.datetime(2026, 7, 1, 0, 30, tzinfo=rome)) == "2026-06-30T22:30:00.000000Z"


def test_must_06_moments_sort_as_text() -> None:
    moments = [AT + datetime.timedelta(microseconds=step) for step in (0, 1, 999_999, 1_000_000)]
    assert [utc(at) for at in moments] == sorted(utc(at) for at in moments)


def test_a_hash_is_sha256_over_every_other_field() -> None:
    (entry,) = chained(1)
    fields = [getattr(entry, name) for name in Entry.__struct_fields__ if name != "hash"]
    assert entry.hash == hashlib.sha256(canonical(fields).encode()).hexdigest()
    assert entry.before == GENESIS == "0" * 64


@pytest.mark.parametrize("name", [name for name in Entry.__struct_fields__ if name != "hash"])
def test_must_02_every_field_is_in_the_hash(name: str) -> None:
    (entry,) = chained(1)
    value = getattr(entry, name)
    changed = msgspec.structs.replace(entry, **{name: value + 1 if isinstance(value, int) else value + "x"})
    assert hash_of(changed) != entry.hash


def test_the_hash_of_an_entry_never_changes_between_versions() -> None:
    """A log written today is verified in twenty years: this value may not change."""
    entry = Entry(
        trial="JASMINE",
        position=1,
        at="2026-03-02T09:00:00.000000Z",
        by="ann",
        role="investigator",
        site="0101",
        subject="0101-0001",
        tag="consent-recorded",
        schema=1,
        body='{"event":"consent-recorded","version":"1.0"}',
        reason="",
        key="k",
        zone="Europe/Rome",
        client="browser",
        protocol="1.0",
        software="0.1.0",
        before=GENESIS,
    )
    assert sealed_by_hash(entry).hash == KNOWN


KNOWN = "e9e632fd5d53f014ac78cc194463f3614bbbf7528646b2678ad75f9510253a51"


def test_a_whole_chain_has_no_flaw() -> None:
    entries = list(chained(5))
    anchors = [Anchor("T1", entry.position, entry.hash, entry.at) for entry in entries]
    assert list(flaws(entries, anchors)) == []
    assert list(flaws([])) == []


def test_must_02_each_kind_of_flaw_is_named() -> None:
    entries = list(chained(5))
    edited = msgspec.structs.replace(entries[2], by="somebody")
    assert list(flaws([*entries[:2], edited, *entries[3:]])) == [
        Flaw(3, "This entry was altered after it was written.")
    ]
    assert list(flaws([*entries[:2], *entries[3:]])) == [Flaw(3, "Entry 4 stands where entry 3 belongs.")]
    stranger = next(chained(1, trial="T2", after=2, before=entries[1].hash))
    assert list(flaws([*entries[:2], stranger])) == [Flaw(3, "This entry is of the trial T2.")]
    anew = next(chained(1, after=2, before=GENESIS))
    assert list(flaws([*entries[:2], anew])) == [Flaw(3, "This entry does not follow the one before it.")]


def test_must_02_every_anchor_not_met_is_named() -> None:
    entries = list(chained(3))
    kept = [
        Anchor("T1", 2, "f" * 64, "Monday"),
        Anchor("T1", 3, entries[2].hash, "Tuesday"),
        Anchor("T1", 5, "e" * 64, "Friday"),
        Anchor("T1", 4, "d" * 64, "Thursday"),
    ]
    assert list(flaws(entries, kept)) == [
        Flaw(2, "The log has another entry here than the one anchored at Monday."),
        Flaw(4, "The log ends at 3; entry 4 was anchored at Thursday."),
        Flaw(5, "The log ends at 3; entry 5 was anchored at Friday."),
    ]


def test_must_02_no_anchor_hides_another_of_the_same_entry() -> None:
    """A forged anchor kept after the true one, or before it, leaves the true one in force."""
    entries = list(chained(3))
    true, false = Anchor("T1", 2, entries[1].hash, "Monday"), Anchor("T1", 2, "f" * 64, "Tuesday")
    beyond = [Anchor("T1", 9, "a" * 64, "Friday"), Anchor("T1", 9, "b" * 64, "Saturday")]
    told = Flaw(2, "The log has another entry here than the one anchored at Tuesday.")
    assert list(flaws(entries, [true, false])) == list(flaws(entries, [false, true])) == [told]
    assert [flaw.why[-9:-1] for flaw in flaws(entries, beyond)] == ["t Friday", "Saturday"]


def test_must_02_an_anchor_of_another_trial_is_not_met() -> None:
    entries = list(chained(3))
    strange = Anchor("T2", 2, entries[1].hash, "Monday")
    assert list(flaws(entries, [strange])) == [Flaw(2, "The anchor of Monday is of the trial T2.")]


def test_must_02_a_log_that_is_gone_is_found_by_its_anchor() -> None:
    assert list(flaws([], [Anchor("T1", 3, "a" * 64, "Monday")])) == [
        Flaw(3, "The log ends at 0; entry 3 was anchored at Monday.")
    ]


def test_a_context_says_who_and_when() -> None:
    context = Context("ann", AT)
    assert (context.role, context.reason, context.key, context.zone, context.client) == ("", "", "", "", "")
