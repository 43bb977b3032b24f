"""Where the library's pages of passkeys trust too much: the last one stays, and strangers ask only so often."""

import time

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView, login_webauthn
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from equipoise.web.patience import Buckets, client_of
from equipoise.web.public.errors import show_too_many


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: Form) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_list_webauthn")
        answer: HttpResponse = super().form_valid(form)
        return answer


_asked = Buckets(capacity=20, seconds=3.0)


def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """Each question of a stranger's browser leaves a session behind."""
    wait = _asked.take(client_of(request), time.monotonic()) if request.method == "GET" else 0.0
    if wait:
        why = "Each address may ask some twenty times a minute."
        return show_too_many(request, int(wait) + 1, title="Too many attempts", why=why)
    answer: HttpResponse = login_webauthn(request)
    return answer


remove_passkey = RemovePasskeyView.as_view()
