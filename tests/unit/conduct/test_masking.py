"""The gate: classes of information, clearances, sites, amendments, and the stages of a trial."""

import datetime

import msgspec
import pytest

from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.log import Entry
from equipoise.conduct.masking import (
    CLASS_OF,
    Held,
    Viewer,
    arms_are_open,
    clearance,
    entry_seen,
    participant_seen,
    participants_seen,
    sealed_fields,
    sees,
    viewer_of,
)
from equipoise.conduct.protocol.model import ConsentVersion, Field, Form, Kind, Masking, Party
from equipoise.conduct.roles import AT_A_SITE, CLEARANCES, MASKED, SEALED, Information, Role
from equipoise.conduct.trial import Stage
from equipoise.kernel.refused import Refused
from tests.trials import PROTOCOL, START, Bench, person_for, running

DAY = START.date()
ARMS = {Information.ARM, Information.TOTALS, Information.EFFECT}


@pytest.fixture(scope="module")
def bench() -> Bench:
    bench = running()
    number = bench.randomised()
    bench.randomised("02")
    told = did.AdverseEvent("Rash", DAY, DAY, did.Severity.MILD, did.Causality.RELATED, did.Outcome.RECOVERED)
    bench.ask(do.ReportAdverseEvent(number, told), by=Role.COORDINATOR)
    bench.ask(do.ReportAdverseEvent(number, msgspec.structs.replace(told, reaction=True)), by=Role.COORDINATOR)
    bench.ask(do.BreakCode(number, "emergency", "Shock", changes_care=True), by=Role.INVESTIGATOR)
    bench.ask(do.NoteSealedRead("arm", number), by=Role.PHARMACIST)
    bench.ask(do.RaiseQuery(number, "week", "reactions", "Sure?", "size"), by=Role.MONITOR)
    bench.ask(
        do.EnterForm(number, "baseline", "laboratory", {}, sealed={"signature": "ab"}), by=Role.INDEPENDENT_STATISTICIAN
    )
    return bench


def viewer(bench: Bench, role: Role, site: str = "01") -> Viewer:
    return viewer_of(bench.trial, person_for(role, site), bench.at)


def seen(bench: Bench, who: Viewer, tag: str) -> list[did.TrialEvent]:
    found = (entry_seen(bench.trial, who, entry) for entry in bench.entries if entry.tag == tag)
    return [event for event in found if event is not None]


def test_must_16_every_event_has_a_class_and_every_class_a_rule() -> None:
    assert set(CLASS_OF) == set(did.TrialEvent.__args__)
    assert set(CLEARANCES) == set(Role)


MASKED_TABLE = {
    Role.COORDINATOR, Role.INVESTIGATOR, Role.ASSESSOR, Role.MONITOR, Role.SPONSOR, Role.STATISTICIAN,
    Role.SAFETY_OFFICER, Role.ADMINISTRATOR,
}  # fmt: skip


def test_must_20_who_is_masked_and_who_is_not() -> None:
    assert MASKED == MASKED_TABLE
    assert set(Role) - MASKED == {Role.PHARMACIST, Role.INDEPENDENT_STATISTICIAN}


@pytest.mark.parametrize("role", sorted(MASKED_TABLE))
@pytest.mark.parametrize("information", sorted(SEALED))
def test_must_16_sealed_classes_are_denied_to_the_masked(bench: Bench, role: Role, information: Information) -> None:
    assert not sees(bench.trial, viewer(bench, role), information, "01")
    assert not sees(bench.trial, viewer(bench, role), information)


def test_must_16_nobody_sees_anything_without_a_role(bench: Bench) -> None:
    nobody = viewer_of(bench.trial, "nobody", bench.at)
    assert not any(sees(bench.trial, nobody, each) for each in Information)
    assert list(participants_seen(bench.trial, nobody)) == []
    assert not any(entry_seen(bench.trial, nobody, entry) for entry in bench.entries)


def test_must_20_the_assessor_is_not_told_what_the_file_withholds(bench: Bench) -> None:
    assessor, monitor = viewer(bench, Role.ASSESSOR), viewer(bench, Role.MONITOR)
    assert seen(bench, assessor, "adverse-event-reported") == []
    assert len(seen(bench, monitor, "adverse-event-reported")) == 2
    assert len(seen(bench, viewer(bench, Role.SPONSOR), "adverse-event-reported")) == 1
    for tag in ("code-broken", "sealed-read", "kits-received", "query-raised"):
        assert seen(bench, assessor, tag) == [], tag
        assert seen(bench, monitor, tag), tag


def test_must_05_kits_are_left_out_of_a_randomisation_for_those_not_told_of_kits(bench: Bench) -> None:
    (told,) = seen(bench, viewer(bench, Role.COORDINATOR), "participant-randomised")
    (untold,) = seen(bench, viewer(bench, Role.ASSESSOR), "participant-randomised")
    assert isinstance(told, did.ParticipantRandomised)
    assert isinstance(untold, did.ParticipantRandomised)
    assert told.kits
    assert untold == msgspec.structs.replace(told, kits=())


def test_must_05_a_sealed_value_is_not_in_the_audit_of_the_masked(bench: Bench) -> None:
    for role in MASKED_TABLE - {Role.ADMINISTRATOR}:
        for event in seen(bench, viewer(bench, role), "form-entered"):
            assert isinstance(event, did.FormEntered)
            assert event.sealed == {}


def test_a_site_sees_its_own_alone(bench: Bench) -> None:
    for role in AT_A_SITE:
        who = viewer(bench, role)
        assert [one.site for one in participants_seen(bench.trial, who)] == ["01"]
        with pytest.raises(Refused) as foreign:
            participant_seen(bench.trial, who, "02-001")
        with pytest.raises(Refused) as none:
            participant_seen(bench.trial, who, "02-999")
        assert str(foreign.value).replace("001", "999") == str(none.value)
        assert not any(entry_seen(bench.trial, who, entry) for entry in bench.entries if entry.site == "02")


def test_two_roles_see_what_either_may_where_it_may(bench: Bench) -> None:
    both = Viewer("x", "X", (Held(Role.ASSESSOR, "01"), Held(Role.INVESTIGATOR, "02")))
    assert not sees(bench.trial, both, Information.SAFETY, "01")
    assert sees(bench.trial, both, Information.SAFETY, "02")


def test_must_21_the_open_period_tells_nobody_what_was_assigned_before(bench: Bench) -> None:
    """Long into the open period, and with a form of it entered."""
    later = running()
    number = later.randomised()
    day = later.later(112)
    later.ask(do.RecordVisit(number, "open", day), by=Role.COORDINATOR)
    later.ask(do.DispenseKits(number, "open", day, (later.kit(),)), by=Role.COORDINATOR)
    for role in MASKED_TABLE:
        assert not clearance(later.trial, role) & SEALED


def test_must_27_all_who_see_data_see_arms_once_unblinded_and_not_before(bench: Bench) -> None:
    for stage in Stage:
        trial = msgspec.structs.replace(bench.trial, stage=stage)
        for role in MASKED_TABLE:
            wanted = ARMS if stage is Stage.UNBLINDED and role is not Role.ADMINISTRATOR else set()
            assert clearance(trial, role) & SEALED == wanted


def test_where_nobody_is_masked_those_who_see_data_see_the_arm(bench: Bench) -> None:
    open_label = msgspec.structs.replace(PROTOCOL, masking=Masking())
    trial = msgspec.structs.replace(bench.trial, protocols={"1.0": open_label})
    assert Information.ARM in clearance(trial, Role.COORDINATOR)
    assert Information.ARM not in clearance(trial, Role.ADMINISTRATOR)


def form_entered(bench: Bench) -> Entry:
    return next(entry for entry in reversed(bench.entries) if entry.tag == "form-entered")


def amended(bench: Bench, field: Field | None) -> None:
    """Version 2.0 with another field for weight, or without the form; consent form 2 for those who come later."""
    forms = tuple(one for one in PROTOCOL.forms if one.id != "vitals")
    if field:
        forms = (*forms, Form(id="vitals", label="V", by=(Role.COORDINATOR,), fields=(field,)))
    visits = tuple(
        msgspec.structs.replace(visit, forms=tuple(form for form in visit.forms if field or form != "vitals"))
        for visit in PROTOCOL.visits
    )
    first = msgspec.structs.replace(PROTOCOL.consent[0], valid_until=DAY)
    consent = (first, ConsentVersion(id="2", label="2.0", valid_from=DAY + datetime.timedelta(days=1)))
    new = msgspec.structs.replace(PROTOCOL, version="2.0", forms=forms, visits=visits, consent=consent)
    bench.ask(do.AmendProtocol(new), by=Role.SPONSOR, reason="Better")


def test_must_05_a_form_that_an_amendment_took_away_stays_readable() -> None:
    bench = running()
    number = bench.randomised()
    amended(bench, None)
    bench.ask(do.EnterForm(number, "baseline", "vitals", {"weight": "70"}), by=Role.COORDINATOR)
    entry = form_entered(bench)
    assert entry.protocol == "1.0"
    event = entry_seen(bench.trial, viewer(bench, Role.MONITOR), entry)
    assert isinstance(event, did.FormEntered)
    assert event.values == {"weight": "70"}


def test_must_05_a_field_that_an_amendment_guards_is_guarded_in_what_was_written_before() -> None:
    bench = running()
    number = bench.randomised()
    bench.ask(do.EnterForm(number, "baseline", "vitals", {"weight": "70"}), by=Role.COORDINATOR)
    guarded = Field(id="weight", label="W", kind=Kind.NUMBER, information=Information.REACTION)
    amended(bench, guarded)
    for role, values in ((Role.SPONSOR, {}), (Role.MONITOR, {"weight": "70"})):
        event = entry_seen(bench.trial, viewer(bench, role), form_entered(bench))
        assert isinstance(event, did.FormEntered)
        assert event.values == values


def test_must_19_fields_of_a_sealed_class_go_to_the_custodian() -> None:
    assert sealed_fields(PROTOCOL, "laboratory") == {"signature"}
    assert sealed_fields(PROTOCOL, "vitals") == frozenset()


def test_must_19_what_a_masked_role_is_asked_does_not_depend_on_the_arm() -> None:
    """The same commands for whichever arm: nothing that decides takes one, so two trials with other arms agree."""
    swapped = msgspec.structs.replace(PROTOCOL, arms=PROTOCOL.arms[::-1])
    bodies = []
    for protocol in (PROTOCOL, swapped):
        bench = Bench(protocol).staffed().sealed()
        number = bench.randomised()
        day = bench.later(28)
        bench.ask(do.RecordVisit(number, "week", day), by=Role.COORDINATOR)
        bench.ask(do.EnterForm(number, "week", "vitals", {"weight": "200"}), by=Role.COORDINATOR)
        bench.ask(do.DispenseKits(number, "week", day, (bench.kit(),)), by=Role.COORDINATOR)
        bodies.append([entry.body for entry in bench.entries[1:]])
    assert bodies[0] == bodies[1]


TOLD = (
    # who is masked, and which roles of trial data then know the arms
    ((), {Role.COORDINATOR, Role.INVESTIGATOR, Role.ASSESSOR, Role.MONITOR, Role.SPONSOR, Role.STATISTICIAN,
          Role.SAFETY_OFFICER}),
    ((Party.PARTICIPANT,), {Role.COORDINATOR, Role.INVESTIGATOR, Role.ASSESSOR}),
    ((Party.OUTCOMES_ASSESSOR,), {Role.COORDINATOR, Role.INVESTIGATOR}),
    ((Party.PARTICIPANT, Party.INVESTIGATOR), {Role.COORDINATOR, Role.ASSESSOR}),
    ((Party.PARTICIPANT, Party.CARE_PROVIDER, Party.INVESTIGATOR), {Role.ASSESSOR}),
    (tuple(Party), set()),
)  # fmt: skip
ALWAYS = {Role.PHARMACIST, Role.INDEPENDENT_STATISTICIAN}


@pytest.mark.parametrize(("masked", "told"), TOLD, ids=lambda value: "-".join(sorted(value)))
def test_must_20_a_partly_masked_trial_masks_the_parties_it_names_and_the_sponsors_side(
    bench: Bench, masked: tuple[Party, ...], told: set[Role]
) -> None:
    protocol = msgspec.structs.replace(PROTOCOL, masking=Masking(masked=masked))
    trial = msgspec.structs.replace(bench.trial, protocols={"1.0": protocol})
    assert {role for role in Role if Information.ARM in clearance(trial, role)} == told | ALWAYS
    assert {role for role in Role if Information.EFFECT in clearance(trial, role)} == told | ALWAYS - {Role.PHARMACIST}
    freely = {role for role in Role if arms_are_open(trial, viewer(bench, role), "01")}
    assert freely == (told if masked else told | ALWAYS)
    assert not any(arms_are_open(trial, viewer(bench, role), "02") for role in AT_A_SITE)


def test_must_20_what_is_withheld_stays_so_though_the_role_is_not_masked(bench: Bench) -> None:
    masking = Masking(masked=(Party.PARTICIPANT,), withheld={Role.ASSESSOR: (Information.ARM, Information.EFFECT)})
    trial = msgspec.structs.replace(bench.trial, protocols={"1.0": msgspec.structs.replace(PROTOCOL, masking=masking)})
    assert not clearance(trial, Role.ASSESSOR) & SEALED
    assert clearance(trial, Role.INVESTIGATOR) & SEALED == {Information.ARM, Information.EFFECT}
