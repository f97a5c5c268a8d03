"""How money, moments, wallets and receipts look on the wire.

The functions write plain values for orjson; the classes describe them in the OpenAPI document, and the
tests hold each answer against its class.

Source: architecture, section 5.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tael.money import Money
from tael.wallet.figures import Figures
from tael.wallet.receipt import Receipt
from tael.wallet.wallet import Wallet


class Out(BaseModel):
    """A JSON object of an answer."""

    model_config = ConfigDict(extra="forbid")


class MoneyOut(Out):
    """An amount with all decimals of its currency; negative where money is owed or gone."""

    amount: Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["12.34"])]
    currency: Annotated[str, Field(examples=["CNY"])]


class FiguresOut(Out):
    """What a wallet holds."""

    liquid: MoneyOut
    locked: MoneyOut
    frozen: MoneyOut
    withdrawable: MoneyOut


class WalletFiguresOut(Out):
    """A wallet as an operation left it."""

    number: int
    owner: int
    currency: str
    figures: FiguresOut


class ReceiptOut(Out):
    """An operation that has been carried out, or would have been (`dry_run`)."""

    flow: Annotated[int | None, Field(description="Number of the flow record; none in a dry run.")]
    operation: Literal[
        "recharge", "deduct", "transfer", "freeze", "unfreeze", "withdraw", "exchange"
    ]
    sno: str | None
    amount: MoneyOut
    received: Annotated[MoneyOut | None, Field(description="What arrived in an exchange.")]
    hold: Annotated[int | None, Field(description="The hold that was made or drawn on.")]
    booked_at: datetime
    effective_at: datetime
    wallets: Annotated[
        list[WalletFiguresOut],
        Field(
            description="The wallets as the operation left them. Empty in a batch, which has them once,"
            " and with the header `Prefer: return=minimal`."
        ),
    ]
    dry_run: bool


def money_out(money: Money) -> dict[str, str]:
    """Write an amount."""
    return {"amount": money.text, "currency": money.currency.code}


def moment_out(moment: datetime) -> str:
    """Write a moment in UTC to the microsecond, whatever zone the database told it in."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_or_none(moment: datetime | None) -> str | None:
    """Write a moment if there is one."""
    return None if moment is None else moment_out(moment)


def figures_out(figures: Figures) -> dict[str, Any]:
    """Write the figures of a wallet."""
    return {
        "liquid": money_out(figures.liquid),
        "locked": money_out(figures.locked),
        "frozen": money_out(figures.frozen),
        "withdrawable": money_out(figures.withdrawable),
    }


def wallet_figures_out(wallet: Wallet, figures: Figures) -> dict[str, Any]:
    """Write a wallet and its figures."""
    return {
        "number": wallet.number,
        "owner": wallet.owner,
        "currency": wallet.currency.code,
        "figures": figures_out(figures),
    }


def receipt_out(
    receipt: Receipt, *, customer: int | None, dry_run: bool, brief: bool = False
) -> dict[str, Any]:
    """Write a receipt.

    Args:
        customer: to whom the key is bound; he does not see the figures of another's wallet.
        dry_run: the numbers that were given out are taken back with the rest, so they are not shown.
        brief: leave the figures away; they cost a query of their own.
    """
    touched = [] if brief else [each for each in receipt.touched if customer in {None, each.owner}]
    figures = receipt.wallets if touched else {}
    return {
        "flow": None if dry_run else receipt.entry_id,
        "operation": receipt.operation.word,
        "sno": None if dry_run else receipt.sno,
        "amount": money_out(receipt.amount),
        "received": None if receipt.received is None else money_out(receipt.received),
        "hold": None if dry_run else receipt.hold,
        "booked_at": moment_out(receipt.booked_at),
        "effective_at": moment_out(receipt.effective_at),
        "wallets": [wallet_figures_out(wallet, figures[wallet.number]) for wallet in touched],
        "dry_run": dry_run,
    }
