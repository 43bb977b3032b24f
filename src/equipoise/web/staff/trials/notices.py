"""Letters that a code was broken, to those whom the protocol wants told. They never say what the treatment is."""

import datetime

from django.conf import settings
from django.urls import reverse

from equipoise.conduct.masking import sees, viewer_of
from equipoise.conduct.participant import Participant
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Trial
from equipoise.web.accounts import post
from equipoise.web.accounts.models import Person

_WORDS = """Trial {trial}, site {site}

The code of {participant} was broken. Who knows the treatment, and why, is in the record:
{page}

This letter does not say what the treatment is. Please do not ask for it or write it in an answer.
"""


def tell_code_broken(trial: Trial, one: Participant, by: str, at: datetime.datetime) -> list[Person]:
    """At once, beside the answer to ``by``, who broke it. A host without a mail server shows it on the overview only.

    Who is to be told, whether letters go or not.
    """
    people = _to_be_told(trial, one, by, at)
    page = settings.ADDRESS + reverse("trial-participant", args=(trial.id, one.id))
    words = _WORDS.format(trial=trial.id, site=one.site, participant=one.id, page=page)

    def send_all() -> None:
        for person in people:
            post.send(person.email, f"a code was broken in {trial.id}", words)

    if post.can_send():
        post.apart(send_all)
    return people


def _to_be_told(trial: Trial, one: Participant, by: str, at: datetime.datetime) -> list[Person]:
    """Who has a role of the protocol's ``notice_to`` in force for the site, but for who broke it."""
    emergency = trial.protocol.emergency
    roles = emergency.notice_to if emergency else ()
    viewers = [viewer_of(trial, user, at) for user in trial.held if user != by]
    users = [
        viewer.user
        for viewer in viewers
        if any(held.role in roles and held.site in ("", one.site) for held in viewer.held)
        and sees(trial, viewer, Information.UNBLINDING, one.site)
    ]
    return list(Person.objects.filter(username__in=users, is_active=True).order_by("username"))
