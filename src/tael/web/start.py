"""Opens Tael for a program that is not a server of it: a script, a notebook, another site's job.

Source: architecture, section 5 (library).
"""

from __future__ import annotations

import os

import django
from django.apps import apps


def start() -> None:
    """Find the database and make the library ready; calling it again changes nothing.

    The database is the one of TAEL_DATABASE_URL, else the embedded one in TAEL_HOME (./.tael) while
    `make run` or `tael run` runs.
    """
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tael.web.settings")
        django.setup()
