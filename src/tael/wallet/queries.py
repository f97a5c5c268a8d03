"""Reads of wallets, holds, orders and cards, for pages and programs; never a query per row.

Source: E-02, F-22; B-28 (a period's opening and closing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Q

from tael import books, ledger
from tael.wallet.figures import Figures, figures_now, figures_of
from tael.wallet.flow import Change, FlowRecord, flow_records, newest_lines
from tael.wallet.hold import UnknownHold
from tael.wallet.models import CardBatch, GatewayNotice, Hold, HoldMove, RechargeOrder, WalletRow
from tael.wallet.wallet import Wallet, wallet_from

if TYPE_CHECKING:
    from datetime import datetime

    from tael.ledger import Statement
    from tael.ledger.balance import Axis
    from tael.money import Money

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class WalletView:
    """A wallet with its present figures."""

    wallet: Wallet
    figures: Figures
    opened_at: datetime
    disabled_at: datetime | None


class StatementLine(NamedTuple):
    """One record in a wallet's statement, and the figures after it in the statement's order."""

    record: FlowRecord
    change: Change
    after: Figures


class WalletStatement(NamedTuple):
    """A period of a wallet, oldest line first: closing = opening + the changes."""

    opening: Figures
    lines: list[StatementLine]
    closing: Figures


def wallets(
    *,
    owner: int | None = None,
    currency: str | None = None,
    kind: str | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[WalletView]:
    """List wallets with their figures, by number, in two queries.

    Args:
        kind: "money" or "points": only wallets in such a currency.
        after: the number of the last one seen.
        limit: at most 200.

    Source: E-02.
    """
    rows = WalletRow.objects.filter(number__gt=after).order_by("number")
    if owner is not None:
        rows = rows.filter(owner=owner)
    if currency is not None:
        rows = rows.filter(currency=currency)
    if kind is not None:
        codes = [code for code, one in books.currencies().items() if one.currency.kind == kind]
        rows = rows.filter(currency__in=codes)
    page = list(rows[: _page(limit)])
    found = [wallet_from(row) for row in page]
    figures = figures_now(found)
    return [
        WalletView(wallet, figures[wallet.number], row.opened_at, row.disabled_at)
        for wallet, row in zip(found, page, strict=True)
    ]


def wallet_view(wallet: Wallet) -> WalletView:
    """Give one wallet with its figures and whether it is switched off.

    Source: E-02.
    """
    row = WalletRow.objects.only("opened_at", "disabled_at").get(pk=wallet.number)
    return WalletView(wallet, figures_now([wallet])[wallet.number], row.opened_at, row.disabled_at)


def figures_at(wallet: Wallet, at: datetime, *, axis: Axis = "booked") -> Figures:
    """Give a wallet's figures as of a moment, the moment included.

    Args:
        axis: "booked" asks what the books said then, "effective" what was true then by what is known
            now.

    Source: E-02; B-28.
    """
    connection = books.connection()
    balances = {
        account: ledger.balance_at(connection, account, at, axis=axis, newest=newest)
        for account, newest in newest_lines(wallet).items()
    }
    return figures_of(wallet, balances)


def statement(
    wallet: Wallet, *, after: datetime, through: datetime, axis: Axis = "booked"
) -> WalletStatement:
    """Give a period of a wallet with opening and closing figures.

    The period excludes ``after`` and includes ``through``.

    Source: F-22; B-28, B-29 (closing = opening + entries - exits).
    """
    connection = books.connection()
    parts = {
        account: ledger.statement(
            connection, account, after=after, through=through, axis=axis, newest=newest
        )
        for account, newest in newest_lines(wallet).items()
    }
    opening = {account: part.opening for account, part in parts.items()}
    records = {
        record.id: record
        for record in flow_records({line.entry for part in parts.values() for line in part.lines})
    }
    amounts = {
        (account, line.entry): line.amount for account, part in parts.items() for line in part.lines
    }
    balances, lines = dict(opening), []
    for entry in _in_order(parts, axis):
        for account in balances:
            balances[account] += amounts.get((account, entry), 0)
        record = records[entry]
        change = next(change for change in record.changes if change.wallet == wallet)
        lines.append(StatementLine(record, change, figures_of(wallet, balances)))
    return WalletStatement(figures_of(wallet, opening), lines, figures_of(wallet, balances))


def debt_of(wallet: Wallet) -> Money:
    """Give what the wallet's owner owes: refunds of the gateway for which the money was gone.

    Source: reliability, section 3a (a marked debt bucket).
    """
    found = ledger.accounts(books.connection(), codes=[f"wallet:{wallet.number}:debt"])
    return wallet.money(-found[0].balance if found else 0)


def holds(
    wallet: Wallet, *, only_open: bool = False, before: int | None = None, limit: int = 50
) -> list[Hold]:
    """List a wallet's holds, newest first.

    Args:
        before: the number of the last one seen.
        limit: at most 200.

    Source: F-30; I13.
    """
    rows = Hold.objects.filter(wallet=wallet.number).order_by("-pk")
    if only_open:
        rows = rows.filter(state="open")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: _page(limit)])


def holds_of(
    owner: int, *, only_open: bool = False, before: int | None = None, limit: int = 50
) -> list[Hold]:
    """List the holds of all wallets of a customer, newest first.

    Args:
        before: the number of the last one seen.
        limit: at most 200.

    Source: F-30; I13.
    """
    rows = Hold.objects.filter(wallet__owner=owner).order_by("-pk")
    if only_open:
        rows = rows.filter(state="open")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: _page(limit)])


def hold(number: int, *, owner: int | None = None) -> Hold:
    """Give a hold by its number.

    Args:
        owner: only if it is of one of this customer's wallets.

    Raises:
        UnknownHold: there is none.

    Source: F-30; I13.
    """
    found = None
    if 0 < number < 2**63:
        found = Hold.objects.select_related("wallet").filter(pk=number).first()
    if found is None or owner not in {None, found.wallet.owner}:
        message = "There is no such hold."
        raise UnknownHold(message, field="hold", there=str(number)[:32])
    return found


def hold_moves(hold: Hold) -> list[HoldMove]:
    """List what has been captured, released or given back of a hold, oldest first.

    Source: I13.
    """
    return list(HoldMove.objects.filter(hold=hold.pk).order_by("pk")[:PAGE_MAX])


def orders(
    *,
    owner: int | None = None,
    state: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[RechargeOrder]:
    """List recharge orders, newest first.

    Source: F-25.
    """
    rows = RechargeOrder.objects.order_by("-pk")
    if owner is not None:
        rows = rows.filter(owner=owner)
    if state is not None:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: _page(limit)])


def notices(
    *, verdict: str | None = None, before: int | None = None, limit: int = 50
) -> list[GatewayNotice]:
    """List what the gateways have sent, newest first.

    Source: reliability, section 3a.
    """
    rows = GatewayNotice.objects.order_by("-pk")
    if verdict is not None:
        rows = rows.filter(verdict=verdict)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: _page(limit)])


def card_batches(*, before: int | None = None, limit: int = 50) -> list[CardBatch]:
    """List card batches, newest first, each with the number of its cards used and void.

    Source: F-24.
    """
    rows = CardBatch.objects.order_by("-pk").annotate(
        used=Count("card", filter=Q(card__state="used")),
        void=Count("card", filter=Q(card__state="void")),
    )
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: _page(limit)])


def _in_order(parts: dict[int, Statement], axis: Axis) -> list[int]:
    """Give the entries of the period in the order of its axis, each once."""
    moments = {
        line.entry: line.booked_at if axis == "booked" else line.effective_at
        for part in parts.values()
        for line in part.lines
    }
    return sorted(moments, key=lambda entry: (moments[entry], entry))


def _page(limit: int) -> int:
    return min(max(limit, 1), PAGE_MAX)
