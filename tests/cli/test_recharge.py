"""`tael recharge`."""

from __future__ import annotations

import pytest

from builders import a_customer, a_wallet, figures
from tael.wallet.wallet import find_wallet


@pytest.mark.rule("F-23")
def test_the_first_recharge_of_a_customer_opens_his_wallet(tael):
    a_customer(10012)

    done = tael("recharge", "--owner", 10012, "--amount", "5", "--currency", "CNY")

    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0].startswith("recharge 5.00 CNY  flow 1  sno 1")
    assert figures(find_wallet(10012, "CNY")) == ("5.00", "0.00", "0.00")


def test_a_gift_can_only_be_spent(tael):
    wallet = a_wallet()

    tael.json("recharge", "--wallet", wallet.number, "--amount", "5", "--spend-only")

    assert figures(wallet) == ("5.00", "5.00", "0.00")


@pytest.mark.parametrize("whose", [(), ("--wallet", 100001, "--owner", 10012)])
def test_the_wallet_or_its_owner_is_named_and_not_both(tael, whose):
    done = tael("recharge", *whose, "--amount", "5", "--currency", "CNY")

    assert done.exit_code == 2
    assert "Name the wallet or its owner" in done.stderr


@pytest.mark.rule("F-38")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--wallet", 100009, "--amount", "5"), "unknown_wallet"),
        (("--owner", 10999, "--amount", "5", "--currency", "CNY"), "unknown_customer"),
        (("--owner", 10012, "--amount", "5"), "unknown_currency"),
        (("--owner", 10012, "--amount", "5", "--currency", "XXX"), "unknown_currency"),
        (("--wallet", 100001, "--amount", "5", "--currency", "USD"), "currency_mismatch"),
        (("--wallet", 100001, "--amount", "5", "--channel", "Nowhere"), "unknown_channel"),
        (("--wallet", 100001, "--amount", "5", "--sno", "2"), "sno_malformed"),
        (("--wallet", 100001, "--amount", "5", "--key", "a b"), "instruction_malformed"),
    ],
)
def test_what_cannot_be_recharged_is_refused(tael, words, code):
    wallet = a_wallet(owner=a_customer(10012), free="1")

    assert tael.refusal("recharge", *words)["code"] == code
    assert figures(wallet) == ("1.00", "0.00", "0.00")
