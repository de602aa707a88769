"""Django's settings, derived from config.py. Nothing here is set by hand."""

import contextlib
import os
import secrets
from pathlib import Path

from meshui import config as _config

CONFIG = _config.read()


def _kept_secret(path: Path) -> str:
    """A secret made once and kept in the data directory, readable by its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        text = f"{path.parent} (MESHUI_DATA_DIR) cannot be used: {error.strerror}."
        raise _config.ConfigError(text) from error


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and never over another process's."""
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    mine.touch(mode=0o600)
    mine.write_text(text)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(mine)
    mine.unlink()


_PACKAGE = Path(__file__).resolve().parent
_REPO = _PACKAGE.parent
TEMPLATE_DIR = _REPO / "templates" if (_REPO / "templates").is_dir() else _PACKAGE / "web" / "templates"
DIST_DIR = _REPO / "static" / "dist" if (_REPO / "static" / "build.mjs").is_file() else _PACKAGE / "web" / "dist"

DEBUG = False
SECRET_KEY = CONFIG.secret_key or _kept_secret(CONFIG.data_dir / "secret_key")
ALLOWED_HOSTS = ["*"]  # access.HostGuard decides, for pages and sockets alike
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "meshui.urls"
ASGI_APPLICATION = "meshui.asgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "channels",
    "meshui",
]
MIDDLEWARE = [
    "meshui.access.traced.Traced",
    "meshui.access.middleware.HostGuard",
    "meshui.access.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "meshui.access.middleware.Admission",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [TEMPLATE_DIR],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "meshui.pages.frame.frame"],
            "builtins": ["meshui.templatetags.mesh"],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": CONFIG.data_dir / "meshui.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
# A member is forgotten after a day unless told otherwise: a display on a wall would stand still then.
_YEARS_S = 10 * 365 * 86400
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"group_expiry": _YEARS_S}},
}

LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_NAME = "meshui_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.tls
CSRF_COOKIE_NAME = "meshui_csrf"
CSRF_COOKIE_SECURE = CONFIG.tls
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "meshui.pages.errors.forged"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"meshui": {"level": "INFO"}, "telemetry": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
