"""Where the files of the look are: their addresses carry what is in them, so that browsers keep them.

The web server hands them out itself, with a year to keep; another content is another address.

Source: architecture, section 5.
"""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix


class VersionedFiles(StaticFilesStorage):
    """Gives the address of a file with eight digits of its content."""

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002 - Django's form
        """Give the address."""
        return self._url_below(name or "", get_script_prefix())

    @lru_cache(maxsize=1000)  # noqa: B019 - the one storage lives as long as the process
    def _url_below(self, name: str, prefix: str) -> str:  # noqa: ARG002 - Django puts it in front
        address = super().url(name)
        version = version_of(name)
        return f"{address}?v={version}" if version else address


@cache
def version_of(name: str) -> str:
    """Tell the version of a file, or nothing if there is no such file."""
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:8] if found else ""
