"""Anchors that a host signs: whoever has the public key knows them from all others."""

import secrets
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from equipoise.actions.auditing import Audited, audit_trial
from equipoise.conduct.log import Anchor, Flaw
from equipoise.kernel.refused import Refused
from equipoise.store.trial.anchors import forged, public_key, read_anchors, sign_anchor, write_anchors
from equipoise.store.trial.keys import KeyFromFile, key_source, new_key
from equipoise.store.trial.log import open_log
from tests.trials import Bench

PLAIN = Anchor("T1", 3, "a" * 64, "2026-03-02T09:00:00.000000Z")


@pytest.fixture
def key(tmp_path: Path) -> KeyFromFile:
    return _key(tmp_path / "anchor.key")


def _key(path: Path) -> KeyFromFile:
    path.write_text(new_key())
    path.chmod(0o600)
    found = key_source(f"file:{path}")
    assert isinstance(found, KeyFromFile)
    return found


def test_must_02_a_signed_anchor_is_known_by_the_public_key_alone(key: KeyFromFile, tmp_path: Path) -> None:
    signed = sign_anchor(PLAIN, key)
    assert list(forged([signed, PLAIN], public_key(key))) == []
    other = public_key(_key(tmp_path / "other.key"))
    why = f"The anchor of {PLAIN.at} was not signed with the key whose public half was given."
    assert list(forged([signed, PLAIN], other)) == [Flaw(3, why)]


@pytest.mark.parametrize("change", [{"trial": "T2"}, {"position": 4}, {"hash": "b" * 64}, {"at": "then"}])
def test_must_02_a_signature_binds_everything_an_anchor_says(change: dict[str, object], key: KeyFromFile) -> None:
    assert list(forged([msgspec.structs.replace(sign_anchor(PLAIN, key), **change)], public_key(key)))


@pytest.mark.parametrize("signature", ["00", "zz", secrets.token_hex(64)])
def test_must_02_what_is_no_signature_is_none(signature: str, key: KeyFromFile) -> None:
    assert list(forged([msgspec.structs.replace(PLAIN, signature=signature)], public_key(key)))


def test_a_public_key_is_told_apart_from_anything_else() -> None:
    with pytest.raises(Refused, match="no public key"):
        list(forged([PLAIN], "the key"))


def test_anchors_keep_their_signature_in_the_file_and_older_ones_have_none(key: KeyFromFile, tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    path.write_text(f'{{"trial":"T1","position":3,"hash":"{"a" * 64}","at":"{PLAIN.at}"}}\n')
    signed = sign_anchor(PLAIN, key)
    write_anchors(path, [signed, PLAIN])
    assert read_anchors(path) == (PLAIN, signed, PLAIN)
    assert "signature" not in path.read_text().splitlines()[2]


def test_must_02_an_audit_says_which_anchors_prove_nothing(key: KeyFromFile, tmp_path: Path) -> None:
    bench = Bench()
    with closing(open_log(f"sqlite:{tmp_path / 'log'}")) as log:
        log.load(bench.entries)
        head = log.anchor("SMALL", bench.at)
        signed = sign_anchor(head, key)

        def audited(*anchors: Anchor, public: str = "") -> Audited:
            return audit_trial(log, "SMALL", anchors=anchors, public_key=public)

        assert audited(signed, public=public_key(key)) == audited()
        assert audited(signed, head, public=public_key(key)).notes == (
            "1 of 2 anchors is unsigned: that they are genuine is not proved.",
        )
        assert audited(signed).notes == ("1 of 1 anchors is signed, but not checked: no public key was given.",)
        forger = msgspec.structs.replace(signed, hash=bench.entries[0].hash)
        problems = audited(forger, public=public_key(key)).problems
    assert problems == (
        f"Entry {head.position}: The anchor of {head.at} was not signed with the key whose public half was given.",
        f"Entry {head.position}: The log has another entry here than the one anchored at {head.at}.",
    )
