"""``equipoise match``."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from equipoise.actions import find, load, match, people
from equipoise.actions.library import Library
from equipoise.cli.door import Json, app, err, out, print_json, watched
from equipoise.cli.search import read_radius
from equipoise.kernel.counted import counted
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.refused import Refused

SHOWN = 4
"""Criteria of each kind shown in words; --json gives all."""


@app.command("match", epilog='Example: equipoise match patient.json --near "Boston" --within 100km')
def match_(
    person: Annotated[Path, typer.Argument(help="FHIR R4 (Bundle, .ndjson, folder), or plain YAML or JSON.")],
    near: Annotated[str, typer.Option(help="City, postal code, country, or latitude,longitude.")] = "",
    within: Annotated[str, typer.Option(help="Radius, such as 100km or 60mi.")] = "",
    one: Annotated[str, typer.Option("--person", help="Which of several persons in the file, by id.")] = "",
    any_topic: Annotated[bool, typer.Option("--any-topic", help="Also studies of what the person has not.")] = False,  # noqa: FBT002
    excluded: Annotated[bool, typer.Option("--excluded", help="Also studies the person cannot join, last.")] = False,  # noqa: FBT002
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Studies to show.")] = 10,
    on: Annotated[str, typer.Option(help="The day to judge for, like 2026-11-23; today if not given.")] = "",
    json: Json = False,  # noqa: FBT002
) -> None:
    """Rank the studies that recruit for one person, with reasons. Nothing of the person is kept."""
    at = _day(on)
    record = people.read_one(person, at=at, name=one)
    library = Library.held()
    load.bring_index_up(library)
    place = find.find_place(library, near) if near else None
    if within and place is None:
        raise Refused("--within needs a place.", do="Add --near, such as --near Lisbon.")
    wish = match.MatchWish(place, read_radius(within) if within else None, any_topic, excluded, limit)
    with watched() as progress:
        found = match.match_person(library, record.person, wish, at=at, progress=progress)
    if json:
        print_json({"notes": record.notes} | {name: getattr(found, name) for name in found.__struct_fields__})
        return
    _print_notes(record)
    _print_found(found)


def _day(text: str) -> datetime.date:
    if not text:
        return datetime.datetime.now(datetime.UTC).date()
    day = PartialDate.read(text)
    if day.day is None:
        raise Refused("is not a whole date.", what=repr(text), do="Write a day like 2026-11-23.")
    return day.earliest()


def _print_notes(record: people.PersonRecord) -> None:
    for note in record.notes:
        examples = ", ".join(note.examples)
        err.print(
            f"Not used, {note.count:,} ×: {note.reason} ({examples})",
            style="dim",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _print_found(found: match.Matches) -> None:
    for line in _person_lines(found):
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    counts = f"{found.definite:,} definite, {found.possible:,} possible, {found.excluded:,} excluded"
    recruiting = counted(found.recruiting, "recruiting study", "recruiting studies")
    if found.definite or found.possible or found.excluded:
        out.print(f"Of {recruiting}: {counts}", style="bold", highlight=False)
    else:
        said = f"Of {recruiting} kept here none is about these. --any-topic lists others."
        out.print(said, style="bold", highlight=False)
    for study in found.studies:
        _print_study(study)
    if found.ask_next:
        out.print(f"\nWhat would settle most of them: {found.ask_next}", markup=False, highlight=False, soft_wrap=True)
    out.print("\nThe study team decides who may join.", style="dim")


def _person_lines(found: match.Matches) -> Iterator[str]:
    missing = ", ".join(found.missing)
    if found.is_empty:
        yield f"The record of {found.person or 'this person'} says nothing. Missing: {missing}."
        yield "So nothing speaks for or against any study. Add what is known, and match again."
        return
    has = ", ".join(found.conditions[:8]) or "nothing that lasts, as far as the record says"
    yield f"{found.person or 'This person'} has: {has}"
    if missing:
        yield f"Missing from the record: {missing}"


def _print_study(study: match.StudyMatch) -> None:
    out.print(
        f"\n{study.nct_id}  {study.standing.value}  {study.title}",
        style="bold",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    whole = counted(study.criteria, "criterion", "criteria")
    counts = f"{len(study.met)} of {whole} met, {len(study.unknown)} not known, {len(study.unmet)} not met"
    lines = [f"Listed for {study.because}" if study.because else "It is about nothing that the record tells of", counts]
    if study.nearest_site:
        where = ", ".join(part for part in (study.nearest_site.facility, study.nearest_site.city) if part)
        lines.append(f"Nearest open site: {where}, {study.nearest_site.distance_km:,.0f} km")
    for name, told in (("Not met", study.unmet), ("Met", study.met), ("Not known", study.unknown)):
        criteria = [one for one in told if not _is_said_elsewhere(one, told)]
        for one in criteria[:SHOWN]:
            lines += [
                f"{name}: {_criterion_words(one)}",
                *(f"    {_reason_words(reason)}" for reason in one.reasons[:2]),
            ]
        if len(criteria) > SHOWN:
            lines.append(f"{name}: {len(criteria) - SHOWN} more (--json shows all)")
    for line in lines:
        out.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)


def _is_said_elsewhere(one: match.CriterionTold, others: tuple[match.CriterionTold, ...]) -> bool:
    """A field of the record that rests on nothing but what a criterion in the study's own words rests on."""
    rests_on = {reason.words for reason in one.reasons}
    own = (other.reasons for other in others if not other.field)
    return bool(one.field) and any(rests_on <= {reason.words for reason in reasons} for reasons in own)


def _criterion_words(one: match.CriterionTold) -> str:
    text = " ".join(one.text.split())
    shown = text if len(text) <= 120 else f"{text[:117]}…"
    return f"“{shown}”" if shown else one.field


def _reason_words(reason: match.ReasonTold) -> str:
    evidence = "; ".join(f"{each.words} [{each.record}]" for each in reason.evidence[:2])
    told = f"{reason.words}: {evidence}" if evidence else reason.words
    return f"{told}. {reason.settles}" if reason.settles else told
