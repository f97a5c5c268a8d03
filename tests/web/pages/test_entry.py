"""An entry in every detail, with its postings for the house only."""

from __future__ import annotations

import re

import pytest

from builders import a_customer, a_payee, a_rate, a_wallet, an_instruction, money
from tael.wallet.exchange import exchange
from tael.wallet.refund import refund
from tael.wallet.transfer import transfer
from tael.wallet.withdraw import withdraw


@pytest.fixture
def wallets(staff):
    payer = a_wallet(owner=a_customer(10012), free="100")
    return payer, a_wallet(owner=a_customer(10010))


@pytest.fixture
def sent(wallets) -> int:
    payer, receiver = wallets
    return transfer(
        source=payer,
        target=receiver,
        amount=money("5.00"),
        instruction=an_instruction(
            info="晚餐", sno="32026030109000010010", pno="p-1", code="Transfer"
        ),
    ).entry_id


@pytest.mark.rule("F-22")
def test_the_house_sees_everything_with_the_postings(staff, sent):
    page = staff.read(f"/wallets/100001/entries/{sent}")

    for fact in (
        "晚餐",
        "32026030109000010010",
        "p-1",
        "Transfer",
        "user:10000",
        "wallet.transfer",
    ):
        assert fact in page
    assert "wallet:100001:free" in page
    assert "wallet:100002:free" in page


def test_a_customer_sees_his_own_side(staff, sent, make_key):
    staff.sign_in(make_key(customer=10012))

    page = staff.read(f"/wallets/100001/entries/{sent}")

    assert "晚餐" in page
    assert "100002" in page  # to whom he sent it
    assert "/wallets/100002" not in page
    assert "Postings" not in page
    assert "user:10000" not in page
    assert staff.get(f"/wallets/100002/entries/{sent}").status_code == 404


def test_an_entry_of_another_wallet_is_not_there(staff, wallets):
    assert staff.get("/wallets/100002/entries/1").status_code == 404
    assert staff.get("/wallets/100001/entries/999").status_code == 404


def test_every_sort_of_entry_has_a_page(staff, wallets):
    payer, _ = wallets
    usd = a_wallet(owner=10012, currency="USD")
    a_rate("CNY/USD", "0.14")
    out = withdraw(
        wallet=payer,
        amount=money("5.00"),
        payee=a_payee(10012),
        instruction=an_instruction(channel="Alipay"),
    )
    changed = exchange(
        source=payer, target=usd, amount=money("10.00"), instruction=an_instruction()
    )
    back = refund(entry_id=out.entry_id, instruction=an_instruction())

    assert "Payee account" in staff.read(f"/wallets/100001/entries/{out.entry_id}")
    arrived = staff.read(f"/wallets/{usd.number}/entries/{changed.entry_id}")
    assert "+1.40" in re.sub(r"<[^>]+>", "", arrived)
    assert "Takes back" in staff.read(f"/wallets/100001/entries/{back.entry_id}")
