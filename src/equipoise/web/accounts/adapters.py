"""Where the library asks how this house does things."""

from typing import Any, ClassVar

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from equipoise.web.accounts import post
from equipoise.web.accounts.confirm import fresh
from equipoise.web.accounts.locks import again_key_of, key_of, tell_locked
from equipoise.web.accounts.models import Person
from equipoise.web.accounts.seal import seal, unseal
from equipoise.web.accounts.told import Kind, tell
from equipoise.web.patience import client_of

_WRONG = "The name, the address or the password is not right."
_WAIT = "Too many attempts. Wait a quarter of an hour, or ask an administrator of accounts."
_CODE = "That code is not right, or it was used already. Wait for the next one."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _WRONG,
        "email_password_mismatch": _WRONG,
        "too_many_login_attempts": _WAIT,
        "rate_limited": _WAIT,
        "incorrect_password": "That is not your password.",
        "enter_current_password": "That is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_of(request) or "0.0.0.0"  # noqa: S104  (a socket of this machine)

    def is_safe_url(self, url: str) -> bool:
        return bool(super().is_safe_url(url)) and url.startswith(("/staff/", "/accounts/"))

    def get_logout_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("account_login")

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:  # noqa: ARG002
        return not fresh(context.request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        if isinstance(request.user, Person):
            return again_key_of(request.user)
        return key_of(credentials.get("email") or credentials.get("username") or "")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            key = self._get_login_attempts_cache_key(request, **credentials)
            tell_locked(_meant(credentials), request, key)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        again = request.user.is_authenticated
        tell(Kind.CONFIRMATION_FAILED if again else Kind.SIGN_IN_FAILED, _meant(credentials), request)

    def send_notification_mail(self, template_prefix: str, user: Person, *_: Any, **__: Any) -> None:
        post.send_notice(user, template_prefix)


def _meant(credentials: dict[str, Any]) -> Person | None:
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    return Person.objects.filter(**{"email" if "@" in typed else "username": typed}).first()


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _CODE,
        "cannot_delete_authenticator": "This site requires a second factor. Add another one first.",
    }

    def build_totp_svg(self, url: str) -> str:
        """Drawn here: the page may load nothing from elsewhere, and carries no styles of its own."""
        code = qrcode.QRCode(border=4)
        code.add_data(url)
        rows = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        size = len(rows)
        return (
            f'<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="QR code for your app">'
            f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
        )

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002
        held = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {held + 1}" if held else "Passkey"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays, where one is required."""
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=kinds).exclude(
            pk=authenticator.pk
        )
        return not settings.MFA_REQUIRED or others.exists()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Equipoise"}
