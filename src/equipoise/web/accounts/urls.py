"""Addresses of the accounts. The library's pages stand here one by one: what is not listed cannot be reached."""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from equipoise.web.accounts import administration, token_pages, views
from equipoise.web.accounts.passkeys import remove_passkey, sign_in_by_passkey

urlpatterns = [
    path("", views.show_account, name="account"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/code/", factor.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-out/", account.logout, name="account_logout"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/forgotten/", views.forget_password, name="account_reset_password"),
    path("link/<slug:key>/", views.set_password, name="account-link"),
    path("sessions/", views.show_sessions, name="account-sessions"),
    path("sessions/end/", views.end_own, name="account-sessions-end"),
    path("stay/", views.stay, name="account-stay"),
    path("unsent/", views.show_unsent, name="account-unsent"),
    path("tokens/", token_pages.list_tokens, name="account-tokens"),
    path("tokens/revoke/", token_pages.revoke_own, name="account-token-revoke"),
    path("tokens/new/<str:trial>/", token_pages.add_token, name="account-token-new"),
    path("second-factor/", factor.index, name="mfa_index"),
    path("second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("second-factor/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("second-factor/passkeys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("second-factor/passkeys/<int:pk>/remove/", remove_passkey, name="mfa_remove_webauthn"),
    path("people/", administration.list_people, name="account-people"),
    path("people/add/", administration.add_person, name="account-person-add"),
    path("people/<str:username>/", administration.show_person, name="account-person"),
    path("people/<str:username>/tokens/", token_pages.tokens_of_person, name="account-person-tokens"),
]
