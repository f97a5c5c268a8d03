"""A dry run goes the real way and leaves every row as it was, whatever the endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from api.client import Caller, a_key, amount
from builders import a_payee, a_rate, a_wallet, an_iso_currency
from tael.api.endpoint import DECLARED

if TYPE_CHECKING:
    import psycopg

    from tael.postgres.connect import Databases
    from tael.wallet.wallet import Wallet

TABLES = """
    SELECT table_schema, table_name FROM information_schema.tables
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'
    ORDER BY 1, 2
"""


def contents(connection: psycopg.Connection) -> dict[str, str]:
    """Every table and a digest of all its rows, to the byte."""
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        digest = sql.SQL(
            "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
        )
        row = connection.execute(digest.format(sql.Identifier(schema, table))).fetchone()
        found[f"{schema}.{table}"] = row[0] if row else ""
    connection.rollback()
    return found


@pytest.fixture
def requests(house: Caller, wallet: Wallet, theirs: Wallet) -> dict[str, tuple[str, Any]]:
    """A request to each endpoint that moves money, one that would be carried out."""
    an_iso_currency("USD")
    a_rate("CNY/USD", "0.14")
    dollars = a_wallet(owner=wallet.owner, currency="USD")
    payee = a_payee(wallet.owner)
    ten = {"wallet": wallet.number, "amount": amount("10")}
    order = {"owner": wallet.owner, "amount": amount("10"), "channel": "Alipay"}
    hold = house.post("/freeze", ten).body["hold"]
    flow = house.post("/deduct", ten).body["flow"]
    number = house.post("/recharge-orders", order).body["number"]
    card = house.post("/card-batches", {"amount": amount("5"), "count": 1}).body["codes"][0]
    applied = a_key().post("/withdrawals", {**ten, "payee": payee}).body["number"]
    quote = {"source": wallet.number, "target": dollars.number, "amount": amount("10")}
    return {
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
    assert set(requests) == {name for name, each in DECLARED.items() if each.moves_money}
    before = contents(owner)

    for name, (path, body) in requests.items():
        key = None if name == "post_batch" else "rehearsed"
        reply = house.post(path, body, key=key, dry_run="true")

        assert (reply.status, reply.body["dry_run"]) == (200, True), (name, reply.body)
        assert contents(owner) == before, name

    reply = house.post("/deduct", requests["deduct"][1], key="rehearsed")
    assert (reply.status, reply.body["dry_run"], reply.replayed) == (201, False, False)
    assert contents(owner) != before
