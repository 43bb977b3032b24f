"""Backup and restore, rehearsed between both engines; what was altered, cut, missing or half done is refused."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec
import pytest
import zstandard

from equipoise import __version__
from equipoise.conduct.log import Anchor, Entry, flaws
from equipoise.kernel.refused import Refused
from equipoise.store.trial.backup import Manifest, back_up, check_backup, restore
from equipoise.store.trial.keys import KeyFromEnvironment, new_key
from equipoise.store.trial.log import Log, open_log
from equipoise.store.trial.sealed import Sealed, open_sealed
from equipoise.store.trial.vault import Vault, open_vault
from tests.chains import AT, EVA, chained, place

KEY = KeyFromEnvironment("BACKUP_TEST_KEY")
FILES = (
    "log-anchors.jsonl",
    "log.jsonl.zst",
    "looks-anchors.jsonl",
    "looks.jsonl.zst",
    "reads-anchors.jsonl",
    "reads.jsonl.zst",
    "sealed.jsonl.zst",
    "vault.jsonl.zst",
)


class Stores:
    def __init__(self, log: Log, sealed: Sealed, vault: Vault) -> None:
        self.log, self.sealed, self.vault = log, sealed, vault

    def back_up(self, folder: Path) -> Manifest:
        return back_up(folder, at=AT, log=self.log, sealed=self.sealed, vault=self.vault)

    def restore(self, folder: Path, anchors: tuple[Anchor, ...] = ()) -> Manifest:
        return restore(folder, log=self.log, sealed=self.sealed, vault=self.vault, anchors=anchors)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY.name, new_key())


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def opened(kind: str, request: pytest.FixtureRequest, folder: Path, stack: ExitStack) -> Stores:
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        urls = [f"sqlite:{folder / name}.db" for name in ("log", "sealed", "vault")]
    else:
        urls = [stack.enter_context(place("postgres", request, folder))] * 3
    log = stack.enter_context(closing(open_log(urls[0])))
    sealed = stack.enter_context(closing(open_sealed(urls[1], KEY)))
    return Stores(log, sealed, stack.enter_context(closing(open_vault(urls[2], KEY))))


def filled(stores: Stores) -> Stores:
    stores.log.load(chained(300))
    stores.log.load(chained(20, trial="T2"))
    for trial in ("T1", "T2"):
        stores.sealed.put(trial, {"seed": trial.encode(), "list": bytes(range(256))}, EVA)
    stores.sealed.get("T1", "seed", EVA)
    stores.vault.put("T1", "01", "P-1", {"name": "Ann"})
    stores.vault.put("T1", "01", "P-1", {"name": "Anna"})
    stores.vault.look("T1", "01", "P-1", EVA)
    return stores


@pytest.fixture
def source(request: pytest.FixtureRequest, tmp_path: Path, stack: ExitStack) -> Stores:
    return filled(opened("sqlite", request, tmp_path / "source", stack))


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path, stack: ExitStack) -> Stores:
    return opened("sqlite", request, tmp_path / "target", stack)


def check_same(one: Stores, other: Stores) -> None:
    for trial in ("T1", "T2"):
        assert list(one.log.entries(trial)) == list(other.log.entries(trial))
        assert list(one.sealed.looks.entries(trial)) == list(other.sealed.looks.entries(trial))
        assert list(one.vault.looks.entries(trial)) == list(other.vault.looks.entries(trial))
        assert list(flaws(other.log.entries(trial))) == []
    assert one.vault.history("T1", "01", "P-1") == other.vault.history("T1", "01", "P-1")
    assert other.sealed.get_all("T1", ("seed", "list"), EVA) == {"seed": b"T1", "list": bytes(range(256))}


@pytest.mark.parametrize(
    ("first", "second"), [("sqlite", "postgres"), ("postgres", "sqlite"), ("postgres", "postgres")]
)
def test_a_trial_moves_house(
    first: str, second: str, request: pytest.FixtureRequest, tmp_path: Path, stack: ExitStack
) -> None:
    source = filled(opened(first, request, tmp_path / "a", stack))
    target = opened(second, request, tmp_path / "b", stack)
    folder = tmp_path / "backups" / "monday"
    manifest = source.back_up(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted((*FILES, "manifest.json"))
    assert (manifest.software, manifest.at) == (__version__, "2026-03-02T09:00:00.000000Z")
    assert target.restore(folder) == manifest
    check_same(source, target)
    again = target.back_up(tmp_path / "backups" / "tuesday")
    for name in ("log.jsonl.zst", "vault.jsonl.zst", "sealed.jsonl.zst"):
        assert _content(tmp_path / "backups" / "tuesday" / name) == _content(folder / name)
    assert again.files["log-anchors.jsonl"] == manifest.files["log-anchors.jsonl"]
    target.log.load(chained(1, after=300, before=target.log.head("T1")[1]))
    target.vault.put("T1", "01", "P-9", {"name": "Cy"})
    target.sealed.put("T1", {"more": b"m"}, EVA)


def _content(path: Path) -> bytes:
    with zstandard.open(path, "rb") as file:
        return bytes(file.read())


def test_nothing_in_it_can_be_read_without_the_key(source: Stores, tmp_path: Path) -> None:
    source.back_up(tmp_path / "backup")
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    whole = b"".join(_content(path) for path in (tmp_path / "backup").glob("*.zst"))
    assert b"Ann" not in whole
    assert b"AAECAwQF" not in whole  # the list, in base64


def test_each_store_may_be_backed_up_by_the_process_that_holds_it(
    source: Stores, target: Stores, tmp_path: Path
) -> None:
    back_up(tmp_path / "open", at=AT, log=source.log, vault=source.vault)
    back_up(tmp_path / "apart", at=AT, sealed=source.sealed)
    with pytest.raises(Refused, match=r"looks\.jsonl\.zst: is not in this backup"):
        target.restore(tmp_path / "open")
    restore(tmp_path / "apart", sealed=target.sealed)
    restore(tmp_path / "open", log=target.log, vault=target.vault)
    check_same(source, target)


@pytest.mark.parametrize("name", FILES)
def test_any_altered_file_is_refused_and_nothing_restored(
    source: Stores, target: Stores, tmp_path: Path, name: str
) -> None:
    source.back_up(tmp_path / "backup")
    path = tmp_path / "backup" / name
    whole = path.read_bytes()
    for spot in (0, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 4]) + whole[spot + 1 :])
        with pytest.raises(Refused, match=f"{name}: was altered since the backup was made"):
            target.restore(tmp_path / "backup")
    path.unlink()
    with pytest.raises(Refused, match=f"{name}: is missing from the backup"):
        target.restore(tmp_path / "backup")
    assert target.log.trials() == ()
    path.write_bytes(whole)
    target.restore(tmp_path / "backup")


def _forge(folder: Path, name: str, content: bytes) -> None:
    """Replace a file and its digest, as somebody would who has the whole folder."""
    (folder / name).write_bytes(content)
    manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
    digest = type(manifest.files[name])(hashlib.sha256(content).hexdigest(), len(content))
    forged = msgspec.structs.replace(manifest, files={**manifest.files, name: digest})
    (folder / "manifest.json").write_bytes(msgspec.json.encode(forged))


def _packed(entries: list[Entry]) -> bytes:
    return zstandard.compress(b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries))


def test_must_02_a_forged_backup_is_found_by_its_chain(source: Stores, target: Stores, tmp_path: Path) -> None:
    source.back_up(tmp_path / "backup")
    entries = [*chained(300), *chained(20, trial="T2")]
    edited = [*entries[:9], msgspec.structs.replace(entries[9], by="somebody"), *entries[10:]]
    for forged, why in (
        (edited, r"at entry 10: This entry was altered"),
        (entries[:299] + entries[300:], "The log ends at 299; entry 300 was anchored"),
        (entries[:300], "T2: is anchored and not there at all"),
    ):
        _forge(tmp_path / "backup", "log.jsonl.zst", _packed(forged))
        with pytest.raises(Refused, match=why):
            target.restore(tmp_path / "backup")
    assert target.log.trials() == ()


def test_must_02_a_backup_forged_with_its_anchors_is_found_by_those_outside(
    source: Stores, target: Stores, tmp_path: Path
) -> None:
    outside = source.log.anchor("T1", AT)
    source.back_up(tmp_path / "backup")
    cut = [*chained(250), *chained(20, trial="T2")]
    lines = [msgspec.json.encode(Anchor(e.trial, e.position, e.hash, e.at)) for e in (cut[249], cut[-1])]
    _forge(tmp_path / "backup", "log.jsonl.zst", _packed(cut))
    _forge(tmp_path / "backup", "log-anchors.jsonl", b"\n".join(lines) + b"\n")
    check_backup(tmp_path / "backup")
    with pytest.raises(Refused, match="The log ends at 250; entry 300 was anchored"):
        target.restore(tmp_path / "backup", anchors=(outside,))


@pytest.mark.parametrize("part", ["log", "sealed", "looks", "vault", "reads"])
def test_a_full_store_is_never_restored_into(source: Stores, target: Stores, tmp_path: Path, part: str) -> None:
    source.back_up(tmp_path / "backup")
    if part == "log":
        target.log.load(chained(1))
    elif part == "vault":
        target.vault.put("T1", "01", "P-1", {})
    elif part == "reads":
        target.vault.look("T1", "01", "P-1", EVA)
    elif part == "sealed":
        target.sealed.put("T9", {"a": b"b"}, EVA)
    else:
        with pytest.raises(Refused):
            target.sealed.get("T9", "a", EVA)
    with pytest.raises(Refused, match="is not empty"):
        target.restore(tmp_path / "backup")


def test_a_backup_from_before_looks_into_the_vault_were_kept_is_restored(
    source: Stores, target: Stores, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    source.back_up(folder)
    later = ("reads.jsonl.zst", "reads-anchors.jsonl")
    manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
    older = {name: digest for name, digest in manifest.files.items() if name not in later}
    (folder / "manifest.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, files=older)))
    for name in later:
        (folder / name).unlink()
    target.restore(folder)
    assert target.vault.history("T1", "01", "P-1") == source.vault.history("T1", "01", "P-1")
    assert list(target.vault.looks.entries("T1")) == []


def test_an_interrupted_backup_leaves_nothing(source: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    folder = tmp_path / "backups"
    monkeypatch.setattr("equipoise.store.trial.backup._digest", full)
    with pytest.raises(OSError, match="no space left"):
        source.back_up(folder / "monday")
    assert list(folder.iterdir()) == []


def test_a_backup_is_never_written_over(source: Stores, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    with pytest.raises(Refused, match="is there already"):
        source.back_up(tmp_path / "backup")


def test_a_folder_that_is_no_backup_is_refused(target: Stores, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(Refused, match="is no backup: it has no manifest"):
        target.restore(tmp_path / "other")
    (tmp_path / "other" / "manifest.json").write_bytes(b"{")
    with pytest.raises(Refused, match=r"manifest\.json: cannot be read"):
        target.restore(tmp_path / "other")
    manifest = Manifest(99, "9.0", "", {})
    (tmp_path / "other" / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(Refused, match=r"written by Equipoise 9\.0, in a format this one does not know"):
        target.restore(tmp_path / "other")


def test_a_trial_goes_on_while_it_is_backed_up(source: Stores, tmp_path: Path) -> None:
    entries = source.log.entries("T1")
    next(entries)
    source.back_up(tmp_path / "backup")
    source.log.load(chained(1, after=300, before=source.log.head("T1")[1]))
    assert sum(1 for _ in entries) == 299
    assert check_backup(tmp_path / "backup").format == 1
