"""The protocol in words, every version of it, and putting a new one in force."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from equipoise.conduct import commands as do
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.problem import Severity
from equipoise.conduct.protocol.reading import examine
from equipoise.conduct.views.describe import describe
from equipoise.kernel.refused import Refused
from equipoise.web.staff.trials.asking import Mistyped, Problems, told, typed_in
from equipoise.web.staff.trials.gate import Desk, NotHere, in_trial

MOST_BYTES = 2_000_000
MOST_TOLD = 20


class Unsound(Refused):
    """A protocol file with errors, each with its line."""

    def __init__(self, errors: Problems) -> None:
        super().__init__("has errors.", what="The file", do="Correct them, then choose it again.")
        self.errors = errors


@in_trial
def show_protocol(desk: Desk) -> HttpResponse:
    version = desk.request.GET.get("version", "") or desk.trial.version
    if version not in desk.trial.protocols:
        raise NotHere
    context = {
        "described": describe(desk.trial, desk.viewer, version),
        "versions": tuple(desk.trial.protocols.values())[::-1],
        "may_amend": desk.may(do.AmendProtocol),
    }
    return desk.page("trial/protocol.html", context)


@in_trial
def amend_protocol(desk: Desk) -> HttpResponse:
    """A file, checked as ``equipoise trial check`` does; then why it changes, and it is in force."""
    desk.need(do.AmendProtocol)
    if desk.request.method != "POST":
        return desk.page("trial/amend.html", {"problems": (), "typed": {}})
    typed = typed_in(desk)
    try:
        command = do.AmendProtocol(_protocol_in(desk.request.FILES.get("file")))
        desk.ask(command, typed.get("reason", ""))
    except Unsound as unsound:
        return desk.page("trial/amend.html", {"problems": unsound.errors, "typed": typed}, status=400)
    except Refused as refused:
        return desk.page("trial/amend.html", {"problems": told(refused), "typed": typed}, status=400)
    return redirect(reverse("trial-protocol", args=(desk.trial.id,)))


def _protocol_in(file: "UploadedFile[bytes] | None") -> Protocol:
    if file is None:
        raise Mistyped("file", "No file was chosen.", do="Choose the new version of the protocol file.")
    if file.size is None or file.size > MOST_BYTES:
        raise Mistyped("file", "The file is larger than two megabytes.", do="Choose the protocol file.")
    try:
        text = file.read().decode()
    except UnicodeDecodeError:
        raise Mistyped("file", "The file is not text.", do="Choose a file in YAML or JSON.") from None
    examined = examine(text)
    if examined.protocol is None:
        errors = [str(each) for each in examined.problems if each.severity is Severity.ERROR]
        more = [f"and {len(errors) - MOST_TOLD} more"] if len(errors) > MOST_TOLD else []
        raise Unsound(tuple(("file", words) for words in [*errors[:MOST_TOLD], *more]))
    return examined.protocol
