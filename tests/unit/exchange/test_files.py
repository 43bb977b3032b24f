import gzip
import io
import itertools
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from equipoise.exchange import scan
from equipoise.exchange.files import Entry, read_files
from equipoise.exchange.scan import pieces
from equipoise.studies.read import read_study
from tests.registry import made_study

STUDIES = [made_study(f"NCT{number:08d}", title='Ünder [a] {"roof"} \\ \n') for number in range(1, 6)]
LINES = b"\n".join(STUDIES) + b"\n"
ARRAY = b"[" + b",".join(STUDIES) + b"]"
XML = b'<?xml version="1.0"?>\n<clinical_study><id_info><nct_id>NCT00000007</nct_id></id_info></clinical_study>'


def pretty(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Entry]]:
    def read(name: str, content: bytes, **options: int) -> list[Entry]:
        (tmp_path / name).write_bytes(content)
        return list(read_files([tmp_path / name], **options))

    return read


def raws(entries: Iterable[Entry]) -> list[bytes]:
    return [entry.raw for entry in entries if entry.raw]


def refusals(entries: Iterable[Entry]) -> list[str]:
    return [str(entry.refused) for entry in entries if entry.refused]


def zipped(files: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", packing) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return file.getvalue()


class Unseekable(io.BytesIO):
    """A stream like a web server's answer: the sizes of a zip's files are written after them."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def streamed_zip(files: dict[str, bytes]) -> bytes:
    with Unseekable() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return file.getvalue()


WRAPPED = {
    "lines.jsonl": LINES,
    "windows.ndjson": LINES.replace(b"\n", b"\r\n"),
    "spaced.jsonl": b"\xef\xbb\xbf\n\n" + LINES.replace(b"\n", b"\n\n"),
    "array.json": ARRAY,
    "array-of-lines.json": b"[\n" + b",\n".join(STUDIES) + b"\n]\n",
    "answer.json": b'{"totalCount":5,"studies":' + ARRAY + b',"nextPageToken":"ZVZ07Mel"}',
    "answers.jsonl": b'{"studies":' + ARRAY[:-1] + b']}\n{"nextPageToken":"x","studies":[]}\n',
    "other-answer.json": b'{"source":"registry", "studies":' + ARRAY + b"}",
    "no-name": ARRAY,
    "wrong-name.xml": LINES,
}


class TestWrapping:
    @pytest.mark.parametrize("name", WRAPPED)
    def test_studies_come_byte_for_byte(self, read: Callable[..., list[Entry]], name: str) -> None:
        entries = read(name, WRAPPED[name])
        assert raws(entries) == STUDIES
        assert len({entry.where for entry in entries}) == len(STUDIES)

    @pytest.mark.parametrize(
        "pack", [gzip.compress, zstandard.compress, lambda text: gzip.compress(zstandard.compress(text))]
    )
    @pytest.mark.parametrize("name", ["lines.jsonl", "array.json"])
    def test_packed(self, read: Callable[..., list[Entry]], name: str, pack: Callable[[bytes], bytes]) -> None:
        assert raws(read(name, pack(WRAPPED[name]))) == STUDIES

    @pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
    def test_packed_in_several_frames(self, read: Callable[..., list[Entry]], pack: Callable[[bytes], bytes]) -> None:
        packed = b"".join(pack(study + b"\n") for study in STUDIES)
        assert raws(read("frames", packed)) == STUDIES
        assert raws(read("padded", packed + bytes(3000))) == STUDIES

    def test_one_study(self, read: Callable[..., list[Entry]]) -> None:
        assert raws(read("one.json", STUDIES[0])) == STUDIES[:1]
        spread = pretty(json.loads(STUDIES[0]))
        assert raws(read("spread.json", spread)) == [spread]

    def test_spread_over_lines(self, read: Callable[..., list[Entry]]) -> None:
        studies = [json.loads(study) for study in STUDIES]
        for value in (studies, {"studies": studies, "nextPageToken": "x"}):
            assert [json.loads(raw) for raw in raws(read("spread.json", pretty(value)))] == studies

    def test_whatever_comes_first_in_a_study(self, read: Callable[..., list[Entry]]) -> None:
        turned = [b'{"hasResults":true,' + study[1:] for study in STUDIES]
        assert raws(read("turned.jsonl", b"\n".join(turned))) == turned
        assert raws(read("turned.json", b"[" + b" , ".join(turned) + b"]")) == turned

    def test_places_are_named(self, read: Callable[..., list[Entry]]) -> None:
        assert [entry.where for entry in read("a.jsonl.gz", gzip.compress(b"\n" + LINES))][:2] == [
            "a.jsonl.gz line 2",
            "a.jsonl.gz line 3",
        ]
        assert read("a.json", ARRAY)[2].where == "a.json record 3"

    def test_xml(self, read: Callable[..., list[Entry]]) -> None:
        assert read("NCT00000007.xml", XML) == [Entry("NCT00000007.xml", legacy=XML)]
        assert read("x.xml.gz", gzip.compress(b"\xef\xbb\xbf" + XML))[0].legacy.endswith(XML)

    def test_xml_in_json_lines(self, read: Callable[..., list[Entry]]) -> None:
        line = json.dumps({"nct_id": "NCT00000007", "download_date": "2023-02-03", "xml": XML.decode()}).encode()
        entries = read("xml.jsonl", line + b"\n" + line)
        assert [entry.legacy for entry in entries] == [XML, XML]
        assert entries[1].where == "xml.jsonl line 2"


class TestZip:
    @pytest.mark.parametrize("make", [zipped, streamed_zip, lambda files: zipped(files, zipfile.ZIP_STORED)])
    def test_one_file_a_study(self, read: Callable[..., list[Entry]], make: Callable[..., bytes]) -> None:
        files = {f"studies/{number}.json": study for number, study in enumerate(STUDIES)}
        entries = read(
            "ctg.zip", make({"studies/": b"", "__MACOSX/studies/._1.json": b"?", "README.txt": b"?"} | files)
        )
        assert raws(entries) == STUDIES
        assert entries[0].where == "ctg.zip/studies/0.json line 1"
        assert not refusals(entries)

    def test_packed_files_and_xml_inside(self, read: Callable[..., list[Entry]]) -> None:
        entries = read("mixed.zip", zipped({"a.jsonl.gz": gzip.compress(LINES), "b.xml": XML}))
        assert raws(entries) == STUDIES
        assert entries[-1].legacy == XML

    def test_by_content_not_by_name(self, read: Callable[..., list[Entry]]) -> None:
        assert raws(read("download", zipped({"a.json": ARRAY}))) == STUDIES

    def test_a_broken_file_costs_only_itself(self, read: Callable[..., list[Entry]]) -> None:
        archive = zipped({"a.json": STUDIES[0], "b.json": STUDIES[1], "c.json": STUDIES[2]}, zipfile.ZIP_STORED)
        entries = read("c.zip", archive.replace(STUDIES[1], STUDIES[1].replace(b"RECRUITING", b"recruiting")))
        assert raws(entries) == [STUDIES[0], STUDIES[2]]
        (refusal,) = refusals(entries)
        assert refusal.startswith("c.zip/b.json: is damaged in the zip: Bad CRC-32")

    @pytest.mark.parametrize("make", [zipped, streamed_zip, lambda files: zipped(files, zipfile.ZIP_STORED)])
    def test_cut_off(self, read: Callable[..., list[Entry]], make: Callable[..., bytes]) -> None:
        """What lies before the cut is read, although the list of a zip's files is at its end."""
        files = {"a.json": STUDIES[0], "dir/": b"", "notes.txt": b"mine", "b.json": STUDIES[1], "c.json": STUDIES[2]}
        archive = make(files)
        entries = read("cut.zip", archive[: archive.index(b"c.json") + 60])
        assert raws(entries) == STUDIES[:2]
        in_record, in_file = refusals(entries)
        assert in_record.endswith("(cut.zip/c.json line 1): the zip file is cut off here. Download the file again.")
        assert in_file.startswith("cut.zip: the zip file is cut off: it has lost the list at its end.")

    def test_cut_off_in_its_list(self, read: Callable[..., list[Entry]]) -> None:
        entries = read("cut.zip", streamed_zip({"a.json": STUDIES[0], "b.json": STUDIES[1]})[:-10])
        assert raws(entries) == STUDIES[:2]
        assert len(refusals(entries)) == 1

    def test_what_is_no_use(self, read: Callable[..., list[Entry]]) -> None:
        assert "holds no JSON and no XML" in refusals(read("notes.zip", zipped({"notes.txt": b"?"})))[0]
        assert "holds no JSON and no XML" in refusals(read("empty.zip", zipped({})))[0]
        nested = zipped({"a.zip": zipped({"a.json": ARRAY}), "b.json": STUDIES[0]})
        assert "nested.zip/a.zip: is a zip inside another packed file." in refusals(read("nested.zip", nested))[0]
        assert "zip inside another" in refusals(read("a.zip.gz", gzip.compress(nested)))[0]

    def test_a_password(self, read: Callable[..., list[Entry]]) -> None:
        archive = bytearray(zipped({"a.json": STUDIES[0]}))
        archive[6] |= 1
        archive[archive.index(b"PK\x01\x02") + 8] |= 1
        assert refusals(read("locked.zip", bytes(archive))) == ["locked.zip/a.json: needs a password. Unpack it first."]


class TestBroken:
    def test_bad_lines_cost_only_themselves(self, read: Callable[..., list[Entry]]) -> None:
        cut, junk, twice, braced, wrong = (
            STUDIES[0][:80],
            b"hello",
            STUDIES[1] + b'"x"',
            STUDIES[2] + b"}",
            STUDIES[3].replace(b"false", b"falsch"),
        )
        lines = [STUDIES[0], cut, STUDIES[1], junk, twice, STUDIES[2], braced, STUDIES[3], wrong, STUDIES[4]]
        entries = read("bad.jsonl", b"\n".join(lines))
        assert raws(entries) == STUDIES
        assert [refusal.split(": ")[0] for refusal in refusals(entries)] == [
            "NCT00000001 (bad.jsonl line 2)",
            r"'hello\n' (bad.jsonl line 4)",
            "NCT00000002 (bad.jsonl line 5)",
            "NCT00000003 (bad.jsonl line 7)",
            "NCT00000004 (bad.jsonl line 9)",
        ]

    def test_a_bad_study_in_a_list_costs_only_itself(self, read: Callable[..., list[Entry]]) -> None:
        for bad in (STUDIES[1][:70], STUDIES[1].replace(b"false", b"falsch"), STUDIES[1][:-1]):
            entries = read("bad.json", b"[" + b",".join([STUDIES[0], bad, *STUDIES[2:]]) + b"]")
            assert raws(entries) == [STUDIES[0], *STUDIES[2:]]
            (refusal,) = refusals(entries)
            assert refusal.startswith("NCT00000002 (bad.json record 2): not a JSON record: ")
            assert refusal.endswith("Download the file again.")

    def test_rubbish_between_studies_costs_nothing_else(self, read: Callable[..., list[Entry]]) -> None:
        entries = read("bad.json", b"[" + b",".join([*STUDIES[:2], b"hello", *STUDIES[2:]]) + b"]")
        assert raws(entries) == STUDIES
        assert len(refusals(entries)) == 1

    def test_a_brace_too_early_does_not_pass_half_a_study(self, read: Callable[..., list[Entry]]) -> None:
        early = STUDIES[1].replace(b',"hasResults"', b'},"hasResults"')
        for text in (
            b"\n".join([STUDIES[0], early, STUDIES[2]]),
            b"[" + b",".join([STUDIES[0], early, STUDIES[2]]) + b"]",
        ):
            assert raws(read("early", text)) == [STUDIES[0], STUDIES[2]]

    def test_a_study_nested_too_deeply(self, read: Callable[..., list[Entry]]) -> None:
        deep = b'{"protocolSection":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001
        entries = read("deep.jsonl", deep + b"\n" + STUDIES[0])
        assert raws(entries) == STUDIES[:1]
        assert "nested too deeply" in refusals(entries)[0]

    @given(st.integers(1, len(ARRAY) - 1))
    def test_a_list_cut_anywhere(self, cut: int) -> None:
        found = list(pieces(iter([ARRAY[:cut]])))
        whole = [piece.data for piece in found if not piece.why]
        assert whole == STUDIES[: len(whole)]
        assert ARRAY[:cut].startswith(ARRAY[: len(b",".join(whole)) + 1])
        (broken,) = [piece for piece in found if piece.why]
        assert "the text ends in" in broken.why

    @given(st.integers(1, len(LINES) - 2))
    def test_lines_cut_anywhere(self, cut: int) -> None:
        found = list(pieces(iter([LINES[:cut]])))
        whole = [piece.data for piece in found if not piece.why]
        assert whole == STUDIES[: len(whole)]
        assert b"\n".join([*whole, *(piece.data for piece in found if piece.why)]) in LINES[: cut + 1]

    @given(st.binary(min_size=1, max_size=9), st.integers(0, len(LINES)))
    def test_rubbish_anywhere_spoils_at_most_the_study_it_is_in(self, rubbish: bytes, place: int) -> None:
        found = list(pieces(iter([LINES[:place], rubbish, LINES[place:]])))
        whole = {piece.data for piece in found if not piece.why}
        assert len(whole.intersection(STUDIES)) >= len(STUDIES) - 2

    @pytest.mark.parametrize("size", [1, 7, 100])
    @pytest.mark.parametrize("name", WRAPPED)
    def test_however_the_stream_is_broken_up(self, monkeypatch: pytest.MonkeyPatch, name: str, size: int) -> None:
        text = WRAPPED[name]
        whole = [replace(piece, study=None) for piece in pieces(iter([text]))]
        monkeypatch.setattr(scan, "_READ", size)
        monkeypatch.setattr(scan, "_AHEAD", 100)
        found = pieces(text[at : at + size] for at in range(0, len(text), size))
        assert [replace(piece, study=None) for piece in found] == whole

    def test_a_line_is_read_once_and_says_what_it_says(self, read: Callable[..., list[Entry]]) -> None:
        entries = read("lines.jsonl", b"\n".join([*STUDIES, b""]))
        assert [entry.study for entry in entries] == [read_study(study) for study in STUDIES]

    @pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
    def test_a_packed_file_cut_off(self, read: Callable[..., list[Entry]], pack: Callable[[bytes], bytes]) -> None:
        frames = [pack(study + b"\n") for study in STUDIES]
        entries = read("cut.jsonl.gz", b"".join(frames[:3]) + frames[3][:-5])
        assert raws(entries)[:3] == STUDIES[:3]
        assert refusals(entries)[-1].endswith(": the packed file is cut off. Download the file again.")

    def test_a_packed_file_damaged(self, read: Callable[..., list[Entry]]) -> None:
        frames = [gzip.compress(study + b"\n") for study in STUDIES]
        entries = read("bad.jsonl.gz", b"".join([*frames[:2], b"garbage", *frames[3:]]))
        assert raws(entries) == STUDIES[:2]
        (refusal,) = refusals(entries)
        assert refusal.startswith("bad.jsonl.gz after record 2: the packed file is damaged: Error -3")

    def test_not_utf8(self, read: Callable[..., list[Entry]]) -> None:
        latin = STUDIES[1].replace("Ü".encode(), b"\xdc")
        entries = read("latin.jsonl", b"\n".join([STUDIES[0], latin, STUDIES[2]]))
        assert raws(entries) == [STUDIES[0], STUDIES[2]]
        (refusal,) = refusals(entries)
        assert refusal.startswith("NCT00000002 (latin.jsonl line 2): not UTF-8 text at its byte ")

    def test_not_a_study(self, read: Callable[..., list[Entry]]) -> None:
        entries = read("other.json", b'{"resourceType":"Patient"}')
        assert "(other.json line 1): not a study: it has no protocolSection." in refusals(entries)[0]

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", "is empty."),
            (b" \n\t\n", "is empty."),
            (gzip.compress(b"", mtime=0), "is empty."),
            (b"NCT Number,Study Title", "is neither JSON nor XML."),
            (b"\xff\xfe<\x00", "is neither JSON nor XML."),
            (b"\x1f\x8b", "the packed file is cut off."),
            (b"PK\x03\x04", "the zip file is cut off"),
        ],
    )
    def test_a_file_of_no_use(self, read: Callable[..., list[Entry]], content: bytes, why: str) -> None:
        (refusal,) = refusals(read("file", content))
        assert refusal.startswith(f"file: {why}")

    def test_a_broken_record_is_told_apart_from_a_finished_list(self, read: Callable[..., list[Entry]]) -> None:
        assert refusals(read("open.json", ARRAY[:-1])) == [
            "open.json after record 5: the text ends inside a list: it was cut off. Download the file again."
        ]

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        (tmp_path / "b.json").write_bytes(STUDIES[0])
        entries = list(read_files([tmp_path / "a.json", tmp_path / "b.json"]))
        assert refusals(entries) == ["a.json: there is no such file. Check the name."]
        assert raws(entries) == STUDIES[:1]


class TestFolder:
    def test_a_folder_is_walked_in_order(self, tmp_path: Path) -> None:
        folder = tmp_path / "studies"
        (folder / "b").mkdir(parents=True)
        (folder / "b" / "1.json").write_bytes(STUDIES[1])
        (folder / "a.jsonl.gz").write_bytes(gzip.compress(STUDIES[0]))
        (folder / "c.XML").write_bytes(XML)
        (folder / "notes.txt").write_text("not a study")
        (folder / ".hidden.json").write_text("{")
        entries = list(read_files([folder]))
        assert raws(entries) == [STUDIES[0], STUDIES[1]]
        assert [entry.where for entry in entries] == [
            "studies/a.jsonl.gz line 1",
            "studies/c.XML",
            "studies/b/1.json line 1",
        ]

    def test_a_folder_without_studies(self, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        assert refusals(read_files([tmp_path / "empty"])) == [
            "empty: the folder holds no JSON and no XML. Equipoise reads the registry's JSON, JSON lines and XML in "
            "UTF-8, also in .gz, .zst or .zip."
        ]


class TestBounds:
    LIMIT = 1 << 20

    @pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
    @pytest.mark.parametrize("name", ["bomb.jsonl", "bomb.json"])
    def test_a_bomb_costs_only_itself(
        self, read: Callable[..., list[Entry]], pack: Callable[[bytes], bytes], name: str
    ) -> None:
        bomb = b'{"protocolSection":{"x":"' + b"a" * (40 << 20) + b'"}}'
        separator = b"\n" if name.endswith("l") else b","
        text = separator.join([STUDIES[0], bomb, STUDIES[1]])
        packed = pack(text if name.endswith("l") else b"[" + text + b"]")
        tracemalloc.start()
        entries = read(name, packed, limit=self.LIMIT)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert raws(entries) == STUDIES[:2]
        (refusal,) = refusals(entries)
        assert "longer than 1,048,576 bytes, which no study is." in refusal
        assert peak < 24 << 20

    def test_long_xml(self, read: Callable[..., list[Entry]]) -> None:
        entries = read("long.xml", b"<clinical_study>" + b" " * self.LIMIT, limit=self.LIMIT)
        assert refusals(entries)[0].startswith("long.xml: longer than 1,048,576 bytes")

    def test_brackets_that_never_close(self, read: Callable[..., list[Entry]]) -> None:
        entries = read("deep.json", b"[" * 10_000 + b'{"a":' * 300_000, limit=self.LIMIT)
        assert not raws(entries)
        assert refusals(entries)

    def test_a_long_file_is_read_in_little_memory(self) -> None:
        line = made_study("NCT00000001", title="a" * 15_000) + b"\n"
        tracemalloc.start()
        count = sum(1 for _ in pieces(itertools.repeat(line, 4000)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count == 4000
        assert peak < 8 << 20


class TestRealFiles:
    def test_every_record_of_each_kind(self, shared_data: Path, real_records: list[bytes]) -> None:
        assert raws(read_files([shared_data / "studies_v2.jsonl.gz"])) == real_records
        assert len(raws(read_files([shared_data / "studies_v2_partial.jsonl.gz"]))) == 24
        entries = list(read_files([shared_data / "studies_xml.jsonl.gz"]))
        assert len(entries) == 8512
        assert all(b"<clinical_study" in entry.legacy for entry in entries)

    def test_other_formats_are_refused_by_name(self, shared_data: Path) -> None:
        entries = list(read_files([shared_data / "standards" / "cdisc_datasetjson"]))
        assert entries
        assert not raws(entries)
