"""What administrators do to accounts, on a page or from the command line. Each is told in the same transaction."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction

from equipoise.kernel.refused import Refused
from equipoise.web.accounts.mistaken import Mistaken
from equipoise.web.accounts.models import Person
from equipoise.web.accounts.tokens import revoke
from equipoise.web.accounts.told import Kind, Request, tell


def find_person(username: str) -> Person:
    """Refused: nobody has the name."""
    try:
        return Person.objects.get(username=username.strip().lower())
    except Person.DoesNotExist:
        raise Refused("is nobody's user name here.", what=username, do="List them: equipoise account list") from None


@transaction.atomic
def add_person(
    username: str, full_name: str, email: str, *, office: bool, administrator: bool, request: Request
) -> Person:
    """Without a password: a link lets the person set one. Refused: a name or address that is taken or unreadable."""
    person = Person(
        username=username.strip().lower(),
        full_name=" ".join(full_name.split()),
        email=email.strip().lower(),
        office=office,
        administrator=administrator,
    )
    person.set_unusable_password()
    _save(person)
    tell(Kind.ADDED, person, request, office=office, administrator=administrator)
    return person


@transaction.atomic
def change_person(
    person: Person, full_name: str, email: str, *, office: bool, administrator: bool, request: Request
) -> None:
    """Refused also: the last administrator would be none."""
    before = _facts(person)
    person.full_name, person.email = " ".join(full_name.split()), email.strip().lower()
    person.office, person.administrator = office, administrator
    _save(person)
    _keep_an_administrator()
    after = _facts(person)
    changed = {name: value for name, value in after.items() if value != before[name]}
    if changed:
        told = {name: value for name, value in changed.items() if isinstance(value, bool)}
        tell(Kind.CHANGED, person, request, what=", ".join(changed), **told)


def _facts(person: Person) -> dict[str, str | bool]:
    return {name: getattr(person, name) for name in ("full_name", "email", "office", "administrator")}


def _save(person: Person) -> None:
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as wrong:
        field, words = next(iter(wrong.message_dict.items()))
        label = person._meta.get_field(field).verbose_name  # type: ignore[union-attr]
        raise Mistaken(field, words[0], what=str(label).capitalize() + ":") from None
    person.save()
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)


@transaction.atomic
def activate(person: Person, request: Request) -> None:
    person.is_active = True
    person.save(update_fields=["is_active"])
    tell(Kind.ACTIVATED, person, request)


@transaction.atomic
def deactivate(person: Person, request: Request) -> None:
    """An account is never deleted: its name stands in the logs of trials. Opened again, it has no old link or token."""
    person.is_active = False
    person.links += 1
    person.save(update_fields=["is_active", "links"])
    _keep_an_administrator()
    tell(Kind.DEACTIVATED, person, request)
    end_sessions(person, request, why="deactivated")
    for token in person.tokens.filter(revoked=None):
        revoke(token, request)


def _keep_an_administrator() -> None:
    if not Person.objects.filter(administrator=True, is_active=True).exists():
        raise Refused("is the last administrator.", what="This person", do="Make another one first.")


@transaction.atomic
def reset_factors(person: Person, request: Request) -> None:
    """For who has lost phone and codes. Signing in then asks to set up a new one."""
    Authenticator.objects.filter(user=person).delete()
    tell(Kind.FACTORS_RESET, person, request)
    end_sessions(person, request, why="second factor reset")


def end_sessions(person: Person, request: Request, *, why: str, keep: str | None = None) -> int:
    """How many were ended."""
    ended = [one for one in person.sessions.all() if one.session_key != keep]
    for one in ended:
        one.delete()
        tell(Kind.SESSION_ENDED, person, request, why=why)
    return len(ended)
