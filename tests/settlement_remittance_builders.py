"""What tests of remittances, collections and adjustments talk about, with safe defaults."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

from builders import an_instruction, money
from settlement_builders import IN_NOVEMBER, signed
from tael.approvals.limit import set_approval_limit
from tael.approvals.proposal import Proposal
from tael.settlement.remittances.adjustment import adjust
from tael.settlement.remittances.remittance import declare_remittance

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.remittances.adjustment import Adjustment
    from tael.settlement.remittances.remittance import Remittance, Side

MAKER, CHECKER = "user:9101", "user:9102"
PAID_ON = date(2026, 11, 1)
_FLOWS = count(1)


def told(actor: str = MAKER, key: str | None = None, **given: Any) -> Instruction:
    """An instruction of a person of the house, in November."""
    return an_instruction(key, actor=actor, **{"at": IN_NOVEMBER, **given})


def other_side(side: Side) -> Side:
    """Who confirms what this side declares."""
    return "platform" if side == "merchant" else "merchant"


def a_remittance(
    account: MerchantAccount, amount: str = "80.00", *, side: Side = "merchant", **given: Any
) -> Remittance:
    """A payment that a side says it has made over Alipay."""
    actor = f"customer:{account.owner}" if side == "merchant" else MAKER
    facts: dict[str, Any] = {
        "channel": "Alipay",
        "flow_number": f"FLOW-{next(_FLOWS)}",
        "paid_on": PAID_ON,
        "instruction": told(actor),
        **given,
    }
    return declare_remittance(
        account=account, side=side, amount=money(amount, account.currency.code), **facts
    ).remittance


def decider(account: MerchantAccount, row: Remittance) -> str:
    """Somebody of the side that was paid."""
    return f"customer:{account.owner}" if row.payer == "platform" else CHECKER


def an_adjustment(account: MerchantAccount, amount: str, **given: Any) -> Adjustment | Proposal:
    """A correction of the account, with a reason."""
    facts: dict[str, Any] = {"reason": "a bill was wrong", "instruction": told(), **given}
    return adjust(account=account, amount=signed(amount, account.currency.code), **facts)


def a_limit(amount: str | None, currency: str = "CNY", command: str = "settlement.adjust") -> None:
    """From now on an act above the amount takes two people."""
    set_approval_limit(
        command=command,
        currency=currency,
        amount=None if amount is None else money(amount, currency),
        actor="user:10000",
        at=IN_NOVEMBER,
    )


def a_proposal(account: MerchantAccount, amount: str = "-30.00", **given: Any) -> Proposal:
    """An adjustment that waits for a second person."""
    a_limit("10.00", account.currency.code)
    waiting = an_adjustment(account, amount, **given)
    assert isinstance(waiting, Proposal)
    return waiting
