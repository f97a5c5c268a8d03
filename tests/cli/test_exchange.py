"""`tael exchange`."""

from __future__ import annotations

import pytest

from builders import a_rate, a_wallet, figures
from tael.wallet.wallet import find_wallet


@pytest.mark.rule("F-35", "F-37")
def test_money_becomes_another_currency_or_points(tael):
    cny = a_wallet(free="10")
    usd = a_wallet(owner=cny.owner, currency="USD")
    a_rate("CNY/USD", "0.14")
    a_rate("CNY/POINT", "100")

    done = tael("exchange", "--wallet", cny.number, "--to-wallet", usd.number, "--amount", "5")
    tael.json("exchange", "--wallet", cny.number, "--into", "POINT", "--amount", "1")

    assert "received 0.70 USD" in done.stdout
    assert figures(usd)[0] == "0.70"
    assert figures(find_wallet(cny.owner, "POINT"))[0] == "100"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say into what"),
        (("--into", "POINT", "--to-wallet", 100002), "Say into what"),
        (("--into", "POINT", "--quote", 1), "A quote is for two wallets"),
    ],
)
def test_into_what_is_named_once(tael, words, said):
    done = tael("exchange", "--wallet", 100001, "--amount", "5", *words)

    assert done.exit_code == 2
    assert said in done.stderr
