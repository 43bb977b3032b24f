"""The way to the reading desk of a study."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from equipoise.kernel.identifiers import read_nct_id
from equipoise.kernel.refused import Refused
from equipoise.web.accounts.doors import office_only


@office_only
def choose_study(request: HttpRequest) -> HttpResponse:
    asked, problem = request.GET.get("nct", "").strip(), ""
    if asked:
        try:
            return redirect("staff-desk", nct=read_nct_id(asked))
        except Refused as refused:
            problem = str(refused)
    context = {"asked": asked, "problem": problem}
    return render(request, "staff/studies.html", context, status=400 if problem else 200)
