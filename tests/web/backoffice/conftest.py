"""What a page was rendered with can be asked of its answer: `response.context`."""

from __future__ import annotations

import pytest
from django.template.base import Template
from django.test.utils import instrumented_test_render


@pytest.fixture(autouse=True)
def rendered_with(monkeypatch):
    monkeypatch.setattr(Template, "_render", instrumented_test_render)
