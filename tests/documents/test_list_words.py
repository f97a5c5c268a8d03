"""Each word of the lists stands in all three languages, and each value that a list can show has one."""

from __future__ import annotations

import re

from tael.approvals.command import commands
from tael.approvals.lifecycle import ProposalState
from tael.documents.labels import WORDS
from tael.documents.list_words import ASKED_WORDS, LIST_WORDS
from tael.settlement.accounts.account_details import WORDS as DETAIL_WORDS
from tael.settlement.bills.run_search import ITEM_STATES
from tael.settlement.completeness.completeness_case import WHATS
from tael.settlement.lifecycles import (
    AccrualState,
    BatchState,
    BillState,
    CaseState,
    PayoutState,
    RemittanceState,
    TradeState,
)
from tael.settlement.payouts.result_row import VERDICTS
from tael.settlement.payouts.withdrawal_search import WAYS
from tael.web.backoffice.settlement.batches import ROW_STATES
from tael.web.look.rule_form import SCHEDULES

VALUES = {
    "record": AccrualState,
    "state": BillState,
    "remittance": RemittanceState,
    "trade": TradeState,
    "payout": PayoutState,
    "batch": BatchState,
    "case": (*CaseState, *WHATS),
    "proposal": ProposalState,
    "period": ITEM_STATES,
    "row": (*ROW_STATES, *(set(VERDICTS) - {"unchanged"})),
    "way": WAYS,
    "schedule": SCHEDULES,
    "word": DETAIL_WORDS,
    "type": ("normal", "reversal"),
    "origin": ("at_once", "import", "check"),
    "payer": ("merchant", "platform"),
    "run": ("running", "finished"),
    "act": commands(),
    "balances": ("agree", "break", "untold"),
}


def test_every_word_is_there_in_each_language():
    for name, (english, *chinese) in {**LIST_WORDS, **ASKED_WORDS}.items():
        assert english.isascii(), name
        assert all(re.search(r"[\u4e00-\u9fff]", text) for text in chinese), name


def test_every_value_that_a_list_shows_has_a_word():
    missing = [
        name
        for sort, values in VALUES.items()
        for value in values
        if (name := f"{sort} {value}") not in LIST_WORDS and name not in WORDS
    ]

    assert missing == []
