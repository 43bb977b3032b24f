"""Accounts for the demonstration trial: everybody with one password that is no secret. Never made but by ``demo``."""

from equipoise.actions.cast import accounts
from equipoise.conduct.protocol.model import Protocol
from equipoise.web.accounts.models import Person

OFFICE = "coordinator-101"
PASSWORD = "demonstration"  # noqa: S105  printed, and only where the demonstration runs


def make_accounts(protocol: Protocol) -> int:
    """One for each person of the demonstration who has none yet; how many were made."""
    have = set(Person.objects.values_list("username", flat=True))
    missing = [one for one in accounts(protocol) if one.user not in have]
    people = [
        Person(username=one.user, full_name=one.name, email=f"{one.user}@example.org", office=one.user == OFFICE)
        for one in missing
    ]
    for place, person in enumerate(people):
        if place:
            person.password = people[0].password
        else:
            person.set_password(PASSWORD)
    Person.objects.bulk_create(people)
    return len(people)
