"""Jinja for the pages: the words of the registry and of people, within reach of every template."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import reverse

from equipoise.kernel.counted import counted
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.identifiers import is_fictional
from equipoise.kernel.refused import Refused
from equipoise.studies import labels
from equipoise.studies.markup import read_markup
from equipoise.web.public.slugs import slug_of

KM_A_MILE = 1.609344
MILE_COUNTRIES = frozenset({"United States", "United Kingdom", "Puerto Rico", "Liberia", "Guam"})
REGISTRY = "https://clinicaltrials.gov"
TAGS = {
    labels.Openness.OPEN: "open",
    labels.Openness.NOT_YET: "soon",
    labels.Openness.CLOSED: "closed",
    labels.Openness.ATTENTION: "warn",
}


def environment(**options: Any) -> jinja2.Environment:
    options |= {"undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = jinja2.Environment(**options)  # noqa: S701  (Django's backend passes autoescape)
    made.globals |= {
        "url": url,
        "static": lru_cache(maxsize=None)(static),
        "registry": REGISTRY,
        "is_fictional": is_fictional,
        "read_markup": read_markup,
        **{name: getattr(labels, name) for name in _WORDS},
        **{name: lru_cache(maxsize=4096)(getattr(labels, name)) for name in _OF_FEW_VALUES},
    }
    made.filters |= {"count": count, "day": day, "km": km, "some": counted, "some_of": some_of, "slug": slug_of}
    made.globals["tag_of"] = tag_of
    return made


_WORDS = ("enrolment_words", "masking_words", "funder_types", "listed_words")
_OF_FEW_VALUES = ("label", "plain", "shown", "phases_words", "ages_words")


@lru_cache(maxsize=4096)
def url(name: str, *parts: str) -> str:
    return reverse(name, args=parts)


@cache
def tag_of(status: str) -> str:
    """The style of a status tag: one of the four meanings."""
    return TAGS[labels.openness(status)]


def count(number: int) -> str:
    return f"{number:,}"


@lru_cache(maxsize=4096)
def day(text: str | None) -> str:
    """A registry date as a person writes it; a date nobody can read, as it stands."""
    if not text:
        return ""
    try:
        return PartialDate.read(text[:10]).words()
    except Refused:
        return text


def km(distance: float, country: str = "") -> str:
    """Rounded as a traveller would; with miles where people count in them."""
    if distance < 1:
        return "less than 1 km"
    told = f"{distance:,.0f} km"
    miles = round(distance / KM_A_MILE)
    return f"{told} ({counted(miles, 'mile')})" if country in MILE_COUNTRIES else told


def some_of(values: Iterable[str | None], most: int = 4) -> str:
    """``Fever, Cough and 3 more``."""
    told = [value for value in values if value]
    more = f" and {len(told) - most} more" if len(told) > most else ""
    return ", ".join(told[:most]) + more
