"""The first tables of the accounts."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []  # noqa: RUF012

    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "username",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[a-z][a-z0-9._-]{1,39}\\Z", "Use 2 to 40 small letters, digits, dots and hyphens."
                            )
                        ],
                        verbose_name="user name",
                    ),
                ),
                ("full_name", models.CharField(max_length=120, verbose_name="full name")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("is_active", models.BooleanField(default=True)),
                ("office", models.BooleanField(default=False, verbose_name="research office")),
                ("administrator", models.BooleanField(default=False, verbose_name="administrator of accounts")),
                ("links", models.PositiveIntegerField(default=0)),
                ("added", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StaffSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("began", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen", models.DateTimeField(default=django.utils.timezone.now)),
                ("address", models.CharField(default="", max_length=45)),
                ("browser", models.CharField(default="", max_length=200)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("kind", models.CharField(max_length=40)),
                ("person", models.CharField(max_length=40)),
                ("by", models.CharField(max_length=40)),
                ("address", models.CharField(max_length=45)),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["person", "at"], name="accounts_to_person_a298be_idx")],
            },
        ),
    ]
