"""`tael proposal`: what takes two people is seen, approved, refused; and above which amounts it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.check_limits import read_limit
from tael.api.v1.proposals import approval_limit_out, proposal_out
from tael.api.wire import money_out
from tael.approvals import proposal_search
from tael.approvals.decide_many import decide_many
from tael.approvals.lifecycle import ProposalState
from tael.approvals.limit import set_approval_limit
from tael.approvals.proposal import proposal as find_proposal
from tael.approvals.proposal import refuse_proposal, withdraw_proposal
from tael.approvals.proposal_search import ProposalsWanted
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command, operation
from tael.cli.list_file import Saved, saved_option
from tael.documents.settlement_lists import PROPOSALS

if TYPE_CHECKING:
    from tael.approvals.decide_many import Outcome
    from tael.cli.call import Call

COLUMNS: Final = ("number", "command", "subject", "amount", "state", "proposed_by", "expires_at")
LIMIT_COLUMNS: Final = ("command", "currency", "amount", "set_at")
STATES: Final = click.Choice([state.value for state in ProposalState])
Done = tuple[None, dict[str, Any]]


@click.group("proposal")
def proposal() -> None:
    """See what takes two people, and decide about what another has proposed."""


@proposal.add_command
@command("list")
@click.option("--state", type=STATES)
@click.option("--command", "act", default="", help="The code of an act, as settlement.adjust.")
@click.option("--account", type=NUMBER, help="About this merchant account.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def listing(
    _call: Call,
    *,
    state: str | None,
    act: str,
    account: int | None,
    before: int | None,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """List proposals, newest first, with the sums of all that have an amount."""
    wanted = ProposalsWanted(
        state=None if state is None else ProposalState(state),
        command=act,
        subject="" if account is None else f"merchant_account:{account}",
    )
    if saved.wanted:
        return saved.of(PROPOSALS, wanted)
    rows = proposal_search.proposals(wanted, before=before, limit=limit)
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    totals = {
        f"total {one.more.currency}": {"more": money_out(one.more), "less": money_out(one.less)}
        for one in proposal_search.proposal_totals(wanted)
    }
    return Listing(COLUMNS, [proposal_out(row) for row in rows], more, totals)


@proposal.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one proposal with what it changes."""
    return Facts(proposal_out(find_proposal(number)))


@proposal.add_command
@operation("approve")
@click.argument("numbers", type=NUMBER, nargs=-1, required=True)
def approve(call: Call, *, numbers: tuple[int, ...]) -> Done:
    """Approve what others have proposed: each is carried out now, and has an outcome of its own."""
    outcomes = decide_many(numbers=numbers, approve=True, instruction=call.instruction())
    if len(outcomes) == 1 and outcomes[0].refusal is not None:
        raise outcomes[0].refusal
    return None, {"data": [_outcome(one) for one in outcomes]}


@proposal.add_command
@operation("refuse")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def refuse(call: Call, *, number: int, reason: str) -> Done:
    """Refuse what another has proposed."""
    row = refuse_proposal(number=number, reason=reason, instruction=call.instruction())
    return None, proposal_out(row)


@proposal.add_command
@operation("withdraw")
@click.argument("number", type=NUMBER)
def withdraw(call: Call, *, number: int) -> Done:
    """Take back a proposal of one's own."""
    return None, proposal_out(withdraw_proposal(number=number, instruction=call.instruction()))


@proposal.add_command
@command("limits")
def limits(_call: Call) -> Listing:
    """List above which amounts acts take two people."""
    rows = proposal_search.approval_limits()
    return Listing(LIMIT_COLUMNS, [approval_limit_out(row) for row in rows])


@proposal.add_command
@command("set-limit")
@click.argument("act")
@click.argument("currency")
@click.option("--amount", help="0 asks for two people every time.  [default: no limit]")
def set_limit(call: Call, *, act: str, currency: str, amount: str | None) -> Facts:
    """Set above which amount an act, as settlement.adjust, takes two people."""
    bound = None if amount is None else read_limit(amount, currency)
    set_approval_limit(command=act, currency=currency, amount=bound, actor=call.actor, at=call.at)
    set_to = None if bound is None else money_out(bound)
    return Facts({"command": act, "currency": currency, "amount": set_to})


def _outcome(one: Outcome) -> dict[str, Any]:
    if one.proposal is None:
        why = None if one.refusal is None else one.refusal.as_dict()
        return {"number": one.number, "state": None, "refusal": why}
    return {"number": one.number, "state": one.proposal.state, "outcome": one.proposal.outcome}
