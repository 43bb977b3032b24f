import re
import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.finder import lay
from equipoise.finder.lay import lay_offers, lay_phrases_in, lay_terms, spelling_variants

TABLE = tomllib.loads(resources.files("equipoise.finder").joinpath("lay.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("typed", "added"),
    [
        ("heart attack", "myocardial infarction"),
        ("myocardial infarction", "heart attack"),
        ("Heart Attacks", "myocardial infarction"),
        ("high blood pressure", "hypertension"),
        ("hypertension", "high blood pressure"),
        ("stroke", "cerebrovascular accident"),
        ("stroke", "cerebral infarction"),
        ("muscle inflammation", "myositis"),
        ("inflammation of the muscles", "myositis"),
        ("broken bones", "fracture"),
        ("breast cancer", "breast neoplasms"),
        ("breast cancer", "breast carcinoma"),
        ("cancer of the lung", "lung neoplasms"),
        ("kidney failure", "renal failure"),
        ("flu", "influenza"),
        ("shingles", "herpes zoster"),
        ("ALS", "amyotrophic lateral sclerosis"),
        ("als", "Lou Gehrig's disease"),
        ("Lou Gehrigs disease", "ALS"),
        ("COPD", "chronic obstructive pulmonary disease"),
        ("T2D", "type 2 diabetes"),
        ("type-2 diabetes", "T2DM"),
        ("HIV", "human immunodeficiency virus"),
        ("Crohn’s disease", "regional enteritis"),
        ("Sjogrens syndrome", "sicca syndrome"),
        ("oesophageal cancer", "esophageal neoplasms"),
        ("paracetamol", "acetaminophen"),
        ("piles", "hemorrhoids"),
        ("lou gehrig's disease", "amyotrophic lateral sclerosis"),
    ],
)
def test_adds(typed: str, added: str) -> None:
    assert added in lay_terms(typed)


@pytest.mark.parametrize(
    "typed", ["cancer", "cancers", "disease", "pain", "", "the", "qwerty", "hearing aids", "prep", "all"]
)
def test_adds_nothing(typed: str) -> None:
    assert lay_terms(typed) == ()


def test_the_narrower_does_not_add_the_wider() -> None:
    assert "stroke" not in lay_terms("cerebral infarction")
    assert "myositis" not in lay_terms("dermatomyositis")
    assert "AIDS" not in lay_terms("acquired immunodeficiency syndrome")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("MS", ("multiple sclerosis", "mitral stenosis")),
        ("ms", ("multiple sclerosis", "mitral stenosis")),
        ("RA", ("rheumatoid arthritis",)),
        ("PD", ("Parkinson's disease", "peritoneal dialysis")),
        ("AS", ("ankylosing spondylitis", "aortic stenosis")),
        ("as", ()),
        ("asthma", ()),
    ],
)
def test_what_is_ambiguous_is_offered_and_not_added(typed: str, offered: tuple[str, ...]) -> None:
    assert lay_offers(typed) == offered
    assert lay_terms(typed) == ()


def test_finds_the_longest_runs() -> None:
    words = ("metastatic", "breast", "cancer", "and", "High", "blood", "pressure")
    assert lay_phrases_in(words) == (
        (1, 3, ("breast neoplasms", "breast carcinoma")),
        (4, 7, ("hypertension",)),
    )
    assert lay_phrases_in(("triple-negative", "breast", "cancer")) == ((0, 3, ("TNBC",)),)
    assert lay_phrases_in(("cancer", "of", "the", "lung"))[0][:2] == (0, 4)
    assert lay_phrases_in(("hearing", "aids")) == ()
    assert lay_phrases_in(("AIDS",)) == ((0, 1, ("acquired immunodeficiency syndrome",)),)
    assert lay_phrases_in(()) == ()


SOME = ("heart", "attack", "of", "the", "breast", "cancer", "flu", "high", "MS")


@given(
    st.lists(
        st.text(max_size=12) | st.sampled_from(SOME),
        max_size=9,
    )
)
def test_runs_lie_in_order_within_the_words(words: list[str]) -> None:
    found = lay_phrases_in(tuple(words))
    ends = [0]
    for start, end, added in found:
        assert ends[-1] <= start < end <= len(words)
        assert added
        assert added == lay_terms(" ".join(words[start:end]))
        ends.append(end)


PAIRS = [
    ("tumor", "tumour"),
    ("tumors", "tumours"),
    ("anemia", "anaemia"),
    ("anemic", "anaemic"),
    ("leukemia", "leukaemia"),
    ("pediatric", "paediatric"),
    ("esophagus", "oesophagus"),
    ("esophageal", "oesophageal"),
    ("hemophilia", "haemophilia"),
    ("hemorrhage", "haemorrhage"),
    ("hematology", "haematology"),
    ("edema", "oedema"),
    ("lymphedema", "lymphoedema"),
    ("diarrhea", "diarrhoea"),
    ("dyspnea", "dyspnoea"),
    ("orthopedic", "orthopaedic"),
    ("gynecological", "gynaecological"),
    ("anesthesia", "anaesthesia"),
    ("ischemic", "ischaemic"),
    ("hyperglycemia", "hyperglycaemia"),
    ("randomized", "randomised"),
    ("randomization", "randomisation"),
    ("hospitalized", "hospitalised"),
    ("fetal", "foetal"),
    ("estrogen", "oestrogen"),
    ("celiac", "coeliac"),
    ("cesarean", "caesarean"),
    ("behavioral", "behavioural"),
    ("color", "colour"),
    ("fiber", "fibre"),
    ("centers", "centres"),
    ("paralyzed", "paralysed"),
    ("sulfate", "sulphate"),
    ("etiology", "aetiology"),
    ("aging", "ageing"),
]


@pytest.mark.parametrize(("american", "british"), PAIRS)
def test_spelling_goes_both_ways(american: str, british: str) -> None:
    assert spelling_variants(american) == (british,)
    assert spelling_variants(british.title()) == (american,)


@pytest.mark.parametrize(
    "word",
    [
        *("colorectal", "epidemic", "academia", "chemical", "hemiplegia", "hemisphere", "elaborate", "parameter"),
        *(
            "literature",
            "analysis",
            "metastasis",
            "micrometastasis",
            "generalist",
            "optimistic",
            "embolism",
            "specialist",
        ),
        *("angioedema", "diagnosis", "systemic", "prosthetic", "enrolled", "neuronal", "asthma", "", "10", "mRNA-1273"),
    ],
)
def test_words_with_one_spelling(word: str) -> None:
    assert spelling_variants(word) == ()


@given(st.text(max_size=30))
def test_any_word_can_be_asked_for(word: str) -> None:
    assert len(spelling_variants(word)) <= 1
    lay_terms(word)
    lay_offers(word)


def test_the_list_is_long_and_clean() -> None:
    assert len(TABLE["same"]) + len(TABLE["means"]) >= 300
    names = [name for group in TABLE["same"] for name in group]
    names += [name for kind in ("means", "perhaps") for key, others in TABLE[kind].items() for name in (key, *others)]
    assert all(name == " ".join(name.split()) and re.search(r"\w", name) for name in names)
    assert all(lay._key(name, lay._list()) for name in names)
    assert all(len(set(map(str.casefold, group))) == len(group) > 1 for group in TABLE["same"])


def test_what_is_ambiguous_is_nowhere_certain() -> None:
    known = lay._list()
    assert not known.sure.keys() & known.perhaps.keys()


def test_american_and_british_pieces_do_not_undo_each_other() -> None:
    for american, british in PAIRS:
        assert spelling_variants(spelling_variants(american)[0]) == (american,)
        assert spelling_variants(spelling_variants(british)[0]) == (british,)
