"""The panel of filters: each facet with its values and how many studies each would give."""

from functools import lru_cache

import msgspec
from markupsafe import Markup, escape

from equipoise.finder.ask import FacetValue, Found
from equipoise.studies.labels import FUNDER_TYPES, KINDS, phases_words, shown
from equipoise.web.public.asking import Asked


class Facet(msgspec.Struct, frozen=True):
    """A facet of the index: the parameter it fills, its title, and the order of its values where they have one."""

    name: str
    field: str
    parameter: str
    title: str
    kind: str = ""
    order: tuple[str, ...] = ()


FACETS = (
    Facet("status", "status", "status", "Status", "Status", tuple(KINDS["Status"])),
    Facet("phase", "phase", "phase", "Phase", "Phase", ("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA")),
    Facet("heading", "condition", "condition", "Condition"),
    Facet("country", "country", "country", "Country"),
    Facet("study_type", "study_type", "type", "Study type", "StudyType", tuple(KINDS["StudyType"])),
    Facet("funder", "funder", "funder", "Funder", "FunderType", FUNDER_TYPES),
)


class Choice(msgspec.Struct, frozen=True):
    """A value to tick, its words and how many studies hold it, ready for the page: the template escapes nothing."""

    id: str
    value: Markup
    words: Markup
    count: str
    chosen: bool


class Panel(msgspec.Struct, frozen=True):
    parameter: str
    title: str
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> int:
        return sum(choice.chosen for choice in self.choices)


def panels_of(found: Found, asked: Asked) -> tuple[Panel, ...]:
    """Facets with something to choose; what is chosen stays in sight even where nothing fits it."""
    panels = (_panel(facet, found.facets.get(facet.name, ()), getattr(asked.ask, facet.field)) for facet in FACETS)
    return tuple(panel for panel in panels if panel.choices)


def _panel(facet: Facet, values: tuple[FacetValue, ...], chosen: tuple[str, ...]) -> Panel:
    counts = {value.value: value.count for value in values if value.value}
    shown_values = [*counts, *(value for value in chosen if value not in counts)]
    if facet.order:
        places = {value: place for place, value in enumerate(facet.order)}
        shown_values.sort(key=lambda value: places.get(value, len(places)))
    else:
        shown_values.sort(key=lambda value: (value not in chosen, -counts.get(value, 0)))
    choices = tuple(
        Choice(
            f"f-{facet.parameter}-{place}", *_written(facet.kind, value), f"{counts.get(value, 0):,}", value in chosen
        )
        for place, value in enumerate(shown_values, 1)
    )
    return Panel(facet.parameter, facet.title, choices)


@lru_cache(maxsize=4096)
def _written(kind: str, value: str) -> tuple[Markup, Markup]:
    return escape(value), escape(_words(kind, value))


def _words(kind: str, value: str) -> str:
    if kind == "Phase":
        return phases_words((value,))
    return shown(kind, value) if kind else value
