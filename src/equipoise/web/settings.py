"""Django's settings. Everything a host may change comes from the environment, under names that begin EQUIPOISE_."""

import hashlib
import os
import secrets
from pathlib import Path

import django_htmx

from equipoise.actions.library import default_home
from equipoise.web.accounts.database import database_of, mail_of
from equipoise.web.accounts.secret import read_secret
from equipoise.web.quiet import Quiet

WEB = Path(__file__).parent


def _on(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "yes", "true", "on")


def _listed(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def _digest(*folders: Path) -> str:
    """Changes when any static file does: it is part of their address, so that browsers may keep them for ever."""
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    told = hashlib.blake2b(digest_size=6)
    for file in files:
        told.update(file.name.encode() + file.read_bytes())
    return told.hexdigest()


DEBUG = _on("EQUIPOISE_DEBUG")
HOME = default_home()
SECRET_KEY = os.environ.get("EQUIPOISE_SECRET_KEY") or read_secret(HOME) or secrets.token_urlsafe(48)
SECRET_KEY_FALLBACKS = _listed("EQUIPOISE_OLD_SECRET_KEYS", "")
"""Keys used before: what they signed or sealed is still read."""
ALLOWED_HOSTS = _listed("EQUIPOISE_HOSTS", "localhost,127.0.0.1,[::1]")
WAREHOUSE = os.environ.get("EQUIPOISE_WAREHOUSE", "")
"""Where the hospital's records stand, as ``equipoise screen --warehouse`` takes it; without it none are screened."""
WAREHOUSE_SCHEMA = os.environ.get("EQUIPOISE_WAREHOUSE_SCHEMA", "")
CONCEPTS = os.environ.get("EQUIPOISE_CONCEPTS", "")
"""CONCEPT.csv from Athena; without it conditions, drugs and procedures cannot be looked up."""
BEHIND_TLS = _on("EQUIPOISE_TLS")
"""A proxy before us speaks TLS and sets X-Forwarded-Proto and X-Forwarded-For itself."""

ROOT_URLCONF = "equipoise.web.urls"
WSGI_APPLICATION = "equipoise.web.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django_htmx",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "equipoise.web.accounts",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 16_000_000
"""Bytes: a large FHIR Bundle."""
DATABASES = {"default": database_of(os.environ.get("EQUIPOISE_DATABASE_URL", ""), HOME)}
"""For accounts alone: a visitor's page asks it nothing."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_counted",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
"""Failed attempts and used codes, counted across all workers."""
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "equipoise.web.private.PrivateMiddleware",
    "equipoise.web.patience.PatienceMiddleware",
    "equipoise.web.accounts.sessions.SessionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "equipoise.web.accounts.stay.StayMiddleware",
    "equipoise.web.refusing.RefusingMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [WEB / "templates"],
        "OPTIONS": {
            "environment": "equipoise.web.templating.environment",
            "autoescape": True,
            "context_processors": ["equipoise.web.accounts.wording.shown"],
        },
    }
]

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATICFILES_DIRS = [WEB / "static"]
STATIC_URL = f"/static/{_digest(WEB / 'static', Path(django_htmx.__file__).parent / 'static')}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG


def WHITENOISE_IMMUTABLE_FILE_TEST(path: str, url: str) -> bool:  # noqa: ARG001, N802
    return True


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # with none at all, browsers hide the origin by which a form post is known
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]  # TLS is the proxy's

SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
"""What a visitor answers is kept in their own browser alone, and ends with its session."""
SESSION_COOKIE_NAME = "answers"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 24 * 3600
"""Seconds after its last change, for browsers that open again as they were left."""
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "equipoise.web.public.errors.show_forged"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "full_name", "email")}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

STAFF_COOKIE = "__Host-staff" if BEHIND_TLS else "staff"
STAFF_IDLE = 60.0 * float(os.environ.get("EQUIPOISE_STAFF_IDLE", "30"))
"""Seconds without a request after which a person is signed out."""
STAFF_LONGEST = 12 * 3600
"""Seconds after signing in, whatever the person does."""
STAFF_SESSIONS = int(os.environ.get("EQUIPOISE_STAFF_SESSIONS", "3"))
"""Sessions a person may have at once: a further one ends the oldest."""
MFA_REQUIRED = os.environ.get("EQUIPOISE_MFA", "required").lower() != "optional"

ACCOUNT_ADAPTER = "equipoise.web.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "equipoise.web.accounts.links.LinkKeys"  # noqa: S105
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/15m/key,50/15m/ip",
    "reauthenticate": None,
    "reset_password": "20/m/ip,2/h/key",
}
MFA_ADAPTER = "equipoise.web.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    name: f"equipoise.web.accounts.forms.{form}"
    for name, form in (
        ("authenticate", "EnterCode"),
        ("reauthenticate", "EnterCodeAgain"),
        ("activate_totp", "ActivateTotp"),
    )
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Equipoise"
MFA_TOTP_TOLERANCE = 1

ADDRESS = os.environ.get("EQUIPOISE_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
"""Where people reach the site: begins the links that the command line prints."""
globals().update(mail_of(os.environ.get("EQUIPOISE_SMTP", ""), os.environ.get("EQUIPOISE_MAIL_FROM", "")))

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"quiet": {"()": Quiet}},
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["quiet"], "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "CRITICAL"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
