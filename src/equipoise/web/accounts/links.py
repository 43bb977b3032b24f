"""Links by which a person sets a password: for three days, once, and only the last one made."""

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import base36_to_int, int_to_base36

from equipoise.web.accounts.models import Person
from equipoise.web.accounts.told import Kind, tell


class LinkKeys(PasswordResetTokenGenerator):
    """Django's, which a new password or a sign-in makes void; so does a further link."""

    def _make_hash_value(self, user: Person, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.links}{user.is_active}"


def make_link(person: Person, request: HttpRequest | None, *, told: bool = True) -> str:
    """The whole address, to be given to the person and to nobody else."""
    Person.objects.filter(pk=person.pk).update(links=F("links") + 1)
    person.refresh_from_db()
    if told:
        tell(Kind.LINK_MADE, person, request)
    path = reverse("account-link", args=(f"{int_to_base36(person.pk)}-{LinkKeys().make_token(person)}",))
    return request.build_absolute_uri(path) if request is not None else settings.ADDRESS + path


def person_of(key: str) -> Person | None:
    """Whose password the link sets; ``None`` for one used, too old, replaced, or never made."""
    number, _, token = key.partition("-")
    try:
        person = Person.objects.get(pk=base36_to_int(number), is_active=True)
    except (ValueError, OverflowError, Person.DoesNotExist):
        return None
    return person if LinkKeys().check_token(person, token) else None
