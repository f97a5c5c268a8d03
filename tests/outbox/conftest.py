"""Receivers on this machine, to which webhooks may go only where a test says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from outbox.receiving import Receiver, a_receiver


@pytest.fixture
def to_private(monkeypatch: pytest.MonkeyPatch) -> None:
    """Webhooks may go to this machine, as in development."""
    monkeypatch.setenv("TAEL_WEBHOOKS_TO_PRIVATE", "1")


@pytest.fixture
def receiver(to_private: None) -> Iterator[Receiver]:
    with a_receiver() as running:
        yield running
