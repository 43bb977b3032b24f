"""Tables: people, their sessions, and what was told of them."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

NAME = RegexValidator(r"\A[a-z][a-z0-9._-]{1,39}\Z", "Use 2 to 40 small letters, digits, dots and hyphens.")


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=(username or "").lower())


class Person(AbstractBaseUser):
    """One human being. The user name stands in trial logs: it never changes and is never given again."""

    username = models.CharField("user name", max_length=40, unique=True, validators=[NAME])
    full_name = models.CharField("full name", max_length=120)
    email = models.EmailField("e-mail address", unique=True)
    is_active = models.BooleanField(default=True)
    office = models.BooleanField("research office", default=False)
    administrator = models.BooleanField("administrator of accounts", default=False)
    links = models.PositiveIntegerField(default=0)
    """How many links for a password were made: only the last one opens."""
    added = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "email"]
    objects = People()

    def get_full_name(self) -> str:
        return self.full_name

    def __str__(self) -> str:
        return self.full_name


class StaffSession(AbstractBaseSession):
    """A browser in which a person is signed in, or about to be. Deleting it here signs that browser out."""

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sessions")
    began = models.DateTimeField(default=timezone.now)
    seen = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45, default="")
    browser = models.CharField(max_length=200, default="")

    @property
    def name(self) -> str:
        """Names a session on a page without showing its key."""
        return str(int(self.began.timestamp() * 1_000_000))

    @classmethod
    def get_session_store_class(cls) -> Any:
        from equipoise.web.accounts.sessions import SessionStore

        return SessionStore


class Told(models.Model):
    """One thing that happened to an account. The database refuses to change or delete a row."""

    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=40)
    person = models.CharField(max_length=40)
    by = models.CharField(max_length=40)
    address = models.CharField(max_length=45)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "at"])]


class AccessToken(models.Model):
    """Lets a program read one trial, or write in it, as a person. Of the token itself only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    trial = models.CharField(max_length=80)
    scope = models.JSONField()
    """Pairs of role and site, no site meaning all; never more than the person holds when it is used."""
    writes = models.BooleanField(default=False)
    made = models.DateTimeField(default=timezone.now)
    ends = models.DateTimeField()
    used = models.DateField(null=True)
    """The last day on which it was used."""
    revoked = models.DateTimeField(null=True)

    @property
    def is_live(self) -> bool:
        return self.revoked is None and timezone.now() < self.ends
