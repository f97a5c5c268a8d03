from __future__ import annotations

import pytest

from builders import a_customer, a_wallet, an_instruction, money, queries
from staff_pages import read
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze
from tael.wallet.recharge import recharge
from tael.wallet.recharge_order import confirm_order, create_order
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")
LIST, FIND = "/backoffice/flows", "/backoffice/find"


def listed(staff, query: str = "") -> list[int]:
    return [one.id for one in staff.get(f"{LIST}?{query}").context["records"]]


@pytest.mark.rule("F-19", "F-20", "F-22")
def test_records_are_found_by_their_numbers_and_by_what_they_did():
    staff = staff_client("support")
    wallet, other = a_wallet(free="9.00"), a_wallet()
    paid = recharge(
        wallet=other,
        amount=money("5.00"),
        instruction=an_instruction(channel="Alipay", pno="P-1"),
    )
    bought = deduct(wallet=wallet, amount=money("2.00"), instruction=an_instruction()).entry_id

    assert listed(staff, f"sno={paid.sno}") == listed(staff, "pno=P-1") == [paid.entry_id]
    assert listed(staff, "operation=deduct") == [bought]
    assert listed(staff, f"wallet={other.number}") == [paid.entry_id]
    assert listed(staff, "currency=CNY&least=2&most=2.00") == [bought]
    assert listed(staff, "channel=Alipay&since=2020-01-01") == [paid.entry_id, bought - 2]
    assert listed(staff, "until=2020-01-01") == []
    assert "No record was found" in read(staff, f"{LIST}?pno=P-2")


@pytest.mark.rule("F-25")
def test_records_are_found_by_the_gateways_number():
    wallet = a_wallet()
    order = create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money("1.00"),
        instruction=an_instruction(channel="Alipay"),
    )
    paid = confirm_order(
        order=order.pk,
        owner=wallet.owner,
        amount=money("1.00"),
        instruction=an_instruction(channel="Alipay", pno="GW-1"),
    )

    assert listed(staff_client("auditor"), "gateway=GW-1") == [paid.entry_id]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("operation=steal", 400),
        ("since=31.12.2026", 400),
        ("since=2026-12-31&until=2026-12-30", 400),
        ("currency=XXX", 400),
        ("least=1.00", 400),
        ("currency=CNY&least=abc", 400),
        ("currency=CNY&most=1.001", 400),
        ("wallet=x", 400),
        ("wallet=1", 404),
        ("before=x", 400),
        ("sno=" + "1" * 200, 400),
        ("pno=%00", 400),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_on_the_page(query, status):
    a_wallet(free="1.00")

    text = read(staff_client("support"), f"{LIST}?{query}", status=status)

    assert "Flow records" in text
    assert "No record was found" not in text


def test_pages_follow_each_other(monkeypatch):
    monkeypatch.setattr("tael.web.backoffice.flows.PAGE", 2)
    wallet = a_wallet()
    made = [
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction()).entry_id
        for _ in range(5)
    ]
    staff, seen, address = staff_client("support"), [], LIST
    while address:
        response = staff.get(address)
        seen += [one.id for one in response.context["records"]]
        following = response.context["next"]
        address = f"{LIST}?{following}" if following else ""

    assert seen == made[::-1]
    assert listed(staff, "before=999999999999999999")[0] == made[-1]


def test_queries_do_not_grow_with_the_records():
    staff, wallet = staff_client("support"), a_wallet(free="9.00")
    staff.get(LIST)
    with queries() as few:
        staff.get(LIST)
    for _ in range(9):
        deduct(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    with queries() as many:
        staff.get(LIST)

    assert len(many) <= len(few)


def test_a_number_jumps_to_the_one_thing_that_goes_by_it():
    staff = staff_client("support")
    wallet = a_wallet(owner=a_customer(20001, "Anna Marek"), free="5.00")
    paid = recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction(pno="P-9"))

    for text, address in (
        (str(wallet.number), f"/backoffice/wallets/{wallet.number}"),
        ("20001", "/backoffice/wallets?q=20001"),
        (paid.sno, f"/backoffice/flows/{paid.entry_id}"),
        ("P-9", f"/backoffice/flows/{paid.entry_id}"),
        ("Anna", "/backoffice/wallets?q=Anna"),
    ):
        assert staff.get(FIND, {"q": text})["Location"] == address


def test_a_number_of_several_things_offers_them_and_one_of_nothing_says_so():
    staff, wallet = staff_client("support"), a_wallet(free="5.00")
    hold = freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction()).hold
    create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money("1.00"),
        instruction=an_instruction(channel="Alipay"),
    )

    text = read(staff, f"{FIND}?q={hold}")

    assert "Flow record 1" in text
    assert f"Hold {hold} · {wallet.number}" in text
    assert f"Recharge order {hold}" in text
    assert "Nothing goes by this number" in read(staff, f"{FIND}?q=99999999999")
    assert "Type a number" in read(staff, FIND)
    read(staff, f"{FIND}?q=%00", status=400)
    read(staff, f"{FIND}?q={'9' * 200}", status=400)
