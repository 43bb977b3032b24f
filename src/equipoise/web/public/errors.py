"""Pages that say what went wrong and what to do next; to programs the same as JSON."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from equipoise.kernel.refused import Refused


def show_problem(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"error": {"why": f"{title}.", "do": words}}, status=status)
    return render(request, "problem.html", {"title": title, "words": words}, status=status)


def show_not_found(
    request: HttpRequest,
    exception: Exception | None = None,  # noqa: ARG001  (Django passes it by name)
    *,
    title: str = "",
    words: str = "",
) -> HttpResponse:
    return show_problem(
        request,
        404,
        title or "This page is not here",
        words or "The address may have been cut short or mistyped, or the page has moved. Search for the study.",
    )


def show_bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    words = "Part of the address could not be read. Go back and change what you asked for, or start a new search."
    return show_problem(request, 400, "This request could not be understood", words)


def show_forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    words = (
        "The form was sent from a page that was open too long, or from a browser that keeps no cookies. "
        "Nothing was changed. Go back, load the page again, and send it once more."
    )
    return show_problem(request, 403, "This form could not be taken", words)


def show_too_many(
    request: HttpRequest,
    seconds: int,
    *,
    title: str = "Too many downloads at once",
    why: str = "Downloads and feeds take more work than pages, so each reader gets a few at a time.",
) -> HttpResponse:
    words = f"{why} Wait {seconds} seconds, then ask again. Everything else keeps working."
    return show_problem(request, 429, title, words)


def show_unavailable(request: HttpRequest, refused: Refused) -> HttpResponse:
    words = f"The studies cannot be read at this moment. {refused.why} {refused.do}".strip()
    response = show_problem(request, 503, "The studies are not ready", words)
    response["Retry-After"] = "60"
    return response


FAILURE = """<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Something failed – Equipoise</title>
<h1>Something failed on our side</h1><p>It was not your doing. Try again in a minute.</p><p>
<a href="/">Start page</a>"""


def show_failure(request: HttpRequest) -> HttpResponse:
    words = "It was not your doing. Try again in a minute. If it fails again, tell the people who run this site."
    try:
        return show_problem(request, 500, "Something failed on our side", words)
    except Exception:  # the page of last resort must not fail itself
        return HttpResponse(FAILURE, status=500)
