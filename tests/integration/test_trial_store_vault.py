"""Personal data: kept by site, corrected without losing what was there, erased without a trace to match."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from equipoise.conduct.log import Context, flaws
from equipoise.kernel.refused import Refused
from equipoise.store.trial.keys import KeyFromEnvironment, KeySource, new_key
from equipoise.store.trial.tables import VAULT
from equipoise.store.trial.vault import ERASED, READ, ROTATED, Identity, Vault, open_vault
from tests.chains import AT, ENGINES, EVA, behind, place

ANN = {"name": "Ann Müller", "born": "1970-02-03", "phone": "+39 06 0000"}


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with place(request.param, request, tmp_path) as url:
        yield url


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> KeySource:
    monkeypatch.setenv("VAULT_KEY", new_key())
    return KeyFromEnvironment("VAULT_KEY")


@pytest.fixture
def vault(url: str, source: KeySource) -> Iterator[Vault]:
    with closing(open_vault(url, source)) as vault:
        yield vault


def test_what_is_put_comes_back(vault: Vault) -> None:
    vault.put("T1", "01", "P-1", ANN)
    vault.put("T2", "01", "P-1", {"name": "Bo"})
    assert vault.get("T1", "01", "P-1") == ANN
    assert vault.get("T2", "01", "P-1") == {"name": "Bo"}


def test_another_site_finds_nothing(vault: Vault) -> None:
    vault.put("T1", "01", "P-1", ANN)
    assert vault.get("T1", "02", "P-1") is None
    assert vault.fingerprint("T1", "02", "P-1") is None
    assert vault.history("T1", "02", "P-1") == ()
    assert vault.at_site("T1", "02") == {}
    assert vault.erase("T1", "02", "P-1") == 0
    assert vault.get("T1", "01", "P-1") == ANN


def test_a_correction_keeps_what_was_there(vault: Vault) -> None:
    first = vault.put("T1", "01", "P-1", ANN)
    second = vault.put("T1", "01", "P-1", {**ANN, "name": "Anna Müller"})
    assert vault.history("T1", "01", "P-1") == (
        Identity("P-1", 1, ANN, first),
        Identity("P-1", 2, {**ANN, "name": "Anna Müller"}, second),
    )
    assert vault.get("T1", "01", "P-1") == {**ANN, "name": "Anna Müller"}
    assert vault.fingerprint("T1", "01", "P-1") == second


def test_everybody_at_a_site(vault: Vault) -> None:
    for number in range(4):
        vault.put("T1", f"0{number % 2}", f"P-{number}", {"name": f"N{number}"})
    vault.put("T1", "01", "P-1", {"name": "corrected"})
    assert vault.at_site("T1", "01") == {"P-1": {"name": "corrected"}, "P-3": {"name": "N3"}}


def test_the_fingerprint_is_salted(vault: Vault) -> None:
    prints = {vault.put("T1", "01", participant, ANN) for participant in ("P-1", "P-1", "P-2")}
    assert len(prints) == 3
    assert all(len(one) == 64 for one in prints)
    assert hashlib.sha256(repr(ANN).encode()).hexdigest() not in prints


def test_what_is_erased_is_gone_and_matches_nothing(url: str, vault: Vault, tmp_path: Path) -> None:
    logged = vault.put("T1", "01", "P-1", ANN)
    vault.put("T1", "01", "P-1", {"name": "Anna"})
    vault.put("T1", "01", "P-2", {"name": "Bo"})
    with behind(url, VAULT.schema) as raw:
        kept = [bytes(sealed) for (sealed,) in raw.run("select sealed from identity where participant = 'P-1'")]
    assert vault.erase("T1", "01", "P-1") == 2
    assert vault.get("T1", "01", "P-1") is None
    assert vault.fingerprint("T1", "01", "P-1") is None
    with behind(url, VAULT.schema) as raw:
        assert raw.run("select distinct participant from identity") == [("P-2",)]
    assert vault.put("T1", "01", "P-1", ANN) != logged
    if url.startswith("sqlite"):
        # The same values again lie there under another salt and nonce.
        content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert all(sealed not in content for sealed in kept)


def test_it_is_encrypted_where_it_lies(url: str, vault: Vault, tmp_path: Path) -> None:
    vault.put("T1", "01", "P-1", ANN)
    with behind(url, VAULT.schema) as raw:
        assert "Müller" not in repr(raw.run("select * from identity"))
        sealed = bytes(raw.run("select sealed from identity")[0][0])
    assert "Müller".encode() not in sealed
    if url.startswith("sqlite"):
        assert all("Müller".encode() not in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize("change", ["site = '02'", "participant = 'P-9'", "version = 7", "trial = 'T2'"])
def test_a_row_cannot_be_given_to_another(url: str, vault: Vault, change: str) -> None:
    vault.put("T1", "01", "P-1", ANN)
    vault.put("T2", "01", "P-2", ANN)
    with behind(url, VAULT.schema) as raw:
        raw.run(f"update identity set {change} where participant = 'P-1'")
        ((trial, site, participant),) = raw.run(
            "select trial, site, participant from identity where participant <> 'P-2'"
        )
    with pytest.raises(Refused, match="was altered since it was sealed, or put in another's place"):
        vault.get(trial, site, participant)


def test_the_key_is_its_own_and_can_be_changed(
    url: str, vault: Vault, source: KeySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.put("T1", "01", "P-1", ANN)
    monkeypatch.setenv("FRESH", new_key())
    vault.rotate(KeyFromEnvironment("FRESH"), EVA)
    assert [(one.tag, one.by) for one in vault.looks.entries("T1")] == [(ROTATED, EVA.by)]
    assert vault.get("T1", "01", "P-1") == ANN
    with pytest.raises(Refused, match="trial_vault: was sealed with another master key"):
        open_vault(url, source)
    with closing(open_vault(url, KeyFromEnvironment("FRESH"))) as again:
        assert again.get("T1", "01", "P-1") == ANN


def test_must_01_who_looked_at_whom_is_in_a_log_that_only_grows(url: str, vault: Vault) -> None:
    vault.put("T1", "01", "P-1", ANN)
    vault.put("T1", "01", "P-2", {"name": "Bo"})
    assert vault.look("T1", "01", "P-1", EVA) == ANN
    assert vault.look("T1", "02", "P-1", EVA) is None
    assert vault.look_at_site("T1", "01", EVA) == {"P-1": ANN, "P-2": {"name": "Bo"}}
    assert vault.erase("T1", "01", "P-1", EVA) == 1
    looks = list(vault.looks.entries("T1"))
    seen = [(one.tag, one.site, one.subject) for one in looks]
    assert seen == [(READ, "01", "P-1"), (READ, "02", "P-1"), (READ, "01", ""), (ERASED, "01", "P-1")]
    assert {(one.by, one.reason) for one in looks} == {(EVA.by, EVA.reason)}
    assert list(flaws(looks)) == []
    assert "Müller" not in repr(looks)
    with behind(url, VAULT.schema) as raw:
        for act in ("update entry set reason = ''", "delete from entry"):
            with pytest.raises(Exception, match="What is written here stays"):
                raw.run(act)


def test_nobody_looks_without_a_name(vault: Vault) -> None:
    vault.put("T1", "01", "P-1", ANN)
    nobody = Context("", AT, reason="to see")
    for look in (vault.look_at_site, lambda *asked: vault.look(*asked[:2], "P-1", asked[-1])):
        with pytest.raises(Refused, match="The vault: is opened to people with a name only"):
            look("T1", "01", nobody)
    assert list(vault.looks.entries("T1")) == []


def test_what_the_program_takes_back_is_no_look(vault: Vault) -> None:
    vault.put("T1", "01", "P-1", ANN)
    assert vault.erase("T1", "01", "P-1") == 1
    assert vault.erase("T1", "01", "P-1", EVA) == 0
    assert list(vault.looks.entries("T1")) == []
