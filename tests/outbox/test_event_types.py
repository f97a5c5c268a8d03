"""The list of events in docs/events.md is the one in the code, and every kind of entry is told or is the house's."""

from __future__ import annotations

import re

from tael.outbox.event_types import EVENT_TYPES
from tael.payouts.lifecycle import WithdrawalState
from tael.payouts.withdrawal_events import EVENTS as OF_WITHDRAWALS
from tael.settlement.lifecycles import RemittanceState
from tael.settlement.settlement_events import (
    ADJUSTED,
    NUMBERED,
    OF_BILLS,
    OF_PAYOUTS,
    OF_REMITTANCES,
    RELEASED,
)
from tael.wallet.flow_events import EVENTS as OF_ENTRIES
from tael.wallet.kinds import OPERATIONS
from tael.wallet.lifecycles import OrderState
from tael.wallet.order_events import EVENTS as OF_ORDERS
from tidy.tree import ROOT


def test_the_documentation_lists_what_the_code_tells() -> None:
    text = (ROOT / "docs" / "events.md").read_text("utf-8")

    assert dict(re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \|", text, re.MULTILINE)) == EVENT_TYPES


def test_each_type_is_told_by_something_and_nothing_else_is_told() -> None:
    told = {*OF_ENTRIES.values(), *OF_ORDERS.values(), *OF_WITHDRAWALS.values()}
    told |= {*OF_BILLS.values(), *OF_REMITTANCES.values(), *OF_PAYOUTS.values()}
    told |= {NUMBERED, ADJUSTED, RELEASED}

    assert told == set(EVENT_TYPES)


def test_no_operation_and_no_state_goes_untold() -> None:
    assert set(OPERATIONS) <= set(OF_ENTRIES)
    assert set(OF_ORDERS) == set(OrderState)
    assert set(OF_WITHDRAWALS) == set(WithdrawalState)
    assert set(OF_REMITTANCES) == set(RemittanceState)
