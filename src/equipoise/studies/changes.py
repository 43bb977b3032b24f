"""What changed between two versions of a study, in words. No difference is passed over."""

from equipoise.studies.compare.change import Change, ChangeKind, Importance, Piece, PieceKind
from equipoise.studies.compare.fields import differing, rest_change, under
from equipoise.studies.compare.table import RULES
from equipoise.studies.record import Study

__all__ = ["Change", "ChangeKind", "Importance", "Piece", "PieceKind", "changes"]


def changes(old: Study, new: Study) -> tuple[Change, ...]:
    """Empty if and only if the records say the same. What has no sentence of its own comes last, together."""
    untold = differing(old, new)
    told: list[Change] = []
    for rule in RULES:
        if any(under(path, rule.paths) for path in untold):
            said = tuple(rule.tell(old, new))
            told += said
            untold = tuple(path for path in untold if not (said and under(path, rule.paths)))
    return (*told, rest_change(old, new, untold)) if untold else tuple(told)
