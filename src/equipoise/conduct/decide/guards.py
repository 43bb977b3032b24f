"""What several rules ask first. Each returns nothing, or refuses with what, why and what to do."""

import datetime

from equipoise.conduct.log import Context
from equipoise.conduct.participant import Participant
from equipoise.conduct.permissions import today
from equipoise.conduct.protocol.schedule import PlannedVisit
from equipoise.conduct.trial import Trial
from equipoise.kernel.refused import Refused


def not_in_future(day: datetime.date, trial: Trial, site: str, context: Context, *, what: str) -> None:
    now = today(trial, site, context.at)
    if day > now:
        raise Refused(f"{day} lies in the future: today is {now}.", what=what, do="Correct the date.")


def not_before(day: datetime.date, first: datetime.date | None, *, what: str, first_what: str) -> None:
    if first is not None and day < first:
        raise Refused(f"{day} is before {first_what}, {first}.", what=what, do="Correct the date.")


def reason_given(context: Context, *, what: str) -> None:
    if not context.reason.strip():
        raise Refused("a reason is needed.", what=what, do="Say in a few words why.")


def words_given(words: str, *, what: str) -> None:
    if not words.strip():
        raise Refused("nothing was written.", what=what, do="Write it in a few words.")


def consented(one: Participant) -> None:
    if one.consent is None:
        raise Refused("has not given consent.", what=one.id, do="Record the consent first.")


def randomised(one: Participant) -> None:
    if not one.is_randomised:
        raise Refused("has not been randomised.", what=one.id, do="Randomise them first.")


def still_followed(one: Participant) -> None:
    if one.ended is not None and one.ended.how != "completed":
        raise Refused(
            f"is no longer followed ({one.ended.how} on {one.ended.on}).",
            what=one.id,
            do="Record only what belongs to the days before.",
        )


def gone_by(one: Participant, day: datetime.date, *, what: str) -> None:
    """What happened before somebody left may be recorded after it; nothing can have happened later."""
    if one.ended is not None and one.ended.how != "completed" and day > one.ended.on:
        how = f"{one.ended.how} on {one.ended.on}"
        raise Refused(f"{day} is after the end of follow-up ({how}).", what=what, do="Correct the date.")


def may_come(one: Participant, visit: PlannedVisit) -> None:
    """Only visits up to the first day of treatment are possible before randomisation."""
    if visit.day > 0:
        randomised(one)


def takes_new_data(one: Participant) -> None:
    if "new-data" in one.withdrawn:
        raise Refused(
            "has withdrawn consent to new data.",
            what=one.id,
            do="Nothing more is recorded of them; what was recorded stays.",
        )
