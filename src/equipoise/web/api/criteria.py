"""Criteria over the API: text to expression, expression and person to verdict, the next question."""

import datetime
from typing import Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from equipoise.eligibility.explain import settles, why
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.format import from_json, json_schema, to_json
from equipoise.eligibility.person import Absence, Person, Run
from equipoise.eligibility.questions import next_question, open_questions
from equipoise.eligibility.read import read_reading
from equipoise.eligibility.terms import bind
from equipoise.eligibility.verdict import CriterionVerdict, StudyVerdict, judge
from equipoise.kernel.refused import Refused
from equipoise.web.api.sent import Answered, held_reading, one_person
from equipoise.web.public.study import today

router = Router(tags=["criteria"])
LONGEST_TEXT = 200_000


class Text(Schema):
    """Criteria text, as the registry holds it."""

    text: str


class Asked(Schema):
    """A study held here, or criteria in the format ``equipoise-criteria/1``; and a person, in plain JSON or FHIR R4."""

    person: dict[str, Any]
    study: str | None = None
    criteria: dict[str, Any] | None = None
    at: datetime.date | None = None
    absence: Literal["open", "coverage", "closed"] = "open"


@router.post("/parse", summary="Criteria text to criteria")
def parse(request: HttpRequest, body: Text) -> HttpResponse:  # noqa: ARG001
    if len(body.text) > LONGEST_TEXT:
        why = f"is longer than {LONGEST_TEXT:,} characters."
        raise Answered(413, Refused(why, what="text", do="Send one study's criteria."))
    return _json(to_json(read_reading(body.text)))


@router.get("/schema", summary="JSON Schema of the format of criteria")
def schema(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return _json(msgspec.json.encode(json_schema()))


@router.get("/studies/{nct_id}", summary="The criteria of a study held here")
def of_study(request: HttpRequest, nct_id: str) -> HttpResponse:  # noqa: ARG001
    return _json(to_json(held_reading(nct_id)))


@router.post("/evaluate", summary="One person and one study: definite, possible or excluded, and why")
def evaluate(request: HttpRequest, body: Asked) -> HttpResponse:  # noqa: ARG001
    reading, person, run = _taken(body)
    return _json(msgspec.json.encode(verdict_json(judge(reading, person, run))))


@router.post("/question", summary="The next best question")
def question(request: HttpRequest, body: Asked) -> HttpResponse:  # noqa: ARG001
    reading, person, run = _taken(body)
    verdict = judge(reading, person, run)
    told = {
        "standing": verdict.standing,
        "question": next_question(reading, person, run),
        "open": len(open_questions(verdict, person)),
    }
    return _json(msgspec.json.encode(told))


def _taken(body: Asked) -> tuple[Reading, Person, Run]:
    """The reading with codes and other names, by which a record may tell of what its words mean."""
    run = Run(at=body.at or today(), otherwise=Absence(body.absence))
    reading = _reading(body)
    criteria = tuple(msgspec.structs.replace(one, expr=bind(one.expr)) for one in reading.criteria)
    return msgspec.structs.replace(reading, criteria=criteria), one_person(body.person, at=run.at), run


def _reading(body: Asked) -> Reading:
    if (body.study is None) == (body.criteria is None):
        raise Refused("Give study or criteria: one of the two.", what="body")
    if body.study is not None:
        return held_reading(body.study)
    return from_json(msgspec.json.encode(body.criteria))


def verdict_json(verdict: StudyVerdict) -> dict[str, object]:
    return {
        "study": verdict.study,
        "standing": verdict.standing,
        "criteria": [_criterion(one) for one in verdict.criteria],
    }


def _criterion(one: CriterionVerdict) -> dict[str, object]:
    return {
        "id": one.criterion.id,
        "polarity": one.criterion.polarity,
        "text": one.criterion.text,
        "met": one.met,
        "only_for": one.only_for,
        "reasons": [
            {
                "truth": reason.finding.truth,
                "because": reason.finding.because,
                "evidence": reason.finding.evidence,
                "words": why(reason),
                "settles": settles(reason),
            }
            for reason in one.reasons
        ],
    }


def _json(data: bytes) -> HttpResponse:
    return HttpResponse(data, content_type="application/json")
