"""The peer of a trial's pages: Django's admin over the same entries, a hundred on a page, with search and filters.

A WSGI application; ``EQUIPOISE_PLAIN`` names its SQLite file, with a table of the entries in it. ``make`` fills one.
"""

import os
import sqlite3
from pathlib import Path

import django
from django.conf import settings

FILE, USER, PASSWORD = "EQUIPOISE_PLAIN", "monitor", "three quiet brown foxes"
LIST = "/plain/entry/"
_CONTRIB = "django.contrib"
_COLUMNS = ("position", "at", "by", "role", "site", "subject", "tag", "body", "reason")

settings.configure(
    SECRET_KEY="of no worth",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        *(f"{_CONTRIB}.{app}" for app in ("admin", "auth", "contenttypes", "sessions", "messages")),
        "benchmarks.plain",
    ],
    MIDDLEWARE=[
        f"{_CONTRIB}.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        f"{_CONTRIB}.auth.middleware.AuthenticationMiddleware",
        f"{_CONTRIB}.messages.middleware.MessageMiddleware",
    ],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ[FILE], "CONN_MAX_AGE": None},
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    f"{_CONTRIB}.auth.context_processors.auth",
                    f"{_CONTRIB}.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402


class Entry(models.Model):
    position = models.IntegerField(primary_key=True)
    at = models.TextField()
    by = models.TextField()
    role = models.TextField()
    site = models.TextField(db_index=True)
    subject = models.TextField(db_index=True)
    tag = models.TextField()
    body = models.TextField()
    reason = models.TextField()

    class Meta:
        app_label = "plain"


@admin.register(Entry)
class Entries(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = _COLUMNS
    list_filter = ("role", "tag")
    search_fields = ("=subject", "=site")
    ordering = ("-position",)
    list_per_page = 100


urlpatterns = [path("", admin.site.urls)]
application = get_wsgi_application()


def make(log: Path) -> None:
    """The entries of a trial's log, and one account that may see them."""
    from django.contrib.auth.models import User

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Entry)
    names = ", ".join(f'"{name}"' for name in _COLUMNS)
    with sqlite3.connect(log) as entries:
        found = [Entry(*row) for row in entries.execute(f"select {names} from entry")]
    Entry.objects.bulk_create(found, batch_size=1000)
    User.objects.create_superuser(USER, password=PASSWORD)
