"""Masking: nothing that a masked role sees may depend on the arm, and nobody types what they may not see."""

from collections.abc import Iterator

from equipoise.conduct.commands import EnterForm
from equipoise.conduct.permissions import MAY
from equipoise.conduct.protocol.model import ArmKind, EditCheck, Field, Form, Party
from equipoise.conduct.protocol.problem import Problem, error, shown, warning
from equipoise.conduct.protocol.rules.known import Known, form_fields, spaced
from equipoise.conduct.roles import LABELS, SEALED, Information

_KEEP = "Keep it the same for all arms."
_WHY = "and a masked role would know who has which."


def kits_for_every_arm(known: Known) -> Iterator[Problem]:
    if not known.is_masked:
        return
    taken: dict[str, str] = {}
    for number, arm in enumerate(known.protocol.arms):
        path = f"arms[{number}]"
        if arm.kind is ArmKind.NO_INTERVENTION and Party.PARTICIPANT in known.protocol.masking.masked:
            yield error(path, "has no intervention: participants would know.", "Use a placebo, or mask others alone.")
        elif not arm.kit:
            why = "has no kit, so what is dispensed would tell the arm."
            yield error(path, why, "Add a kind of kit for each arm.", what=arm.id)
        elif arm.kit in taken:
            yield error(f"{path}.kit", f"is the kit of {taken[arm.kit]} too.", "Give each arm its own.", what=arm.kit)
        taken.setdefault(arm.kit, arm.id)


def kits_alike(known: Known) -> Iterator[Problem]:
    """Kits of arms differ in what they hold and in nothing that can be counted."""
    kits = known.protocol.kits
    used = {arm.kit for arm in known.protocol.arms}
    kinds = [(number, kit) for number, kit in enumerate(kits.kinds) if kit.id in used] if kits else []
    for number, kit in kinds[1:] if known.is_masked else ():
        first = kinds[0][1]
        if (kit.doses, kit.returned) != (first.doses, first.returned):
            why = f"differs from kit {first.id} in its doses or its return, {_WHY}"
            assert kits is not None
            yield error(f"kits.kinds[{number}]", why, _KEEP, what=f"Kit {kit.id}")


def kits_do_not_tell(known: Known) -> Iterator[Problem]:
    """A kit's id may come to light with its number; what it holds may not."""
    for number, kit in enumerate(known.protocol.kits.kinds if known.protocol.kits else ()):
        if known.is_masked and known.arms.search(spaced(kit.id)):
            yield error(f"kits.kinds[{number}].id", "names an arm.", "Choose a letter.", what=shown(kit.id))


def open_kits_apart(known: Known) -> Iterator[Problem]:
    """Of a kit handed out openly everybody knows what it holds, and so what is left of those that came with it."""
    arms = {arm.kit: arm.id for arm in known.protocol.arms if arm.kit}
    for number, period in enumerate(known.protocol.periods if known.is_masked else ()):
        if not period.masked and period.kit in arms:
            why = f"is the kit of {arms[period.kit]} too: handed out openly, it tells what those beside it hold."
            yield error(f"periods[{number}].kit", why, "Add a kind of kit for the open period.", what=period.kit)


def emergency_foreseen(known: Known) -> Iterator[Problem]:
    if known.is_masked and known.protocol.emergency is None:
        do = "Add emergency, with a contact that answers day and night."
        yield error("", "A masked trial needs a way to break the code in an emergency (must 23).", do)


def masked_periods_say_nothing(known: Known) -> Iterator[Problem]:
    for number, period in enumerate(known.protocol.periods):
        path = f"periods[{number}]"
        if period.masked and (period.treatment or period.kit):
            yield error(path, "is masked and states its treatment.", "Take treatment and kit out.", what=period.id)
        if not period.masked and not period.treatment:
            yield error(path, "is not masked and has no treatment.", "Say what everybody gets.", what=period.id)


def visits_the_same_for_all(known: Known) -> Iterator[Problem]:
    """Open-label periods may name the treatment that everybody gets."""
    opened = [period for period in known.protocol.periods if not period.masked]
    masked = {
        visit.of for visit in known.planned if not any(each.from_day <= visit.day <= each.to_day for each in opened)
    }
    for number, visit in enumerate(known.protocol.visits):
        if visit.id in masked:
            yield from _depends(known, f"visits[{number}]", {"id": visit.id, "label": visit.label}, "A visit")
            yield from _mentions(known, f"visits[{number}]", {"describe": visit.describe})


def forms_the_same_for_all(known: Known) -> Iterator[Problem]:
    for place, form in enumerate(known.protocol.forms):
        if any(known.seen_masked(field.information) for field in form.fields):
            yield from _depends(known, f"forms[{place}]", {"id": form.id, "label": form.label}, "A form")
            yield from _mentions(known, f"forms[{place}]", {"describe": form.describe})


def fields_the_same_for_all(known: Known) -> Iterator[Problem]:
    for path, _, field in form_fields(known.protocol):
        if known.seen_masked(field.information):
            asked = {"only_if.equals": field.only_if.equals} if field.only_if else {}
            yield from _depends(known, path, {"id": field.id, **asked}, "A field")
            yield from _mentions(known, path, {"label": field.label, "help": field.help})
            for number, choice in enumerate(field.choices):
                told = {"id": choice.id, "label": choice.label}
                yield from _mentions(known, f"{path}.choices[{number}]", told)


def checks_the_same_for_all(known: Known) -> Iterator[Problem]:
    for path, _, check in _checks(known):
        yield from _depends(known, path, {"id": check.id, "words": check.words}, "An edit check")


def factors_are_not_arms(known: Known) -> Iterator[Problem]:
    for number, factor in enumerate(known.protocol.allocation.factors):
        path = f"allocation.factors[{number}]"
        yield from _depends(known, path, {"id": factor.id, "label": factor.label}, "A factor")
        for place, level in enumerate(factor.levels):
            inner = f"{path}.levels[{place}]"
            yield from _depends(known, inner, {"id": level.id, "label": level.label}, "A factor's level")
        field = known.fields.get(factor.field)
        if known.is_masked and field and not known.seen_masked(field.information):
            why = f"is {field.information}, which no masked role sees, and the factor would show it."
            yield error(f"{path}.field", why, "Choose a field of before treatment.", what=shown(factor.field))


def _depends(known: Known, path: str, told: dict[str, str], kind: str) -> Iterator[Problem]:
    for name, text in told.items():
        found = known.arms.search(spaced(text)) if known.is_masked else None
        if found:
            why = f"{kind} depends on the arm ({found[0]}), {_WHY}"
            yield error(f"{path}.{name}", why, _KEEP, what=shown(text))


def _mentions(known: Known, path: str, told: dict[str, str]) -> Iterator[Problem]:
    """Words that stand there for every arm tell nothing of themselves; they are often the sign of what does."""
    for name, text in told.items():
        found = known.arms.search(spaced(text)) if known.is_masked else None
        if found:
            do = "If it asks for a guess, leave it; if not, say 'the trial treatment'."
            yield warning(
                f"{path}.{name}", f"names an arm ({found[0]}) where masked roles read it.", do, what=shown(text)
            )


def conditions_as_open_as_fields(known: Known) -> Iterator[Problem]:
    """Whether a field is asked tells the answer to the field it hangs on."""
    for path, form, field in form_fields(known.protocol):
        asked = known.fields.get(f"{form.id}.{field.only_if.field}") if field.only_if else None
        if asked and _tells_more(known, field.information, asked.information):
            why = f"is asked by the answer to {asked.id}, which is {asked.information}: who sees one sees the other."
            yield error(f"{path}.only_if", why, f"Make {field.id} {asked.information} too.", what=shown(field.id))


def checks_as_open_as_fields(known: Known) -> Iterator[Problem]:
    for path, form, check in _checks(known):
        left = known.fields.get(f"{form.id}.{check.left}")
        right = known.fields.get(f"{form.id}.{check.right}")
        for one, other in ((left, right), (right, left)):
            if one and other and _tells_more(known, one.information, other.information):
                why = f"holds {one.id} against {other.id}, which is {other.information}: its words would tell."
                yield error(path, why, "Compare fields of one class of information.", what=shown(check.id))


def computed_as_guarded_as_items(known: Known) -> Iterator[Problem]:
    for path, form, field in form_fields(known.protocol):
        for item in _items(known, form, field):
            if _tells_more(known, field.information, item.information):
                why = f"is computed from {item.id}, which is {item.information}: who sees one sees the other."
                yield error(f"{path}.items", why, f"Make {field.id} {item.information} too.", what=shown(field.id))
                break


def _items(known: Known, form: Form, field: Field) -> Iterator[Field]:
    for told in field.items.values():
        for name in told.split(","):
            found = known.fields.get(name.strip()) or known.fields.get(f"{form.id}.{name.strip()}")
            if found:
                yield found


def _tells_more(known: Known, shown_as: Information, taken_from: Information) -> bool:
    return bool(known.viewers(shown_as) - known.viewers(taken_from))


def _checks(known: Known) -> Iterator[tuple[str, Form, EditCheck]]:
    for place, form in enumerate(known.protocol.forms):
        for number, check in enumerate(form.checks):
            yield f"forms[{place}].checks[{number}]", form, check


def filled_by_those_cleared(known: Known) -> Iterator[Problem]:
    """Who types a value has seen it."""
    for place, form in enumerate(known.protocol.forms):
        classes = {field.information for field in form.fields}
        for number, role in enumerate(form.by):
            hidden = sorted(each for each in classes if not known.sees(role, each))
            if hidden:
                sealed = role in known.masked and SEALED.intersection(hidden)
                why = f"may not see what this form holds ({', '.join(hidden)})" + (
                    ", and is masked." if sealed else "."
                )
                do = "Let a role cleared for it fill the form, or move those fields to a form of their own."
                yield error(f"forms[{place}].by[{number}]", why, do, what=f"The {LABELS[role].lower()}")


def filled_by_those_who_may(known: Known) -> Iterator[Problem]:
    may = MAY[EnterForm]
    for place, form in enumerate(known.protocol.forms):
        if not form.by:
            yield error(f"forms[{place}].by", "names nobody who fills it in.", "Name a role.", what=shown(form.id))
        for number, role in enumerate(form.by):
            if role not in may:
                do = f"Choose among: {', '.join(sorted(may))}."
                yield error(f"forms[{place}].by[{number}]", "cannot enter data (must 9).", do, what=LABELS[role])


RULES = (
    kits_for_every_arm,
    kits_alike,
    kits_do_not_tell,
    open_kits_apart,
    emergency_foreseen,
    masked_periods_say_nothing,
    visits_the_same_for_all,
    forms_the_same_for_all,
    fields_the_same_for_all,
    checks_the_same_for_all,
    factors_are_not_arms,
    conditions_as_open_as_fields,
    checks_as_open_as_fields,
    computed_as_guarded_as_items,
    filled_by_those_cleared,
    filled_by_those_who_may,
)
