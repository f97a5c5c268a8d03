from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_wallet, an_instruction, money
from tael.wallet import flow_search
from tael.wallet.deduct import deduct
from tael.wallet.flow_search import (
    Wanted,
    all_records,
    find_by_gateway_number,
    find_by_pno,
    find_by_sno,
)
from tael.wallet.freeze import freeze
from tael.wallet.operation import Operation
from tael.wallet.recharge import recharge
from tael.wallet.recharge_order import confirm_order, create_order
from tael.wallet.refund import refund

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-19", "F-20", "F-22")
def test_records_are_found_by_the_callers_numbers():
    wallet = a_wallet()
    sno = f"120260301120000{wallet.owner}"
    receipt = recharge(
        wallet=wallet, amount=money("1.00"), instruction=an_instruction(sno=sno, pno="P-1")
    )

    assert [record.id for record in find_by_sno(sno)] == [receipt.entry_id]
    assert [record.id for record in find_by_pno("P-1")] == [receipt.entry_id]
    assert find_by_sno(sno + "0") == find_by_pno("P-2") == []


@pytest.mark.rule("F-20")
def test_records_are_found_by_generated_numbers_and_by_no_number_near_them():
    receipt = recharge(wallet=a_wallet(), amount=money("1.00"), instruction=an_instruction())

    assert [record.id for record in find_by_sno(receipt.sno)] == [receipt.entry_id]
    for near in ("2" + receipt.sno[1:], receipt.sno.replace("20260301", "20260302"), "x" * 27):
        assert find_by_sno(near) == []


@pytest.mark.rule("F-25")
def test_records_are_found_by_the_gateways_number():
    wallet = a_wallet()
    row = create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money("1.00"),
        instruction=an_instruction(channel="Alipay"),
    )
    receipt = confirm_order(
        order=row.pk,
        owner=wallet.owner,
        amount=money("1.00"),
        instruction=an_instruction(channel="Alipay", pno="GW-1"),
    )

    assert [record.id for record in find_by_gateway_number("GW-1")] == [receipt.entry_id]


@pytest.mark.rule("F-22")
def test_all_records_are_gone_through_by_kind_channel_and_actor():
    wallet = a_wallet(free="9.00", locked="1.00")
    spent = deduct(
        wallet=wallet,
        amount=money("1.00"),
        instruction=an_instruction(actor="user:7", channel="System"),
    )
    back = refund(entry_id=spent.entry_id, instruction=an_instruction())

    def ids(**wanted):
        return [record.id for record in all_records(Wanted(**wanted)).records]

    assert ids() == [back.entry_id, spent.entry_id, spent.entry_id - 1, spent.entry_id - 2]
    assert ids(operation=Operation.DEDUCT) == [spent.entry_id]
    assert ids(kind="wallet.gift") == [spent.entry_id - 1]
    assert ids(channel="Alipay") == [spent.entry_id - 2]
    assert ids(actor="user:7") == [spent.entry_id]
    assert ids(kind="wallet.deduct", channel="Alipay") == ids(kind="nonsense") == []


@pytest.mark.rule("F-22")
def test_pages_go_on_where_the_last_one_ended_also_past_a_stretch_of_other_kinds(monkeypatch):
    monkeypatch.setattr(flow_search, "SCANNED_MAX", 3)
    wallet = a_wallet(free="9.00")
    for step in range(10):
        operation = deduct if step in {1, 8} else recharge
        operation(wallet=wallet, amount=money("0.10"), instruction=an_instruction())
    seen, before = [], None

    while True:
        page = all_records(Wanted(operation=Operation.DEDUCT), limit=2, before=before)
        seen += [record.id for record in page.records]
        before = page.before
        if before is None:
            break

    whole = all_records(Wanted(operation=Operation.DEDUCT), limit=200, before=None)
    assert len(seen) == 2
    assert seen == sorted(seen, reverse=True)
    assert whole.before is not None


@pytest.mark.rule("F-22")
def test_records_of_a_time_are_found_without_going_through_the_later_ones():
    wallet = a_wallet()
    receipts = [
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
        for _ in range(7)
    ]
    moments = [receipt.booked_at for receipt in receipts]

    page = all_records(Wanted(since=moments[2], until=moments[5]))

    assert [record.id for record in page.records] == [r.entry_id for r in receipts[4:1:-1]]
    assert all_records(Wanted(since=moments[6] + timedelta(days=1))).records == []
    assert all_records(Wanted(until=AT - timedelta(days=9999))).records == []


@pytest.mark.rule("F-22")
def test_records_are_found_by_wallet_and_by_the_bounds_of_what_they_move():
    wallet, other = a_wallet(free="9.00"), a_wallet(free="9.00")
    bought = {
        amount: deduct(wallet=wallet, amount=money(amount), instruction=an_instruction()).entry_id
        for amount in ("1.00", "2.00", "3.00")
    }
    deduct(wallet=other, amount=money("2.00"), instruction=an_instruction())

    def found(**wanted):
        return [one.id for one in all_records(Wanted(operation=Operation.DEDUCT, **wanted)).records]

    assert found(wallet=wallet) == sorted(bought.values(), reverse=True)
    assert found(wallet=wallet, currency="CNY", least=200) == [bought["3.00"], bought["2.00"]]
    assert found(currency="CNY", least=100, most=100) == [bought["1.00"]]
    assert found(currency="CNY", most=2**63 - 1) == found()
    assert found(currency="USD") == []
    assert all_records(Wanted(wallet=wallet)).before is None


@pytest.mark.rule("F-22")
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_of_one_wallet_give_each_record_once_and_end(limit):
    """Free, locked and frozen funds move in turns, so that each account's lines end elsewhere."""
    wallet, other = a_wallet(free="9.00", locked="9.00"), a_wallet(free="9.00")
    for turn in range(4):
        freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
        deduct(wallet=wallet, amount=money("0.50"), instruction=an_instruction())
        if turn % 2:
            recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
        deduct(wallet=other, amount=money("1.00"), instruction=an_instruction())
    everything = [
        one.id
        for one in all_records(Wanted()).records
        if any(change.wallet == wallet for change in one.changes)
    ]

    got, before = [], None
    for _ in range(len(everything) + 1):
        page = all_records(Wanted(wallet=wallet), limit=limit, before=before)
        got += [one.id for one in page.records]
        before = page.before
        if before is None:
            break

    assert got == everything
    assert len(got) == 12
    assert before is None
