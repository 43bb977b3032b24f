import pytest

from equipoise.finder.ask import Offer
from equipoise.finder.widen import offers_in
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
