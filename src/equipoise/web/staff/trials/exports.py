"""What may be taken out of a trial: tables of what the person may see, each in the log before it leaves."""

from collections.abc import Iterator

import msgspec
from django.http import HttpResponse, HttpResponseNotAllowed

from equipoise import __version__
from equipoise.actions.disclosing import note_export, sealed_for
from equipoise.conduct.roles import Information
from equipoise.conduct.views.export import table, table_names
from equipoise.conduct.views.table import Sealed, Table, dictionary
from equipoise.exchange.dataset_json import Dataset, dataset_of, write_dataset
from equipoise.exchange.tables import write_csv
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial

KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
DICTIONARY = "dictionary"


class Offered(msgspec.Struct, frozen=True):
    name: str
    label: str


@in_trial
def list_exports(desk: Desk) -> HttpResponse:
    desk.need_sight(Information.OPEN)
    return desk.page("trial/exports.html", {"tables": tuple(_offered(desk))})


def _offered(desk: Desk) -> Iterator[Offered]:
    forms = {f"form_{form.id}": form.label for one in desk.trial.protocols.values() for form in one.forms}
    for name in table_names(desk.trial, desk.viewer):
        yield Offered(name, forms.get(name) or name.replace("_", " ").capitalize())


@in_trial
def take_export(desk: Desk, name: str, kind: str) -> HttpResponse:
    """A table as a file. It goes into the log, with its digest, before it goes out."""
    desk.need_sight(Information.OPEN)
    if desk.request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if kind not in KINDS:
        raise NotHere
    made, sealed = _made(desk, name)
    body = write_csv(made, bom=True) if kind == "csv" else write_dataset(_dataset(desk, made))
    note_export(desk.trials, desk.trial, f"{name}.{kind}", len(made.rows), body, sealed, desk.context())
    response = HttpResponse(body, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{desk.trial.id}-{name}.{kind}"'
    return response


def _made(desk: Desk, name: str) -> tuple[Table, Sealed]:
    """The table, and what in it was sealed."""
    names = table_names(desk.trial, desk.viewer)
    if name == DICTIONARY:
        return dictionary(table(desk.trial, desk.viewer, each) for each in names), Sealed()
    if name not in names:
        raise NotHere
    sealed = sealed_for(desk.trials, desk.trial, desk.viewer, name, desk.context())
    return table(desk.trial, desk.viewer, name, sealed), sealed


def _dataset(desk: Desk, made: Table) -> Dataset:
    return dataset_of(made, study=desk.trial.id, version=desk.trial.version, at=desk.at, software=__version__)
