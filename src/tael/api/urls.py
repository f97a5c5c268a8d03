"""The addresses of the API, for `include("tael.api.urls")` under `api/v1/`."""

from __future__ import annotations

from typing import Final

from tael.api.door import addresses
from tael.api.v1.api import NAMESPACE, api

app_name: Final = NAMESPACE
urlpatterns: Final = addresses(api)
