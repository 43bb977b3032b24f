"""Tokens by which programs read a trial, or write in it, as a person."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_told_only_grows")]  # noqa: RUF012

    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="AccessToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("trial", models.CharField(max_length=80)),
                ("scope", models.JSONField()),
                ("writes", models.BooleanField(default=False)),
                ("made", models.DateTimeField(default=django.utils.timezone.now)),
                ("ends", models.DateTimeField()),
                ("used", models.DateField(null=True)),
                ("revoked", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
