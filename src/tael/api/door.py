"""The outermost layer of the API: every address behind it answers with a problem or an answer, always.

It needs no middleware of Django's, so it holds whatever the settings are.

Source: architecture, section 5; reliability, section 6 (errors).
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from django.urls import URLPattern, path, re_path

from tael.api.answers import failed, method_not_allowed, no_such_address
from tael.api.call import REQUEST_ID_HEADER, begin

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from ninja import NinjaAPI

ROOT: Final = "api-root"  # ninja asks for this name to learn where the API begins


def addresses(api: NinjaAPI) -> list[URLPattern]:
    """Give the API's addresses, each behind the door, and the one that takes all others."""
    patterns, *_ = api.urls
    behind = [
        URLPattern(pattern.pattern, door(pattern.callback), pattern.default_args, pattern.name)
        for pattern in patterns
        if isinstance(pattern, URLPattern) and pattern.name != ROOT
    ]
    behind.append(path("", door(no_such_address), name=ROOT))
    behind.append(re_path(r"^.*$", door(no_such_address)))
    return behind


def door(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the request its number and time, and let nothing out but an answer or a problem."""

    @wraps(view)
    def answer(request: HttpRequest, **values: Any) -> HttpResponseBase:
        call = begin(request)
        request.call = call  # type: ignore[attr-defined]
        try:
            response = view(request, **values)
            if response.status_code == 405:
                response = method_not_allowed(request, response.headers.get("Allow", ""))
        except Exception as exception:  # noqa: BLE001 - the last resort; it is logged there
            response = failed(request, exception)
        response.headers[REQUEST_ID_HEADER] = call.request_id
        response.headers.setdefault("Cache-Control", "no-store")
        if not response.streaming:
            response.headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - a refusal is no event for Django's log
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie opens anything here
    return answer
