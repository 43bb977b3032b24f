"""A search to take away: every study found as CSV, streamed; a page of the answer as JSON."""

import csv
from collections.abc import Iterator

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse

from equipoise.actions.find import every_study, find_place, find_studies
from equipoise.finder.answer import answer_of
from equipoise.studies.record import Study
from equipoise.web.library import the_library
from equipoise.web.public.asking import Asked, read_ask
from equipoise.web.public.columns import COLUMNS, row_of_columns

MOST_A_PAGE = 500


def export_csv(request: HttpRequest) -> HttpResponseBase:
    library = the_library()
    asked = read_ask(request.GET, lambda text: find_place(library, text))
    if asked.problems:
        return refuse_in_text(asked)
    studies = every_study(library, asked.ask)
    response = StreamingHttpResponse(csv_lines(studies), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="studies.csv"'
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(studies: Iterator[Study]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for study in studies:
        yield writer.writerow(row_of_columns(study))


def export_json(request: HttpRequest) -> HttpResponse:
    """One page of the answer, ``per-page`` up to 500; the Link header leads to the next."""
    library = the_library()
    asked = read_ask(request.GET, lambda text: find_place(library, text))
    per_page = _per_page(request.GET)
    if asked.problems or per_page is None:
        return refuse_in_text(asked, "" if per_page else f"per-page must be a whole number from 1 to {MOST_A_PAGE}.")
    ask = msgspec.structs.replace(asked.ask, per_page=per_page)
    found = find_studies(library, ask)
    body = msgspec.json.encode(answer_of(found, page=ask.page, per_page=per_page))
    response = HttpResponse(body, content_type="application/json")
    if ask.page * per_page < found.total:
        response["Link"] = f'<{_next(request, asked, per_page)}>; rel="next"'
    return response


def _per_page(params: QueryDict) -> int | None:
    text = params.get("per-page") or "20"
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    return number if 1 <= number <= MOST_A_PAGE else None


def _next(request: HttpRequest, asked: Asked, per_page: int) -> str:
    plus = (("per-page", str(per_page)), ("page", str(asked.ask.page + 1)))
    return request.build_absolute_uri(f"{request.path}?{asked.address(plus=plus)}")


def refuse_in_text(asked: Asked, more: str = "") -> HttpResponse:
    """The problems, one a line."""
    lines = [f"{problem.field}: {problem.message}" for problem in asked.problems] + ([more] if more else [])
    return HttpResponse("\n".join(lines) + "\n", status=400, content_type="text/plain; charset=utf-8")
