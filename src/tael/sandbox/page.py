"""What all pages of the sandbox share: one policy of what they may load, and how a no is shown."""

from __future__ import annotations

import ipaddress
import json
import time
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render

from tael.refusal import Refusal
from tael.sandbox.refusals import ControlElsewhere, SandboxRefused
from tael.sandbox.words import LANGUAGES, language_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, QueryDict

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
STATUS: Final = {
    "invalid": HTTPStatus.BAD_REQUEST,
    "absent": HTTPStatus.NOT_FOUND,
    "conflict": HTTPStatus.CONFLICT,
    "forbidden": HTTPStatus.FORBIDDEN,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "too_often": HTTPStatus.TOO_MANY_REQUESTS,
}


def closed(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let every answer say that nothing but our own stylesheet may be loaded, and nothing kept."""

    @wraps(answer)
    def with_policy(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return with_policy


def page(
    *methods: str, plain: bool = False, here_only: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view a page: it takes these methods only, and a refusal is shown, not raised.

    Args:
        plain: answer refusals as JSON, for programs.
        here_only: only for a browser on the machine itself, wherever the sandbox listens.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def shown(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method not in methods:
                return HttpResponse(
                    status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(methods)}
                )
            try:
                if here_only:
                    _check_here(request)
                return view(request, **named)
            except Refusal as refusal:
                return _said(request, refusal, plain=plain)
            except BadRequest:
                return HttpResponse(status=HTTPStatus.BAD_REQUEST)

        return shown

    return decorate


def rendered(request: HttpRequest, template: str, facts: dict[str, Any]) -> HttpResponse:
    """Give a page in the reader's language."""
    language = language_of(request)
    around = {
        "language": language,
        "languages": LANGUAGES,
        "here": request.get_full_path() if request.method == "GET" else "/",
    }
    return render(request, f"sandbox/{template}", around | facts)


def once_each(told: QueryDict) -> dict[str, str]:
    """Give the parameters, each of which may stand once.

    Raises:
        SandboxRefused: one stands twice.
    """
    twice = [name for name, texts in told.lists() if len(texts) != 1]
    if twice:
        raise SandboxRefused("A parameter stands twice.", field=twice[0][:40])
    return {name: texts[0] for name, texts in told.lists()}


def now() -> float:
    """Give the seconds since 1970: a page of this program is its door, and reads the clock."""
    return time.time()


def _check_here(request: HttpRequest) -> None:
    """Refuse who comes from another machine, also through a proxy on this one: the page has no login.

    Raises:
        ControlElsewhere.
    """
    relayed = any(request.headers.get(name) for name in ("Forwarded", "X-Forwarded-For", "Via"))
    try:
        near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        near = False
    if relayed or not near:
        raise ControlElsewhere("This page is for the machine that the sandbox runs on.")


def _said(request: HttpRequest, refusal: Refusal, *, plain: bool) -> HttpResponse:
    status = STATUS[refusal.because]
    if plain:
        body = json.dumps(refusal.as_dict())
        return HttpResponse(body, content_type="application/json", status=status)
    response = rendered(request, "refused.html", {"refusal": refusal})
    response.status_code = status
    return response
