"""``equipoise score`` as a script meets it."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise import cli
from equipoise.instruments.catalogue import INSTRUMENTS

Run = Callable[..., tuple[int, str, str]]
C4 = '{"age_at_onset": 30, "gottron_sign": true, "legs_proximal": true, "biopsy": false}'


class Typed(io.TextIOWrapper):
    """Standard input that holds a text."""

    def __init__(self, text: bytes) -> None:
        super().__init__(io.BytesIO(text))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("COLUMNS", "400")

    def run(*arguments: str, typed: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["equipoise", "score", *arguments])
        monkeypatch.setattr(sys, "stdin", Typed(typed))
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return (int(stopped.value.code or 0), *capfd.readouterr())

    return run


def lines(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_an_object_from_standard_input(run: Run) -> None:
    code, out, err = run("eular-acr-2017", typed=C4.encode())
    assert (code, err) == (0, "")
    (result,) = lines(out)
    assert result["score"] is None, "what was left out is not known"
    assert (result["score_low"], result["at_least"], result["at_most"]) == ("5.5", "probable", "definite")


def test_a_pretty_object_in_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    findings = dict.fromkeys((item.name for item in INSTRUMENTS["eular-acr-2017"].items), False)
    file.write_text(json.dumps(findings | json.loads(C4), indent=2))
    code, out, _ = run("eular-acr-2017", str(file))
    assert code == 0
    (result,) = lines(out)
    assert (result["score"], result["probability"], result["class"]) == ("5.5", 0.5424, "probable")
    assert result["subgroup"] == "DM"
    assert any("boundary" in warning for warning in result["warnings"])  # type: ignore[attr-defined]


def test_lines_keep_their_order_and_a_bad_one_is_named(run: Run) -> None:
    typed = b'\xef\xbb\xbf{"id": "a", "phga": [5, 0.7]}\n\n{oops\n{"id": 3, "phga": [5, 12]}\n'
    typed += b'{"id": "d", "phga": [2.2, 0.7]}\r\n7'
    code, out, err = run("tis", "-", typed=typed)
    assert code == cli.SOME_REFUSED == 4
    assert [(one["id"], one["points"]["phga"]) for one in lines(out)] == [("a", 20), ("d", 7.5)]  # type: ignore[index]
    assert [line.split(":")[0] for line in err.splitlines()] == ["line 3", "line 4", "line 6"]
    assert "line 3: This is not JSON that can be read" in err
    assert "line 4: phga: must be a number from 0 to 10 (cm), not 12." in err
    assert "line 6: One person's answers are a JSON object." in err


def test_an_array(run: Run) -> None:
    code, out, err = run("mmt-8", typed=b'[{"deltoid": 7}, {"deltoid": "x"}, {}]')
    assert code == 4
    assert [one["mmt_low"] for one in lines(out)] == [7, 0]
    assert err.startswith("item 2: deltoid: must be a whole number from 0 to 10")


@pytest.mark.parametrize("name", list(INSTRUMENTS))
def test_every_instrument_takes_an_empty_object(run: Run, name: str) -> None:
    code, out, _ = run(name, typed=b"{}")
    assert code == 0
    assert lines(out)[0]["instrument"] == name


def test_the_list(run: Run) -> None:
    code, out, _ = run("--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(INSTRUMENTS)


@pytest.mark.parametrize(
    ("arguments", "typed", "message"),
    [
        (("sledai",), b"{}", "'sledai': is not an instrument we have. There are: eular-acr-2017, tis"),
        ((), b"{}", "'': is not an instrument we have."),
        (("tis",), b" \n", "-: There is nothing to score. Give a JSON object, an array, or JSON lines."),
        (("tis", "/no/such/file"), b"", "/no/such/file: cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_done_is_refused(run: Run, arguments: tuple[str, ...], typed: bytes, message: str) -> None:
    code, out, err = run(*arguments, typed=typed)
    assert (code, out) == (cli.REFUSED, "")
    assert message in err


@pytest.mark.parametrize(
    "typed", [b"\xff\xfe\x00", b"[" * 200_000, b'{"phga": [NaN, 1]}', b'{"phga": ' + b"9" * 5000 + b"}"]
)
def test_bytes_that_are_no_answers_end_in_words(run: Run, typed: bytes) -> None:
    code, out, err = run("tis", typed=typed)
    assert (code, out) == (4, "")
    assert err.startswith("line 1: ")
    assert "Traceback" not in err
