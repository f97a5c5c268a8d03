"""The page at the door: which way is whose.

Source: architecture, section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Show the ways in: portal, back office, API."""
    return render(request, "look/landing.html")


addresses: Final = [path("", landing, name="landing")]
