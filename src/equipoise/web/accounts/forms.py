"""Codes are taken once: a code seen over a shoulder opens nothing, even while its half minute lasts."""

from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

from equipoise.web.accounts.locks import TOO_MANY, tell_locked


class _Once:
    """The library forgets a used code after one period, though with tolerance it is good for three."""

    user: Any

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as wrong:
            if wrong.code == TOO_MANY:
                tell_locked(self.user, context.request, f"code {self.user.pk}")
            raise
        periods = 2 * app_settings.TOTP_TOLERANCE + 1
        if not cache.add(
            f"code-used:{self.user.pk}:{normalize_user_code(code)}", 1, timeout=periods * app_settings.TOTP_PERIOD
        ):
            raise get_adapter().validation_error("incorrect_code")
        return code


class EnterCode(_Once, AuthenticateForm):  # type: ignore[misc]
    pass


class EnterCodeAgain(_Once, ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateTotp(_Once, ActivateTOTPForm):  # type: ignore[misc]
    pass
