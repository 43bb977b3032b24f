"""Letters that a code was broken, to those whom the protocol wants told. They never say what the treatment is."""

from django.conf import settings
from django.urls import reverse

from equipoise.conduct.masking import sees, viewer_of
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Participant
from equipoise.web.accounts import post
from equipoise.web.accounts.models import Person
from equipoise.web.staff.trials.gate import Desk

_WORDS = """Trial {trial}, site {site}

The code of {participant} was broken. Who knows the treatment, and why, is in the record:
{page}

This letter does not say what the treatment is. Please do not ask for it or write it in an answer.
"""


def tell_code_broken(desk: Desk, one: Participant) -> None:
    """At once, beside the answer to who broke it. A host without a mail server shows it on the overview only."""
    if not post.can_send():
        return
    page = settings.ADDRESS + reverse("trial-participant", args=(desk.trial.id, one.id))
    words = _WORDS.format(trial=desk.trial.id, site=one.site, participant=one.id, page=page)
    addresses = [person.email for person in _to_be_told(desk, one)]

    def send_all() -> None:
        for address in addresses:
            post.send(address, f"a code was broken in {desk.trial.id}", words)

    post.apart(send_all)


def _to_be_told(desk: Desk, one: Participant) -> list[Person]:
    """Who has a role of the protocol's ``notice_to`` in force for the site, but for who broke it."""
    emergency = desk.trial.protocol.emergency
    roles = emergency.notice_to if emergency else ()
    viewers = [viewer_of(desk.trial, user, desk.at) for user in desk.trial.held if user != desk.viewer.user]
    users = [
        viewer.user
        for viewer in viewers
        if any(held.role in roles and held.site in ("", one.site) for held in viewer.held)
        and sees(desk.trial, viewer, Information.UNBLINDING, one.site)
    ]
    return list(Person.objects.filter(username__in=users, is_active=True).order_by("username"))
