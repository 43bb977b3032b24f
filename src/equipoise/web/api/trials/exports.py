"""Taking tables out: CSV or Dataset-JSON of what the viewer may see, each in the log before it leaves."""

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from equipoise import __version__
from equipoise.actions.disclosing import note_export, sealed_for
from equipoise.conduct import commands as do
from equipoise.conduct.masking import arms_are_open, sites_seen
from equipoise.conduct.permissions import permit
from equipoise.conduct.roles import SEALED, Information
from equipoise.conduct.views.export import table, table_names
from equipoise.conduct.views.table import Sealed, Table, dictionary
from equipoise.exchange.dataset_json import Dataset, dataset_of, write_dataset
from equipoise.exchange.tables import write_csv
from equipoise.web.api.trials.caller import Caller, caller_of, told
from equipoise.web.staff.trials.exports import DICTIONARY, KINDS
from equipoise.web.staff.trials.gate import NotHere

router = Router(tags=["exports"])


@router.get("/{trial}/exports", summary="The tables that may be taken out")
def list_exports(request: HttpRequest, trial: str) -> HttpResponse:
    caller = caller_of(request, trial)
    caller.need_to_see(Information.OPEN)
    return told([*table_names(caller.trial, caller.viewer), DICTIONARY])


@router.post("/{trial}/exports/{name}.{kind}", summary="One table, as csv or json; that it was taken is in the log")
def take_export(request: HttpRequest, trial: str, name: str, kind: str) -> HttpResponse:
    """Reading, though it is recorded: a token that only reads may ask for it. Each time is another export."""
    caller = caller_of(request, trial)
    caller.need_to_see(Information.OPEN)
    if kind not in KINDS:
        raise NotHere
    made, sealed = _made(caller, name)
    body = write_csv(made, bom=False) if kind == "csv" else write_dataset(_dataset(caller, made))
    _note(caller, f"{name}.{kind}", made, body, sealed)
    return HttpResponse(body, content_type=KINDS[kind])


def _made(caller: Caller, name: str) -> tuple[Table, Sealed]:
    """The table, and what in it was sealed."""
    names = table_names(caller.trial, caller.viewer)
    if name == DICTIONARY:
        return dictionary(_told(caller, table(caller.trial, caller.viewer, each)) for each in names), Sealed()
    if name not in names:
        raise NotHere
    context = caller.context(f"export of {name} by a program")
    sealed = sealed_for(caller.trials, caller.trial, caller.viewer, name, context) if _is_open(caller) else Sealed()
    return _told(caller, table(caller.trial, caller.viewer, name, sealed)), sealed


def _is_open(caller: Caller) -> bool:
    """Whether the arms are no secret to this viewer. While they are, a person looks, with a reason, and no program."""
    sites = sites_seen(caller.trial, caller.viewer)
    return all(arms_are_open(caller.trial, caller.viewer, site) for site in sites)


def _told(caller: Caller, made: Table) -> Table:
    """Without the columns of what is sealed, while it is: empty, they would look like values that are missing."""
    if _is_open(caller):
        return made
    kept = [place for place, column in enumerate(made.columns) if column.information not in SEALED]
    rows = tuple(tuple(row[place] for place in kept) for row in made.rows)
    return msgspec.structs.replace(made, columns=tuple(made.columns[place] for place in kept), rows=rows)


def _dataset(caller: Caller, made: Table) -> Dataset:
    return dataset_of(made, study=caller.trial.id, version=caller.trial.version, at=caller.at, software=__version__)


def _note(caller: Caller, file: str, made: Table, body: bytes, sealed: Sealed) -> None:
    """Refused, nothing leaves. In the log stands the role under which the token asked."""
    context = caller.context()
    role = permit(caller.bounds, do.NoteExport(file, len(made.rows), ""), context)[0]
    context = msgspec.structs.replace(context, role=role.value)
    note_export(caller.trials, caller.trial, file, len(made.rows), body, sealed, context)
