"""``equipoise search``."""

import re
from typing import Annotated

import typer
from rich.table import Table

from equipoise.actions import find, load
from equipoise.actions.library import Library
from equipoise.cli.door import Json, app, out, print_json
from equipoise.finder.answer import answer_of
from equipoise.finder.ask import FARTHEST_KM, Ask, Found, Hit, NearestSite, Sort
from equipoise.kernel.ages import read_years
from equipoise.kernel.counted import counted
from equipoise.kernel.refused import Refused
from equipoise.studies.labels import listed_words, phases_words, shown

_KM_A_MILE = 1.609344
_RADIUS = re.compile(r"(\d+(?:\.\d+)?)\s*(km|mi|miles)?\Z", re.IGNORECASE)
_SEXES = {"female": "FEMALE", "f": "FEMALE", "male": "MALE", "m": "MALE", "all": None}
_PHASES = {"0": "EARLY_PHASE1", "1": "PHASE1", "2": "PHASE2", "3": "PHASE3", "4": "PHASE4", "na": "NA"}


@app.command(
    epilog='Example: equipoise search dermatomyositis --near "Los Angeles" --within 100km --recruiting --age 54'
)
def search(
    words: Annotated[list[str] | None, typer.Argument(help='Words, "phrases", -not, area:words.')] = None,
    near: Annotated[str, typer.Option(help="City, postal code, state, country, or latitude,longitude.")] = "",
    within: Annotated[str, typer.Option(help="Radius, such as 100km or 60mi.")] = "",
    recruiting: Annotated[bool, typer.Option("--recruiting", help="Only studies that recruit now.")] = False,  # noqa: FBT002
    age: Annotated[str, typer.Option(help="Age in years, or such as 6 months.")] = "",
    sex: Annotated[str, typer.Option(help="female or male.")] = "all",
    phase: Annotated[list[str] | None, typer.Option(help="0 (early 1), 1, 2, 3, 4 or na; may be repeated.")] = None,
    sort: Annotated[Sort, typer.Option(help="Order of the results.")] = Sort.RELEVANCE,
    any_site: Annotated[bool, typer.Option("--any-site", help="Count sites that do not recruit too.")] = False,  # noqa: FBT002
    no_synonyms: Annotated[bool, typer.Option("--no-synonyms", help="Only the words as typed.")] = False,  # noqa: FBT002
    page: Annotated[int, typer.Option(min=1)] = 1,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Studies a page.")] = 20,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Search the studies. Sites that recruit now count for a radius, unless --any-site."""
    library = Library.held()
    load.bring_index_up(library)
    place = find.find_place(library, near) if near else None
    ask = Ask(
        words=" ".join(words or ()),
        place=place,
        within_km=read_radius(within) if within else None,
        any_site=any_site,
        age=_years(age) if age else None,
        sex=_chosen(_SEXES, sex, "sex"),
        status=("RECRUITING",) if recruiting else (),
        phase=tuple(_chosen(_PHASES, one, "phase") or "" for one in phase or ()),
        synonyms=not no_synonyms,
        sort=sort,
        page=page,
        per_page=limit,
    )
    if ask.within_km is not None and place is None:
        raise Refused("--within needs a place.", do="Add --near, such as --near Lisbon.")
    found = find.find_studies(library, ask)
    if json:
        print_json(answer_of(found, page=page, per_page=limit))
    else:
        _print_found(found, ask)


def _years(text: str) -> float:
    try:
        return read_years(text)
    except Refused as refused:
        raise typer.BadParameter(f"{refused.why} You wrote {text!r}.", param_hint="--age") from None


def read_radius(text: str) -> int:
    match = _RADIUS.match(text.strip())
    if not match:
        raise Refused("is not a distance.", what=repr(text), do="Write 100km or 60mi.")
    miles = (match[2] or "km").lower().startswith("mi")
    km = round(float(match[1]) * (_KM_A_MILE if miles else 1))
    if not 1 <= km <= FARTHEST_KM:
        raise Refused(f"The radius must be between 1 and {FARTHEST_KM} km.", what=repr(text))
    return km


def _chosen(values: dict[str, str | None] | dict[str, str], text: str, name: str) -> str | None:
    if text.lower() not in values:
        raise Refused(f"is not a {name} we know.", what=repr(text), do=f"Choose among: {', '.join(values)}.")
    return values[text.lower()]


def _print_found(found: Found, ask: Ask) -> None:
    if found.did_you_mean:
        out.print(f"Did you mean: {found.did_you_mean}", style="yellow", markup=False)
    for expansion in found.expansions:
        out.print(f"Also searched for {expansion.typed}: {', '.join(expansion.added)}", style="dim", markup=False)
    for offer in found.offers:
        meant = " or ".join(offer.meanings)
        out.print(f"By {offer.typed}, did you mean {meant}?", style="yellow", markup=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    for hit in found.hits:
        table.add_row(hit.study.nct_id, _hit_lines(hit, ask))
    out.print(counted(found.total, "study", "studies"), style="bold", highlight=False)
    out.print(table)


def _hit_lines(hit: Hit, ask: Ask) -> str:
    study = hit.study
    facts = [shown("Status", study.status.overall_status or "UNKNOWN"), phases_words(study.design.phases)]
    lines = [study.title, " · ".join(fact for fact in facts if fact)]
    lines.append(_sites_words(hit, ask))
    lines += [f"{matched.field}: {matched.snippet}" for matched in hit.matched[:1]]
    return "\n".join(lines).replace("[", r"\[") + "\n"


def _sites_words(hit: Hit, ask: Ask) -> str:
    """``218 sites, 3 near you, nearest 12 km: General Hospital, Lyon (Enrolling)``."""
    told = [listed_words(hit.sites_total, hit.study.sites_on_registry)]
    if ask.place is None:
        told.append(f"{hit.sites_open:,} open")
    elif ask.place.is_area:
        told.append(f"{hit.sites_near:,} {'' if ask.any_site else 'open '}in {ask.place.name}")
    elif hit.nearest is None:
        told.append(f"none {'' if ask.any_site else 'open '}with a known place")
    else:
        told += [f"{hit.sites_near:,} near you"] if hit.sites_near is not None else []
        told.append(f"nearest {hit.nearest.distance_km:,.0f} km: {_site_words(hit.nearest)}")
    return ", ".join(told)


def _site_words(site: NearestSite) -> str:
    where = ", ".join(part for part in (site.facility, site.city) if part)
    return f"{where} ({shown('Status', site.status)})"
