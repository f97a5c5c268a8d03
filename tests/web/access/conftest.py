"""Settings of one test."""

from __future__ import annotations

import pytest
from django.test import override_settings


@pytest.fixture
def settings_of():
    """Call it with settings that hold until the test ends."""
    changed = []

    def change(**settings):
        override = override_settings(**settings)
        override.enable()
        changed.append(override)

    yield change
    for override in changed:
        override.disable()
