"""The WSGI application that the server runs."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver

from tael.loading import nothing_to_collect
from tael.web.arrival import Arrival
from tael.web.caller import Caller


def give_connections_back() -> None:
    """Let others have this thread's connection to the database while it waits for a body."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tael.web.settings")
with nothing_to_collect():
    application = Caller(
        Arrival(get_wsgi_application(), at_work=settings.THREADS, rest=give_connections_back),
        proxies=settings.TRUSTED_PROXIES,
    )
    assert (
        get_resolver().url_patterns
    )  # all pages and the API, before the first visitor asks for one
