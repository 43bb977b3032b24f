"""Accounts as a Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "equipoise.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from equipoise.web.accounts import listening  # noqa: F401  (hears what the library reports)
