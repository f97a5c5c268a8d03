"""`tael merchant adjust|collect|adjustments|collections`: corrections, and debts taken from wallets.

Source: B-25; peers-settlement-invest A15, A36; I32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.adjustments import adjustment_out, collection_out
from tael.api.v1.proposals import proposal_out
from tael.api.wire import money_out
from tael.approvals.proposal import Proposal
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command, operation
from tael.cli.list_file import Saved, saved_option
from tael.documents.settlement_lists import ADJUSTMENTS, COLLECTIONS
from tael.settlement.accounts.merchant_account import account_from, merchant_account
from tael.settlement.remittances import adjustment_search
from tael.settlement.remittances.adjustment import adjust as adjust_now
from tael.settlement.remittances.adjustment_search import (
    AdjustmentsWanted,
    AdjustmentView,
    CollectionsWanted,
    CollectionView,
    MovesTotal,
    adjustment_totals,
    collection_totals,
)
from tael.settlement.remittances.collection import collect_debt
from tael.settlement.signed_amount import parse_signed_amount

if TYPE_CHECKING:
    from tael.cli.call import Call

ADJUSTMENT_COLUMNS: Final = ("number", "account", "amount", "reason", "made_by", "approved_by")
COLLECTION_COLUMNS: Final = ("number", "account", "wallet", "amount", "day", "entry")
Done = tuple[None, dict[str, Any]]


@operation("adjust")
@click.argument("account", type=NUMBER)
@click.option("--amount", required=True, help="Below zero takes from the merchant: -30.00.")
@click.option("--reason", required=True)
def adjust(call: Call, *, account: int, reason: str) -> Done:
    """Correct a merchant account; above the limit the correction waits for a second person."""
    found = merchant_account(account)
    amount = parse_signed_amount(call.asked[0], found.currency)
    done = adjust_now(account=found, amount=amount, reason=reason, instruction=call.instruction())
    if isinstance(done, Proposal):
        return None, {"adjustment": None, "proposal": proposal_out(done)}
    made = adjustment_out(AdjustmentView(done, account_from(done.account)))
    return None, {"adjustment": made, "proposal": None}


@operation("collect")
@click.argument("account", type=NUMBER)
def collect(call: Call, *, account: int) -> Done:
    """Take what the merchant owes from the wallet that his terms name, as far as it reaches."""
    found = merchant_account(account)
    done = collect_debt(account=found, instruction=call.instruction())
    written = collection_out(CollectionView(done.collection, found))
    return None, written | {"replayed": done.replayed}


@command("adjustments")
@click.argument("account", type=NUMBER, required=False)
@click.option("--owner", type=NUMBER, help="The merchant's number as a customer.")
@click.option("--currency", default="")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def adjustments(
    _call: Call, *, before: int | None, limit: int, saved: Saved, **asked: Any
) -> Listing | Facts:
    """List adjustments, newest first, of all accounts or of one, with the sums of all that is found."""
    wanted = AdjustmentsWanted(**asked)
    if saved.wanted:
        return saved.of(ADJUSTMENTS, wanted)
    rows = adjustment_search.adjustments(wanted, before=before, limit=limit)
    more = f"--before {rows[-1].row.pk}" if len(rows) == limit else ""
    totals = _totals(adjustment_totals(wanted))
    return Listing(ADJUSTMENT_COLUMNS, [adjustment_out(view) for view in rows], more, totals)


@command("collections")
@click.argument("account", type=NUMBER, required=False)
@click.option("--owner", type=NUMBER, help="The merchant's number as a customer.")
@click.option("--wallet", type=NUMBER, help="From which it was taken.")
@click.option("--currency", default="")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def collections(
    _call: Call, *, before: int | None, limit: int, saved: Saved, **asked: Any
) -> Listing | Facts:
    """List what was taken from wallets for debts, newest first, with the sums of all that is found."""
    wanted = CollectionsWanted(**asked)
    if saved.wanted:
        return saved.of(COLLECTIONS, wanted)
    rows = adjustment_search.collections(wanted, before=before, limit=limit)
    more = f"--before {rows[-1].row.pk}" if len(rows) == limit else ""
    totals = _totals(collection_totals(wanted))
    return Listing(COLLECTION_COLUMNS, [collection_out(view) for view in rows], more, totals)


def _totals(found: list[MovesTotal]) -> dict[str, Any]:
    return {
        f"total {one.currency}": {"came": money_out(one.came), "went": money_out(one.went)}
        for one in found
    }


COMMANDS: Final = (adjust, collect, adjustments, collections)
