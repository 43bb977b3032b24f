"""Tags of events stay what they are; an event of the log is read, lifted or refused."""

import datetime

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.decide import RULES
from equipoise.conduct.log import GENESIS, Entry, canonical, hash_of
from equipoise.kernel.refused import Refused

TAGS = [
    "trial-opened",
    "protocol-amended",
    "site-added",
    "site-opened",
    "site-closed",
    "role-granted",
    "role-revoked",
    "allocation-sealed",
    "kits-numbered",
    "kits-sent",
    "kits-received",
    "kits-discarded",
    "person-prescreened",
    "consent-recorded",
    "participant-screened",
    "screening-failed",
    "stratum-recorded",
    "stratum-corrected",
    "participant-randomised",
    "kits-dispensed",
    "kit-returned",
    "treatment-stopped",
    "visit-done",
    "visit-missed",
    "form-entered",
    "form-corrected",
    "form-signed",
    "query-raised",
    "query-answered",
    "query-closed",
    "medication-recorded",
    "adverse-event-reported",
    "adverse-event-updated",
    "expedited-report-sent",
    "participant-withdrew",
    "participant-lost",
    "participant-died",
    "participant-completed",
    "participant-reinstated",
    "deviation-recorded",
    "code-broken",
    "impact-assessed",
    "record-endorsed",
    "data-frozen",
    "data-thawed",
    "data-locked",
    "data-unlocked",
    "trial-unblinded",
    "sealed-read",
    "data-exported",
]
"""Written in logs that are kept for decades: none is ever renamed."""


def test_tags_are_those_of_every_log_there_is() -> None:
    assert [kind.__struct_config__.tag for kind in did.TrialEvent.__args__] == TAGS


def test_every_command_has_a_rule_and_a_tag_of_its_own() -> None:
    kinds = do.TrialCommand.__args__
    assert set(kinds) == set(RULES)
    assert len({kind.__struct_config__.tag for kind in kinds}) == len(kinds)


def test_a_command_with_a_field_it_does_not_have_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode('{"command": "open-site", "site": "1", "role": "sponsor"}', type=do.TrialCommand)


def test_an_event_is_read_as_it_was_written() -> None:
    event = did.SiteAdded("1", "One", "NO", "Europe/Oslo", 3)
    assert did.read_event("site-added", 1, canonical(event)) == event


def test_an_event_of_later_software_is_refused() -> None:
    with pytest.raises(Refused, match=r"was written by a later version of the software \(site-opened, fields 2\)"):
        did.read_event("site-opened", 2, "{}")


def test_an_event_of_earlier_software_is_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(fields: dict[str, object]) -> dict[str, object]:
        return {"event": fields["event"], "site": fields["place"]}

    monkeypatch.setattr(did, "SCHEMA", {"site-opened": 2})
    monkeypatch.setattr(did, "UPCASTERS", {("site-opened", 1): renamed})
    body = '{"event":"site-opened","place":"1"}'
    assert did.read_event("site-opened", 1, body) == did.SiteOpened("1")


def test_must_01_a_code_break_of_before_there_were_envelopes_reads_and_hashes_as_it_did() -> None:
    body = (
        '{"changes_care":true,"event":"code-broken","participant":"01-001",'
        '"path":"emergency","to":["ada"],"why":"Shock"}'
    )
    event = did.read_event("code-broken", 1, body)
    assert event == did.CodeBroken("01-001", "emergency", "Shock", changes_care=True, to=("ada",))
    assert canonical(event) == body
    assert did.schema_of("code-broken") == 2
    old = Entry(
        *("SMALL", 1, "2026-03-02T09:00:00.000000Z", "ada", "investigator", "01", "01-001", "code-broken", 1),
        *(body, "", "", "", "", "1.0", "0.1", GENESIS),
    )
    assert hash_of(old) == "35949e29c72162a0a884c950ace394e0623303632cc5da2f8241c9dd02b26c84"


def test_a_code_break_on_paper_is_read_as_it_was_written() -> None:
    opened = datetime.datetime(2026, 3, 2, 4, 30, tzinfo=datetime.UTC)
    event = did.CodeBroken(
        "01-001", "emergency", "Shock", changes_care=True, to=("ada",), envelope="5-1", opened=opened
    )
    assert did.read_event("code-broken", 2, canonical(event)) == event
