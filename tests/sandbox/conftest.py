"""A sandbox without a process, and payments at it."""

from __future__ import annotations

from typing import Any

import pytest

from tael.sandbox.house import House
from tael.sandbox.signature import sign_parameters
from tael.sandbox.store import Store

SECRET, OTHER = b"s" * 32, b"o" * 32
NOW = 1_772_366_400.0  # 2026-03-01 12:00 UTC


@pytest.fixture
def house(tmp_path) -> House:
    store = Store(tmp_path / "sandbox")
    store.prepare()
    return House(store, {"shop": SECRET, "other": OTHER}, (1.0, 2.0))


def asked(**changes: Any) -> dict[str, str]:
    """A merchant's redirect, signed after the changes; None takes a parameter away."""
    told = {
        "merchant": "shop",
        "environment": "test",
        "order": "R5",
        "amount": "10.00",
        "currency": "CNY",
        "notify_url": "http://127.0.0.1:9/told",
        "return_url": "http://127.0.0.1:9/back",
        **changes,
    }
    told = {name: text for name, text in told.items() if text is not None}
    return told | {"signature": sign_parameters(SECRET, "pay", told)}
