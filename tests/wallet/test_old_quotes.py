"""A quote that expired unused goes; a used one stays with its exchange, and the rest of its promise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_rate, a_wallet, an_instruction, money
from tael.postgres.connect import Databases
from tael.wallet.exchange import exchange
from tael.wallet.models import ExchangeQuote
from tael.wallet.old_quotes import forget_old_quotes
from tael.wallet.quote import quote

pytestmark = pytest.mark.rule("T22", "F-37")


def test_only_expired_and_unused_quotes_go(db: Databases) -> None:
    a_rate("CNY/USD", "0.14")
    source = a_wallet(free="100")
    target = a_wallet(currency="USD", owner=source.owner)
    used, expired, living = (
        quote(
            source=source,
            target=target,
            amount=money("10"),
            expires_at=AT + timedelta(minutes=minutes),
            instruction=an_instruction(),
        )
        for minutes in (5, 5, 60)
    )
    exchange(
        source=source,
        target=target,
        amount=money("10"),
        quote=used.pk,
        instruction=an_instruction(),
    )

    with db.owner() as owner:
        before = AT + timedelta(minutes=30)
        assert [forget_old_quotes(owner, before=before) for _ in range(2)] == [1, 0]
    assert set(ExchangeQuote.objects.values_list("pk", flat=True)) == {used.pk, living.pk}
    assert expired.pk not in {used.pk, living.pk}
