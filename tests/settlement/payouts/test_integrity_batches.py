"""Whatever is done to payout batches behind their functions is found."""

from __future__ import annotations

import pytest

from builders import AT, STAFF, money
from settlement_batch_builders import filled, with_the_bank
from settlement_payout_builders import an_account_with, now
from tael.approvals.limit import set_approval_limit
from tael.assurance.batch_proofs import BATCH_PROOFS
from tael.assurance.inquiry_proofs import INQUIRY_PROOFS
from tael.ledger import MAIN
from tael.settlement.payouts import batch_export
from tael.settlement.payouts.result_file import import_result
from tael.settlement.payouts.result_row import NEEDED
from tael.sheets import read_sheet

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I20", "I32")]
ROW = "(SELECT min(id) FROM settlement_payout_row)"
PLANTED = {
    "a total is edited": ("I20", "UPDATE settlement_payout_batch SET total = total + 1"),
    "a row pays more": ("I20", f"UPDATE settlement_payout_row SET net = net + 1 WHERE id = {ROW}"),
    "a row pays somebody else": (
        "I20",
        f"UPDATE settlement_payout_row SET payee = payee + 1 WHERE id = {ROW}",
    ),
    "a row is told failed that was paid": (
        "I20",
        f"UPDATE settlement_payout_row SET state = 'failed' WHERE id = {ROW}",
    ),
    "a row has another number": (
        "I20",
        f"UPDATE settlement_payout_row SET flow_number = 'X' WHERE id = {ROW}",
    ),
    "a batch is settled with an open row": (
        "I20",
        "UPDATE settlement_payout_batch SET state = 'settled'",
    ),
    "a report is shorter than it says": ("I20", "DELETE FROM settlement_result_row"),
    "an unknown row is asked for by nobody": (
        "I20",
        "UPDATE settlement_payout_inquiry SET state = 'closed', closed_at = now(), closed_by = 'x'",
    ),
    "a person answered alone above the limit": (
        "I32",
        (
            "INSERT INTO approvals_limit (command, currency, amount, set_at, set_by, written_at) VALUES"
            " ('settlement.answer_payout', 'CNY', 1, now(), 'x', now() - interval '1 day');"
            " UPDATE settlement_payout_row SET answer = NULL"
        ),
    ),
    "an ask is forgotten": ("I20", "UPDATE settlement_payout_inquiry SET asks = asks + 1"),
    "the channel is said to have paid": (
        "I20",
        (
            "INSERT INTO settlement_payout_ask (inquiry, number, asked_at, verdict, said)"
            " SELECT row, 1, now(), 'paid', '' FROM settlement_payout_inquiry;"
            " UPDATE settlement_payout_inquiry SET asks = 1"
        ),
    ),
    "an export is judged under a lower limit": (
        "I32",
        "UPDATE approvals_limit SET amount = 1",
    ),
    "the limit was never asked for": (
        "I32",
        "UPDATE approvals_limit SET amount = 1; UPDATE settlement_payout_batch SET judged_by = NULL",
    ),
    "the maker approved": (
        "I32",
        (
            "ALTER TABLE settlement_payout_batch DROP CONSTRAINT payout_batch_approved_by_another;"
            " UPDATE settlement_payout_batch SET approved_by = made_by"
        ),
    ),
}


@pytest.fixture
def lived(db):
    """A batch within the limit with a row paid, one failed, one unknown and one that waits for its answer."""
    set_approval_limit(
        command=batch_export.PAYOUT_BATCH.code,
        currency="CNY",
        amount=money("60.00"),
        actor=STAFF,
        at=AT,
    )
    account = an_account_with("100.00")
    batch, content = with_the_bank("10.00", "20.00", "15.00", "15.00", account=account)
    file = filled(
        content, ("paid", "F1", ""), ("failed", "", "no such account"), ("unknown", "", "")
    )
    sheet = read_sheet(file, name="r.xlsx", wanted=NEEDED)
    import_result(number=batch.pk, sheet=sheet, instruction=now())


def found(connection):
    return {
        check.invariant
        for proof in (*BATCH_PROOFS, *INQUIRY_PROOFS)
        if (check := proof.run(connection, MAIN)).violations
    }


def test_nothing_is_found_where_nothing_is_wrong_and_each_deed_is(lived, owner):
    assert found(owner) == set()
    for name, (invariant, statements) in PLANTED.items():
        for statement in statements.split("; "):
            owner.execute(statement)
        assert invariant in found(owner), name
        owner.rollback()
