"""One payment at the sandbox: asked for by a signed redirect, made or declined by the payer, refunded.

What happened and the notice that tells of it are written in one transaction.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from tael.money import Money, iso_currency, parse_amount
from tael.refusal import Refusal
from tael.sandbox import notices
from tael.sandbox.refusals import (
    SandboxAbsent,
    SandboxPaymentOver,
    SandboxRefused,
    SandboxSignature,
)
from tael.sandbox.signature import SIGNATURE, parameters_fit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from tael.sandbox.house import House

REQUIRED: Final = ("merchant", "environment", "order", "amount", "currency", "notify_url")
OPTIONAL: Final = ("subject", "return_url", "expires")
LONGEST: Final = {"subject": 100, "return_url": 500, "notify_url": 500}
ENVIRONMENT: Final = "test"


def begin_payment(house: House, parameters: Mapping[str, str], *, now: float) -> sqlite3.Row:
    """Take a merchant's redirect, and give the payment that it asks for.

    The same redirect opened again gives the same payment, also when it is paid; after a refusal by
    the payer's bank it gives a new one.

    Raises:
        SandboxRefused: something is missing, unknown or out of its form.
        SandboxSignature: the merchant did not sign it so.
    """
    _check_form(parameters)
    secret = house.merchants.get(parameters["merchant"])
    if secret is None or not parameters_fit(secret, "pay", parameters):
        raise SandboxSignature("The redirect is not as its merchant signed it.", field=SIGNATURE)
    if parameters["environment"] != ENVIRONMENT:
        raise SandboxRefused(
            "This gateway has play money only.", field="environment", allowed=ENVIRONMENT
        )
    amount = read_amount(parameters["amount"], parameters["currency"])
    expires = _read_expiry(parameters.get("expires", ""))
    asked = (
        parameters["merchant"],
        parameters["order"],
        amount.text,
        parameters["currency"],
    )
    with house.store.change() as change:
        there = change.execute(
            "SELECT id FROM payment WHERE merchant = ? AND order_number = ? AND amount = ?"
            " AND currency = ? AND state <> 'declined' ORDER BY id DESC LIMIT 1",
            asked,
        ).fetchone()
        where = (
            parameters.get("subject", ""),
            parameters.get("return_url", ""),
            parameters["notify_url"],
            expires,
        )
        if there is None:
            token, number = secrets.token_urlsafe(24), f"SBX{secrets.token_hex(8).upper()}"
            change.execute(
                "INSERT INTO payment (merchant, order_number, amount, currency, subject, return_url,"
                " notify_url, expires, token, number, state, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)",
                (*asked, *where, token, number, now),
            )
            there = change.execute("SELECT last_insert_rowid() AS id").fetchone()
        else:
            change.execute(
                "UPDATE payment SET subject = ?, return_url = ?, notify_url = ?, expires = ?"
                " WHERE id = ?",
                (*where, there["id"]),
            )
        row: sqlite3.Row = change.execute(
            "SELECT * FROM payment WHERE id = ?", (there["id"],)
        ).fetchone()
    return row


def find_payment(house: House, token: str) -> sqlite3.Row:
    """Give the payment that a page's address stands for.

    Raises:
        SandboxAbsent: there is none.
    """
    rows = house.store.rows("SELECT * FROM payment WHERE token = ?", token)
    if not rows:
        raise SandboxAbsent("There is no such payment.")
    return rows[0]


def pay(house: House, token: str, amount: str | None, *, now: float) -> None:
    """Let the payer pay: what is asked, or another amount that he chose.

    Paying a payment that is paid changes nothing.

    Raises:
        SandboxPaymentOver: it was declined, or its time is over.
        SandboxRefused: the amount is none of its currency.
    """
    with house.store.change() as change:
        row = _open(change, token, now)
        if row["state"] == "paid":
            return
        chosen = read_amount(row["amount"] if amount is None else amount, row["currency"])
        change.execute(
            "UPDATE payment SET state = 'paid', paid = ?, paid_at = ? WHERE id = ?",
            (chosen.text, now, row["id"]),
        )
        notices.tell(change, row, status="paid", amount=chosen.text, now=now)


def decline(house: House, token: str, *, now: float) -> None:
    """Let the payer's bank say no. The merchant is told; declining again changes nothing.

    Raises:
        SandboxPaymentOver: it is paid, or its time is over.
    """
    with house.store.change() as change:
        row = _open(change, token, now)
        if row["state"] == "paid":
            raise SandboxPaymentOver("The payment has been made.", there="paid")
        change.execute("UPDATE payment SET state = 'declined' WHERE id = ?", (row["id"],))
        notices.tell(change, row, status="declined", amount=row["amount"], now=now)


def refund(house: House, token: str, amount: str, *, now: float, event: str | None = None) -> None:
    """Give a payment back in part or whole, and tell the merchant: a refund, or a chargeback.

    Args:
        event: its number, where the merchant asked for it; one that has happened happens no more.

    Raises:
        SandboxPaymentOver: it was not paid, or less than this is left of it.
        SandboxRefused: the amount is none of its currency.
    """
    with house.store.change() as change:
        row = change.execute("SELECT * FROM payment WHERE token = ?", (token,)).fetchone()
        if row is None:
            raise SandboxAbsent("There is no such payment.")
        happened = change.execute(
            "SELECT 1 FROM notice WHERE payment = ? AND event = ? AND genuine = 1",
            (row["id"], event),
        ).fetchone()
        if happened is not None:
            return
        if row["state"] != "paid":
            raise SandboxPaymentOver("Nothing was paid.", there=row["state"])
        back = read_amount(amount, row["currency"])
        left = read_amount(row["paid"], row["currency"]) - _money(row["refunded"], row["currency"])
        if back.minor > left.minor:
            raise SandboxPaymentOver(
                "Less than this is left of the payment.", field="amount", allowed=left.text
            )
        so_far = _money(row["refunded"], row["currency"]) + back
        change.execute("UPDATE payment SET refunded = ? WHERE id = ?", (so_far.text, row["id"]))
        notices.tell(change, row, status="refunded", amount=back.text, now=now, event=event)


def read_amount(text: str, currency: str) -> Money:
    """Read an amount above zero.

    Raises:
        SandboxRefused: it is none, or the currency is unknown.
    """
    try:
        return parse_amount(text, iso_currency(currency))
    except Refusal as refusal:
        raise SandboxRefused(
            "The amount is none of its currency.", field="amount", there=f"{text} {currency}"[:60]
        ) from refusal


def is_over(row: sqlite3.Row, now: float) -> bool:
    """Tell whether the time to pay is over."""
    return row["state"] == "open" and row["expires"] is not None and row["expires"] <= now


def _money(text: str, currency: str) -> Money:
    return parse_amount(text, iso_currency(currency), allow_zero=True)


def _open(change: sqlite3.Connection, token: str, now: float) -> sqlite3.Row:
    row: sqlite3.Row | None = change.execute(
        "SELECT * FROM payment WHERE token = ?", (token,)
    ).fetchone()
    if row is None:
        raise SandboxAbsent("There is no such payment.")
    if row["state"] == "declined" or is_over(row, now):
        raise SandboxPaymentOver("This payment is over.", there=row["state"])
    return row


def _check_form(parameters: Mapping[str, str]) -> None:
    missing = [name for name in (*REQUIRED, SIGNATURE) if not parameters.get(name)]
    if missing:
        raise SandboxRefused("The redirect lacks a parameter.", field=missing[0])
    for name, text in parameters.items():
        if name not in {*REQUIRED, *OPTIONAL, SIGNATURE} or len(text) > LONGEST.get(name, 100):
            raise SandboxRefused("The redirect has a parameter that it may not have.", field=name)
    for name in ("return_url", "notify_url"):
        if parameters.get(name) and not parameters[name].startswith(("http://", "https://")):
            raise SandboxRefused("The address is none of the web.", field=name)


def _read_expiry(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise SandboxRefused("The moment is not in seconds since 1970.", field="expires")
    return int(text)
