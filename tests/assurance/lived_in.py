"""An installation in which everything has happened once, for the doctor to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from assurance.lived_in_bank import lines_of_the_bank
from assurance.lived_in_bills import LivedBills, lived_bills
from assurance.lived_in_payouts import LivedPayouts, lived_payouts
from assurance.lived_in_remittances import Remitted, remittances_and_adjustments
from builders import (
    AT,
    STAFF,
    a_currency,
    a_customer,
    a_payee,
    a_rate,
    a_wallet,
    an_instruction,
    money,
)
from settlement_batch_builders import with_the_bank
from settlement_builders import IN_NOVEMBER
from settlement_completeness_builders import checked
from settlement_import_builders import a_file, a_line, imported
from tael.channels.channel import disable_channel
from tael.parties.customer import disable, enable
from tael.payouts.check_limit import set_check_limit
from tael.payouts.withdrawal import (
    apply_withdrawal,
    approve_withdrawal,
    cancel_withdrawal,
    confirm_withdrawal,
    refuse_withdrawal,
)
from tael.settlement.accounts.account_subtotal import add_up_accounts
from tael.settlement.models import PayoutRow
from tael.settlement.payouts.answered_rows import take_answers
from tael.settlement.payouts.result_row import Answer
from tael.settlement.payouts.row_answer import Outcome, answer_row
from tael.settlement.reports.period_report import make_due_reports
from tael.wallet.card import issue_cards, redeem_card, void_cards
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.flow_days import add_up_days
from tael.wallet.freeze import freeze
from tael.wallet.quote import quote
from tael.wallet.recharge_order import confirm_order, create_order
from tael.wallet.refund import refund
from tael.wallet.subtotal import add_up
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import expire_due, unfreeze
from tael.wallet.wallet import disable_wallet, open_wallet
from tael.wallet.withdraw import withdraw

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

IN_JANUARY = datetime(2027, 1, 5, tzinfo=UTC)  # two periods later
LATER = datetime(2999, 1, 1, tzinfo=UTC)
CHECKER, THIRD = "user:9001", "user:9002"


@dataclass(frozen=True)
class LivedIn:
    """Numbers of things that a test wants to spoil."""

    wallet: Wallet
    other: Wallet
    deduction: int
    refund: int
    exchange: int
    hold: int
    expired_hold: int
    withdrawn: int
    applied: int
    confirmed: int
    order: int
    quote: int
    remitted: Remitted
    bills: LivedBills
    payouts: LivedPayouts


def lived_in() -> LivedIn:
    """Let everything happen once, over the functions that pages and API call."""
    customer = a_customer()
    ann = a_wallet(owner=customer, free="1000.00", locked="100.00")
    bob = a_wallet(free="50.00")
    spent = deduct(wallet=ann, amount=money("130.00"), instruction=an_instruction())
    back = refund(entry_id=spent.entry_id, amount=money("20.00"), instruction=an_instruction())
    transfer(source=ann, target=bob, amount=money("5.00"), instruction=an_instruction())
    withdraw(
        wallet=ann, amount=money("7.00"), payee=a_payee(customer), instruction=an_instruction()
    )
    exchanged, promised = _exchanges(ann)
    holds = _holds(ann)
    withdrawals = _withdrawals(ann, a_payee(customer))
    order = create_order(
        owner=customer, amount=money("12.00"), instruction=an_instruction(channel="Alipay")
    )
    confirm_order(
        order=order.pk,
        owner=customer,
        amount=money("12.00"),
        instruction=an_instruction(channel="Alipay", pno="gateway-1"),
    )
    add_up_days(at=LATER)  # what comes now is not in the sums of days yet
    add_up(ann)
    _cards(customer)
    _switches()
    bills = lived_bills()  # before terms take two people
    imported(a_file(a_line(999999, "I-1", "1.00")))  # a file whose one row is refused
    checked(day=date(2026, 10, 13))  # what the shop lists agrees with what it told: nothing
    _unknown_payout()
    payouts = lived_payouts()
    remitted = remittances_and_adjustments()
    lines_of_the_bank()
    make_due_reports(at=IN_JANUARY)
    add_up_accounts(lines=1)
    return LivedIn(
        ann,
        bob,
        spent.entry_id,
        back.entry_id,
        exchanged,
        *holds,
        *withdrawals,
        order.pk,
        promised,
        remitted,
        bills,
        payouts,
    )


def _exchanges(wallet: Wallet) -> tuple[int, int]:
    a_currency("MILES")
    a_rate("CNY/MILES", "33.333")
    a_rate("MILES/CNY", "0.03")
    miles = open_wallet(owner=wallet.owner, currency="MILES", actor=STAFF, at=AT)
    done = exchange(
        source=wallet, target=miles, amount=money("100.01"), instruction=an_instruction()
    )
    promise = quote(
        source=wallet,
        target=miles,
        amount=money("10.00"),
        expires_at=AT + timedelta(minutes=1),
        instruction=an_instruction(),
    )
    exchange(
        source=wallet,
        target=miles,
        amount=money("10.00"),
        quote=promise.pk,
        instruction=an_instruction(),
    )
    return done.entry_id, promise.pk


def _holds(wallet: Wallet) -> tuple[int, int]:
    def hold(text: str, **given: Any) -> int:
        made = freeze(wallet=wallet, amount=money(text), instruction=an_instruction(), **given)
        assert made.hold is not None
        return made.hold

    open_hold = hold("30.00")
    unfreeze(wallet=wallet, amount=money("4.00"), hold=open_hold, instruction=an_instruction())
    deduct(
        wallet=wallet,
        amount=money("6.00"),
        source="frozen",
        hold=open_hold,
        instruction=an_instruction(),
    )
    over = hold("3.00", expires_at=AT + timedelta(hours=1))
    expire_due(at=AT + timedelta(hours=2))
    return open_hold, over


def _withdrawals(wallet: Wallet, payee: int) -> tuple[int, int, int]:
    def applied(text: str) -> int:
        made = apply_withdrawal(
            wallet=wallet, amount=money(text), payee=payee, instruction=an_instruction()
        )
        return int(made.withdrawal.pk)

    paid, refused, cancelled, waiting = (
        applied(text) for text in ("11.00", "12.00", "13.00", "14.00")
    )
    approve_withdrawal(number=paid, instruction=an_instruction(actor=CHECKER))
    refuse_withdrawal(number=refused, reason="no", instruction=an_instruction(actor=CHECKER))
    cancel_withdrawal(number=cancelled, owner=wallet.owner, instruction=an_instruction())
    set_check_limit(currency="CNY", amount=money("14.50"), actor=STAFF, at=AT)
    confirmed, open_one = applied("15.00"), applied("16.00")
    for number in (confirmed, open_one):
        approve_withdrawal(number=number, instruction=an_instruction(actor=CHECKER))
    confirm_withdrawal(number=confirmed, instruction=an_instruction(actor=THIRD))
    return paid, waiting, confirmed


def _unknown_payout() -> None:
    """A batch with the bank, which says of its first row that it does not know; a person knows of the second."""
    batch, _ = with_the_bank()
    first, second = PayoutRow.objects.filter(batch=batch).order_by("place")
    told = an_instruction(at=IN_NOVEMBER)
    take_answers(batch, [Answer(1, first, "unknown", None, IN_NOVEMBER.date(), "")], told)
    known = Outcome(False, "the bank's letter", IN_NOVEMBER.date())
    answer_row(number=batch.pk, withdrawal=second.withdrawal_id, outcome=known, instruction=told)


def _cards(customer: int) -> None:
    issued = issue_cards(amount=money("5.00"), count=3, instruction=an_instruction())
    redeem_card(code=issued.codes[0], owner=customer, instruction=an_instruction())
    void_cards(batch=issued.batch.pk, reason="lost", actor=STAFF, at=AT)


def _switches() -> None:
    disable_channel(identifier="QQwallet", actor=STAFF, at=AT)
    stopped = a_customer()
    disable(number=stopped, reason="asked for it", actor=STAFF, at=AT)
    back = a_customer()
    disable(number=back, reason="asked for it", actor=STAFF, at=AT)
    enable(number=back, reason="changed his mind", actor=STAFF, at=AT)
    disable_wallet(wallet=a_wallet(free="1.00"), actor=STAFF, at=AT, reason="lost card")
