"""The addresses of the portal; each page module names its own."""

from __future__ import annotations

from typing import Final

from tael.web.look import appearance, numbers  # noqa: F401 - <number:…> in addresses

app_name: Final = "portal"
urlpatterns: Final = [
    *appearance.addresses,
]
