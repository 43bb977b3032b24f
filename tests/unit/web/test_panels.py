"""The panel of filters and the marked words of a result: pieces that reach the page already escaped."""

import msgspec

from equipoise.finder.ask import Ask, FacetValue, Found
from equipoise.web.public.asking import Asked
from equipoise.web.public.facets import panels_of
from equipoise.web.public.rows import marked

HOSTILE = '<b title="x">A & B</b>'
ESCAPED = "&lt;b title=&#34;x&#34;&gt;A &amp; B&lt;/b&gt;"


def found(**facets: tuple[FacetValue, ...]) -> Found:
    return Found(0, (), dict(facets), (), None)


def test_choices_are_escaped_once() -> None:
    (panel,) = panels_of(found(heading=(FacetValue(HOSTILE, 1234),)), Asked(Ask(), {}, ()))
    (choice,) = panel.choices
    assert (str(choice.value), str(choice.words), choice.count) == (ESCAPED, ESCAPED, "1,234")


def test_what_is_chosen_stays_though_nothing_fits_it() -> None:
    ask = msgspec.structs.replace(Ask(), condition=(HOSTILE,), status=("COMPLETED",))
    status, heading = panels_of(found(status=(FacetValue("RECRUITING", 2),)), Asked(ask, {}, ()))
    assert [(choice.words, choice.chosen) for choice in status.choices] == [("Enrolling", False), ("Completed", True)]
    assert [(choice.value, choice.count, choice.chosen) for choice in heading.choices] == [(ESCAPED, "0", True)]


def test_words_found_are_marked_and_all_is_escaped() -> None:
    assert marked(("a < ", "b & c", " > d")) == "a &lt; <mark>b &amp; c</mark> &gt; d"
    assert marked(("", "all")) == "<mark>all</mark>"
