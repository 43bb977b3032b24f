"""Who is shown arms and sealed values: by the masking of the protocol, each look in a log, and masked people never."""

import csv
import hashlib
import io
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from equipoise.actions.custody import ALLOCATION, Keeper
from equipoise.actions.opening import open_trials
from equipoise.conduct import commands as do
from equipoise.conduct import events as did
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.conduct.log import Context
from equipoise.conduct.protocol.model import Masking, Party, Protocol
from equipoise.conduct.record import enclose
from equipoise.conduct.roles import Information, Role
from equipoise.kernel.refused import Refused
from equipoise.store.trial.sealed import Sealed
from tests.accounts import PASSWORD
from tests.trials import PROTOCOL
from tests.web.trialing import LOG, NAME, NOW, Running, browser, key_in, text_of

pytestmark = pytest.mark.django_db
LETTERS = dict(zip("CIAPMSTDFX", Role, strict=True))
DATA = "CIAMSTDF"
"""Roles that take exports: all but the pharmacist and the administrator."""
WITHHELD = PROTOCOL.masking.withheld
MASKINGS = {
    "open": (Masking(), "CIAMSTDF"),
    "single": (Masking(masked=(Party.OUTCOMES_ASSESSOR,)), "CI"),
    "double": (Masking(masked=(Party.PARTICIPANT, Party.INVESTIGATOR)), "CA"),
    "participant": (Masking(masked=(Party.PARTICIPANT,)), "CIA"),
    "quadruple": (PROTOCOL.masking, ""),
}
"""And to whom the arms are no secret, by the letters of test_trial_doors."""
ARM = re.compile(r"<dt>Arm</dt><dd>(Active|Placebo)</dd>")


def masked_so(masking: Masking) -> Protocol:
    return msgspec.structs.replace(PROTOCOL, masking=masking)


def sealed_store(running: Running) -> Sealed:
    keeper = running.trials.custodian
    assert isinstance(keeper, Keeper)
    return keeper._sealed


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Running]:
    made = {}
    for name, (masking, _) in MASKINGS.items():
        made[name] = Running(tmp_path_factory.mktemp(name), masked_so(masking))
        made[name].fill(made[name].randomised, "laboratory", {"signature": "7.25"}, Role.INDEPENDENT_STATISTICIAN)
    return made


@pytest.fixture(params=MASKINGS)
def world(request: pytest.FixtureRequest, worlds: dict[str, Running], monkeypatch: pytest.MonkeyPatch) -> Running:
    running = worlds[request.param]
    monkeypatch.setenv("EQUIPOISE_HOME", str(running.home))
    return running


def told_in(request: pytest.FixtureRequest) -> str:
    return MASKINGS[request.node.callspec.params["world"]][1]


def export(letter: str, name: str) -> list[dict[str, str]]:
    body = text_of(browser(LETTERS[letter]).post(f"{LOG}exports/{name}.csv", {"key": f"{letter}{name}"}))
    return list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"))))


def arms_of(running: Running) -> dict[str, str]:
    context = Context(by=Role.INDEPENDENT_STATISTICIAN.value, at=NOW, reason="a test")
    keeper = running.trials.custodian
    assert isinstance(keeper, Keeper)
    return keeper.arms(NAME, running.trial.order, context)


def test_must_20_the_arm_is_on_the_pages_of_those_not_masked_and_of_nobody_else(
    world: Running, request: pytest.FixtureRequest
) -> None:
    arms = arms_of(world)
    assert set(arms) == {world.randomised, world.foreign}
    for letter, role in LETTERS.items():
        client = browser(role)
        page, list_page = client.get(f"{LOG}participants/{world.randomised}/"), client.get(f"{LOG}assignments/")
        if letter in told_in(request):
            assert ARM.findall(text_of(page)) == [arms[world.randomised]], letter
            assert f"<td>{arms[world.randomised]}</td>" in text_of(list_page), letter
            assert (world.foreign in text_of(list_page)) == (letter not in "CIA"), letter
        elif letter in "PD":
            assert not ARM.search(text_of(page)), letter
            assert ("<td>" in text_of(list_page)) == (not world.protocol.masking.masked), letter
        else:
            assert list_page.status_code == 403, letter
            assert not ARM.search(text_of(page)), letter


def test_must_20_exports_have_arms_and_sealed_values_for_those_not_masked_and_columns_for_nobody_else(
    world: Running, request: pytest.FixtureRequest
) -> None:
    arms = arms_of(world)
    for letter in DATA:
        people = {row["participant"]: row for row in export(letter, "participants")}
        meant = {(row["table"], row["name"]) for row in export(letter, "dictionary")}
        cleared = letter in told_in(request) or letter == "D"
        assert ("arm" in people[world.randomised]) == cleared, letter
        assert (("participants", "arm") in meant) == cleared, letter
        assert (("form_laboratory", "signature") in meant) == cleared, letter
        if cleared:
            assert people[world.randomised]["arm"] == arms[world.randomised], letter
            assert people[world.eligible]["arm"] == "", letter
            (row,) = export(letter, "form_laboratory")
            assert row["signature"] == "7.25", letter
            json = browser(LETTERS[letter]).post(f"{LOG}exports/participants.json", {"key": letter}).json()
            assert "arm" in {column["name"].lower() for column in json["columns"]}, letter
        else:
            laboratory = browser(LETTERS[letter]).post(f"{LOG}exports/form_laboratory.csv", {"key": "k"})
            assert laboratory.status_code == 404, letter


def test_must_22_every_read_for_a_page_or_an_export_is_logged(worlds: dict[str, Running], monkeypatch: Any) -> None:
    running = worlds["quadruple"]
    monkeypatch.setenv("EQUIPOISE_HOME", str(running.home))
    looks = sealed_store(running).looks
    before, seen = running.trial.position, looks.head(NAME)[0]
    export("D", "participants")
    export("D", "form_laboratory")
    entries = list(running.trials.entries(NAME, after=before))
    events = [did.read_event(one.tag, one.schema, one.body) for one in entries]
    assert [getattr(event, "what", "") for event in events] == [
        "the arms, for the export of participants",
        "sealed:participants.csv",
        "the sealed values, for the export of form_laboratory",
        "sealed:form_laboratory.csv",
    ]
    read = [(one.by, one.subject, one.reason) for one in looks.entries(NAME, after=seen) if one.tag == "sealed-read"]
    who = Role.INDEPENDENT_STATISTICIAN.value
    assert [each for each in read if each[0] == who] == [
        (who, ALLOCATION, "export of participants"),
        (
            who,
            f"value/{running.randomised}/baseline/laboratory/1/signature/{mark_of(running)}",
            "export of form_laboratory",
        ),
    ]


def test_must_13_the_log_has_no_hash_that_arms_could_be_tried_against(
    worlds: dict[str, Running], monkeypatch: Any
) -> None:
    """Of the same file twice the log has two fingerprints; a file without anything sealed has its plain digest."""
    running = worlds["quadruple"]
    monkeypatch.setenv("EQUIPOISE_HOME", str(running.home))
    before = running.trial.position
    client = browser(Role.INDEPENDENT_STATISTICIAN)
    files = [text_of(client.post(f"{LOG}exports/{name}.csv", {"key": name})) for name in ("participants",) * 2]
    plain = text_of(client.post(f"{LOG}exports/visits.csv", {"key": "v"}))
    entries = running.trials.entries(NAME, after=before)
    events = [did.read_event(one.tag, one.schema, one.body) for one in entries if one.tag == "data-exported"]
    digests = [event.digest for event in events if isinstance(event, did.DataExported)]
    assert files[0] == files[1]
    assert len(set(digests)) == 3
    assert hashlib.sha256(files[0].encode()).hexdigest() not in digests
    assert hashlib.sha256(plain.encode()).hexdigest() == digests[2]
    kept = f"sealed:participants.csv/{digests[0]}"
    context = Context(by=Role.INDEPENDENT_STATISTICIAN.value, at=NOW, reason="to check a file")
    _, digest = msgspec.json.decode(sealed_store(running).get(NAME, kept, context))
    assert digest == hashlib.sha256(files[0].encode()).hexdigest()


def mark_of(running: Running) -> str:
    sheets = running.one(running.randomised).sheets
    return next(sheet.sealed["signature"] for place, sheet in sheets.items() if place.form == "laboratory")


def test_must_22_a_page_that_shows_an_arm_is_in_the_read_log(worlds: dict[str, Running], monkeypatch: Any) -> None:
    running = worlds["single"]
    monkeypatch.setenv("EQUIPOISE_HOME", str(running.home))
    looks = sealed_store(running).looks
    seen = looks.head(NAME)[0]
    for role in (Role.INVESTIGATOR, Role.ASSESSOR):
        browser(role).get(f"{LOG}participants/{running.randomised}/")
    read = [one for one in looks.entries(NAME, after=seen) if one.by != "custodian"]
    assert [(one.by, one.reason) for one in read] == [("investigator-01", f"the page of {running.randomised}")]


def test_must_22_nobody_masked_notes_a_look(worlds: dict[str, Running]) -> None:
    for role in (Role.COORDINATOR, Role.MONITOR, Role.STATISTICIAN):
        with pytest.raises(Refused, match="is not told to your roles"):
            worlds["quadruple"].ask(do.NoteSealedRead("the arm"), role)


def unblinded(home: Path) -> Running:
    running = Running(home)
    running.fill(running.randomised, "laboratory", {"signature": "7.25"}, Role.INDEPENDENT_STATISTICIAN)
    context = Context(by=Role.INDEPENDENT_STATISTICIAN.value, at=NOW)
    closing = (did.DataFrozen("In"), did.DataLocked("Done", "d"), did.TrialUnblinded("Open"))
    with running.trials.log.writing(NAME) as pen:
        pen.append(enclose(running.trial, closing, context, role="", software="test"))
    return running


def test_must_27_once_unblinded_everybody_cleared_reads_arms_and_sealed_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = unblinded(tmp_path)
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    arms = arms_of(running)
    for letter in DATA:
        people = {row["participant"]: row for row in export(letter, "participants")}
        assert people[running.randomised]["arm"] == arms[running.randomised], letter
        assert [row["signature"] for row in export(letter, "form_laboratory")] == ["7.25"], letter
        assert ARM.search(text_of(browser(LETTERS[letter]).get(f"{LOG}participants/{running.randomised}/"))), letter
    tags = [one.tag for one in running.trials.entries(NAME, after=running.trial.position - 3)]
    assert set(tags) == {"data-exported"}


def swapped(one: Reveal) -> Reveal:
    design = msgspec.structs.replace(one.design, ratio=dict(reversed(one.design.ratio.items())))
    other = {"a": "p", "p": "a", "o": "o"}
    return msgspec.structs.replace(one, design=design, kits={kit: other[kind] for kit, kind in one.kits.items()})


@pytest.mark.parametrize(("name", "masked"), [("single", "AMSTF"), ("double", "IMSTF"), ("quadruple", "CIAMSTF")])
def test_must_17_masked_roles_take_the_same_bytes_with_the_arms_swapped(
    name: str, masked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = masked_so(MASKINGS[name][0])
    first = Running(tmp_path / "first", protocol)
    context = Context(by="test", at=NOW, reason="a test")
    sealed = msgspec.json.decode(sealed_store(first).get(NAME, ALLOCATION, context), type=Reveal)
    keeper = open_trials(tmp_path / "second", {}).custodian
    assert isinstance(keeper, Keeper)
    keeper._sealed.put(NAME, {ALLOCATION: msgspec.json.encode(swapped(sealed))}, context)
    second = Running(tmp_path / "second", protocol)
    arms = [arms_of(running) for running in (first, second)]
    assert all(arms[0][one] != arms[1][one] for one in arms[0])
    taken: list[list[str]] = []
    for running in (first, second):
        running.fill(running.randomised, "laboratory", {"signature": str(len(taken))}, Role.INDEPENDENT_STATISTICIAN)
        monkeypatch.setenv("EQUIPOISE_HOME", str(running.home))
        taken.append([body for letter in masked for body in bodies(letter, running)])
    assert taken[0] == taken[1]
    assert len("".join(taken[0])) > 5000


def bodies(letter: str, running: Running) -> list[str]:
    """All that the role takes out and the page of one participant, but for what is random on it."""
    client = browser(LETTERS[letter])
    names = re.findall(r'exports/([a-z_]+\.csv)"', text_of(client.get(f"{LOG}exports/")))
    files = [text_of(client.post(f"{LOG}exports/{name}", {"key": f"{letter}{name}"})) for name in sorted(names)]
    page = text_of(client.get(f"{LOG}participants/{running.randomised}/"))
    assert len(files) > 5
    return [*files, re.sub(r'(value|nonce)="[A-Za-z0-9_-]{16,}"', "", page)]


def test_must_16_the_assessor_of_a_partly_masked_trial_cannot_be_its_investigator(worlds: dict[str, Running]) -> None:
    """The same person would be told in one role what is kept from them in the other."""
    day = NOW.date()
    grant = do.GrantRole("assessor-01", "Ana", Role.INVESTIGATOR, day, day, site="01")
    for name, refused in (("single", True), ("participant", False)):
        if not refused:
            withheld = worlds[name].trial.protocol.masking.withheld
            assert Information.SAFETY not in withheld.get(Role.ASSESSOR, ())
            worlds[name].ask(grant, Role.ADMINISTRATOR)
            continue
        with pytest.raises(Refused, match="cannot be investigator too"):
            worlds[name].ask(grant, Role.ADMINISTRATOR)


def test_must_11_the_independent_statistician_seals_and_signs_on_the_page_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    trials = open_trials(tmp_path, {})
    opening = Context(by="administrator", at=NOW)
    trials.ask(NAME, do.OpenTrial(PROTOCOL, "Ada Minder"), opening)
    day = NOW.date()
    for role in (Role.INDEPENDENT_STATISTICIAN, Role.SPONSOR):
        trials.ask(NAME, do.GrantRole(role.value, role.value, role, day, day), opening)
    client, here = browser(Role.INDEPENDENT_STATISTICIAN), f"{LOG}assignments/seal/"
    assert browser(Role.SPONSOR).get(here).status_code == 403
    assert here in text_of(client.get(f"{LOG}assignments/"))
    sent = {"key": key_in(client.get(here))}
    assert client.post(here, sent).status_code == 400
    assert trials.trial(NAME).sealing is None
    signed = {**sent, "username": Role.INDEPENDENT_STATISTICIAN.value, "password": PASSWORD}
    assert client.post(here, signed).status_code == 302
    sealing = trials.trial(NAME).sealing
    assert sealing is not None
    assert sealing.kits == 36
    assert client.get(here).status_code == 404
    assert "Seal the allocation" not in text_of(client.get(f"{LOG}assignments/"))


def test_must_11_more_kits_are_numbered_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(tmp_path)
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    client, here = browser(Role.INDEPENDENT_STATISTICIAN), f"{LOG}assignments/kits/"
    key = key_in(client.get(here))
    for wrong in ("", "many", "0", "99999999"):
        assert client.post(here, {"key": key, "each": wrong}).status_code == 400
    assert running.trial.batches == ()
    assert client.post(here, {"key": key, "each": "30"}).status_code == 302
    assert [batch.kits for batch in running.trial.batches] == [90]
    assert "Batch 2" in text_of(client.get(f"{LOG}assignments/"))
    free = running.trials.custodian.consignment(NAME, "01", 20)
    assert len(free) == 60
