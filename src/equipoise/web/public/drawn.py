"""The pictures of a page: where sites are, how arms stand, how time runs."""

import datetime

import msgspec

from equipoise.finder.ask import Ask, Hit
from equipoise.studies.record import Study
from equipoise.web.public.sites import SiteAsk, SiteList


class Pictures(msgspec.Struct, frozen=True):
    """SVG text, each in a wide and a narrow form; empty where there is nothing to draw."""

    arms_wide: str = ""
    arms_narrow: str = ""
    timeline_wide: str = ""
    timeline_narrow: str = ""
    map: str = ""


def pictures_of(study: Study, sites: SiteList, ask: SiteAsk, at: datetime.date) -> Pictures:
    return Pictures()


def map_of_hits(hits: tuple[Hit, ...], ask: Ask) -> str:
    return ""
