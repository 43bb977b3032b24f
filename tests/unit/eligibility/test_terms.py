"""Terms: their names, what covers what, finding them in text, and binding criteria."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.eligibility.expression import And, Code, Concept, Domain, Exists, Not, Pattern, Range, Related
from equipoise.eligibility.lexicon import TABLES
from equipoise.eligibility.lexicon.phrases import stems
from equipoise.eligibility.lexicon.term import read_table
from equipoise.eligibility.terms import TERMS, bind, bind_concept, find_terms, meanings, narrower, term_for, unbound

AMERICAN = ("tumor", "anemia", "leukemia", "edema", "hemorrhage", "diarrhea", "estrogen")
OURS = [term for term in TERMS.values() if term.codes or term.words]


def names(text: str) -> list[str]:
    return [term.name for _, _, term in find_terms(text)]


def codes(words: str, system: str) -> set[str]:
    return {code.code for code in bind_concept(Concept(words)).codes if code.system == system}


def exists(words: str, domain: Domain = Domain.CONDITION) -> Exists:
    return Exists(pattern=Pattern(domain, Concept(words)))


def test_every_term_is_told_once() -> None:
    told = [term.name for domain, text in TABLES for term in read_table(text, Domain(domain))]
    assert len(told) == len(set(told)) == len(TERMS)


def test_no_words_name_two_terms() -> None:
    owners: dict[tuple[str, ...], set[str]] = {}
    for term in TERMS.values():
        for word in (term.name, *term.words):
            owners.setdefault(stems(word), set()).add(term.name)
    assert {words: found for words, found in owners.items() if len(found) > 1} == {}
    assert () not in owners


def test_broader_terms_exist_and_never_turn_in_a_circle() -> None:
    assert [(term.name, above) for term in TERMS.values() for above in term.broader if above not in TERMS] == []

    def above(name: str) -> set[str]:
        return {name}.union(*(above(one) for one in TERMS[name].broader))

    assert all(term.name not in above(one) for term in TERMS.values() for one in term.broader)


def test_terms_of_our_own_are_british() -> None:
    assert [term.name for term in OURS if any(word in term.name.split() for word in AMERICAN)] == []


def test_plain_words_are_there() -> None:
    assert all(term.plain for term in TERMS.values())


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Heart Attacks", "myocardial infarction"),
        ("MI", "myocardial infarction"),
        ("hypertensive", "hypertension"),
        ("anaemia", "anaemia"),
        ("anemia", "anaemia"),
        ("Type II diabetes mellitus", "type 2 diabetes"),
        ("beta-blockers", "beta blocker"),
        ("Crohn's disease", "Crohn's disease"),
        ("Crohns disease", "Crohn's disease"),
        ("non-melanoma skin cancer", "non-melanoma skin cancer"),
        ("Sjogren's syndrome", "Sjögren's syndrome"),
        ("tumour", "tumour"),
        ("tumors", "tumour"),
        ("acetaminophen", "paracetamol"),
        ("rifampin", "rifampicin"),
        ("CABG", "coronary artery bypass"),
        ("haemodialysis", "dialysis"),
        ("metastases", "metastatic cancer"),
    ],
)
def test_term_for(words: str, name: str) -> None:
    found = term_for(words)
    assert found
    assert found.name == name


@pytest.mark.parametrize("words", ["", "the weather", "MS", "mi", "all", "heart attack and stroke"])
def test_no_term(words: str) -> None:
    assert term_for(words) is None


def test_a_doubtful_abbreviation_has_several_meanings() -> None:
    assert {term.name for term in meanings("MS")} == {"multiple sclerosis", "mitral stenosis"}
    assert names("history of MS") == []
    assert names("multiple sclerosis (MS)") == ["multiple sclerosis", "multiple sclerosis"]


def test_finding_terms_longest_first_with_their_places() -> None:
    text = "Type 2 diabetes mellitus, non-small cell lung cancer or use of warfarin"
    found = find_terms(text)
    assert [text[start:end] for start, end, _ in found] == [
        "Type 2 diabetes mellitus",
        "non-small cell lung cancer",
        "warfarin",
    ]
    assert [term.name for _, _, term in found] == ["type 2 diabetes", "non-small cell lung cancer", "warfarin"]


def test_a_full_stop_parts_phrases_but_not_abbreviations() -> None:
    assert names("St. John's Wort or H. pylori") == ["St. John's Wort", "Helicobacter pylori infection"]
    assert names("No history of heart. Attack by dogs") == []


def test_words_of_severity_stay_outside() -> None:
    text = "uncontrolled hypertension, severe asthma, active hepatitis B"
    assert [text[start:end] for start, end, _ in find_terms(text)] == ["hypertension", "asthma", "hepatitis B"]


@given(text=st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    for start, end, _ in find_terms(text):
        assert 0 <= start < end <= len(text)


@given(name=st.sampled_from(sorted(TERMS)))
def test_every_name_is_found_as_itself(name: str) -> None:
    assert term_for(name) is TERMS[name]


def test_a_broad_term_gathers_the_codes_of_all_it_covers() -> None:
    assert {"breast cancer", "small cell lung cancer", "melanoma"} <= {term.name for term in narrower("malignancy")}
    assert "254837009" in codes("cancer", "SNOMED")
    assert codes("malignancies", "ICD10CM") >= {"C"}
    assert "C50" not in codes("malignancy", "ICD10CM"), "C stands for it already"
    assert {"11289", "1364430", "5224"} <= codes("anticoagulants", "RxNorm")


def test_a_narrow_thing_is_not_taken_for_the_broad_one() -> None:
    assert codes("daptomycin", "RxNorm") == set()
    assert codes("prednisone", "RxNorm").isdisjoint(codes("tacrolimus", "RxNorm"))
    assert "44054006" not in codes("type 1 diabetes", "SNOMED")
    daptomycin = term_for("daptomycin")
    assert daptomycin
    assert daptomycin.broader == ("antibiotic",)
    assert "daptomycin" in bind_concept(Concept("antibiotics")).synonyms


def test_binding_reaches_every_concept_of_a_tree() -> None:
    related = Related(
        first=Pattern(Domain.DRUG, Concept("warfarin")),
        second=Pattern(Domain.CONDITION, Concept("stroke", without=(Concept("TIA"),))),
        gap=Range(high=Decimal(30)),
    )
    tree = And(of=(exists("heart attack"), Not(of=exists("glibberitis")), related))
    assert unbound(tree) == ("heart attack", "glibberitis", "warfarin", "stroke", "TIA")
    bound = bind(tree)
    assert unbound(bound) == ("glibberitis",)
    assert isinstance(bound, And)
    last = bound.of[2]
    assert isinstance(last, Related)
    assert Code("ICD10CM", "G45") in last.second.concept.without[0].codes
    assert last.second.concept.words == "stroke"


def test_binding_twice_changes_nothing_more() -> None:
    tree = And(of=(exists("asthma"), exists("malignancy")))
    assert bind(bind(tree)) == bind(tree)


@pytest.mark.parametrize(
    ("words", "system", "code"),
    [
        ("hypertension", "SNOMED", "38341003"),
        ("respiratory tract infection", "SNOMED", "40055000"),
        ("anaemia", "SNOMED", "271737000"),
        ("simvastatin", "RxNorm", "312961"),
        ("influenza vaccine", "CVX", "140"),
        ("polymyositis", "ICD10CM", "M33.2"),
        ("myocardial infarction", "MeSH", "Myocardial Infarction"),
    ],
)
def test_codes_a_record_holds(words: str, system: str, code: str) -> None:
    assert code in codes(words, system)


def test_half_lives() -> None:
    assert TERMS["rituximab"].half_life_hours == 528
    assert TERMS["warfarin"].half_life_hours == 40
