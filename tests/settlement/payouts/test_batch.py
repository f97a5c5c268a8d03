from __future__ import annotations

import pytest

from builders import AT, STAFF, a_payee, an_instruction, in_parallel, money
from settlement_builders import IN_NOVEMBER, amount_of
from settlement_payout_builders import an_account_with, an_application, now
from tael.approvals.limit import set_approval_limit
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.lifecycles import BATCH, BatchEvent, BatchState
from tael.settlement.models import MerchantWithdrawal, PayoutBatch, PayoutRow
from tael.settlement.payouts import batch_export
from tael.settlement.payouts.bank_profile import UnknownProfile
from tael.settlement.payouts.batch import (
    BatchMoveRefused,
    BatchOwnApproval,
    NothingToPay,
    UnknownBatch,
    approve_batch,
    check_batch,
    make_batches,
    payout_batch,
    reopen_batch,
    take_out_row,
)
from tael.settlement.payouts.batch_export import (
    BatchNeedsApproval,
    FileWritten,
    drop_batch,
    export_batch,
    revoke_batch,
)
from tael.settlement.payouts.row_answer import Outcome, answer_row

pytestmark = pytest.mark.usefixtures("db")
CHECKER = "user:77"
FILE = FileWritten("a" * 64)


def applications(*amounts):
    account = an_account_with("1000.00")
    payee = a_payee(account.owner)
    return [an_application(account, amount, payee=payee) for amount in amounts]


def make(profile="generic", **given):
    return make_batches(
        currency="CNY", channel="Alipay", profile=profile, **{"instruction": now(), **given}
    )


def a_batch(*amounts):
    applications(*(amounts or ("10.00", "20.00")))
    return make()[0]


def a_checked_batch(*amounts):
    batch = a_batch(*amounts)
    return check_batch(number=batch.pk, instruction=now())


def states():
    return list(MerchantWithdrawal.objects.order_by("pk").values_list("payout_state", flat=True))


@pytest.mark.rule("B-38", "B-35")
def test_a_batch_is_made_of_the_withdrawals_that_wait():
    applications("10.00", "20.50")
    with pytest.raises(NothingToPay, match="chosen"):
        make(withdrawals=[])

    (batch,) = make()

    assert (batch.rows, batch.total, batch.state) == (2, 3050, "draft")
    assert states() == ["batched", "batched"]
    with pytest.raises(NothingToPay):
        make()


def test_the_same_key_gives_the_same_batches():
    applications("10.00")
    first = make(instruction=an_instruction("k", at=IN_NOVEMBER))

    again = make(instruction=an_instruction("k", at=IN_NOVEMBER))

    assert [one.pk for one in again] == [one.pk for one in first]


def test_more_rows_than_the_bank_takes_are_several_batches():
    applications(*["1.00"] * 53)

    batches = make("rows-50")

    assert [one.rows for one in batches] == [50, 3]
    assert len({one.reference for one in batches}) == 2
    with pytest.raises(UnknownProfile):
        make("rows-51")


def test_two_people_who_make_a_batch_at_once_do_not_get_the_same_withdrawals():
    applications("1.00", "2.00", "3.00")

    answers = in_parallel(make, make, make)

    assert len([one for one in answers if isinstance(one, Refusal)]) == 2
    assert PayoutRow.objects.filter(state="live").count() == 3


def test_a_row_is_taken_out_of_a_draft_and_the_rest_is_numbered_anew():
    batch = a_batch("1.00", "2.00", "3.00")
    out = MerchantWithdrawal.objects.order_by("pk")[1]

    take_out_row(number=batch.pk, withdrawal=out.pk, instruction=now())
    checked = check_batch(number=batch.pk, instruction=now())

    assert (checked.rows, checked.total, len(checked.digest)) == (2, 400, 64)
    assert states() == ["batched", "waiting", "batched"]
    places = (
        PayoutRow.objects.filter(state="live").order_by("place").values_list("place", flat=True)
    )
    assert list(places) == [1, 2]


def test_within_the_limit_one_person_exports_and_above_it_two():  # A36
    set_approval_limit(
        command=batch_export.PAYOUT_BATCH.code,
        currency="CNY",
        amount=money("25.00"),
        actor=STAFF,
        at=AT,
    )
    small, large = a_checked_batch("25.00"), a_checked_batch("25.01")

    export_batch(number=small.pk, file=FILE, instruction=now())
    with pytest.raises(BatchNeedsApproval):
        export_batch(number=large.pk, file=FILE, instruction=now())
    with pytest.raises(BatchOwnApproval):
        approve_batch(number=large.pk, instruction=now())
    approve_batch(number=large.pk, instruction=an_instruction(at=IN_NOVEMBER, actor=CHECKER))
    export_batch(number=large.pk, file=FILE, instruction=now())

    assert states() == ["exported", "exported"]


def test_a_file_that_nobody_sent_is_revoked_and_its_withdrawals_wait_again():
    batch = a_checked_batch("25.00")
    export_batch(number=batch.pk, file=FILE, instruction=now())

    revoke_batch(number=batch.pk, reason="the bank was closed", instruction=now())

    assert states() == ["waiting"]
    assert make()[0].rows == 1


def in_state(state):
    batch = a_batch()
    number = batch.pk
    if state is BatchState.DROPPED:
        drop_batch(number=number, instruction=now())
    if state in {BatchState.DRAFT, BatchState.DROPPED}:
        return payout_batch(number)
    check_batch(number=number, instruction=now())
    if state is BatchState.APPROVED:
        approve_batch(number=number, instruction=an_instruction(at=IN_NOVEMBER, actor=CHECKER))
    elif state is not BatchState.CHECKED:
        export_batch(number=number, file=FILE, instruction=now())
    if state is BatchState.REVOKED:
        revoke_batch(number=number, reason="not sent", instruction=now())
    if state is BatchState.SETTLED:
        for row in PayoutRow.objects.filter(batch=number):
            answer_row(
                number=number,
                withdrawal=row.withdrawal_id,
                outcome=Outcome(False, "no such account", IN_NOVEMBER.date()),
                instruction=now(),
            )
    return payout_batch(number)


MOVES = {
    BatchEvent.CHECK: lambda number: check_batch(number=number, instruction=now()),
    BatchEvent.REOPEN: lambda number: reopen_batch(number=number, instruction=now()),
    BatchEvent.APPROVE: lambda number: approve_batch(
        number=number, instruction=an_instruction(at=IN_NOVEMBER, actor=CHECKER)
    ),
    BatchEvent.DROP: lambda number: drop_batch(number=number, instruction=now()),
    BatchEvent.EXPORT: lambda number: export_batch(number=number, file=FILE, instruction=now()),
    BatchEvent.REVOKE: lambda number: revoke_batch(
        number=number, reason="not sent", instruction=now()
    ),
}
REPEATED = {
    (BatchState.CHECKED, BatchEvent.CHECK),
    (BatchState.DRAFT, BatchEvent.REOPEN),
    (BatchState.APPROVED, BatchEvent.APPROVE),
    (BatchState.DROPPED, BatchEvent.DROP),
    (BatchState.EXPORTED, BatchEvent.EXPORT),
    (BatchState.REVOKED, BatchEvent.REVOKE),
}


@pytest.mark.parametrize("event", MOVES)
@pytest.mark.parametrize("state", BatchState)
def test_every_state_and_event_is_a_move_or_a_refusal(state, event):
    batch = in_state(state)

    if (state, event) in BATCH.moves or (state, event) in REPEATED:
        MOVES[event](batch.pk)
    else:
        with pytest.raises(BatchMoveRefused) as refused:
            MOVES[event](batch.pk)
        assert refused.value.there == state

    following = BATCH.moves.get((state, event), state)
    assert PayoutBatch.objects.get(pk=batch.pk).state == following


def test_a_batch_that_is_not_there_is_refused():
    for number in (0, -1, 10**12):
        with pytest.raises(UnknownBatch):
            payout_batch(number)


def test_amounts_stay_where_they_are_while_a_batch_goes_its_way():
    rows = applications("10.00")
    (batch,) = make()
    check_batch(number=batch.pk, instruction=now())
    drop_batch(number=batch.pk, instruction=now())

    assert amount_of(merchant_account(rows[0].account_id)) == "990.00"
