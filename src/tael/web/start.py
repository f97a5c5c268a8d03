"""Opens Tael for a program that is not a server of it: a script, a notebook, a Django project's own job.

Source: architecture, section 5 (library).
"""

from __future__ import annotations

import os
from typing import Final

import django
from django.apps import apps

from tael.postgres.connect import NoDatabase, find_databases
from tael.postgres.home import home_of
from tael.refusal import Refusal

OURS: Final = "tael.web.settings"
LAST_APP: Final = "tael.settlement"  # it stands on all the others


class AppsNotInstalled(Refusal):
    """A Django project of one's own does not have Tael's apps among its own."""

    code = "apps_not_installed"
    remedy = (
        "Add the apps and the database of tael.web.settings to the project's, as docs/library.md shows;"
        " a program that needs no settings of its own leaves DJANGO_SETTINGS_MODULE unset."
    )


def start() -> None:
    """Find the database and make the library ready; calling it again changes nothing.

    The database is the one of TAEL_DATABASE_URL, else the embedded one in TAEL_HOME (./.tael) while
    `make run` or `tael run` runs. In a Django project it is that of the project's settings.

    Raises:
        NoDatabase: neither is there.
        DatabaseUnreachable: it does not answer, or does not let us in.
        DatabaseUrlMalformed: TAEL_DATABASE_URL cannot be read.
        AppsNotInstalled: in a Django project whose settings do not have Tael's apps.
    """
    if not apps.ready:
        settings = os.environ.setdefault("DJANGO_SETTINGS_MODULE", OURS)
        if settings == OURS:
            _check_database()
        django.setup()
    if not apps.is_installed(LAST_APP):
        raise AppsNotInstalled(
            "The settings of this Django project do not have Tael's apps.",
            field="INSTALLED_APPS",
            there=os.environ.get("DJANGO_SETTINGS_MODULE", ""),
        )


def _check_database() -> None:
    """Refuse in words what Django would say as a pool that gave nothing in ten seconds."""
    found = find_databases(os.environ)
    if found is None:
        home = home_of(os.environ).path
        raise NoDatabase(f"There is no database for {home}.", field="TAEL_DATABASE_URL")
    found.app().close()
