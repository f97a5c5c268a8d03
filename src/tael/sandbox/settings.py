"""Django's settings for the sandbox process: no database, no sessions, no apps but its own pages."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

DEBUG = False
SECRET_KEY = secrets.token_urlsafe(48)  # signs nothing that outlives the process
ALLOWED_HOSTS = os.environ.get("TAEL_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
INSTALLED_APPS: list[str] = []
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tael.sandbox.page.closed",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "tael.sandbox.addresses"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "builtins": ["tael.sandbox.words"],
            "context_processors": ["django.template.context_processors.csrf"],
        },
    }
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False  # its words are in `words`
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_NAME = "sandbox_csrf"  # the sites on other ports of this host share its cookies
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
