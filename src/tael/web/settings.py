"""Django's settings. What an operator sets comes from the environment; docs/settings.md lists it.

Source: reliability, section 6; stack, section 2 (HTTP figures: few middlewares, a connection pool).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tael.parties.pace import OFF, Pace, parse_pace
from tael.postgres.connect import find_databases
from tael.postgres.home import home_of
from tael.refusal import Refusal
from tael.web.caller import Network, parse_networks
from tael.web.database import database_settings


class SettingMalformed(Refusal):
    """A setting in the environment cannot be understood."""

    code = "setting_malformed"
    remedy = "Correct the variable, or leave it away."


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) <= 1000:
        raise SettingMalformed(
            f"{name} is {text!r}.", field=name, there=text, allowed="a whole number from 1 to 1000"
        )
    return int(text)


def _pace(name: str, setting: str, default: str) -> Pace:
    text = os.environ.get(setting, default)
    pace = parse_pace(name, text)
    if pace is None:
        raise SettingMalformed(
            f"{setting} is {text!r}.",
            field=setting,
            there=text,
            allowed=f"requests/seconds such as {default}, or {OFF}",
        )
    return pace


def _networks(name: str) -> tuple[Network, ...]:
    text = os.environ.get(name, "")
    try:
        return parse_networks(text)
    except ValueError:
        raise SettingMalformed(
            f"{name} is {text!r}.",
            field=name,
            there=text,
            allowed="addresses and networks such as 127.0.0.1,10.0.0.0/8",
        ) from None


def _zone(name: str) -> str:
    text = os.environ.get(name, "UTC")
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, KeyError):  # it says an unknown name in one of these, by its shape
        raise SettingMalformed(f"There is no time zone {text!r}.", field=name, there=text) from None


def _secret_key() -> str:
    """Give the operator's key, else the one kept in Tael's folder, else one for this process only."""
    home = home_of(os.environ)
    named = os.environ.get("TAEL_SECRET_KEY")
    if named or not home.has_secret("django"):
        return named or secrets.token_urlsafe(48)
    return home.secret("django")


def _databases() -> dict[str, dict[str, Any]]:
    """Give the database to work on. Tools that only import these settings get one that is nowhere."""
    found = find_databases(os.environ)
    if found is None:
        return {"default": database_settings("host=/nonexistent dbname=tael")}
    return {"default": database_settings(found.app_dsn, pool=THREADS + 2)}


DEBUG = False
SECRET_KEY = _secret_key()
THREADS = _number("TAEL_THREADS", 16)  # of one server process
DATABASES = _databases()
PACES = {  # how much one caller may ask of one process, and in how many seconds again
    "api": _pace("api", "TAEL_PACE_API", "2000/10"),  # a key
    "strangers": _pace("strangers", "TAEL_PACE_STRANGERS", "100/60"),  # an address without a key
    "callbacks": _pace("callbacks", "TAEL_PACE_CALLBACKS", "1000/20"),  # a gateway's address
    "files": _pace("files", "TAEL_PACE_FILES", "60/300"),  # a user or a key
    "pages": _pace("pages", "TAEL_PACE_PAGES", "600/60"),  # a user
    "forms": _pace("forms", "TAEL_PACE_FORMS", "120/60"),  # a user
    "doors": _pace("doors", "TAEL_PACE_DOORS", "200/60"),  # an address
}
KEPT_DAYS = {  # how long what is not kept for ever is kept, after it has ended
    "notices": _number("TAEL_KEEP_NOTICES_DAYS", 30),
    "events": _number("TAEL_KEEP_EVENTS_DAYS", 90),
    "quotes": _number("TAEL_KEEP_QUOTES_DAYS", 30),
    "sessions": _number("TAEL_KEEP_SESSIONS_DAYS", 90),
    "codes": _number("TAEL_KEEP_CODES_DAYS", 90),
    "attempts": _number("TAEL_KEEP_ATTEMPTS_DAYS", 1),
    "imports": _number("TAEL_KEEP_IMPORTS_DAYS", 30),
    "jobs": _number("TAEL_KEEP_JOBS_DAYS", 7),
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
ALLOWED_HOSTS = os.environ.get("TAEL_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
# what they say of the caller's address is believed
TRUSTED_PROXIES = _networks("TAEL_TRUSTED_PROXIES")

INSTALLED_APPS = [
    "tael.books",
    "tael.parties",
    "tael.approvals",
    "tael.outbox",
    "tael.channels",
    "tael.wallet",
    "tael.payouts",
    "tael.settlement",
    "tael.jobs",
    "procrastinate.contrib.django",
    "django.contrib.staticfiles",
    "ninja",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tael.web.look.every_page.EveryPage",
]
ROOT_URLCONF = "tael.web.urls"
WSGI_APPLICATION = "tael.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["tael.web.look.formats", "tael.web.look.tags"],
            "libraries": {"look": "tael.web.look.tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tael.web.look.context.look",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes of a request's body
FILE_UPLOAD_HANDLERS = ["tael.web.look.upload.BoundedUpload"]

USE_TZ = True
TIME_ZONE = "UTC"  # what is stored and logged
TAEL_TIME_ZONE = _zone("TAEL_TIME_ZONE")  # where the operator's days begin
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [Path(__file__).parent / "look" / "locale"]  # the sites' own are in look/language.py
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent / "static"]
STORAGES = {"staticfiles": {"BACKEND": "tael.web.look.static_files.VersionedFiles"}}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = not LOOPBACK.issuperset(ALLOWED_HOSTS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE  # of messages to the next page
CSRF_FAILURE_VIEW = "tael.web.look.errors.form_too_old"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # the worker's timetable names its jobs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tael.web.log.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("TAEL_LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # a request that is refused is no event of ours
        "django.security": {"level": "CRITICAL"},  # the same, which Django tells with a whole trace
        "django.security.csrf": {"level": "WARNING"},  # in one line: a proxy may be set up wrongly
        "httpx": {"level": "WARNING"},  # it would log every address
        "procrastinate": {"level": "WARNING"},  # a job that was done is no event either
    },
}
