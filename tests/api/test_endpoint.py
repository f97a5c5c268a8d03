"""A dry run goes the real way and leaves every row as it was, whatever the endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key, amount, document
from api.money_requests import of_bank, of_bills_and_payouts, of_merchants, of_suspense
from builders import a_payee, a_rate, a_wallet, an_iso_currency
from proven import digests
from tael.api.endpoint import DECLARED
from tael.parties.pace import forget_paces

if TYPE_CHECKING:
    import psycopg

    from tael.postgres.connect import Databases
    from tael.wallet.wallet import Wallet

TABLES = """
    SELECT table_schema || '.' || table_name FROM information_schema.tables
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'
    ORDER BY 1
"""


def contents(connection: psycopg.Connection) -> dict[str, str]:
    """Every table and a digest of all its rows, to the byte."""
    found = digests(connection, [name for (name,) in connection.execute(TABLES)])
    connection.rollback()
    return found


@pytest.fixture
def requests(
    house: Caller, wallet: Wallet, theirs: Wallet, monkeypatch: pytest.MonkeyPatch
) -> dict[str, tuple[str, Any]]:
    """A request to each endpoint that moves money, one that would be carried out."""
    an_iso_currency("USD")
    a_rate("CNY/USD", "0.14")
    dollars = a_wallet(owner=wallet.owner, currency="USD", free="20.00")
    payee = a_payee(wallet.owner)
    ten = {"wallet": wallet.number, "amount": amount("10")}
    order = {"owner": wallet.owner, "amount": amount("10"), "channel": "Alipay"}
    hold = house.post("/freeze", ten).body["hold"]
    flow = house.post("/deduct", ten).body["flow"]
    number = house.post("/recharge-orders", order).body["number"]
    card = house.post("/card-batches", {"amount": amount("5"), "count": 1}).body["codes"][0]
    applied = a_key().post("/withdrawals", {**ten, "payee": payee}).body["number"]
    house.post("/withdrawal-limits", {"currency": "USD", "amount": "1.00"})
    two = {"wallet": dollars.number, "amount": amount("10", "USD"), "payee": payee}
    reviewed = a_key().post("/withdrawals", two).body["number"]
    a_key().post(f"/withdrawals/{reviewed}/approve")
    quote = {"source": wallet.number, "target": dollars.number, "amount": amount("10")}
    return {
        **of_merchants(),
        **of_bank(),  # before others have payouts that would join its batch
        **of_bills_and_payouts(),
        **of_suspense(monkeypatch),
        "recharge": ("/recharge", ten),
        "deduct": ("/deduct", ten),
        "transfer": ("/transfer", {**ten, "target": theirs.number}),
        "freeze": ("/freeze", ten),
        "unfreeze": ("/unfreeze", ten),
        "withdraw": ("/withdraw", {**ten, "payee": payee}),
        "exchange": ("/exchange", {**ten, "into": "USD"}),
        "make_quote": ("/quotes", quote),
        "capture_hold": (f"/holds/{hold}/capture", {"amount": amount("10")}),
        "release_hold": (f"/holds/{hold}/release", {"amount": amount("10")}),
        "reverse_flow": (f"/flows/{flow}/reverse", {}),
        "create_recharge_order": ("/recharge-orders", order),
        "confirm_recharge_order": (f"/recharge-orders/{number}/confirm", order),
        "issue_cards": ("/card-batches", {"amount": amount("5"), "count": 2}),
        "redeem_card": ("/cards/redeem", {"card": card, "owner": wallet.owner}),
        "apply_for_withdrawal": ("/withdrawals", {**ten, "payee": payee}),
        "approve_withdrawal": (f"/withdrawals/{applied}/approve", {}),
        "confirm_withdrawal": (f"/withdrawals/{reviewed}/confirm", {}),
        "refuse_withdrawal": (f"/withdrawals/{applied}/refuse", {"reason": "no"}),
        "cancel_withdrawal": (f"/withdrawals/{applied}/cancel", {}),
        "post_batch": ("/batch", {"items": [{"operation": "deduct", "key": "d", **ten}]}),
    }


@pytest.mark.rule("F-38", "T11")
def test_a_dry_run_leaves_every_byte_and_the_real_run_does_not(
    db: Databases,
    house: Caller,
    requests: dict[str, tuple[str, Any]],
    owner: psycopg.Connection,
) -> None:
    # files have rehearsals of their own: test_accrual_imports.py, test_payout_batches.py
    moving = {name for name, each in DECLARED.items() if each.moves_money and not each.brings_file}
    assert set(requests) == moving
    before = contents(owner)

    for name, (path, body) in requests.items():
        key = None if name == "post_batch" else "rehearsed"
        reply = house.post(path, body, key=key, dry_run="true")

        assert (reply.status, reply.body["dry_run"]) == (200, True), (name, reply.body)
        assert contents(owner) == before, name

    reply = house.post("/deduct", requests["deduct"][1], key="rehearsed")
    assert (reply.status, reply.body["dry_run"], reply.replayed) == (201, False, False)
    assert contents(owner) != before


ODD = ("a\u0000b", "\u0000", "x" * 5000, "\u202e\ufffe", "\n", None, 5, True, [], {"a": "b"})


@pytest.mark.rule("T11")
def test_nothing_in_a_body_can_break_the_server(
    house: Caller, wallet: Wallet, requests: dict[str, tuple[str, Any]]
) -> None:
    people = f"/customers/{wallet.owner}"
    payee = {"kind": "bank", "holder": "Li", "details": {"account": "1"}}
    more = {
        "disable_wallet": (f"/wallets/{wallet.number}/disable", {"reason": "x"}),
        "disable_customer": (f"{people}/disable", {"reason": "x"}),
        "add_payee_account": (f"{people}/payee-accounts", payee),
        "register_customer": ("/customers", {"name": "x"}),
        "open_wallet": ("/wallets", {"owner": wallet.owner, "currency": "CNY", "name": "x"}),
        "add_channel": ("/channels", {"identifier": "New", "name": "x", "currencies": "ALL"}),
        "add_currency": ("/currencies", {"code": "NEW", "exponent": 2, "name": "x"}),
        "set_rate": ("/rates", {"from_currency": "CNY", "to_currency": "USD", "value": "0.1"}),
        "check_card": ("/cards/check", {"card": "x"}),
    }
    reasons = {"freeze": (requests["freeze"][0], {**requests["freeze"][1], "reason": "x"})}
    said = {"info": "x", "sno": "x", "pno": "x", "code": "x", "channel": "x"}
    words = [
        (name, path, {**body, **said}, strings(said)) for name, (path, body) in requests.items()
    ]
    plain = [(name, *each, strings(each[1])) for name, each in (requests | more | reasons).items()]

    for name, path, body, places in plain + words:
        forget_paces()  # or every fifth is told only that he asks too often
        for odd, text in ((odd, text) for odd in places for text in ODD):
            reply = (
                house.post(path, replaced(body, odd, text), dry_run="true")
                if (name in requests)
                else house.post(path, replaced(body, odd, text))
            )

            assert reply.status < 500, (name, odd, str(text)[:8], reply.body)


def strings(body: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of each text in a body."""
    if isinstance(body, str):
        return [place]
    parts = (
        body.items()
        if isinstance(body, dict)
        else enumerate(body)
        if isinstance(body, list)
        else ()
    )
    return [found for name, part in parts for found in strings(part, (*place, name))]


def replaced(body: Any, place: tuple[Any, ...], text: Any) -> Any:
    """The body with something else in one place."""
    if not place:
        return text
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[place[0]] = replaced(body[place[0]], place[1:], text)
    return copy


@pytest.mark.rule("T11")
def test_no_text_in_a_query_can_break_the_server(house: Caller, wallet: Wallet) -> None:
    for name, declared in DECLARED.items():
        if not name.startswith(("list_", "get_", "export_")):
            continue
        forget_paces()
        operation, path = found(name)
        address = path.replace("/api/v1", "")
        for parameter in ("number", "customer"):
            address = address.replace(f"{{{parameter}}}", str(wallet.number))
        for asked in (each["name"] for each in operation["parameters"] if each["in"] == "query"):
            for text in ("%00", "a%00b", "%ff", "%F0%9F%98%80", "'", "%5c", "%25", "x" * 500, ""):
                reply = house.get(f"{address}?{asked}={text}")

                assert reply.status < 500, (name, asked, text, reply.body)
        assert declared.scope


def found(name: str) -> tuple[dict[str, Any], str]:
    return next(
        (operation, path)
        for path, methods in document()["paths"].items()
        for operation in methods.values()
        if operation["operationId"] == name
    )
