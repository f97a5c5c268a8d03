from __future__ import annotations

import pytest

from builders import (
    a_busy_wallet,
    a_customer,
    a_payee,
    a_rate,
    a_wallet,
    an_instruction,
    money,
)
from tael import books, ledger
from tael.wallet.exchange import exchange
from tael.wallet.flow import CursorMalformed, flow_record, wallet_flow
from tael.wallet.recharge import recharge
from tael.wallet.serial_number import entry_meant
from tael.wallet.transfer import transfer
from tael.wallet.withdraw import withdraw

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-22", "F-39")
def test_each_line_of_a_wallet_shows_what_it_left():
    wallet, after = a_busy_wallet()

    page = wallet_flow(wallet)

    shown = [(f.liquid.text, f.locked.text, f.frozen.text) for _, _, f in page.lines]
    assert shown[: len(after)] == after[::-1]
    assert [line.record.operation.word for line in page.lines] == [
        "recharge",
        "transfer",
        "withdraw",
        "unfreeze",
        "deduct",
        "freeze",
        "deduct",
        "recharge",
        "recharge",
    ]
    assert page.next is None


@pytest.mark.rule("F-22")
@pytest.mark.parametrize("limit", [1, 2, 4])
def test_pages_lose_and_double_nothing_also_when_money_moves_meanwhile(limit: int):
    wallet, _ = a_busy_wallet()
    whole = wallet_flow(wallet).lines
    pages, cursor = [], None

    while True:
        page = wallet_flow(wallet, limit=limit, cursor=cursor)
        pages += page.lines
        cursor = page.next
        if cursor is None:
            break
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())

    assert pages == whole


@pytest.mark.parametrize("cursor", ["", "1", "1.2", "1.2.x", "1.2.-3", "9" * 30, "١.٢.٣"])
def test_a_cursor_that_no_page_gave_is_refused(cursor: str):
    with pytest.raises(CursorMalformed):
        wallet_flow(a_wallet(), cursor=cursor)


@pytest.mark.rule("F-22", "F-19", "F-02")
def test_a_record_carries_all_that_was_told():
    wallet = a_wallet(free="2.00")
    payee = a_payee(wallet.owner)

    receipt = withdraw(
        wallet=wallet,
        amount=money("1.00"),
        payee=payee,
        instruction=an_instruction(
            channel="Alipay",
            info="從資金賬戶[100001]提現到收款賬戶[17]1CNY",
            sno="62026030112000010012",
            pno="P-9",
            code="AdminWithdraw",
        ),
    )

    record = flow_record(receipt.entry_id)
    assert (record.sno, record.pno, record.code, record.channel) == (
        "62026030112000010012",
        "P-9",
        "AdminWithdraw",
        "Alipay",
    )
    assert (record.out_of, record.into, record.amount, record.payee) == (
        wallet,
        None,
        money("1.00"),
        payee,
    )
    assert record.info.startswith("從資金賬戶")
    assert record.source == "liquid"


@pytest.mark.rule("F-20", "F-22")
def test_without_a_serial_number_one_is_computed_from_the_entry():
    receipt = recharge(wallet=a_wallet(), amount=money("1.00"), instruction=an_instruction())

    record = flow_record(receipt.entry_id)

    assert record.sno == receipt.sno == f"120260301120000{receipt.entry_id:012d}"
    assert (entry_meant(record.sno), record.given_sno) == (receipt.entry_id, None)


@pytest.mark.rule("F-28")
def test_a_transfer_is_a_line_of_both_wallets():  # A-F15
    payer, receiver = a_wallet(free="2.00"), a_wallet()
    receipt = transfer(
        source=payer, target=receiver, amount=money("2.00"), instruction=an_instruction()
    )

    lines = [wallet_flow(wallet, limit=1).lines[0] for wallet in (payer, receiver)]

    assert {line.record.id for line in lines} == {receipt.entry_id}
    assert [line.change.liquid.text for line in lines] == ["-2.00", "2.00"]
    assert (lines[0].record.out_of, lines[0].record.into) == (payer, receiver)


@pytest.mark.rule("F-37")
def test_an_exchange_shows_what_was_given_and_what_arrived():
    a_rate("CNY/USD", "0.14")
    owner = a_customer()
    yuan, dollars = a_wallet(owner=owner, free="10.00"), a_wallet(owner=owner, currency="USD")
    receipt = exchange(
        source=yuan, target=dollars, amount=money("10.00"), instruction=an_instruction()
    )

    record = flow_record(receipt.entry_id)

    assert (record.amount, record.received) == (money("10.00"), money("1.40", "USD"))


@pytest.mark.rule("F-38")
def test_a_foreign_record_is_as_unknown_as_none():
    wallet, other = a_wallet(free="1.00"), a_wallet()
    entry = wallet_flow(wallet).lines[0].record.id

    assert flow_record(entry, owner=wallet.owner).id == entry
    for number, owner in ((entry, other.owner), (10**9, None), (0, None), (10**30, None)):
        with pytest.raises(ledger.UnknownEntry):
            flow_record(number, owner=owner)


def test_a_page_takes_as_many_queries_for_fifty_lines_as_for_five():
    wallet = a_wallet(free="100.00")
    counts = []
    for lines in (5, 50):
        for _ in range(lines):
            recharge(wallet=wallet, amount=money("0.01"), instruction=an_instruction())
        counts.append(_statements(lambda lines=lines: wallet_flow(wallet, limit=lines)))

    assert counts[0] == counts[1]


def _statements(call) -> int:
    """Count the statements that the server was asked."""
    import psycopg

    seen = []
    original = psycopg.Cursor.execute

    def counting(self, *args, **kwargs):
        seen.append(args)
        return original(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", counting)
        call()
    assert books.connection()
    return len(seen)
