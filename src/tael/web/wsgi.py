"""The WSGI application that the server runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from tael.loading import nothing_to_collect

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tael.web.settings")
with nothing_to_collect():
    application = get_wsgi_application()
    assert (
        get_resolver().url_patterns
    )  # all pages and the API, before the first visitor asks for one
