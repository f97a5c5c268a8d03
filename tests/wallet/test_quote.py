from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_customer, a_rate, a_wallet, an_instruction, figures, in_parallel, money
from tael.wallet.exchange import exchange
from tael.wallet.flow import flow_record
from tael.wallet.models import ExchangeQuote
from tael.wallet.pricing import ExchangeTooSmall
from tael.wallet.quote import (
    QuoteExpired,
    QuoteMismatch,
    QuoteUsed,
    UnknownQuote,
    quote,
)

pytestmark = pytest.mark.usefixtures("db")

SOON = AT + timedelta(minutes=1)


@pytest.fixture
def pair():
    a_rate("CNY/USD", "0.14")
    owner = a_customer()
    return a_wallet(owner=owner, free="100.00"), a_wallet(owner=owner, currency="USD")


def a_quote(pair, text: str = "10.00", key: str | None = None) -> ExchangeQuote:
    return quote(
        source=pair[0],
        target=pair[1],
        amount=money(text),
        expires_at=SOON,
        instruction=an_instruction(key),
    )


def an_exchange(pair, number: int, text: str = "10.00", key: str | None = None, at=AT):
    return exchange(
        source=pair[0],
        target=pair[1],
        amount=money(text),
        quote=number,
        instruction=an_instruction(key, at=at),
    )


@pytest.mark.rule("F-37")
def test_a_quotes_figures_are_honoured_when_the_rate_has_changed(pair):
    promised = a_quote(pair)
    a_rate("CNY/USD", "0.10")

    receipt = an_exchange(pair, promised.pk)

    assert receipt.received == money("1.40", "USD")
    assert figures(pair[1])[0] == "1.40"
    assert flow_record(receipt.entry_id).data["quote"] == promised.pk


@pytest.mark.rule("F-37", "F-38")
def test_a_quote_is_used_once_and_not_after_its_time(pair):
    promised, late = a_quote(pair), a_quote(pair)
    an_exchange(pair, promised.pk)

    with pytest.raises(QuoteUsed):
        an_exchange(pair, promised.pk)
    with pytest.raises(QuoteExpired):
        an_exchange(pair, late.pk, at=SOON)

    assert figures(pair[0])[0] == "90.00"


def test_the_same_key_uses_the_quote_once_and_gives_the_first_receipt(pair):
    promised = a_quote(pair)
    first = an_exchange(pair, promised.pk, key="k")

    again = an_exchange(pair, promised.pk, key="k", at=SOON)

    assert (again.entry_id, again.replayed) == (first.entry_id, True)


def test_a_quote_asked_for_again_is_the_first_one_even_when_its_time_is_over(pair):
    first = a_quote(pair, key="k")

    again = quote(
        source=pair[0],
        target=pair[1],
        amount=money("10.00"),
        expires_at=SOON,
        instruction=an_instruction("k", at=SOON),
    )

    assert again.pk == first.pk


def test_a_quote_is_for_its_own_exchange_only(pair):
    promised = a_quote(pair)
    other = a_wallet(owner=pair[0].owner, currency="USD", name="second")

    with pytest.raises(QuoteMismatch):
        an_exchange(pair, promised.pk, "10.01")
    with pytest.raises(QuoteMismatch):
        an_exchange((pair[0], other), promised.pk)
    for number in (promised.pk + 1, 0, 10**30):
        with pytest.raises(UnknownQuote):
            an_exchange(pair, number)


def test_the_same_key_asks_once_and_another_content_is_refused(pair):
    first = a_quote(pair, key="q")

    assert a_quote(pair, key="q").pk == first.pk
    with pytest.raises(QuoteMismatch):
        a_quote(pair, "11.00", key="q")


def test_a_quote_that_buys_nothing_or_ends_before_it_begins_is_refused(pair):
    asked = {"source": pair[0], "target": pair[1]}

    with pytest.raises(ExchangeTooSmall) as nothing:
        quote(**asked, amount=money("0.01"), expires_at=SOON, instruction=an_instruction())
    with pytest.raises(QuoteMismatch) as over:
        quote(**asked, amount=money("1.00"), expires_at=AT, instruction=an_instruction())

    assert (nothing.value.field, over.value.field) == ("amount", "expires_at")


def test_eight_at_once_use_a_quote_once(pair):
    promised = a_quote(pair)

    answers = in_parallel(
        *(lambda key=key: an_exchange(pair, promised.pk, key=f"e{key}") for key in range(8))
    )

    codes = [getattr(answer, "code", "done") for answer in answers]
    assert (codes.count("done"), codes.count("quote_used")) == (1, 7)
    assert figures(pair[1])[0] == "1.40"
