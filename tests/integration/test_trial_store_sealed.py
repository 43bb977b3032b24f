"""The sealed store: written once, every look logged, nothing opened with the wrong key or after an alteration."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import psycopg
import pytest

from equipoise.conduct.log import Context, Entry, flaws
from equipoise.kernel.refused import Refused
from equipoise.store.trial.keys import (
    KeyFromCommand,
    KeyFromEnvironment,
    KeyFromFile,
    KeySource,
    SplitKey,
    key_source,
    new_key,
    split_key,
)
from equipoise.store.trial.sealed import CHECKED, PUT, READ, ROTATED, Sealed, open_sealed
from equipoise.store.trial.tables import SEALED
from tests.chains import AT, ENGINES, EVA, behind, place

REFUSED = (sqlite3.IntegrityError, psycopg.errors.RestrictViolation)
SEED = b"\x00\x01seed of the list\xff" * 2


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with place(request.param, request, tmp_path) as url:
        yield url


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> KeySource:
    return key_named("EQUIPOISE_SEALED_KEY", monkeypatch)


def key_named(name: str, monkeypatch: pytest.MonkeyPatch) -> KeySource:
    monkeypatch.setenv(name, new_key())
    return KeyFromEnvironment(name)


@pytest.fixture
def sealed(url: str, source: KeySource) -> Iterator[Sealed]:
    with closing(open_sealed(url, source)) as sealed:
        yield sealed


def looks(sealed: Sealed, trial: str = "T1") -> list[tuple[str, str, str, str]]:
    return [(look.tag, look.by, look.subject, look.reason) for look in sealed.looks.entries(trial)]


def test_what_is_sealed_comes_back(sealed: Sealed) -> None:
    sealed.put("T1", {"seed": SEED, "salt": b"", "list": bytes(100_000)}, EVA)
    sealed.put("T2", {"seed": b"another"}, EVA)
    assert sealed.get("T1", "seed", EVA) == SEED
    assert sealed.get_all("T1", ("salt", "list"), EVA) == {"salt": b"", "list": bytes(100_000)}
    assert sealed.get("T2", "seed", EVA) == b"another"
    assert sealed.names("T1") == ("list", "salt", "seed")


def test_it_opens_again_with_the_same_key(url: str, source: KeySource) -> None:
    with closing(open_sealed(url, source)) as sealed:
        sealed.put("T1", {"seed": SEED}, EVA)
    with closing(open_sealed(url, source)) as sealed:
        assert sealed.get("T1", "seed", EVA) == SEED


def test_must_11_a_seed_is_never_replaced(sealed: Sealed) -> None:
    sealed.put("T1", {"seed": SEED}, EVA)
    with pytest.raises(Refused, match="T1: seed: is sealed already, and stays as it is"):
        sealed.put("T1", {"salt": b"new", "seed": b"another"}, EVA)
    assert sealed.get("T1", "seed", EVA) == SEED
    assert sealed.names("T1") == ("seed",)


def test_must_22_every_look_is_logged(sealed: Sealed) -> None:
    sealed.put("T1", {"seed": SEED, "salt": b"salt"}, EVA)
    pharmacist = Context("pia", AT, role="pharmacist", reason="P-0007 in emergency", zone="Europe/Rome", client="page")
    sealed.get("T1", "salt", pharmacist)
    sealed.get_all("T1", ("seed", "salt"), EVA)
    assert looks(sealed) == [
        (PUT, "eva", "seed", EVA.reason),
        (PUT, "eva", "salt", EVA.reason),
        (READ, "pia", "salt", "P-0007 in emergency"),
        (READ, "eva", "seed", EVA.reason),
        (READ, "eva", "salt", EVA.reason),
    ]
    third = next(sealed.looks.entries("T1", after=2))
    assert (third.at, third.role) == ("2026-03-02T09:00:00.000000Z", "pharmacist")
    assert (third.zone, third.client) == ("Europe/Rome", "page")
    assert list(flaws(sealed.looks.entries("T1"))) == []


def test_must_22_a_look_that_finds_nothing_is_logged_too(sealed: Sealed) -> None:
    with pytest.raises(Refused, match="T1: code: is not sealed here"):
        sealed.get("T1", "code", EVA)
    assert looks(sealed) == [(READ, "eva", "code", EVA.reason)]


def test_must_22_no_look_without_a_name_and_a_reason(sealed: Sealed) -> None:
    sealed.put("T1", {"seed": SEED}, EVA)
    with pytest.raises(Refused, match="read for a reason only"):
        sealed.get("T1", "seed", msgspec.structs.replace(EVA, reason=" "))
    with pytest.raises(Refused, match="people with a name only"):
        sealed.get("T1", "seed", msgspec.structs.replace(EVA, by=""))
    assert len(looks(sealed)) == 1


def test_must_22_the_looks_hold_no_content(url: str, sealed: Sealed) -> None:
    sealed.put("T1", {"seed": b"the very seed"}, EVA)
    sealed.get("T1", "seed", EVA)
    with behind(url, SEALED.schema) as raw:
        for table in ("entry", "secret", "data_key"):
            assert "the very seed" not in repr(raw.run(f"select * from {table}"))


def test_a_store_without_its_key_is_refused(
    url: str, sealed: Sealed, source: KeySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed.put("T1", {"seed": SEED}, EVA)
    with pytest.raises(Refused, match=r"sealed with another master key \([0-9a-f]{16}\); the one given is"):
        open_sealed(url, key_named("OTHER", monkeypatch))
    monkeypatch.delenv("EQUIPOISE_SEALED_KEY")
    with pytest.raises(Refused, match="EQUIPOISE_SEALED_KEY: is not set"):
        open_sealed(url, source)


def test_every_altered_byte_is_found(url: str, sealed: Sealed) -> None:
    sealed.put("T1", {"seed": b"seed"}, EVA)
    with behind(url, SEALED.schema) as raw:
        raw.lift_triggers()
        for table, column in (("secret", "sealed"), ("data_key", "wrapped")):
            ((whole,),) = raw.run(f"select {column} from {table}")
            for place in range(len(whole)):
                raw.run(f"update {table} set {column} = ?", _flipped(bytes(whole), place))
                with pytest.raises(Refused, match="was altered since it was sealed"):
                    sealed.get("T1", "seed", EVA)
            for length in (0, 1, 12, 13, 28, len(whole) - 1):
                raw.run(f"update {table} set {column} = ?", bytes(whole)[:length])
                with pytest.raises(Refused, match="was altered since it was sealed"):
                    sealed.get("T1", "seed", EVA)
            raw.run(f"update {table} set {column} = ?", whole)
    assert sealed.get("T1", "seed", EVA) == b"seed"


def _flipped(whole: bytes, place: int) -> bytes:
    return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]


def test_ciphertexts_cannot_change_places(url: str, sealed: Sealed) -> None:
    sealed.put("T1", {"a": b"arm A", "b": b"arm B"}, EVA)
    sealed.put("T2", {"a": b"arm C"}, EVA)
    with behind(url, SEALED.schema) as raw:
        raw.lift_triggers()
        raw.run("update secret set name = 'x' where trial = 'T1' and name = 'a'")
        raw.run("update secret set name = 'a' where trial = 'T1' and name = 'b'")
        with pytest.raises(Refused, match="T1: a: was altered"):
            sealed.get("T1", "a", EVA)
        raw.run("update secret set trial = 'T3' where trial = 'T2'")
        raw.run("update data_key set trial = 'T3' where trial = 'T2'")
        with pytest.raises(Refused, match="the key of T3: was altered"):
            sealed.get("T3", "a", EVA)
    assert list(sealed.altered("T1", EVA)) == ["a", "x"]


def test_a_lost_data_key_is_said(url: str, sealed: Sealed) -> None:
    sealed.put("T1", {"seed": SEED}, EVA)
    with behind(url, SEALED.schema) as raw:
        raw.lift_triggers()
        raw.run("delete from data_key")
    with pytest.raises(Refused, match="has no key to open it"):
        sealed.get("T1", "seed", EVA)


def test_what_is_altered_is_listed_and_that_somebody_looked(url: str, sealed: Sealed) -> None:
    sealed.put("T1", {"seed": SEED, "salt": b"salt", "list": b"list"}, EVA)
    assert list(sealed.altered("T1", EVA)) == []
    with behind(url, SEALED.schema) as raw:
        raw.lift_triggers()
        raw.run("update secret set sealed = ? where name = 'list'", b"\x01" + bytes(40))
    assert list(sealed.altered("T1", EVA)) == ["list"]
    assert [look[0] for look in looks(sealed)] == [PUT, PUT, PUT, CHECKED, CHECKED]


def test_the_master_key_is_changed(
    url: str, sealed: Sealed, source: KeySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed.put("T1", {"seed": SEED}, EVA)
    sealed.put("T2", {"seed": b"other"}, EVA)
    fresh = key_named("FRESH", monkeypatch)
    with closing(open_sealed(url, source)) as left_behind:
        sealed.rotate(fresh, EVA)
        with pytest.raises(Refused, match="another master key"):
            left_behind.get("T1", "seed", EVA)
        with pytest.raises(Refused, match="another master key"):
            left_behind.put("T3", {"seed": b"under the old key"}, EVA)
    assert sealed.get("T1", "seed", EVA) == SEED
    with pytest.raises(Refused, match="another master key"):
        open_sealed(url, source)
    with closing(open_sealed(url, fresh)) as again:
        assert again.get("T2", "seed", EVA) == b"other"
        assert looks(again, "T2")[1] == (ROTATED, "eva", "", EVA.reason)
        with behind(url, SEALED.schema) as raw, pytest.raises(REFUSED, match="DELETE of data_key"):
            raw.run("delete from data_key")


def test_two_custodians_hold_half_a_key_each(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = new_key()
    halves = split_key(whole)
    monkeypatch.setenv("HALF", halves[0])
    path = tmp_path / "half"
    path.write_text(halves[1] + "\n")
    path.chmod(0o600)
    both = key_source(f"both:env:HALF+file:{path}")
    assert both == SplitKey(KeyFromEnvironment("HALF"), KeyFromFile(path))
    with closing(open_sealed(url, both)) as sealed:
        sealed.put("T1", {"seed": SEED}, EVA)
    for half in (KeyFromEnvironment("HALF"), KeyFromFile(path)):
        with pytest.raises(Refused, match="another master key"):
            open_sealed(url, half)
    monkeypatch.setenv("WHOLE", whole)
    with closing(open_sealed(url, KeyFromEnvironment("WHOLE"))) as sealed:
        assert sealed.get("T1", "seed", EVA) == SEED
    assert split_key(whole) != halves


def test_a_key_file_open_to_everybody_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(new_key())
    path.chmod(0o604)
    with pytest.raises(Refused, match=r"is open to everybody\. Run: chmod 600"):
        KeyFromFile(path).key()
    path.chmod(0o640)
    assert len(KeyFromFile(path).key()) == 32
    with pytest.raises(Refused, match="cannot be read: No such file"):
        KeyFromFile(tmp_path / "gone").key()


def test_a_program_prints_the_key(tmp_path: Path) -> None:
    key = new_key()
    found = key_source(f"command:printf '%s\\n' {key}")
    assert found == KeyFromCommand(("printf", "%s\\n", key))
    assert found.key().hex() == key
    for arguments in (("false",), ("sh", "-c", f"echo {key}; exit 3"), (str(tmp_path / "none"),)):
        with pytest.raises(Refused, match="instead of printing a key") as refused:
            KeyFromCommand(arguments).key()
        assert key not in str(refused.value)


@pytest.mark.parametrize("words", ["short", "z" * 64, "0" * 63, "0" * 66])
def test_what_is_no_key_is_refused_and_not_repeated(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K", words)
    with pytest.raises(Refused, match="a key is 64 hexadecimal digits") as refused:
        KeyFromEnvironment("K").key()
    assert words not in str(refused.value)


@pytest.mark.parametrize("words", ["", "env:", "file:", "command: ", "both:env:K", "0" * 64])
def test_a_source_that_is_none_is_refused_and_not_repeated(words: str) -> None:
    with pytest.raises(Refused, match="names no source of a key") as refused:
        key_source(words)
    assert "0" * 64 not in str(refused.value)


def test_looks_are_entries_of_a_log(sealed: Sealed) -> None:
    sealed.put("T1", {"seed": SEED}, EVA)
    assert all(isinstance(look, Entry) for look in sealed.looks.entries("T1"))
    assert sealed.looks.anchor("T1", AT).position == 1
