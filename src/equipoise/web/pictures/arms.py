"""Arms as a picture: people, how they are divided, and which arm is given what. Arms are drawn equal, always."""

from equipoise.studies.record import Study
from equipoise.web.pictures.columns import draw_columns, has_room
from equipoise.web.pictures.masks import draw_masks
from equipoise.web.pictures.rows import draw_rows
from equipoise.web.pictures.scheme import Scheme, read_scheme
from equipoise.web.pictures.svg import SOFT, STRONG, WIDE, Caption, Drawn, Ink, framed, lettered, moved, rule, stacked
from equipoise.web.pictures.ways import draw_way

_NUMBER = Ink(size=28, strong=True)
_ASIDE = 20.0
"""Between the stem and the words on either side of it."""


def draw_arms(study: Study, *, width: float = WIDE) -> str:
    """The picture, or nothing where the record names no arms."""
    if not study.arms:
        return ""
    scheme = read_scheme(study)
    divided = draw_columns if has_room(scheme, width) else draw_rows
    notes = [note for note in (draw_way(scheme, width), draw_masks(study, width)) if note.height]
    parts = [
        divided(scheme, _head(scheme, width), width),
        _loose(scheme, width),
        *(_ruled(note, width) for note in notes),
    ]
    return framed(stacked(*parts, gap=20), width, "arms", Caption("Arms of the study", scheme.words()))


def _head(scheme: Scheme, width: float) -> Drawn:
    """People left of the stem, how they are divided right of it."""
    half = width / 2 - _ASIDE
    left = _said(scheme.people, half, _NUMBER, "end")
    right = _said(scheme.how, half, STRONG, "start")
    return Drawn(left.svg + moved(width / 2 + _ASIDE, 0, right.svg), max(left.height, right.height))


def _said(words: tuple[str, str], width: float, ink: Ink, anchor: str) -> Drawn:
    said = [lettered(text, width, kind.keeping(anchor)) for text, kind in zip(words, (ink, SOFT), strict=True)]
    return stacked(*said, gap=2)


def _loose(scheme: Scheme, width: float) -> Drawn:
    names = ", ".join(treatment.name for treatment in scheme.loose)
    return lettered(f"Named, but linked to no group: {names}", width, SOFT, lines=4) if names else Drawn()


def _ruled(note: Drawn, width: float) -> Drawn:
    return Drawn(rule(width) + moved(0, 16, note.svg), note.height + 16)
