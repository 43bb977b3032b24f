"""Setting text: lines no wider than they may be, nothing lost, nothing that XML cannot carry."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from equipoise.web.pictures.lettering import width_of, wrap
from equipoise.web.pictures.mark import draw_mark, favicon_file, mark_file
from equipoise.web.pictures.svg import lettered, number


@given(st.text(), st.floats(40, 400))
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text: str, width: float) -> None:
    lines = wrap(text, width).lines
    assert all(width_of(line) <= width + 0.01 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(min_size=1), st.integers(1, 3))
def test_what_is_cut_ends_in_three_dots(text: str, most: int) -> None:
    wrapped = wrap(text, 60, lines=most)
    assert len(wrapped.lines) <= most
    assert wrapped.cut is (len(wrap(text, 60).lines) > most)
    if wrapped.cut:
        assert wrapped.lines[-1].endswith("…")


@given(st.text())
def test_any_text_can_be_drawn(text: str) -> None:
    ElementTree.fromstring(f"<svg>{lettered(text, 80, lines=2).svg}</svg>")


def test_text_that_was_cut_is_whole_in_its_title() -> None:
    assert "<title>one two three four five six</title>" in lettered("one two three four five six", 60, lines=2).svg


def test_numbers_are_short() -> None:
    assert [number(value) for value in (1, 1.25, -0.04, -0.5, 10.0, 0)] == ["1", "1.2", "0", "-0.5", "10", "0"]


def test_the_files_are_those_the_code_draws() -> None:
    from pathlib import Path

    import equipoise.web

    folder = Path(equipoise.web.__file__).parent / "static" / "equipoise"
    assert (folder / "mark.svg").read_text() == mark_file()
    assert (folder / "favicon.svg").read_text() == favicon_file()


def test_the_discs_of_the_mark_are_equal_and_its_beam_level() -> None:
    root = ElementTree.fromstring(draw_mark())
    discs = [part.attrib for part in root.iter() if part.tag.endswith("circle")]
    assert len(discs) == 2
    assert {disc["r"] for disc in discs} == {discs[0]["r"]}
    assert {disc["cy"] for disc in discs} == {discs[0]["cy"]}
