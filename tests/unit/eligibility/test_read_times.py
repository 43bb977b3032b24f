"""Windows with their anchors, wash-outs, durations, and what lies ahead."""

import msgspec
import pytest

from equipoise.eligibility.expression import Anchor, Domain, Duration, Exists, Expr, Not, Or
from equipoise.eligibility.tree import atoms
from tests.reading import NOW, excluded, had, has, included, pattern, period, took, underwent, window

INDEX = Anchor.INDEX


def lasting(domain: Domain, words: str, at_least: str, until: Anchor, *qualifiers: str) -> Duration:
    return Duration(pattern=pattern(domain, words, *qualifiers), at_least=period(at_least), until=until)


@pytest.mark.parametrize(
    ("words", "start", "end", "anchor"),
    [
        ("within 6 months", "-6 mo", "0 d", INDEX),
        ("within the past 2 years", "-2 y", "0 d", INDEX),
        ("in the past year", "-1 y", "0 d", INDEX),
        ("in the previous 3 months", "-3 mo", "0 d", INDEX),
        ("within six (6) months", "-6 mo", "0 d", INDEX),
        ("within 60 days (2 months)", "-60 d", "0 d", INDEX),
        ("less than 6 months ago", "-6 mo", "0 d", INDEX),
        ("(within 6 months)", "-6 mo", "0 d", INDEX),
        ("within 12 weeks before signing the consent form", "-12 w", "0 d", Anchor.CONSENT),
        ("within 12 weeks prior to signing the ICF", "-12 w", "0 d", Anchor.CONSENT),
        ("within 6 months prior to screening", "-6 mo", "0 d", Anchor.SCREENING),
        ("within 30 days of enrollment", "-30 d", "0 d", Anchor.ENROLMENT),
        ("within 28 days prior to study entry", "-28 d", "0 d", Anchor.ENROLMENT),
        ("within 21 days before randomization", "-21 d", "0 d", Anchor.RANDOMISATION),
        ("within 28 days of first dose of study drug", "-28 d", "0 d", Anchor.FIRST_DOSE),
        ("<=7 days before first dose of study treatment", "-7 d", "0 d", Anchor.FIRST_DOSE),
        ("within 30 days prior to Day 1", "-30 d", "0 d", Anchor.FIRST_DOSE),
        ("in the 3 months before the baseline visit", "-3 mo", "0 d", Anchor.BASELINE),
        ("within the previous twenty-one days before screening", "-21 d", "0 d", Anchor.SCREENING),
        ("within the period of 12 to 1 months prior to randomization", "-12 mo", "-1 mo", Anchor.RANDOMISATION),
        ("4 to 8 weeks before screening", "-8 w", "-4 w", Anchor.SCREENING),
    ],
)
def test_windows(words: str, start: str, end: str, anchor: Anchor) -> None:
    assert excluded(f"Myocardial infarction {words}") == had("Myocardial infarction", when=window(start, end, anchor))


def test_a_window_serves_the_list_before_it() -> None:
    recent = window("-6 mo", anchor=Anchor.ENROLMENT)
    parts = tuple(had(words, when=recent) for words in ("Diabetes", "hypertension", "stroke"))
    assert excluded("Diabetes, hypertension or stroke within 6 months of enrollment") == Or(of=parts, inferred=True)


def test_a_window_serves_no_other_sentence() -> None:
    read = excluded("Asthma; stroke within 6 months")
    assert read == Or(of=(had("Asthma"), had("stroke", when=window("-6 mo"))), inferred=True)


def test_what_goes_on_now_takes_no_earlier_window() -> None:
    read = excluded("Suicide attempt in the past 1 year or current suicidal ideation")
    assert read == Or(of=(had("Suicide attempt", when=window("-1 y")), has("suicidal ideation")))


def test_drugs_overlap_their_window() -> None:
    assert excluded("Treatment with rituximab within 6 months prior to screening") == took(
        "rituximab", when=window("-6 mo", anchor=Anchor.SCREENING)
    )


@pytest.mark.parametrize("words", ["Concurrent use of methotrexate", "Currently taking methotrexate"])
def test_use_now(words: str) -> None:
    assert excluded(words) == took("methotrexate", when=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "Received any investigational drug within 4 weeks or 5 half-lives, whichever is longer, before randomization",
        "Received any investigational drug within 4 weeks or 5 half-lives (whichever is longer) before randomization",
    ],
)
def test_whichever_is_longer(text: str) -> None:
    either = msgspec.structs.replace(
        window("-4 w", anchor=Anchor.RANDOMISATION), other=period("5 t½"), whichever="longer"
    )
    assert excluded(text) == took("investigational drug", when=either)


def test_whichever_is_longer_at_the_end() -> None:
    read = included("At least 4 weeks since last dose of chemotherapy or 5 half-lives, whichever is longer")
    either = msgspec.structs.replace(window("-4 w"), other=period("5 t½"), whichever="longer")
    assert read == Not(of=underwent("chemotherapy", when=either))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At least 4 weeks since prior chemotherapy", underwent("chemotherapy", when=window("-4 w"))),
        ("More than 6 months since myocardial infarction", had("myocardial infarction", when=window("-6 mo"))),
        (
            "A minimum of 2 weeks must have elapsed since the last dose of any anticancer therapy",
            took("anticancer therapy", when=window("-2 w")),
        ),
        ("No antibiotics for at least 2 weeks", took("antibiotics", when=window("-2 w"))),
        (
            "No chemotherapy within 3 weeks of study entry",
            underwent("chemotherapy", when=window("-3 w", anchor=Anchor.ENROLMENT)),
        ),
    ],
)
def test_washed_out(text: str, expected: Expr) -> None:
    """Nothing of it in the time before; long ago, or never, is as good."""
    assert included(text) == Not(of=expected)


def test_long_ago_is_a_window_without_a_beginning() -> None:
    read = included("Diagnosis of asthma at least 6 months prior to screening")
    assert read == had("asthma", when=window(None, "-6 mo", Anchor.SCREENING))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Stable dose of methotrexate for at least 6 weeks prior to baseline",
            lasting(Domain.DRUG, "methotrexate", "6 w", Anchor.BASELINE, "at a stable dose"),
        ),
        (
            "On a stable dose of prednisone for ≥ 4 weeks before screening",
            lasting(Domain.DRUG, "prednisone", "4 w", Anchor.SCREENING, "at a stable dose"),
        ),
        (
            "Type 2 diabetes mellitus for at least 6 months",
            lasting(Domain.CONDITION, "Type 2 diabetes mellitus", "6 mo", INDEX),
        ),
        ("Chronic HCV infection (≥ 6 months)", lasting(Domain.CONDITION, "HCV infection", "6 mo", INDEX, "chronic")),
    ],
)
def test_durations(text: str, expected: Expr) -> None:
    assert included(text) == expected


def test_the_time_in_the_study() -> None:
    (during,) = (one.window for one in [excluded("Breastfeeding during the study")] if isinstance(one, Exists))
    assert during is not None
    assert during.anchor is Anchor.STUDY


def test_the_time_to_come() -> None:
    read = excluded("Cardiac surgery within the next 12 months")
    assert read == underwent("Cardiac surgery", when=window("0 d", "12 mo"))


def test_an_age_is_no_time_ago() -> None:
    assert "window" not in repr(included("Men or women ≥50 years of age with asthma")).replace("window=None", "")


@pytest.mark.parametrize(
    ("words", "start", "end", "anchor"),
    [
        ("within 60 h before randomization", "-60 h", "0 d", Anchor.RANDOMISATION),
        ("within the last 4 y", "-4 y", "0 d", INDEX),
        ("(previous 60 hours)", "-60 h", "0 d", INDEX),
        ("8 weeks or less before day 1", "-8 w", "0 d", Anchor.FIRST_DOSE),
        ("within the 5 weeks immediately before screening", "-5 w", "0 d", Anchor.SCREENING),
        ("within 5 months prior to the start of the screening period", "-5 mo", "0 d", Anchor.SCREENING),
        ("within 5 months before the start of the study", "-5 mo", "0 d", Anchor.ENROLMENT),
        ("within 5 months before the first study drug administration", "-5 mo", "0 d", Anchor.FIRST_DOSE),
        ("within 5 months of completing platinum-based therapy", "-5 mo", "0 d", INDEX),
        ("in the preceding 5 weeks", "-5 w", "0 d", INDEX),
    ],
)
def test_windows_written_in_other_ways(words: str, start: str, end: str, anchor: Anchor) -> None:
    assert excluded(f"Myocardial infarction {words}") == had("Myocardial infarction", when=window(start, end, anchor))


@pytest.mark.parametrize(
    ("text", "domain", "words", "at_least", "until"),
    [
        ("At least a 4-year history of migraine", Domain.CONDITION, "migraine", "4 y", INDEX),
        ("(4-year) history of migraine", Domain.CONDITION, "migraine", "4 y", INDEX),
        ("14 months of amenorrhoea", Domain.CONDITION, "amenorrhoea", "14 mo", INDEX),
        ("Asthma diagnosed for 7 months", Domain.CONDITION, "Asthma", "7 mo", INDEX),
    ],
)
def test_lengths_written_in_other_ways(text: str, domain: Domain, words: str, at_least: str, until: Anchor) -> None:
    assert included(text) == lasting(domain, words, at_least, until)


def test_a_stable_dose_lasts() -> None:
    expected = lasting(Domain.DRUG, "metformin", "5 mo", INDEX, "at a stable dose")
    assert included("On a stable dose of metformin ≥ 5 months") == expected


@pytest.mark.parametrize("text", ["Able to stay nearby for 7 months", "Two scans at least 5 weeks apart"])
def test_what_is_to_come_and_what_lies_between_is_no_time(text: str) -> None:
    read = [atom for atom in atoms(included(text)) if isinstance(atom, Exists | Duration)]
    assert [one for one in read if isinstance(one, Duration) or one.window] == []


def test_none_for_so_long_and_none_now_is_one_wash_out() -> None:
    recent = took("aspirin", when=window("-25 d"))
    assert included("More than 25 days since prior and no concurrent aspirin") == Not(of=recent)


def test_a_sentence_is_no_name() -> None:
    read = next(
        one for one in atoms(excluded("An odd gadget must have been worn within 3 weeks")) if isinstance(one, Exists)
    )
    assert read.pattern.concept.words == "odd gadget"
