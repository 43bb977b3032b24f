"""What the index holds: one table of text fields with the registry's own search weights, and the areas made of them.

Weights are those of ``/studies/search-areas`` (API v2, May 2025). A field that joins several pieces of the registry
carries the weight of the pieces it joins.
"""

from enum import StrEnum

import msgspec

SCHEMA_VERSION = 1
"""Raise it whenever a field or an analyser changes: indexes with another number are rebuilt by themselves."""

LONGEST_WORD = 60
"""Bytes: words of this length and more are not indexed."""


class Text(msgspec.Struct, frozen=True):
    """A searchable text field: its name in the index and the words a page uses for it."""

    name: str
    title: str


TEXTS = (
    Text("identifier", "Identifier"),
    Text("acronym", "Acronym"),
    Text("brief_title", "Title"),
    Text("official_title", "Official title"),
    Text("condition", "Condition"),
    Text("intervention", "Treatment"),
    Text("other_name", "Treatment, other name"),
    Text("keyword", "Keyword"),
    Text("phase_words", "Phase or age group"),
    Text("summary", "Summary"),
    Text("primary_outcome", "Primary outcome"),
    Text("arm_label", "Arm"),
    Text("secondary_outcome", "Secondary outcome"),
    Text("arm_description", "Arm or treatment description"),
    Text("primary_description", "Primary outcome description"),
    Text("sponsor", "Sponsor"),
    Text("place", "Location"),
    Text("secondary_description", "Secondary outcome description"),
    Text("design_words", "Study design"),
    Text("people", "Investigator or contact"),
    Text("mesh", "Filed under (MeSH)"),
    Text("ancestor", "Filed under a broader heading (MeSH)"),
    Text("collaborator", "Collaborator"),
    Text("other_outcome", "Other outcome"),
    Text("other_description", "Other outcome description"),
    Text("site_contact", "Site contact"),
    Text("criteria", "Eligibility criteria"),
    Text("population", "Study population"),
)
TITLES = {text.name: text.title for text in TEXTS}
HEADINGS = ("mesh", "ancestor")
"""Fields that hold the indexer's headings, not the sponsor's words: part of the synonyms a person can switch off."""


class Area(StrEnum):
    """Where to look: the registry's search areas, under the words people type before a colon."""

    BASIC = "basic"
    CONDITION = "condition"
    TREATMENT = "treatment"
    TITLE = "title"
    OUTCOME = "outcome"
    SPONSOR = "sponsor"
    PLACE = "place"
    IDENTIFIER = "id"
    PERSON = "person"
    CRITERIA = "criteria"


WEIGHTS: dict[Area, dict[str, float]] = {
    Area.BASIC: {
        "acronym": 1.0,
        "brief_title": 0.89,
        "official_title": 0.85,
        "condition": 0.81,
        "intervention": 0.8,
        "other_name": 0.75,
        "phase_words": 0.65,
        "keyword": 0.6,
        "primary_outcome": 0.6,
        "summary": 0.6,
        "arm_label": 0.5,
        "secondary_outcome": 0.5,
        "arm_description": 0.45,
        "primary_description": 0.4,
        "sponsor": 0.4,
        "identifier": 0.4,
        "secondary_description": 0.35,
        "place": 0.35,
        "design_words": 0.3,
        "people": 0.3,
        "mesh": 0.3,
        "ancestor": 0.25,
        "collaborator": 0.25,
        "other_outcome": 0.15,
        "other_description": 0.1,
        "site_contact": 0.1,
    },
    Area.CONDITION: {
        "condition": 0.95,
        "brief_title": 0.6,
        "official_title": 0.55,
        "mesh": 0.5,
        "ancestor": 0.4,
        "keyword": 0.3,
    },
    Area.TREATMENT: {
        "intervention": 0.95,
        "other_name": 0.75,
        "brief_title": 0.65,
        "official_title": 0.6,
        "arm_label": 0.5,
        "mesh": 0.5,
        "keyword": 0.5,
        "ancestor": 0.4,
        "arm_description": 0.4,
    },
    Area.TITLE: {"acronym": 0.99, "brief_title": 0.95, "official_title": 0.8},
    Area.OUTCOME: {
        "primary_outcome": 0.9,
        "secondary_outcome": 0.8,
        "primary_description": 0.6,
        "secondary_description": 0.5,
        "other_outcome": 0.4,
        "other_description": 0.3,
    },
    Area.SPONSOR: {"sponsor": 0.99, "collaborator": 0.9},
    Area.PLACE: {"place": 0.95},
    Area.IDENTIFIER: {"identifier": 0.99, "acronym": 0.85},
    Area.PERSON: {"people": 0.95, "site_contact": 0.8},
    Area.CRITERIA: {"criteria": 0.95, "population": 0.8},
}

FACETS = ("status", "phase", "study_type", "sex", "funder", "country", "heading")
"""Raw text fields that are counted; ``heading`` is the condition's MeSH term, or the condition where it has none."""

KEYS = ("region", "city", "sponsor_key", "condition_key", "id_key")
"""Raw text fields that are only matched. ``id_key`` is any identifier, case folded. A region is ``country|state``, a
city ``country|state|city``."""

SPACED = ("cell_all", "cell_open", "point_all", "point_open", "word")
"""Fields of bare terms with spaces between: cells, points, and (for spelling) every word of titles, conditions and
treatments, unstemmed."""

NUMBERS = ("age_from", "age_to", "started", "first_posted", "updated")
"""Ages in whole days; dates as yyyymmdd, the earliest day they admit. Zero means the record has no such date."""

FLAGS = ("healthy", "has_results", "fictional")

PAIR_FIELD = "pair"
"""``word<tab>word``: two names of one thing, as the records themselves give them."""
WORD_FIELD = "word"
