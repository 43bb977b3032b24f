import re

import msgspec

from equipoise.studies import glossary
from equipoise.studies.glossary import TERMS, Term, terms_for
from equipoise.studies.labels import KINDS
from equipoise.studies.read import read_study
from equipoise.studies.record import Study

WANTED = """
recruiting phase-1 phase-2 phase-3 phase-4 randomised allocation masking masked-participant masked-care-provider
masked-investigator masked-outcomes-assessor placebo arm experimental-arm active-comparator placebo-comparator
sham-comparator no-intervention drug device primary-outcome secondary-outcome time-frame inclusion-criteria
exclusion-criteria sponsor collaborator funder-type principal-investigator enrolment estimated-actual interventional
observational cohort expanded-access crossover parallel factorial sequential single-group open-label informed-consent
healthy-volunteers standard-of-care adverse-event serious-adverse-event dmc ipd-sharing nct-number mesh first-posted
last-update-posted primary-completion study-completion results-posted site contact eligibility double-blind uln
"""


def study(**protocol: object) -> Study:
    return msgspec.convert({"protocolSection": protocol}, Study)


def slugs(one: Study) -> set[str]:
    return {term.slug for term in terms_for(one)}


def test_the_terms_a_reader_meets_are_there() -> None:
    assert set(WANTED.split()) <= set(TERMS)


def test_every_term_is_short_and_plain() -> None:
    for slug, term in TERMS.items():
        assert slug == term.slug
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert term.title
        assert term.registry_term
        assert term.plain.endswith("."), slug
        sentences = re.split(r"(?<=[.])\s", term.plain)
        assert 1 <= len(sentences) <= 3, slug
        assert max(len(sentence.split()) for sentence in sentences) <= 30, slug


def test_a_term_reads_as_written() -> None:
    assert TERMS["site"] == Term(
        "site",
        "Site (location)",
        "Location",
        "A hospital, clinic or other place where the study takes place.",
    )


def test_values_named_for_terms_are_the_registrys() -> None:
    for kind, values in glossary._BY_VALUE.items():
        assert set(values) <= set(KINDS[kind]), kind
        assert set(values.values()) <= set(TERMS), kind
    assert set(glossary._IN_TEXT) | set(glossary._ALWAYS) <= set(TERMS)


def test_a_bare_study_has_only_what_every_page_has() -> None:
    assert slugs(Study()) == {"eligibility", "sponsor", "funder-type", "nct-number"}


def test_a_masked_trial_explains_its_masking() -> None:
    masking = {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT"]}
    found = slugs(study(designModule={"designInfo": {"allocation": "RANDOMIZED", "maskingInfo": masking}}))
    assert {"masking", "double-blind", "masked-participant", "allocation", "randomised"} <= found
    assert "masked-investigator" not in found


def test_words_of_the_sponsor_are_explained() -> None:
    found = slugs(study(eligibilityModule={"eligibilityCriteria": "Exclusion Criteria:\n\n* AST \\> 3 x ULN"}))
    assert {"uln", "exclusion-criteria"} <= found
    assert "inclusion-criteria" not in found


def test_terms_come_in_the_glossarys_order(real_records: list[bytes]) -> None:
    order = list(TERMS)
    for raw in real_records[:100]:
        places = [order.index(term.slug) for term in terms_for(read_study(raw))]
        assert places == sorted(places)
        assert len(places) > 10


def test_nearly_every_term_is_met_in_real_records(real_records: list[bytes]) -> None:
    met = {slug for raw in real_records for slug in slugs(read_study(raw))}
    assert set(TERMS) - met <= {"factorial", "early-phase-1", "expanded-access"}
