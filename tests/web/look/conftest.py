"""Templates rendered for a request as a page would be."""

from __future__ import annotations

import pytest
from django.template import engines
from django.test import Client, RequestFactory


@pytest.fixture
def render():
    def rendered(text: str, /, *, path: str = "/portal/", post=None, **facts) -> str:
        factory = RequestFactory(SERVER_NAME="localhost")
        request = factory.get(path) if post is None else factory.post(path, post)
        template = engines["django"].from_string("{% load i18n look %}" + text)
        return template.render(facts, request)

    return rendered


@pytest.fixture
def browser() -> Client:
    return Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
