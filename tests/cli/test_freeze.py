"""`tael freeze`."""

from __future__ import annotations

import pytest

from builders import a_wallet, figures
from tael.wallet.queries import hold


@pytest.mark.rule("F-30")
def test_the_answer_names_the_hold(tael):
    wallet = a_wallet(free="10")

    done = tael.json(
        "freeze",
        *("--wallet", wallet.number, "--amount", "4", "--reason", "a room"),
        *("--at", "2026-03-01", "--until", "2026-03-02"),
    )

    made = hold(done["hold"])
    assert (made.reason, made.expires_at.isoformat()) == ("a room", "2026-03-02T00:00:00+00:00")
    assert figures(wallet) == ("6.00", "0.00", "4.00")
