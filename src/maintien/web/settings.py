"""Django's settings, built in code from a typed configuration."""

from datetime import timedelta
from typing import Any, Final

from csp.constants import NONE, SELF

from maintien.web.configuration import PostgresqlServer, SqliteFile, WebConfiguration
from maintien.web.keys import prepare_folder, read_or_make_key
from maintien.web.surroundings import Surroundings

SESSION_SECONDS: Final = 8 * 60 * 60
HSTS_SECONDS: Final = 365 * 24 * 60 * 60
LARGEST_FORM: Final = 2 << 20
"""Bytes of a form without its files."""
MOST_FIELDS: Final = 25_000
"""Of a form: one names every course of a large site."""
SHORTEST_PASSWORD: Final = 12
ATTEMPTS: Final = 5
"""Wrong passwords for one account from one address, before it has to wait."""
COOLING_OFF: Final = timedelta(minutes=15)

CSRF_COOKIE: Final = "maintien_csrf"
SESSION_COOKIE: Final = "maintien_session"

_APPS: Final = (
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "maintien.web",
)
_MIDDLEWARE: Final = (
    "maintien.web.middleware.front_end.believe_only_front_ends",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "maintien.web.middleware.language.speak_the_language",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "maintien.web.middleware.errors.ErrorMiddleware",
    "maintien.web.middleware.rights.RightsMiddleware",
    # After the rights: it reads the form, with its file, and nobody uploads who may not.
    "django.middleware.csrf.CsrfViewMiddleware",
    "maintien.web.middleware.reading.ReadingMiddleware",
    "axes.middleware.AxesMiddleware",
)
_USER_HEADER_MIDDLEWARE: Final = "maintien.web.middleware.user_header.UserHeaderMiddleware"
_AFTER_AUTHENTICATION: Final = _MIDDLEWARE.index("django.contrib.messages.middleware.MessageMiddleware")

CONTENT_SECURITY_POLICY: Final = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's own symbols
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}


def django_settings(surroundings: Surroundings) -> dict[str, Any]:
    """Build every setting; the folder has to be there already."""
    configuration = surroundings.configuration
    return {
        "MAINTIEN": surroundings,
        "DEBUG": False,
        "SECRET_KEY": configuration.secret_key or read_or_make_key(configuration.folder / "secret-key"),
        "ALLOWED_HOSTS": list(configuration.hosts),
        "INSTALLED_APPS": [*_APPS, *_optional_apps(configuration)],
        "MIDDLEWARE": _middleware(configuration),
        "ROOT_URLCONF": "maintien.web.urls",
        "WSGI_APPLICATION": None,
        "DATABASES": {"default": _database(configuration.database)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "AUTH_USER_MODEL": "web.Account",
        "TEMPLATES": [_templates()],
        "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "runs"]}},
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "USE_I18N": True,
        "LANGUAGE_CODE": "en",
        "LANGUAGES": [("en", "English"), ("fr", "Français")],
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_MAX_AGE": 3600,
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": LARGEST_FORM,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": MOST_FIELDS,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 1,
        "FILE_UPLOAD_HANDLERS": ["maintien.web.uploads.BoundedUploadHandler"],
        "FILE_UPLOAD_TEMP_DIR": str(prepare_folder(configuration.folder / "uploads")),
        "FILE_UPLOAD_PERMISSIONS": 0o600,
        "LOGGING_CONFIG": None,
        **_sign_in(configuration),
        **_cookies(configuration),
        **_headers(configuration),
    }


def _sign_in(configuration: WebConfiguration) -> dict[str, Any]:
    validation = "django.contrib.auth.password_validation"
    backends = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
    if configuration.user_header:
        backends.append("maintien.web.middleware.user_header.UserHeaderBackend")
    if configuration.cas:
        backends.append("django_cas_ng.backends.CASBackend")
    if configuration.oidc is not None:
        backends.append("maintien.web.oidc.OidcBackend")
    return {
        "LOGIN_URL": "sign-in",
        "LOGIN_REDIRECT_URL": "sites",
        "AUTHENTICATION_BACKENDS": backends,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{validation}.UserAttributeSimilarityValidator"},
            {"NAME": f"{validation}.MinimumLengthValidator", "OPTIONS": {"min_length": SHORTEST_PASSWORD}},
            {"NAME": f"{validation}.CommonPasswordValidator"},
        ],
        "AXES_FAILURE_LIMIT": ATTEMPTS,
        "AXES_COOLOFF_TIME": COOLING_OFF,
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_LOCKOUT_CALLABLE": "maintien.web.views.signing_in.locked_out",
        "AXES_CLIENT_IP_CALLABLE": "maintien.web.middleware.front_end.client_address",
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_VERBOSE": False,
        "AXES_ENABLE_ADMIN": False,
        **_cas(configuration),
        **_oidc(configuration),
    }


def _cas(configuration: WebConfiguration) -> dict[str, Any]:
    if not configuration.cas:
        return {}
    return {
        "CAS_SERVER_URL": configuration.cas,
        "CAS_CREATE_USER": False,
        "CAS_LOGIN_URL_NAME": "sign_in_elsewhere:cas_ng_login",
        "CAS_REDIRECT_URL": "/",
        "CAS_VERSION": "3",
    }


def _oidc(configuration: WebConfiguration) -> dict[str, Any]:
    provider = configuration.oidc
    if provider is None:
        return {}
    return {
        "OIDC_RP_CLIENT_ID": provider.client,
        "OIDC_RP_CLIENT_SECRET": provider.secret,
        "OIDC_RP_SIGN_ALGO": "RS256",
        "OIDC_OP_AUTHORIZATION_ENDPOINT": f"{provider.issuer}/authorize",
        "OIDC_OP_TOKEN_ENDPOINT": f"{provider.issuer}/token",
        "OIDC_OP_USER_ENDPOINT": f"{provider.issuer}/userinfo",
        "OIDC_OP_JWKS_ENDPOINT": f"{provider.issuer}/jwks",
        "OIDC_CREATE_USER": False,
        "OIDC_AUTHENTICATION_CALLBACK_URL": "sign_in_elsewhere:oidc_authentication_callback",
        "LOGIN_REDIRECT_URL_FAILURE": "/sign-in",
    }


def _optional_apps(configuration: WebConfiguration) -> list[str]:
    apps = []
    if configuration.cas:
        apps.append("django_cas_ng")
    if configuration.oidc is not None:
        apps.append("mozilla_django_oidc")
    return apps


def _middleware(configuration: WebConfiguration) -> list[str]:
    names = list(_MIDDLEWARE)
    if configuration.user_header:
        names.insert(_AFTER_AUTHENTICATION, _USER_HEADER_MIDDLEWARE)
    return names


def _cookies(configuration: WebConfiguration) -> dict[str, Any]:
    return {
        "SESSION_COOKIE_NAME": SESSION_COOKIE,
        "SESSION_COOKIE_AGE": SESSION_SECONDS,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": configuration.is_https,
        "CSRF_COOKIE_NAME": CSRF_COOKIE,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "CSRF_COOKIE_SECURE": configuration.is_https,
        "CSRF_FAILURE_VIEW": "maintien.web.views.failures.csrf_failed",
    }


def _headers(configuration: WebConfiguration) -> dict[str, Any]:
    return {
        "CONTENT_SECURITY_POLICY": CONTENT_SECURITY_POLICY,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        # Pages' addresses may name courses, and a one-time link is an address.
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": HSTS_SECONDS if configuration.is_https else 0,
        # Believed of front ends only: others' headers are taken away before.
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_SSL_REDIRECT": configuration.is_https,
        "X_FRAME_OPTIONS": "DENY",
    }


def _database(database: SqliteFile | PostgresqlServer) -> dict[str, Any]:
    if isinstance(database, SqliteFile):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": database.path,
            "OPTIONS": {
                # A transaction that begins by reading and then writes would fail rather than wait.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database.name,
        "HOST": database.host,
        "PORT": str(database.port or ""),
        "USER": database.user,
        "PASSWORD": database.password,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10},
    }


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["maintien.web.templatetags.texts"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "maintien.web.context.common",
            ],
        },
    }
