"""`tael card`: recharge cards (點卡), issued in batches, checked and used once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.cards import batch_out, card_out
from tael.api.wire import moment_or_none, moment_out, money_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import MOMENT, NUMBER, amount_options, command, operation, read_amount
from tael.wallet import queries
from tael.wallet.card import (
    check_card,
    issue_cards,
    redeem_card,
    void_card,
    void_card_of_code,
    void_cards,
)
from tael.wallet.card_search import batch as find_batch
from tael.wallet.card_search import cards_of
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from datetime import datetime

    from tael.cli.call import Call
    from tael.wallet.receipt import Receipt

COLUMNS: Final = (
    "number",
    "amount",
    "count",
    "used",
    "void",
    "spend_only",
    "issued_at",
    "expires_at",
    "note",
)
CARD_COLUMNS: Final = ("number", "state", "wallet", "flow", "changed_at")


@click.group("card")
def card() -> None:
    """Issue cards, check them, recharge with them."""


@card.add_command
@command("list")
@click.option("--before", type=NUMBER, help="Batches before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def listing(_call: Call, *, before: int | None, limit: int) -> Listing:
    """List batches of cards, newest first."""
    rows = queries.card_batches(before=before, limit=limit)
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [batch_out(row) for row in rows], more)


@card.add_command
@command("issue")
@amount_options
@click.option("--count", type=NUMBER, required=True, help="How many, up to 10000.")
@click.option("--spend-only", is_flag=True, help="What they give may be consumed and never leave.")
@click.option("--until", type=MOMENT, help="From then on they cannot be used.  [default: never]")
@click.option("--note", default="")
@click.option("--key", help="Idempotency key; a batch is issued once.  [default: a new one]")
def issue(
    call: Call,
    *,
    amount: str,
    currency: str | None,
    count: int,
    spend_only: bool,
    until: datetime | None,
    note: str,
    key: str | None,
) -> Facts:
    """Issue a batch. The codes are printed now and can never be read again."""
    worth = read_amount(amount, currency)
    issued = issue_cards(
        amount=worth,
        count=count,
        spend_only=spend_only,
        expires_at=until,
        note=note,
        instruction=call.keyed(key),
    )
    batch = issued.batch
    data: dict[str, Any] = {
        "number": batch.pk,
        "amount": money_out(worth),
        "count": batch.count,
        "spend_only": batch.spend_only,
        "issued_at": moment_out(batch.issued_at),
        "expires_at": moment_or_none(batch.expires_at),
        "codes": list(issued.codes),
    }
    return Facts(data, ["Keep the codes: they are stored as hashes only."])


@card.add_command
@command("check")
@click.argument("code")
def check(call: Call, *, code: str) -> Facts:
    """Tell what a card is worth, without using it."""
    worth = check_card(code=code, at=call.at)
    return Facts(
        {
            "amount": money_out(worth.amount),
            "spend_only": worth.spend_only,
            "expires_at": moment_or_none(worth.expires_at),
        }
    )


@card.add_command
@operation("redeem", channel="KeyCard")
@click.argument("code_of_card", metavar="CODE")
@click.option("--owner", type=NUMBER, required=True, help="The customer's number.")
@click.option("--wallet", type=NUMBER, help="Another wallet of his than the default one.")
def redeem(call: Call, *, code_of_card: str, owner: int, wallet: int | None) -> Receipt:
    """Recharge with a card."""
    return redeem_card(
        code=code_of_card,
        owner=owner,
        wallet=None if wallet is None else find_wallet(wallet),
        instruction=call.instruction(),
    )


@card.add_command
@command("cards")
@click.argument("batch", type=NUMBER)
@click.option("--state", type=click.Choice(["unused", "used", "void"]), help="In this state only.")
@click.option("--after", type=NUMBER, help="Cards after this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def cards(_call: Call, *, batch: int, state: str | None, after: int | None, limit: int) -> Listing:
    """List the cards of a batch with their states, by number."""
    rows = cards_of(find_batch(batch).pk, state=state or "", after=after, limit=limit)
    more = f"--after {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(CARD_COLUMNS, [card_out(row) for row in rows], more)


@card.add_command
@command("void")
@click.argument("batch", type=NUMBER, required=False)
@click.option("--card", "number", type=NUMBER, help="Only this card of the batch.")
@click.option("--code", help="The one card that has this code, of whatever batch.")
@click.option("--reason", required=True)
def void(
    call: Call, *, batch: int | None, number: int | None, code: str | None, reason: str
) -> Facts:
    """Make the unused cards of a batch void, or one card."""
    told: dict[str, Any] = {"reason": reason, "actor": call.actor, "at": call.at}
    if code is not None and batch is None and number is None:
        return Facts(card_out(void_card_of_code(code=code, **told)))
    if code is not None or batch is None:
        raise click.UsageError("Name a batch, a batch and one --card, or one --code.")
    if number is not None:
        return Facts(card_out(void_card(batch=batch, number=number, **told)))
    count = void_cards(batch=batch, **told)
    return Facts({"number": batch, "void": count})
