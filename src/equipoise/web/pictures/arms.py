"""Arms as a picture: people, how they are divided, and which arm is given what. Arms are drawn equal, always."""

import msgspec

from equipoise.studies.labels import enrolment_words, label, plain
from equipoise.studies.record import ArmGroup, Study
from equipoise.web.pictures.mark import balance
from equipoise.web.pictures.svg import (
    BODY,
    SOFT,
    STRONG,
    WIDE,
    Caption,
    Drawn,
    element,
    framed,
    lettered,
    moved,
    number,
    stacked,
)

_MOST_COLUMNS = 4
_ROLES = ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR")
_PAD = 14.0
_GAP = 12.0
_STEM = 76.0


class _Sheet(msgspec.Struct, frozen=True):
    """Where things stand: arms from ``left``, columns of interventions (if any) from ``table``."""

    width: float
    left: float
    columns: tuple[str, ...]
    column: float

    @property
    def label_width(self) -> float:
        return self.width - self.left - 2 * _PAD - self.column * len(self.columns)


def draw_arms(study: Study, *, width: float = WIDE) -> str:
    """The picture, or nothing where the record names no arms."""
    if not study.arms:
        return ""
    sheet = _sheet(study, width)
    pieces = [_people(study, width), _divided(study, sheet), _masked(study, width)]
    return framed(stacked(*pieces, gap=18), width, "arms", _caption(study))


def _sheet(study: Study, width: float) -> _Sheet:
    names = tuple(dict.fromkeys(name for arm in study.arms for name in arm.intervention_names))
    matrix = width >= WIDE and 0 < len(names) <= _MOST_COLUMNS
    left = _STEM if len(study.arms) > 1 else 0.0
    return _Sheet(width, left if width >= WIDE else left * 0.5, names if matrix else (), 118.0 if matrix else 0.0)


def _people(study: Study, width: float) -> Drawn:
    count = enrolment_words(study.design.enrollment_info)
    said = f"{count} participants" if count else "Participants"
    info = study.design.design_info
    how = [plain("DesignAllocation", info.allocation or "") if len(study.arms) > 1 else ""]
    how.append(plain("InterventionalAssignment", info.intervention_model or ""))
    words = " ".join(part for part in how if part)
    return stacked(lettered(said, width, STRONG), lettered(words, width, SOFT) if words else Drawn(), gap=2)


def _divided(study: Study, sheet: _Sheet) -> Drawn:
    """The arms under each other, all of one height, with the branch that leads to them."""
    heads = _heads(sheet)
    inner = [_told(arm, sheet) for arm in study.arms]
    height = max(piece.height for piece in inner) + 2 * _PAD
    rows = [_row(arm, piece, sheet, height) for arm, piece in zip(study.arms, inner, strict=True)]
    arms = stacked(*(Drawn(row, height) for row in rows), gap=_GAP)
    branch = _branch(study, sheet, height) if sheet.left else ""
    body = Drawn(branch + moved(sheet.left, 0, arms.svg), arms.height)
    return stacked(heads, body, gap=8) if heads.height else body


def _heads(sheet: _Sheet) -> Drawn:
    heads = [lettered(name, sheet.column - 10, SOFT.keeping("middle"), lines=6) for name in sheet.columns]
    height = max((head.height for head in heads), default=0)
    start = sheet.width - sheet.column * len(sheet.columns)
    placed = [moved(start + sheet.column * place, height - head.height, head.svg) for place, head in enumerate(heads)]
    return Drawn("".join(placed), height)


def _told(arm: ArmGroup, sheet: _Sheet) -> Drawn:
    kind = lettered(label("ArmGroupType", arm.type or ""), sheet.label_width, SOFT) if arm.type else Drawn()
    name = lettered(arm.label or "Arm", sheet.label_width, STRONG, lines=4)
    given = () if sheet.columns else tuple(_chip(text, sheet.label_width) for text in arm.intervention_names)
    return stacked(kind, name, *given, gap=3)


def _chip(text: str, width: float) -> Drawn:
    words = lettered(text, width - 20, BODY, lines=3)
    return Drawn(element("circle", cx=6, cy=11, r=5, class_="pic-given") + moved(20, 0, words.svg), words.height)


def _row(arm: ArmGroup, piece: Drawn, sheet: _Sheet, height: float) -> str:
    card = element("rect", class_="pic-card", width=sheet.width - sheet.left, height=height, rx=8)
    start = sheet.width - sheet.left - sheet.column * len(sheet.columns)
    cells = "".join(
        _cell(start + sheet.column * (place + 0.5), height / 2, given=name in arm.intervention_names)
        for place, name in enumerate(sheet.columns)
    )
    return card + moved(_PAD, (height - piece.height) / 2, piece.svg) + cells


def _cell(x: float, y: float, *, given: bool) -> str:
    if given:
        return element("circle", cx=x, cy=y, r=9, class_="pic-given")
    return element("path", d=f"M{number(x - 6)} {number(y)}h12", class_="pic-rule")


def _branch(study: Study, sheet: _Sheet, height: float) -> str:
    """From one stem to the middle of every arm; chance, where it divides, is shown by the mark."""
    middles = [height / 2 + (height + _GAP) * place for place in range(len(study.arms))]
    stem = sheet.left * 0.62
    trunk = f"M{number(stem)} {number(middles[0])}V{number(middles[-1])}"
    twigs = "".join(f"M{number(stem)} {number(middle)}H{number(sheet.left - 2)}" for middle in middles)
    lines = element("path", d=trunk + twigs, class_="pic-branch")
    if study.design.design_info.allocation != "RANDOMIZED":
        return lines
    size = min(40.0, sheet.left * 0.9)
    top = (middles[0] + middles[-1] - size) / 2
    behind = element("rect", x=stem - size / 2, y=top - 4, width=size, height=size + 6, class_="pic-clear")
    return lines + behind + moved(stem - size / 2, top, balance(size))


def _masked(study: Study, width: float) -> Drawn:
    """Four roles, each masked or not. Nothing where the record does not say."""
    masking = study.design.design_info.masking_info
    if not masking.who_masked and masking.masking != "NONE":
        return Drawn()
    across = 4 if width >= WIDE else 2
    column = width / across
    cells = [
        moved(column * (place % across), 58 * (place // across), _role(role, column, masked=role in masking.who_masked))
        for place, role in enumerate(_ROLES)
    ]
    head = lettered("Who does not know which arm a person is in", width, SOFT)
    return stacked(head, Drawn("".join(cells), 58 * len(_ROLES) / across), gap=6)


def _role(role: str, width: float, *, masked: bool) -> str:
    look = "pic-masked" if masked else "pic-unmasked"
    figure = element("circle", cx=16, cy=11, r=8, class_=look) + element(
        "path", d="M3 42c0-13 6-19 13-19s13 6 13 19z", class_=look
    )
    band = element("rect", x=6, y=7, width=20, height=6, rx=3, class_="pic-band") if masked else ""
    said = stacked(
        lettered(label("WhoMasked", role), width - 44, SOFT, lines=2),
        lettered("masked" if masked else "knows", width - 44, SOFT),
    )
    return figure + band + moved(38, 2, said.svg)


def _caption(study: Study) -> Caption:
    arms = "; ".join(_arm_words(arm) for arm in study.arms)
    return Caption("Arms of the study", f"{len(study.arms)} arms. {arms}.")


def _arm_words(arm: ArmGroup) -> str:
    given = ", ".join(arm.intervention_names) or "nothing named"
    return f"{arm.label or 'arm'} ({label('ArmGroupType', arm.type or '')}): {given}"
