"""Who does not know which arm a person is in: four figures, those who do not know with covered eyes."""

from equipoise.studies.labels import label, plain
from equipoise.studies.record import MaskingInfo, Study
from equipoise.web.pictures.svg import SOFT, STRONG, Drawn, Ink, element, lettered, moved, stacked

_ROLES = ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR")
_FIGURE = 46.0
_STATE = Ink(size=14, strong=True, anchor="middle")


def draw_masks(study: Study, width: float) -> Drawn:
    """Nothing where the record does not say; no figures where it says how many, but not who."""
    masking = study.design.design_info.masking_info
    if not masking.masking and not masking.who_masked:
        return Drawn()
    head = [
        lettered(f"Masking: {label('DesignMasking', masking.masking or '') or 'stated'}", width, STRONG),
        lettered(_plain(masking), width, SOFT),
    ]
    figures = _figures(masking, width) if _known(masking) else Drawn()
    return stacked(stacked(*head, gap=2), figures, gap=14)


def _known(masking: MaskingInfo) -> bool:
    return bool(masking.who_masked) or masking.masking == "NONE"


def _plain(masking: MaskingInfo) -> str:
    words = plain("DesignMasking", masking.masking or "")
    return words if _known(masking) else f"{words} The record does not say which."


def _figures(masking: MaskingInfo, width: float) -> Drawn:
    column = width / len(_ROLES)
    cells = [_role(role, column, masked=role in masking.who_masked) for role in _ROLES]
    placed = "".join(moved(place * column, 0, cell.svg) for place, cell in enumerate(cells))
    return Drawn(placed, max(cell.height for cell in cells))


def _role(role: str, width: float, *, masked: bool) -> Drawn:
    figure = Drawn(moved(width / 2, 0, _figure(masked=masked)), _FIGURE)
    state = lettered("masked" if masked else "not masked", width, _STATE)
    name = lettered(label("WhoMasked", role), width, SOFT.keeping("middle"))
    return stacked(figure, state, name, gap=4)


def _figure(*, masked: bool) -> str:
    look = "pic-masked" if masked else "pic-unmasked"
    shape = element("circle", class_=look, cy=12, r=10) + element(
        "path", class_=look, d="M-17 44c0-12 7-19 17-19s17 7 17 19z"
    )
    return shape + (element("rect", class_="pic-band", x=-13, y=8, width=26, height=6, rx=3) if masked else "")
