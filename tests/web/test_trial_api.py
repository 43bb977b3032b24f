"""Every address of the trials' API and every role: who is answered, that others are told nothing, and no arm ever."""

import datetime
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from msgspec.structs import replace

from equipoise.conduct import commands as do
from equipoise.conduct.masking import Held
from equipoise.conduct.protocol.model import Field, Kind, Masking, Party, Protocol
from equipoise.conduct.roles import AT_A_SITE, MASKED, Information, Role
from equipoise.conduct.views.records import ARMS as ARMS_TABLE
from equipoise.web.accounts.models import AccessToken, Person
from equipoise.web.accounts.tokens import Wanted, make_token, revoke
from equipoise.web.api.trials.api import trial_api
from equipoise.web.api.trials.body import LARGEST
from equipoise.web.api.trials.wire import ASKED, BY_HAND, COMMANDS, tag_of
from equipoise.web.patience import Buckets
from tests.accounts import fresh_client, make_person, signed_in, with_totp
from tests.trials import PROTOCOL, VITALS, person_for
from tests.web.trialing import NAME, NOW, Running

pytestmark = pytest.mark.django_db
API = "/api/trials/"
LETTERS = dict(zip("CIAPMSTDFX", Role, strict=True))
"""As in ``test_trial_doors``: C coordinator, I investigator, A assessor, P pharmacist, M monitor, S sponsor,
T statistician, D independent statistician, F safety officer, X administrator."""
EVERYBODY, DATA, SITE = "CIAPMSTDFX", "CIAMSTDF", "CI"
TODAY = NOW.date().isoformat()
LATER = "2999-01-01"
ARMS = ("zibeline", "quagga")
TOLD = {
    "term": "x",
    "started": LATER,
    "aware": TODAY,
    "severity": "mild",
    "causality": "related",
    "outcome": "not-known",
}

READING = [
    # address, who is answered; all others 404
    ("GET", "", EVERYBODY),
    ("GET", "SMALL", EVERYBODY),
    ("GET", "SMALL/participants", DATA),
    ("GET", "SMALL/participants/{one}", DATA + "P"),
    ("GET", "SMALL/participants/{one}/timeline", DATA + "P"),
    ("GET", "SMALL/participants/{one}/calendar", DATA),
    ("GET", "SMALL/participants/{eligible}/screening", SITE),
    ("POST", "SMALL/participants/{eligible}/screening", SITE),
    ("GET", "SMALL/forms", DATA),
    ("GET", "SMALL/participants/{one}/visits/baseline/forms/vitals/1", DATA),
    ("GET", "SMALL/participants/{one}/visits/baseline/forms/laboratory/1", "D"),
    ("GET", "SMALL/participants/{one}/visits/week/forms/reactions/1", "CIMDF"),
    ("GET", "SMALL/participants/{one}/visits/baseline/forms/vitals/2", ""),
    ("GET", "SMALL/queries", DATA),
    ("GET", "SMALL/queries/Q1", DATA),
    ("GET", "SMALL/work", DATA),
    ("GET", "SMALL/safety", "CIMSTDF"),
    ("GET", "SMALL/kits", "CIPMSDF"),
    ("GET", "SMALL/people", EVERYBODY),
    ("GET", "SMALL/protocol", EVERYBODY),
    ("GET", "SMALL/audit", EVERYBODY),
    ("GET", "SMALL/exports", DATA),
    ("POST", "SMALL/exports/participants.csv", DATA),
    ("POST", "SMALL/exports/adverse_events.json", "CIMSTDF"),
    ("POST", "SMALL/exports/form_laboratory.csv", "D"),
    ("POST", "SMALL/exports/participants.exe", ""),
]

WRITING: dict[str, tuple[str, str, dict[str, Any]]] = {
    # command: who may ask, who is told that there is no such record, and something the rules of the trial refuse
    "add-site": ("S", "", {"site": "01", "label": "x", "country": "DE"}),
    "open-site": ("S", "", {"site": "01"}),
    "close-site": ("S", "", {"site": "01"}),
    "send-kits": ("SP", "", {"site": "01", "each": 0}),
    "discard-kits": ("CIP", "", {"site": "01", "kits": ["x"]}),
    "receive-kits": ("P", "", {"site": "01", "kits": []}),
    "prescreen-person": (SITE, "", {"site": "01", "identity": {"born": LATER}}),
    "record-consent": (SITE, "X", {"participant": "{one}", "version": "0", "on": TODAY}),
    "screen-participant": (SITE, "X", {"participant": "{one}", "on": TODAY, "findings": []}),
    "fail-screening": (SITE, "X", {"participant": "{one}", "because": "x"}),
    "record-stratum": (SITE, "X", {"participant": "{one}", "levels": {"x": "y"}}),
    "correct-stratum": (SITE, "X", {"participant": "{one}", "factor": "x", "level": "y"}),
    "randomise-participant": (SITE, "X", {"participant": "{one}"}),
    "dispense-kits": (SITE, "X", {"participant": "{one}", "visit": "x", "on": TODAY}),
    "return-kit": ("CIP", "X", {"participant": "{one}", "kit": "x", "on": TODAY, "left": 0}),
    "stop-treatment": ("I", "X", {"participant": "{one}", "on": LATER, "why": "x"}),
    "record-visit": (SITE, "X", {"participant": "{one}", "visit": "x", "on": TODAY}),
    "miss-visit": (SITE, "X", {"participant": "{one}", "visit": "x", "why": "x"}),
    "enter-form": (SITE, "PX", {"participant": "{one}", "visit": "baseline", "form": "vitals", "values": {}}),
    "correct-form": (
        SITE,
        "PX",
        {"participant": "{one}", "visit": "baseline", "form": "vitals", "values": {}, "seen": "x"},
    ),
    "raise-query": ("IMSTF", "X", {"participant": "{one}", "visit": "baseline", "form": "vitals", "words": ""}),
    "answer-query": ("CIAD", "PX", {"query": "Q1", "words": ""}),
    "close-query": ("MSTF", "PX", {"query": "Q1"}),
    "record-medication": (SITE, "X", {"participant": "{one}", "name": ""}),
    "report-adverse-event": (SITE, "X", {"participant": "{one}", "told": TOLD}),
    "update-adverse-event": (SITE, "APX", {"participant": "{one}", "number": 1, "told": TOLD}),
    "send-expedited-report": ("F", "APX", {"participant": "{one}", "number": 1, "on": LATER, "to": "x"}),
    "withdraw-participant": (SITE, "X", {"participant": "{one}", "on": TODAY, "of": []}),
    "lose-participant": (SITE, "X", {"participant": "{one}", "on": LATER, "tried": "x"}),
    "record-death": (SITE, "X", {"participant": "{one}", "on": LATER}),
    "complete-participant": (SITE, "X", {"participant": "{one}", "on": LATER}),
    "reinstate-participant": ("I", "X", {"participant": "{one}", "what": "x"}),
    "record-deviation": ("CIM", "X", {"participant": "{one}", "of": "x", "words": "x", "important": False}),
    "assess-impact": ("S", "X", {"participant": "{one}", "words": ""}),
}
TAKE = Buckets.take


class Program:
    """A program that asks with a token of the person of a role."""

    def __init__(self, running: Running, role: Role, site: str = "01", *, writes: bool = True, **more: Any) -> None:
        username = person_for(role, site)
        self.person = Person.objects.filter(username=username).first() or with_totp(make_person(username))
        held = more.pop("held", (Held(role, site if role in AT_A_SITE else ""),))
        self.secret = make_token(self.person, running.trial, Wanted("tests", running.trial.id, held, writes), None)
        self.client = Client(headers={"host": "localhost", "authorization": f"Bearer {self.secret}"})
        self.running = running
        self.keys = 0

    @property
    def token(self) -> AccessToken:
        return self.person.tokens.order_by("-id")[0]

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return self.client.generic(method, API + filled(path, self.running), raw, "application/json", headers=headers)

    def read(self, path: str) -> Any:
        response = self.send("GET", path)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def post(self, command: str, fields: Any, key: str = "") -> Any:
        self.keys += 1
        body = fields if isinstance(fields, bytes) else filled(json.dumps(fields), self.running).encode()
        key = key or f"{self.person.username}-{self.token.pk}-{self.keys:04d}"
        return self.send("POST", f"{self.running.trial.id}/commands/{command}", body, **{"idempotency-key": key})

    def ask(self, command: str, *, key: str = "", status: int = 200, **fields: Any) -> Any:
        response = self.post(command, fields, key)
        assert response.status_code == status, response.content
        return json.loads(response.content)


def filled(text: str, running: Running) -> str:
    for name, number in (("one", running.randomised), ("eligible", running.eligible), ("foreign", running.foreign)):
        text = text.replace("{" + name + "}", number)
    return text


def with_telling_arms(protocol: Protocol) -> Protocol:
    """Its arms have names that stand nowhere else."""
    text = msgspec.json.encode(protocol).decode()
    for old, new in zip(("Active", "Placebo"), ARMS, strict=True):
        text = text.replace(f'"{old}"', f'"{new}"')
    return msgspec.json.decode(text, type=Protocol)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Only looked at, but for what exports write."""
    home = tmp_path_factory.mktemp("api")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_HOME", str(home))
        patch.setattr(Buckets, "take", lambda *_: 0.0)
        yield Running(home, with_telling_arms(PROTOCOL))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Running:
    return Running(tmp_path_factory.mktemp("api-made"), with_telling_arms(PROTOCOL))


@pytest.fixture
def running(made: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unrationed: None) -> Running:
    """To be written in."""
    home = shutil.copytree(made.home, tmp_path / "home")
    monkeypatch.setenv("EQUIPOISE_HOME", str(home))
    return made.copied(home)


@pytest.mark.parametrize("letter", LETTERS)
def test_must_17_every_address_for_every_role(letter: str, shared: Running) -> None:
    program = Program(shared, LETTERS[letter], writes=False)
    wrong = []
    for method, path, answered in READING:
        given = program.send(method, path).status_code
        if given != (200 if letter in answered else 404):
            wrong.append(f"{method} {path}: {given}")
    assert wrong == []


@pytest.mark.parametrize("letter", LETTERS)
def test_every_command_for_every_role(letter: str, shared: Running) -> None:
    """Who may ask comes as far as the rules of the trial, which refuse these; nothing is recorded."""
    program, before = Program(shared, LETTERS[letter]), shared.trial.position
    wrong = []
    for command, (asked_by, unseen, body) in WRITING.items():
        wanted = 422 if letter in asked_by else 404 if letter in unseen else 403
        given = program.post(command, body)
        if given.status_code != wanted:
            wrong.append(f"{command}: {given.status_code}, not {wanted}: {given.content!r}")
    for kind in BY_HAND:
        if program.post(tag_of(kind), {}).status_code != 403:
            wrong.append(tag_of(kind))
    assert wrong == []
    assert shared.trial.position == before


def test_nothing_is_left_out_of_the_tables(shared: Running) -> None:
    paths = Program(shared, Role.MONITOR).read("openapi.json")["paths"]
    for path, methods in paths.items():
        shape = re.sub(r"{\w+}", "[^/]+?", path.removeprefix(API))
        for method in methods:
            told = [each for how, each, _ in READING if how.lower() == method and re.fullmatch(shape, each)]
            assert told or path == f"{API}{{trial}}/commands/{{command}}", path
    assert set(WRITING) == {tag_of(kind) for kind in ASKED}
    assert set(COMMANDS.values()) == set(get_args(do.TrialCommand))
    assert not set(ASKED) & set(BY_HAND)


def test_it_is_described_for_programs_without_a_token() -> None:
    told = fresh_client().get(API + "openapi.json").json()
    (asking,) = [each for path, each in told["paths"].items() if path.endswith("/commands/{command}")]
    forms = asking["post"]["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    assert {one["title"] for one in forms} == set(WRITING)
    schemas = told["components"]["schemas"]
    for one in forms:
        form = schemas[one["$ref"].rpartition("/")[2]]
        assert form["additionalProperties"] is False
        assert "reason" in form["properties"]
        assert "command" not in form["properties"]
        assert "kits" not in form["properties"] or one["title"] in ("receive-kits", "discard-kits")
    assert told["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    text = json.dumps(told)
    assert all(each in schemas for each in re.findall(r"#/components/schemas/(\w+)", text))


def test_without_a_token_in_force_every_address_says_the_same(shared: Running) -> None:
    program = Program(shared, Role.COORDINATOR)
    told = set()
    for header in ("", "Bearer", "Bearer eqp_", f"Bearer {program.secret}x", f"Basic {program.secret}", "Bearer 💊"):
        client = Client(headers={"host": "localhost", **({"authorization": header} if header else {})})
        for method, path, _ in READING:
            response = client.generic(method, API + filled(path, shared), b"{}", "application/json")
            assert response.status_code == 401, (header, path)
            assert response["WWW-Authenticate"].startswith("Bearer")
            told.add(response.content)
        assert client.post(f"{API}SMALL/commands/record-visit").status_code == 401
    assert len(told) == 1


def test_no_cookie_opens_it(shared: Running) -> None:
    """So a page of another site can ask nothing in a person's name, and no form needs a token against that."""
    client = signed_in(make_person("coordinator-01"))
    assert client.get("/staff/trials/SMALL/").status_code == 200
    for method, path, _ in READING:
        assert client.generic(method, API + filled(path, shared)).status_code == 401
    assert client.post(f"{API}SMALL/commands/record-visit", {}).status_code == 401


def test_answers_are_kept_nowhere(shared: Running) -> None:
    program = Program(shared, Role.INVESTIGATOR)
    for method, path, _ in READING:
        response = program.send(method, path)
        assert "no-store" in response["Cache-Control"], path
        assert not response.cookies, path


@pytest.mark.parametrize("letter", [letter for letter, role in LETTERS.items() if role in MASKED])
def test_must_17_no_answer_to_a_masked_role_holds_an_arm(letter: str, shared: Running) -> None:
    """But for the protocol, which names the arms and says of none what it is."""
    program = Program(shared, LETTERS[letter])
    for method, path, _ in READING:
        told = program.send(method, path).content.decode().lower()
        if path == "SMALL/protocol":
            arms = json.loads(told)["protocol"]["arms"]
            assert all(set(arm) == {"label", "kind", "describe", "share"} for arm in arms)
            assert "block sizes" not in told
            assert '"secret"' not in told
        else:
            assert not any(arm in told for arm in ARMS), path
            assert '"arm' not in told, path
            assert "mara" not in told, "a name left the vault"


def test_must_16_fields_of_another_class_are_in_no_list_form_count_or_number(shared: Running) -> None:
    seeing, masked = Program(shared, Role.MONITOR), Program(shared, Role.STATISTICIAN)
    assert {one["id"] for one in seeing.read("SMALL/forms")} == {"vitals", "assessment", "reactions"}
    assert {one["id"] for one in masked.read("SMALL/forms")} == {"vitals", "assessment"}
    assert "reactions" in seeing.read("SMALL/safety")["listing"]
    listing = masked.read("SMALL/safety")["listing"]
    assert "reactions" not in listing
    assert {(one["term"], one["number"]) for one in listing["events"]} == {("Headache", 1)}
    for path in ("SMALL/audit?limit=500", "SMALL/participants/{one}/timeline", "SMALL/work"):
        assert "Redness" not in json.dumps(masked.read(path))
    assert "Redness" in json.dumps(seeing.read("SMALL/audit?limit=500"))


TOLD_OF_ONE = {
    "C": "data kits code_broken",
    "A": "data",
    "P": "kits",
    "M": "data kits code_broken",
    "S": "data kits code_broken",
    "T": "data",
    "D": "data kits code_broken",
}


@pytest.mark.parametrize("letter", TOLD_OF_ONE)
def test_must_16_what_each_role_is_told_of_a_participant(letter: str, shared: Running) -> None:
    told = Program(shared, LETTERS[letter]).read("SMALL/participants/{one}")
    wanted = TOLD_OF_ONE[letter].split()
    assert ("state" in told, "stratum" in told) == ("data" in wanted, "data" in wanted)
    assert ("kits" in told, "code_broken" in told) == ("kits" in wanted, "code_broken" in wanted)
    assert not {"number", "levels", "identity", "name"} & set(told)


def test_a_site_is_told_of_its_own_kits_and_people(shared: Running) -> None:
    for role in (Role.COORDINATOR, Role.PHARMACIST):
        program = Program(shared, role)
        assert [one["site"] for one in program.read("SMALL/kits")["stock"]] == ["01"]
        assert {one["participant"] for one in program.read("SMALL/kits")["given"]} == {shared.randomised}
        people = program.read("SMALL/people")
        assert {one["site"] for one in people["roles"]} == {"", "01"}
        assert "coordinator-02" not in people["names"]
    assert {one["site"] for one in Program(shared, Role.MONITOR).read("SMALL/kits")["stock"]} == {"01", "02"}


def test_laboratory_values_that_tell_are_named_and_not_shown(running: Running) -> None:
    running.fill(running.randomised, "laboratory", {"signature": "7.125"}, Role.INDEPENDENT_STATISTICIAN)
    program = Program(running, Role.INDEPENDENT_STATISTICIAN)
    told = program.read("SMALL/participants/{one}/visits/baseline/forms/laboratory/1")
    assert told["values"] == {}
    assert told["sealed"] == ["signature"]
    assert "7.125" not in json.dumps(told)


@pytest.mark.parametrize("letter", "CIAP")
def test_must_17_records_of_another_site_look_like_none(letter: str, shared: Running) -> None:
    """Byte for byte the same, whatever is asked."""
    program = Program(shared, LETTERS[letter])
    query = next(one.id for one in shared.trial.queries.values() if one.participant == shared.foreign)
    for method, path, answered in READING:
        if letter in answered and ("{" in path or "Q1" in path):
            there = re.sub("{one}|{eligible}", "{foreign}", path).replace("Q1", query)
            nowhere = re.sub("{one}|{eligible}", "02-999", path).replace("Q1", "Q999")
            told, missing = program.send(method, there), program.send(method, nowhere)
            assert told.status_code == missing.status_code == 404, there
            assert told.content == missing.content
    for command, (_, _, body) in WRITING.items():
        text = json.dumps(body)
        other = text.replace("{one}", "{foreign}").replace("Q1", query).replace('"01"', '"02"')
        none = text.replace("{one}", "02-999").replace("Q1", "Q999").replace('"01"', '"99"')
        if command != "add-site":
            told, missing = program.post(command, json.loads(other)), program.post(command, json.loads(none))
            assert told.status_code == missing.status_code == 404, command
            assert told.content == missing.content
    for query in ("participant={foreign}", "site=02", "participant=02-999", "site=99"):
        assert program.send("GET", f"SMALL/audit?{query}").status_code == 404
    if letter != "P":
        assert program.read("SMALL/participants?site=02")["participants"] == []
    assert shared.foreign not in json.dumps(program.read("SMALL/audit?limit=500"))


def test_a_token_is_for_one_trial_and_any_other_looks_like_none(shared: Running, tmp_path: Path) -> None:
    other = Running(shared.home, replace(PROTOCOL, id="OTHER"))
    program, stranger = Program(other, Role.MONITOR), Program(shared, Role.MONITOR)
    assert program.read("OTHER")["trial"] == "OTHER"
    assert [one["trial"] for one in program.read("")] == ["OTHER"]
    assert stranger.send("GET", "OTHER").content == stranger.send("GET", "NONE").content
    for method, path, _ in READING[1:]:
        assert program.send(method, path).status_code == 404, path
    for command, (_, _, body) in WRITING.items():
        key = {"idempotency-key": "a key of its own"}
        assert program.send("POST", f"SMALL/commands/{command}", body, **key).status_code == 404


class TestScope:
    """What a token allows is its scope and what the person holds that day, whichever is less."""

    def test_one_role_of_several(self, running: Running) -> None:
        day = NOW.date()
        grant = do.GrantRole("coordinator-01", "Site coordinator 01", Role.INVESTIGATOR, day, day, site="01")
        running.ask(grant, Role.ADMINISTRATOR)
        one = Program(running, Role.COORDINATOR)
        both = Program(running, Role.COORDINATOR, held=(Held(Role.COORDINATOR, "01"), Held(Role.INVESTIGATOR, "01")))
        stop = {"participant": "{one}", "on": TODAY, "why": "x"}
        assert one.post("stop-treatment", stop).status_code == 403
        assert both.post("stop-treatment", stop).status_code == 200
        last = list(running.trials.entries(NAME))[-1]
        assert (last.by, last.role) == ("coordinator-01", "investigator")

    def test_must_16_what_only_another_role_of_the_person_sees(self, running: Running) -> None:
        day = NOW.date()
        running.ask(do.GrantRole("statistician", "Statistician", Role.MONITOR, day, day), Role.ADMINISTRATOR)
        one = Program(running, Role.STATISTICIAN)
        both = Program(running, Role.STATISTICIAN, held=(Held(Role.STATISTICIAN), Held(Role.MONITOR)))
        about = {"participant": "{one}", "visit": "week", "form": "reactions", "words": "x"}
        hidden = one.ask("raise-query", **about, field="size", status=422)
        missing = one.ask("raise-query", **about, field="none", status=422)
        assert hidden["error"]["why"] == missing["error"]["why"]
        (number,) = both.ask("raise-query", **about, field="size")["queries"]
        assert number in {each["id"] for each in both.read("SMALL/queries")}
        assert number not in {each["id"] for each in one.read("SMALL/queries")}
        assert one.send("GET", f"SMALL/queries/{number}").content == one.send("GET", "SMALL/queries/Q999").content

    def test_a_role_at_all_sites_cut_to_one(self, shared: Running) -> None:
        program = Program(shared, Role.MONITOR, held=(Held(Role.MONITOR, "01"),))
        listed = program.read("SMALL/participants")
        assert {one["site"] for one in listed["participants"]} == {"01"}
        assert program.read("SMALL")["flow"]["assessed"] == listed["count"]
        assert program.read("SMALL")["recruitment"]["whole"] is False
        assert program.send("GET", "SMALL/participants/{foreign}").status_code == 404
        assert [one["id"] for one in program.read("SMALL/people")["sites"]] == ["01"]
        whole = Program(shared, Role.SPONSOR, held=(Held(Role.SPONSOR, "01"),))
        assert whole.post("add-site", {"site": "03", "label": "x", "country": "DE"}).status_code == 403

    def test_a_role_revoked_since(self, running: Running) -> None:
        program = Program(running, Role.MONITOR)
        assert program.send("GET", "SMALL").status_code == 200
        running.ask(do.RevokeRole("monitor", Role.MONITOR), Role.ADMINISTRATOR, at=timezone.now(), why="left")
        for method, path, _ in READING[1:]:
            assert program.send(method, path).status_code == 404, path
        assert program.read("") == []
        assert program.post("close-query", {"query": "Q1"}).status_code == 404

    def test_one_that_only_reads(self, running: Running) -> None:
        program, before = Program(running, Role.COORDINATOR, writes=False), running.trial.position
        assert program.read("SMALL")["commands"] == []
        for command, (_, _, body) in WRITING.items():
            assert program.post(command, body).status_code == 403, command
        assert running.trial.position == before
        assert program.send("POST", "SMALL/exports/participants.csv").status_code == 200

    def test_one_that_is_revoked_ended_or_of_a_closed_account(self, shared: Running) -> None:
        program = Program(shared, Role.MONITOR)

        def asked() -> int:
            return int(program.send("GET", "SMALL").status_code)

        assert asked() == 200
        AccessToken.objects.update(ends=timezone.now() - datetime.timedelta(seconds=1))
        assert asked() == 401
        AccessToken.objects.update(ends=timezone.now() + datetime.timedelta(days=1))
        assert asked() == 200
        Person.objects.update(is_active=False)
        assert asked() == 401
        Person.objects.update(is_active=True)
        program.person.authenticator_set.all().delete()
        assert asked() == 401, "without a second factor"
        with_totp(program.person)
        assert asked() == 200
        revoke(program.token, None)
        assert asked() == 401


class TestAsking:
    def test_must_15_randomised_once_however_often_it_is_sent(self, running: Running) -> None:
        program = Program(running, Role.COORDINATOR)
        program.ask("record-stratum", participant="{eligible}", levels={"disease": "pm"})
        first = program.ask("randomise-participant", participant="{eligible}", key="one and the same")
        position = running.trial.position
        again = program.ask("randomise-participant", participant="{eligible}", key="one and the same")
        assert (first["again"], again["again"]) == (False, True)
        assert first["kits"] == again["kits"]
        assert len(first["kits"]) == 1
        assert first["recorded"] == again["recorded"]
        assert running.trial.position == position
        assert running.trial.order.count(running.eligible) == 1
        assert not any(arm in json.dumps((first, again)).lower() for arm in ARMS)
        other = program.ask("randomise-participant", participant="{eligible}", status=422)
        assert "not so: they are not randomised yet" in other["error"]["why"]

    def test_must_15_a_key_answers_for_one_thing_alone(self, running: Running) -> None:
        program, key = Program(running, Role.COORDINATOR), "one and the same"
        program.ask("miss-visit", participant="{one}", visit="week", why="ill", key=key)
        position = running.trial.position
        told = program.ask("miss-visit", participant="{one}", visit="week-2", why="ill", key=key, status=409)
        assert told["error"]["what"] == "This Idempotency-Key"
        program.ask("record-death", participant="{one}", on=TODAY, key=key, status=409)
        assert running.trial.position == position
        other = Program(running, Role.INVESTIGATOR)
        assert other.ask("miss-visit", participant="{one}", visit="week-2", why="ill", key=key)["again"] is False

    def test_a_first_answer_is_given_again_by_a_new_token_and_at_another_stage(self, running: Running) -> None:
        program, key = Program(running, Role.COORDINATOR), "one and the same"
        asked = {"participant": "{one}", "visit": "week", "why": "ill", "key": key}
        first = program.ask("miss-visit", **asked)
        running.ask(do.FreezeData("x"), Role.STATISTICIAN)
        again = Program(running, Role.COORDINATOR).ask("miss-visit", **asked)
        assert again["again"]
        assert again["recorded"] == first["recorded"]
        assert program.ask("miss-visit", participant="{one}", visit="week-2", why="ill", status=409)

    @pytest.mark.parametrize("key", ["", "short", "x" * 65, "ünïcödé-key"])
    def test_a_key_is_needed(self, running: Running, key: str) -> None:
        program, before = Program(running, Role.COORDINATOR), running.trial.position
        path, body = "SMALL/commands/miss-visit", {"participant": running.randomised, "visit": "week", "why": "x"}
        told = program.send("POST", path, body, **({"idempotency-key": key} if key else {}))
        assert told.status_code == 400
        assert "Idempotency-Key" in told.json()["error"]["what"]
        assert running.trial.position == before

    def test_the_log_says_that_a_program_asked_and_by_which_token(self, running: Running) -> None:
        program = Program(running, Role.COORDINATOR)
        program.ask("miss-visit", participant="{one}", visit="week", why="ill", reason="by telephone")
        last = list(running.trials.entries(NAME))[-1]
        assert last.by == "coordinator-01"
        assert last.role == "coordinator"
        assert last.reason == "by telephone"
        assert last.client.startswith(f"api, token {program.token.pk}, ")
        assert program.secret not in repr(last)

    def test_who_somebody_is_goes_to_the_vault_and_into_no_answer(self, running: Running) -> None:
        program = Program(running, Role.COORDINATOR)
        who = {"given": "Tamsin", "family": "Okonkwo", "born": "1970-02-03"}
        told = program.ask("prescreen-person", site="01", identity=who)
        number = told["participant"]["id"]
        assert running.trials.vault.get(NAME, "01", number) == who
        assert "Tamsin" not in json.dumps(told)
        assert "Tamsin" not in json.dumps(program.read(f"SMALL/participants/{number}"))
        assert not any("Tamsin" in repr(entry) for entry in running.trials.entries(NAME))

    def test_a_screening_is_worked_out_and_recorded(self, running: Running) -> None:
        program, before = Program(running, Role.INVESTIGATOR), running.trial.position
        asked = program.read("SMALL/participants/{eligible}/screening")
        assert [one["id"] for one in asked["criteria"]] == ["I1", "I2"]
        assert "age" in {one["key"] for one in asked["questions"]}
        worked = program.send("POST", "SMALL/participants/{eligible}/screening", {"age": 80}).json()
        assert worked["criteria"][0]["met"] == "false"
        assert running.trial.position == before
        findings = [{"criterion": "I1", "met": "true"}, {"criterion": "I2", "met": "true"}]
        fields = {"participant": "{eligible}", "on": TODAY, "findings": findings, "answers": {"age": 80}}
        told = program.ask("screen-participant", **fields, status=422)
        assert "I1" in json.dumps(told)
        fields["answers"] = {"age": 40}
        assert program.ask("screen-participant", **fields)["participant"]["state"] == "eligible"

    def test_must_03_a_form_is_corrected_as_it_was_seen_and_with_a_reason(self, running: Running) -> None:
        program, path = Program(running, Role.COORDINATOR), "SMALL/participants/{one}/visits/baseline/forms/vitals/1"
        seen = program.read(path)["seen"]
        fields = {"participant": "{one}", "visit": "baseline", "form": "vitals", "values": {"weight": "73"}}
        assert "reason" in json.dumps(program.ask("correct-form", **fields, seen=seen, status=422))
        told = program.ask("correct-form", **fields, seen=seen, reason="misread")
        assert told["recorded"][0]["changes"] == [{"what": "Body weight", "old": "72.5 kg", "new": "73 kg"}]
        assert program.read(path)["values"]["weight"] == "73"
        stale = program.ask("correct-form", **fields, seen=seen, reason="again", status=422)
        assert "not as you saw it" in stale["error"]["why"]
        assert program.ask("enter-form", **fields, status=422)["error"]["why"] == "is filled in already."

    def test_a_sealed_value_never_enters_the_log(self, running: Running) -> None:
        program = Program(running, Role.INDEPENDENT_STATISTICIAN)
        fields = {"participant": "{one}", "visit": "baseline", "form": "laboratory", "values": {"signature": "7.125"}}
        told = program.ask("enter-form", **fields)
        assert "7.125" not in json.dumps(told)
        assert not any("7.125" in repr(entry) for entry in running.trials.entries(NAME))

    def test_must_16_a_field_withheld_since_is_no_field_of_the_form(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unrationed: None
    ) -> None:
        """The version of the form they consented to was theirs to fill in; what an amendment withholds is not now."""
        monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
        redness = Field(id="redness", label="Redness", kind=Kind.NUMBER, information=Information.REACTION)
        mixed = replace(VITALS, fields=(*VITALS.fields, redness))
        before = replace(PROTOCOL, forms=(mixed, *PROTOCOL.forms[1:]))
        withheld = {**PROTOCOL.masking.withheld, Role.COORDINATOR: (Information.REACTION,)}
        forms = tuple(replace(form, by=(Role.INVESTIGATOR,)) for form in (mixed, PROTOCOL.forms[3]))
        masking = replace(PROTOCOL.masking, withheld=withheld)
        after = replace(before, version="2.0", forms=(forms[0], *PROTOCOL.forms[1:3], forms[1]), masking=masking)
        running = Running(tmp_path, before)
        running.ask(do.AmendProtocol(after), Role.SPONSOR, why="safety")
        program = Program(running, Role.COORDINATOR)
        path = "SMALL/participants/{one}/visits/week/forms/vitals/1"
        assert program.read(path)["values"] is None
        fields = {"participant": "{one}", "visit": "week", "form": "vitals"}
        hidden = program.ask("enter-form", **fields, values={"redness": "3"}, status=422)
        missing = program.ask("enter-form", **fields, values={"rodness": "3"}, status=422)
        assert hidden["error"]["why"] == missing["error"]["why"]
        assert program.ask("enter-form", **fields, values={"weight": "73"})["again"] is False
        asked = Program(running, Role.MONITOR).ask("raise-query", **fields, field="redness", words="x")["queries"]
        assert program.read(path)["queries"] == []
        assert Program(running, Role.MONITOR).read(path)["queries"] == asked

    def test_an_adverse_event_is_changed_by_the_number_its_reader_counts(self, running: Running) -> None:
        program = Program(running, Role.COORDINATOR)
        told = {**TOLD, "started": TODAY, "term": "Fever"}
        assert program.ask("report-adverse-event", participant="{one}", told=told)["adverse_events"] == [3]
        fields = {"participant": "{one}", "number": 3, "told": {**told, "term": "High fever"}}
        program.ask("update-adverse-event", **fields, reason="measured")
        assert running.one(running.randomised).adverse[3].told.term == "High fever"
        program.ask("update-adverse-event", **{**fields, "number": 9}, status=404)

    def test_a_query_is_raised_answered_and_closed(self, running: Running) -> None:
        about = {"participant": "{one}", "visit": "baseline", "form": "vitals"}
        monitor, site = Program(running, Role.MONITOR), Program(running, Role.COORDINATOR)
        (number,) = monitor.ask("raise-query", **about, field="weight", words="Sure?")["queries"]
        site.ask("answer-query", query=number, words="Yes")
        assert monitor.read(f"SMALL/queries/{number}")["answers"][0]["words"] == "Yes"
        monitor.ask("close-query", query=number)
        assert number not in {one["id"] for one in site.read("SMALL/queries")}
        assert number in {one["id"] for one in site.read("SMALL/queries?show=all")}
        hidden = {"participant": "{one}", "visit": "week", "form": "reactions", "field": "size", "words": "x"}
        Program(running, Role.STATISTICIAN).ask("raise-query", **hidden, status=422)


class TestRefused:
    @pytest.mark.parametrize(
        ("command", "fields", "place"),
        [
            ("record-visit", {"participant": "{one}", "visit": "week", "on": TODAY, "by": "monitor"}, "$"),
            ("randomise-participant", {"participant": "{one}", "kits": ["1"]}, "$"),
            ("randomise-participant", {"participant": "{one}", "number": 1}, "$"),
            ("prescreen-person", {"site": "01", "identity": "a fingerprint"}, "$.identity"),
            ("prescreen-person", {"site": "01", "identity": {"arm": "x"}}, "$.identity"),
            ("report-adverse-event", {"participant": "{one}", "told": {**TOLD, "sent": []}}, "$.told"),
            (
                "screen-participant",
                {
                    "participant": "{one}",
                    "on": TODAY,
                    "findings": [{"criterion": "I1", "met": "true", "computed": "true"}],
                },
                "$.findings[0]",
            ),
            (
                "enter-form",
                {"participant": "{one}", "visit": "x", "form": "x", "values": {}, "sealed": {"x": "y"}},
                "$",
            ),
        ],
    )
    def test_fields_that_nobody_may_set(self, shared: Running, command: str, fields: Any, place: str) -> None:
        """What the program, the vault or the custodian settles cannot be sent along."""
        told = Program(shared, Role.COORDINATOR).ask(command, **fields, status=400)
        assert told["error"]["what"] == place
        assert told["error"]["why"]
        assert "openapi.json" in told["error"]["do"]

    @pytest.mark.parametrize(
        ("raw", "what"),
        [
            (b"", "The body"),
            (b"[]", "The body"),
            (b"{", "The body"),
            (b"\xff\xfe", "The body"),
            (b'{"participant": 4, "visit": "week", "on": "2026-01-01"}', "$.participant"),
            (b'{"participant": "x", "visit": "week", "on": "yesterday"}', "$.on"),
            (b'{"participant": "x", "visit": "week"}', "$"),
            (b'{"participant": "x", "visit": "we\\u0000ek", "on": "2026-01-01"}', "$.visit"),
            (b'{"participant": "x", "visit": "week", "on": "2026-01-01", "reason": ["x"]}', "$.reason"),
        ],
    )
    def test_wrong_json_with_its_place(self, shared: Running, raw: bytes, what: str) -> None:
        told = Program(shared, Role.COORDINATOR).post("record-visit", raw)
        assert told.status_code == 400
        assert told.json()["error"]["what"] == what

    def test_too_deep_and_too_large(self, shared: Running) -> None:
        program = Program(shared, Role.COORDINATOR)
        for deep in (30, 100_000):
            assert program.post("record-visit", b'{"x":' * deep + b"1" + b"}" * deep).status_code == 422
        large = program.post("record-visit", b'{"reason": "' + b"x" * LARGEST + b'"}')
        assert large.status_code == 413
        assert f"{LARGEST:,}" in large.json()["error"]["why"]
        assert (
            program.send("POST", "SMALL/participants/{eligible}/screening", b" " * LARGEST + b"{}").status_code == 413
        )

    @pytest.mark.parametrize("odd", ["x", "%00", "%2e%2e%2fetc", "💊", "'--", "9" * 400, "null", "-1", "%0d%0aX:y"])
    def test_nonsense_in_an_address_is_not_there_and_fails_nothing(self, shared: Running, odd: str) -> None:
        program = Program(shared, Role.INVESTIGATOR)
        for method, path, _ in READING[1:]:
            parts = path.split("/")
            for place in range(len(parts)):
                there = "/".join((*parts[:place], odd, *parts[place + 1 :]))
                assert program.send(method, there).status_code in (404, 405), there
        for query in ("limit=0", "limit=x", "limit=99999", "before=-1", "before=x"):
            assert program.send("GET", f"SMALL/audit?{query}").status_code == 400, query
        assert program.send("GET", f"SMALL/protocol?version={odd}").status_code == 404
        assert program.read(f"SMALL/participants?site={odd}&state={odd}")["participants"] == []

    @pytest.mark.parametrize("kind", BY_HAND, ids=tag_of)
    def test_must_08_what_a_person_signs_or_confirms_no_token_may_do(self, kind: Any, shared: Running) -> None:
        """And it says which page to use instead."""
        before = shared.trial.position
        for role in LETTERS.values():
            told = Program(shared, role).ask(tag_of(kind), participant=shared.randomised, status=403)
            assert "not with a token" in told["error"]["why"]
            assert f"/staff/trials/{NAME}/" in told["error"]["do"] or kind in (
                do.OpenTrial,
                do.SealAllocation,
                do.NumberKits,
            )
        assert shared.trial.position == before


class TestExports:
    def test_must_01_what_is_taken_out_is_in_the_log_first(self, running: Running) -> None:
        program = Program(running, Role.STATISTICIAN, writes=False)
        taken = program.send("POST", "SMALL/exports/participants.csv")
        assert taken["Content-Type"].startswith("text/csv")
        last = list(running.trials.entries(NAME))[-1]
        assert (last.tag, last.by, last.role) == ("data-exported", "statistician", "statistician")
        assert hashlib.sha256(taken.content).hexdigest() in last.body
        assert last.client == f"api, token {program.token.pk}"

    def test_every_table_leaves_as_csv_and_dataset_json(self, running: Running) -> None:
        program = Program(running, Role.STATISTICIAN)
        names = program.read("SMALL/exports")
        assert "form_reactions" not in names
        for name in names:
            assert program.send("POST", f"SMALL/exports/{name}.csv").status_code == 200
            told = program.send("POST", f"SMALL/exports/{name}.json").json()
            assert told["datasetJSONVersion"] == "1.1.0"

    def test_while_arms_are_secret_no_program_takes_out_what_is_sealed(self, running: Running) -> None:
        running.fill(running.randomised, "laboratory", {"signature": "7.125"}, Role.INDEPENDENT_STATISTICIAN)
        before = running.trials.custodian._sealed.looks.head(NAME)
        program = Program(running, Role.INDEPENDENT_STATISTICIAN)
        for name in program.read("SMALL/exports"):
            told = program.send("POST", f"SMALL/exports/{name}.csv").content.decode().lower()
            head = told.partition("\n")[0].split(",")
            if name == ARMS_TABLE:
                assert all(line.endswith(",yes") for line in told.splitlines()[1:]), "all are made up"
                continue
            assert not {"arm", "randomisation_number", "signature"} & set(head), name
            assert "7.125" not in told
            assert name in ("form_laboratory", "dictionary") or not any(arm in told for arm in ARMS)
        assert running.trials.custodian._sealed.looks.head(NAME) == before

    def test_must_20_where_the_protocol_leaves_arms_open_they_are_in_the_table(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unrationed: None
    ) -> None:
        monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
        single = Masking(masked=(Party.OUTCOMES_ASSESSOR,))
        running = Running(tmp_path, replace(with_telling_arms(PROTOCOL), masking=single))
        seeing, masked = Program(running, Role.COORDINATOR), Program(running, Role.ASSESSOR)
        told = seeing.send("POST", "SMALL/exports/participants.csv").content.decode().lower()
        assert "arm" in told.partition("\r\n")[0].split(",")
        assert any(arm in told for arm in ARMS)
        assert list(running.trials.entries(NAME))[-1].body.count("sealed:participants.csv") == 1
        told = masked.send("POST", "SMALL/exports/participants.csv").content.decode().lower()
        assert not any(arm in told for arm in ARMS)


def test_lists_come_page_by_page(shared: Running) -> None:
    program = Program(shared, Role.MONITOR)
    everybody = [one["id"] for one in program.read("SMALL/participants")["participants"]]
    found, after = [], ""
    while after is not None:
        page = program.read(f"SMALL/participants?limit=2&after={after}")
        found += [one["id"] for one in page["participants"]]
        after = page["next"]
    assert found == everybody == sorted(everybody)
    positions, before = [], ""
    while before is not None:
        page = program.read(f"SMALL/audit?limit=7{f'&before={before}' if before else ''}")
        positions += [one["position"] for one in page["lines"]]
        before = page["next"]
    assert positions == sorted(set(positions), reverse=True)
    assert positions == [one["position"] for one in program.read("SMALL/audit?limit=500")["lines"]]


def test_each_token_may_ask_so_often_and_guessing_is_slow(shared: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Program(shared, Role.MONITOR), Program(shared, Role.SPONSOR)
    asked, guesses = Buckets(capacity=3, seconds=60.0), Buckets(capacity=2, seconds=60.0)
    (bearer,) = trial_api.auth
    monkeypatch.setattr(bearer, "asked", asked)
    monkeypatch.setattr(bearer, "guesses", guesses)
    monkeypatch.setattr(Buckets, "take", TAKE)
    assert [first.send("GET", "").status_code for _ in range(4)] == [200, 200, 200, 429]
    told = first.send("GET", "")
    assert int(told["Retry-After"]) > 0
    assert "seconds" in told.json()["error"]["do"]
    assert second.send("GET", "").status_code == 200
    stranger = Client(headers={"host": "localhost", "authorization": "Bearer eqp_guessed"})
    assert [stranger.get(API).status_code for _ in range(3)] == [401, 401, 429]
    assert second.send("GET", "").status_code == 200, "others behind the same address go on"
