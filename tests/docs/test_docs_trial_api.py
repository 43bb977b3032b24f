"""Every example of docs/trial-api.md is sent, in its order, and what comes back holds what the document shows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from equipoise.conduct.masking import Held
from equipoise.conduct.roles import Role
from equipoise.web.accounts.tokens import Wanted, make_token
from equipoise.web.api.trials.wire import COMMANDS
from equipoise.web.patience import Buckets
from tests.accounts import fresh_client, make_person, with_totp
from tests.docs.test_docs_api import missing
from tests.web.trialing import NAME, Running

PAGE = (Path(__file__).parents[2] / "docs" / "trial-api.md").read_text()
BLOCKS = [block.replace("\n    ", "\n").strip() for block in re.findall(r"(?:^    .*\n)+", PAGE, re.MULTILINE)]
EXAMPLES = list(zip(BLOCKS[::2], BLOCKS[1::2], strict=True))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """What one example writes, the next one reads."""
    home = tmp_path_factory.mktemp("documented")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_HOME", str(home))
        patch.setattr(Buckets, "take", lambda *_: 0.0)
        yield Running(home)


@pytest.mark.django_db
def test_every_example_answers_as_documented(running: Running) -> None:
    person = with_totp(make_person("investigator-01"))
    wanted = Wanted("docs", NAME, (Held(Role.INVESTIGATOR, "01"),), writes=True)
    secret = make_token(person, running.trial, wanted, None)
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {secret}"})
    for number, (asked, answer) in enumerate(EXAMPLES):
        line, _, body = asked.partition("\n")
        method, path = line.split()
        key = {"idempotency-key": f"example {number}"}
        told = client.generic(method, path, body, "application/json", headers=key)
        status, _, shown = answer.partition("\n")
        assert told.status_code == int(status), (line, told.content)
        assert missing(json.loads(shown), json.loads(told.content)) == [], line


def test_there_is_an_example_for_every_address() -> None:
    paths = fresh_client().get("/api/trials/openapi.json").json()["paths"]
    sent = [asked.split()[1].partition("?")[0] for asked, _ in EXAMPLES]
    for path in paths:
        shape = re.sub(r"{\w+}", "[^/]+?", path)
        assert any(re.fullmatch(shape, each) for each in sent), path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}`" in PAGE
