import pytest

from equipoise.finder.ask import Offer
from equipoise.finder.widen import offers_in, widen
from equipoise.finder.words import read_words

MS = Offer("MS", ("multiple sclerosis", "mitral stenosis"))
RA = Offer("RA", ("rheumatoid arthritis",))


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("MS", (MS,)),
        ("fatigue in MS", (MS,)),
        ("condition:MS rituximab RA", (MS, RA)),
        ("lupus (MS OR RA)", (MS, RA)),
        ('"MS"', ()),
        ("lupus -MS", ()),
        ("multiple sclerosis", ()),
        ("", ()),
    ],
)
def test_what_could_mean_several_things_is_offered(typed: str, offers: tuple[Offer, ...]) -> None:
    assert offers_in(read_words(typed)) == offers


def test_what_two_sources_add_is_told_once() -> None:
    paired = [("heart attack\tMyocardial infarction", 9), ("heart attack\tcoronary event", 1)]
    _, told = widen(read_words("heart attack"), lambda _, prefix: [one for one in paired if one[0].startswith(prefix)])
    lay, records = told
    assert "myocardial infarction" in lay.added
    assert records.added == ("coronary event",)
