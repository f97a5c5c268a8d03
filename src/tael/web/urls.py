"""The addresses of this server."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def alive(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers; no database is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("healthz", alive),
    path("api/v1/", include("tael.api.urls")),
    path("portal/", include("tael.web.portal.addresses")),
    path("backoffice/", include("tael.web.backoffice.addresses")),
    path("", include("tael.web.look.addresses")),
]
handler404 = "tael.web.look.errors.not_found"
handler500 = "tael.web.look.errors.fault"
