import msgspec
import pytest

from equipoise.studies.markup import Listing, Paragraph, Point, read_markup, unescaped
from equipoise.studies.read import read_study


def test_paragraphs_are_split_at_blank_lines() -> None:
    assert read_markup("One.\n\nTwo.\n") == (Paragraph("One."), Paragraph("Two."))
    assert read_markup("") == ()
    assert read_markup(" \n\n\t") == ()


def test_lines_that_were_wrapped_are_joined() -> None:
    text = f"        {'a' * 40} {'b' * 40}\n        {'c' * 30} and the end."
    assert read_markup(text) == (Paragraph(f"{'a' * 40} {'b' * 40} {'c' * 30} and the end."),)


def test_lists_nest() -> None:
    text = "In two groups:\n\n* A, twice daily\n\n  * before meals\n  * after meals\n* B\n\nThe end."
    inner = Listing((Point("before meals"), Point("after meals")))
    assert read_markup(text) == (
        Paragraph("In two groups:"),
        Listing((Point("A, twice daily", (inner,)), Point("B"))),
        Paragraph("The end."),
    )


def test_numbered_lists_keep_their_first_number() -> None:
    assert read_markup("3. three\n4. four") == (Listing((Point("three"), Point("four")), start=3),)


def test_letters_stay_with_the_text() -> None:
    assert read_markup("a) first\n\nb) second") == (Listing((Point("a) first"), Point("b) second"))),)


def test_bullets_and_numbers_in_a_row_are_two_lists() -> None:
    assert read_markup("1. one\n\n* dot") == (Listing((Point("one"),), start=1), Listing((Point("dot"),)))


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"Age \>= 18 and \<75", "Age >= 18 and <75"),
        (r"mg/m\^2 \[IV\] \*note", "mg/m^2 [IV] *note"),
        (r"C:\path and \n", r"C:\path and \n"),
        ("<b>bold</b> & co", "<b>bold</b> & co"),
        ("a  b\n c", "a b c"),
    ],
)
def test_escapes_are_undone_and_nothing_becomes_html(source: str, shown: str) -> None:
    assert unescaped(source) == shown


def test_blocks_carry_a_tag_for_the_page() -> None:
    written = msgspec.to_builtins(read_markup("Say:\n\n* this"))
    assert [block["type"] for block in written] == ["paragraph", "list"]


def test_no_word_of_real_descriptions_is_lost(real_records: list[bytes]) -> None:
    for raw in real_records:
        text = read_study(raw).description.detailed_description or ""
        shown = "".join(_texts(read_markup(text)))
        assert len("".join(shown.split())) >= 0.97 * len("".join(unescaped(text).split())) - 8


def _texts(blocks: tuple[Paragraph | Listing, ...]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block.text)
        else:
            for point in block.points:
                found += [point.text, *_texts(point.blocks)]
    return found
