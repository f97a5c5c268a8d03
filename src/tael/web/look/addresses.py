"""The addresses of the house around the two sites."""

from __future__ import annotations

from typing import Final

from tael.web.look import appearance, landing

app_name: Final = "look"
urlpatterns: Final = [*landing.addresses, *appearance.addresses]
