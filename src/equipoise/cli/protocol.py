"""``equipoise trial check``, ``trial new`` and ``trial schema``: the protocol file before a trial is opened."""

import datetime
import sys
from pathlib import Path
from typing import Annotated

import typer

from equipoise.cli.door import REFUSED, Json, app, err, out, print_json
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.problem import Problem, Severity
from equipoise.conduct.protocol.reading import Examined, examine
from equipoise.conduct.protocol.schedule import planned_visits
from equipoise.conduct.protocol.schema import protocol_schema
from equipoise.conduct.protocol.start import FactArm, Facts, FactSite, start_protocol
from equipoise.eligibility.expression import Criterion
from equipoise.kernel.counted import counted
from equipoise.kernel.refused import Refused
from equipoise.studies.record import Study

trial = typer.Typer(no_args_is_help=True, help="A trial, from its protocol file on.")
app.add_typer(trial, name="trial")


@trial.command(epilog="Example: equipoise trial check protocol.yaml. Exit codes: 0 no error, 3 errors.")
def check(
    file: Annotated[str, typer.Argument(help="The protocol file, YAML or JSON; - for standard input.")],
    json: Json = False,  # noqa: FBT002
) -> None:
    """Name every mistake in a protocol file with its line, and what good practice advises against."""
    examined = examine(_read(file))
    if json:
        print_json(examined.problems)
    else:
        _print(file, examined)
    if examined.protocol is None:
        raise typer.Exit(REFUSED)


def _read(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}.", what=file) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused(f"is not text in UTF-8 (line {line}).", what=file, do="Save it as UTF-8.") from None


def _print(file: str, examined: Examined) -> None:
    for problem in examined.problems:
        style = "red" if problem.severity is Severity.ERROR else "yellow"
        out.print(f"{file}:{problem}", style=style, markup=False, highlight=False, soft_wrap=True)
    if examined.protocol is not None:
        out.print(_summary(examined.protocol), markup=False, highlight=False, soft_wrap=True)
    out.print(_counts(examined.problems), markup=False, highlight=False)


def _summary(protocol: Protocol) -> str:
    told = (
        counted(len(protocol.arms), "arm"),
        f"at most {counted(protocol.allocation.cap, 'participant')}",
        counted(len(planned_visits(protocol)), "visit"),
        counted(len(protocol.forms), "form"),
        counted(len(protocol.eligibility), "criterion", "criteria"),
    )
    return f"{protocol.id} {protocol.version}: {', '.join(told)}."


def _counts(problems: tuple[Problem, ...]) -> str:
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    return f"{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}."


@trial.command(epilog="Example: equipoise trial new protocol.yaml --from NCT06455449")
def new(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    source: Annotated[str, typer.Option("--from", help="NCT number of a study kept here, to begin from.")] = "",
) -> None:
    """Begin a protocol file; what is left to do stands at its head."""
    facts = _facts_of(source) if source else Facts()
    text = start_protocol(facts, today=datetime.datetime.now(datetime.UTC).date())
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise Refused("is there already.", what=str(file), do="Choose another name; nothing was changed.") from None
    except OSError as error:
        raise Refused(f"cannot be written: {error.strerror}.", what=str(file)) from None
    err.print(f"Wrote {file}. Next: equipoise trial check {file}", markup=False, highlight=False, soft_wrap=True)


def _facts_of(nct_id: str) -> Facts:
    from equipoise.actions.library import Library
    from equipoise.actions.read import read_study_page
    from equipoise.actions.readings import reading_of
    from equipoise.kernel.identifiers import read_nct_id

    read_nct_id(nct_id)
    library = Library.held()
    study = read_study_page(library, nct_id).study
    return facts_of(study, reading_of(library, nct_id).criteria)


def facts_of(study: Study, criteria: tuple[Criterion, ...]) -> Facts:
    """What a registry record tells that a protocol needs."""
    from equipoise.studies.labels import phases_words

    design = study.design
    outcomes = (*study.outcomes.primary_outcomes, *study.outcomes.secondary_outcomes)
    return Facts(
        title=study.title,
        sponsor=study.sponsors.lead_sponsor.name or "",
        registry=study.nct_id,
        acronym=study.identification.acronym or "",
        phase=phases_words(design.phases),
        arms=tuple(FactArm(arm.label or "", arm.type or "", arm.description or "") for arm in study.arms),
        masked=design.design_info.masking_info.who_masked,
        enrolment=design.enrollment_info.count,
        outcomes=tuple((one.measure or "", one.time_frame or "") for one in outcomes),
        sites=tuple(
            FactSite(site.facility, site.country) for site in study.locations if site.facility and site.country
        ),
        eligibility=criteria,
    )


@trial.command()
def schema() -> None:
    """Print the JSON Schema of the protocol file, for editors."""
    print_json(protocol_schema())
