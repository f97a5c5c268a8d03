"""The sandbox as a WSGI application. Making it begins the sending of notices."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler


def make_application() -> WSGIHandler:
    """Set the sandbox up for this process, and take up what the last one left unsent.

    Raises:
        SandboxMisconfiguredError: the environment is wrong about it.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "tael.sandbox.settings"
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - the settings come first

    from tael.sandbox import delivery  # noqa: PLC0415 - as above
    from tael.sandbox.house import house  # noqa: PLC0415 - as above

    application = get_wsgi_application()
    house().store.prepare()
    delivery.start(house())
    return application
