"""What becomes of the money of merchants' withdrawals: batched, exported, paid, failed, lost from sight.

Each is told for many at once, as a file of the bank does. Rows are locked in the order of their numbers,
then the accounts.

Source: B-35 to B-38; SM-06; A-B6, A-B7, A-B19; peers-settlement-invest A7, A18 to A20.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books, ledger
from tael.channels.house import channel_account
from tael.ledger import Entry, Kind, Leg
from tael.parties import audit
from tael.parties.text import parse_text
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.bank.bank_evidence import check_not_aside
from tael.settlement.house import beside
from tael.settlement.independence import check_not_his_own
from tael.settlement.lifecycles import PayoutEvent, PayoutState, TradeEvent, TradeState
from tael.settlement.payouts.withdrawal import (
    REASON_MAX,
    close,
    locked,
    move,
    refused,
)
from tael.settlement.payouts.withdrawal_posting import entry_back
from tael.settlement.remittances.flow_number import check_free, parse_flow_number
from tael.settlement.settlement_events import announce_numbered, announce_payouts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from tael.books import Instruction
    from tael.settlement.models import MerchantWithdrawal

PAY: Final = Kind(
    "settlement.pay", "Payout to a merchant", moves=("payable -net", "channel account +net")
)
BOUNCE: Final = Kind(
    "settlement.bounce",
    "Payout that the bank gave back",
    moves=("channel account -net", "merchant owed +net"),
    gives_back=True,
)
_MOVED: Final = """
    UPDATE settlement_withdrawal AS w SET payout_state = told.state
    FROM unnest(%s::bigint[], %s::text[]) AS told (id, state) WHERE w.id = told.id
"""
_ANSWERED: Final = """
    UPDATE settlement_withdrawal AS w
    SET trade_state = told.trade_state, payout_state = told.payout_state, channel = told.channel,
        flow_number = told.flow_number, paid_on = told.paid_on, reason = told.reason,
        closing_entry = told.closing_entry, closed_at = told.closed_at, closed_by = told.closed_by
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::text[],
        %s::bigint[], %s::timestamptz[], %s::text[]) AS told (id, trade_state, payout_state, channel,
        flow_number, paid_on, reason, closing_entry, closed_at, closed_by)
    WHERE w.id = told.id
"""


class Paid(NamedTuple):
    """A withdrawal that was paid.

    Args:
        flow_number: the bank's number; None where it is not known yet.
    """

    withdrawal: int
    channel: str
    paid_on: date
    flow_number: str | None = None


class Failed(NamedTuple):
    """A withdrawal that the bank did not pay, and why."""

    withdrawal: int
    reason: str


class Answers(NamedTuple):
    """What a bank says of many withdrawals at once; each is in one of the four.

    Args:
        lost: numbers of those whose outcome nobody knows. numbered: paid before, now with its flow number.
    """

    paid: Sequence[Paid] = ()
    failed: Sequence[Failed] = ()
    lost: Sequence[int] = ()
    numbered: Sequence[Paid] = ()


@books.atomic
def move_payouts(numbers: Iterable[int], event: PayoutEvent) -> None:
    """Put withdrawals into a batch, out of it, into a file or out of sight; no money moves.

    Args:
        event: batch, take_out, export or lose_sight.

    Raises:
        UnknownMerchantWithdrawal; WithdrawalMoveRefused: of the first that cannot.

    Source: B-35; SM-06; A19, A20.
    """
    assert event in {
        PayoutEvent.BATCH,
        PayoutEvent.TAKE_OUT,
        PayoutEvent.EXPORT,
        PayoutEvent.LOSE_SIGHT,
    }
    rows = locked(numbers, whole=False)
    for row in rows:
        move(row, event)
    # one statement: the ORM's own takes most of a second for some thousands
    columns = [[row.pk for row in rows], [row.payout_state for row in rows]]
    books.connection().execute(_MOVED, columns)


def pay_payouts(told: Sequence[Paid], *, instruction: Instruction) -> list[MerchantWithdrawal]:
    """Say that withdrawals were paid; see ``answer_payouts``.

    Source: B-35, B-36; SM-06; A-B19; I20.
    """
    return answer_payouts(Answers(paid=told), instruction=instruction)


def fail_payouts(told: Sequence[Failed], *, instruction: Instruction) -> list[MerchantWithdrawal]:
    """Say that withdrawals were not paid; see ``answer_payouts``.

    Source: A-B6; SM-06; A18.
    """
    return answer_payouts(Answers(failed=told), instruction=instruction)


@books.atomic
def answer_payouts(told: Answers, *, instruction: Instruction) -> list[MerchantWithdrawal]:
    """Say what became of withdrawals that are with the bank, all of it in one posting.

    Paid, what was on its way has left over the channel; failed, all of it is on the account again:

        payable -net, channel:<channel>:<currency> +net
        merchant owed +gross, payable -net, house:income -fee

    What failed goes back also where the account is switched off: a return is no new act. With the
    bank's flow number a withdrawal has succeeded; without one it is paid and waits for it. A
    payment is a fact: a channel that was switched off since takes it all the same.

    Raises:
        UnknownMerchantWithdrawal; WithdrawalMoveRefused: one is in no file, or answered already.
        FlowNumberMalformed, FlowNumberTaken: another payout over the channel has the number.
        TextMalformed: there is no reason for a failure.

    Source: B-35, B-36; SM-06; A-B6, A-B19; A18; I20.
    """
    paid = {one.withdrawal: one for one in told.paid}
    failed = {one.withdrawal: one for one in told.failed}
    numbered = {one.withdrawal: one for one in told.numbered}
    rows = locked({*paid, *failed, *numbered, *told.lost})
    entries: dict[int, Entry] = {}
    # asked for once, not for each of thousands of rows
    side = cache(beside)
    outside = cache(channel_account)
    for row in rows:
        if row.pk in paid:
            _pay(row, paid[row.pk])
            accounts = (side("payable", row.currency), outside(paid[row.pk].channel, row.currency))
            entries[row.pk] = _entry_pay(row, accounts, instruction)
        elif row.pk in failed:
            row.reason = parse_text(failed[row.pk].reason, field="reason", longest=REASON_MAX)
            move(row, PayoutEvent.FAIL, TradeEvent.FAIL)
            entries[row.pk] = entry_back(row, instruction, side)
        elif row.pk in numbered:
            _number(row, numbered[row.pk])
        else:
            move(row, PayoutEvent.LOSE_SIGHT)
    check_free(
        [
            (row.channel or "", row.flow_number)
            for row in rows
            if row.flow_number and (row.pk in paid or row.pk in numbered)
        ]
    )
    ended = [row for row in rows if row.pk in entries]
    close(ended, instruction)
    _post(ended, list(entries.values()))
    _write_answers(rows)
    announce_payouts(ended, at=instruction.at)
    announce_numbered([row for row in rows if row.pk in numbered], at=instruction.at)
    return rows


def _pay(row: MerchantWithdrawal, one: Paid) -> None:
    number = None if one.flow_number is None else parse_flow_number(one.flow_number)
    move(row, PayoutEvent.PAY, None if number is None else TradeEvent.SUCCEED)
    row.channel, row.flow_number, row.paid_on = one.channel, number, one.paid_on


def _number(row: MerchantWithdrawal, one: Paid) -> None:
    if row.payout_state != PayoutState.PAID or row.trade_state != TradeState.APPLYING:
        raise refused(row, "take a flow number")
    row.flow_number = parse_flow_number(one.flow_number)
    row.trade_state = TradeState.SUCCEEDED.value


@books.atomic
def set_flow_number(
    *, number: int, flow_number: str, instruction: Instruction
) -> MerchantWithdrawal:
    """Give a withdrawal that was paid its flow number: it has succeeded.

    Raises:
        UnknownMerchantWithdrawal; WithdrawalMoveRefused: it was not paid, or has another number.
        FlowNumberMalformed, FlowNumberTaken.
        AffectedDecides: by the merchant himself.

    Source: B-35 step 6, B-36 step 7; A-B19.
    """
    (row,) = locked([number])
    check_not_his_own(row.account.owner, instruction, of="a withdrawal")
    wanted = parse_flow_number(flow_number)
    if row.payout_state == PayoutState.PAID and row.flow_number == wanted:
        return row
    if row.payout_state != PayoutState.PAID or row.trade_state != TradeState.APPLYING:
        raise refused(row, "take a flow number")
    assert row.channel is not None, "what was paid left over a channel"
    check_free([(row.channel, wanted)])
    row.flow_number, row.trade_state = wanted, TradeState.SUCCEEDED.value
    row.save(update_fields=["flow_number", "trade_state"])
    announce_numbered([row], at=instruction.at)
    audit.record(
        actor=instruction.actor,
        action="merchant_withdrawal.set_flow_number",
        subject=f"merchant_withdrawal:{row.pk}",
        at=instruction.at,
        details={"flow_number": wanted},
    )
    return row


@books.atomic
def bounce_payout(*, number: int, reason: str, instruction: Instruction) -> MerchantWithdrawal:
    """Say that the bank gave back later what it had paid: the net amount is on the account again.

        channel:<channel>:<currency>   -net
        merchant owed                  +net

    The fee stays with the house. A new application is the way to try again.

    Raises:
        UnknownMerchantWithdrawal; WithdrawalMoveRefused: it has not succeeded.
        TextMalformed: there is no reason.
        AffectedDecides: by the merchant himself.
        MoneyAside: the bank's line of what came back is in suspense.

    Source: SM-06; A18; A-B6.
    """
    (row,) = locked([number])
    check_not_his_own(row.account.owner, instruction, of="a withdrawal")
    if row.payout_state == PayoutState.RETURNED:
        return row
    if row.trade_state != TradeState.SUCCEEDED:
        raise refused(row, PayoutEvent.BOUNCE.value)
    row.reason = parse_text(reason, field="reason", longest=REASON_MAX)
    check_not_aside("payout", row.pk, flow_number=row.flow_number)
    move(row, PayoutEvent.BOUNCE, TradeEvent.FAIL)
    (posted,) = books.post_all_now([_entry_bounce(row, instruction)])
    row.bounce_entry = posted.entry_id
    row.save(update_fields=["payout_state", "trade_state", "reason", "bounce_entry"])
    announce_payouts([row], at=instruction.at)
    audit.record(
        actor=instruction.actor,
        action="merchant_withdrawal.bounce",
        subject=f"merchant_withdrawal:{row.pk}",
        at=instruction.at,
        details={"reason": row.reason, "entry": posted.entry_id},
    )
    return row


def _entry_pay(
    row: MerchantWithdrawal, accounts: tuple[int, int], instruction: Instruction
) -> Entry:
    payable, outside = accounts
    return Entry(
        kind=PAY,
        legs=(Leg(payable, -row.net), Leg(outside, row.net)),
        key=ledger.key_of(PAY.code, str(row.pk)),
        effective_at=instruction.at,
        actor=instruction.actor,
        channel=row.channel or "System",
    )


def _entry_bounce(row: MerchantWithdrawal, instruction: Instruction) -> Entry:
    assert row.channel is not None, "what was paid left over a channel"
    outside = channel_account(row.channel, row.currency)
    owed = account_from(row.account).account
    return Entry(
        kind=BOUNCE,
        legs=(Leg(outside, -row.net), Leg(owed, row.net)),
        key=ledger.key_of(BOUNCE.code, str(row.pk)),
        effective_at=instruction.at,
        actor=instruction.actor,
        channel=row.channel,
    )


def _post(rows: Sequence[MerchantWithdrawal], entries: Sequence[Entry]) -> None:
    for row, posted in zip(rows, books.post_all_now(entries) if entries else [], strict=True):
        row.closing_entry = posted.entry_id


def _write_answers(rows: Sequence[MerchantWithdrawal]) -> None:
    """Write what answers change, of all rows in one statement: the ORM takes a second for a thousand."""
    columns = [
        [getattr(row, column) for row in rows]
        for column in (
            "id",
            "trade_state",
            "payout_state",
            "channel",
            "flow_number",
            "paid_on",
            "reason",
            "closing_entry",
            "closed_at",
            "closed_by",
        )
    ]
    books.connection().execute(_ANSWERED, columns)
