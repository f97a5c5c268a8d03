"""The addresses of the API, for `include("tael.api.urls")` under `api/v1/`."""

from __future__ import annotations

from tael.api.door import addresses
from tael.api.v1.api import api

urlpatterns, app_name, _ = addresses(api)
