"""The verbs that move money: the seven operations, and what is reviewed, ordered, carded or taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books
from tael.cli.scenario.read import ScenarioError
from tael.cli.scenario.story import number_in, yes_or_no
from tael.money import parse_amount
from tael.parties import actor as actors
from tael.payouts.withdrawal import (
    apply_withdrawal,
    approve_withdrawal,
    confirm_withdrawal,
    refuse_withdrawal,
)
from tael.wallet.card import issue_cards, redeem_card
from tael.wallet.deduct import deduct as deduct_now
from tael.wallet.exchange import exchange as exchange_now
from tael.wallet.exchange import exchange_into
from tael.wallet.freeze import freeze as freeze_now
from tael.wallet.recharge import recharge as recharge_now
from tael.wallet.recharge import recharge_customer
from tael.wallet.recharge_order import confirm_order, create_order
from tael.wallet.recharge_order import order as find_order
from tael.wallet.refund import refund
from tael.wallet.transfer import transfer as transfer_now
from tael.wallet.transfer import transfer_to_customer
from tael.wallet.unfreeze import unfreeze as unfreeze_now
from tael.wallet.wallet import wallet as find_wallet
from tael.wallet.withdraw import withdraw as withdraw_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.scenario.read import Step
    from tael.cli.scenario.story import Story
    from tael.wallet.deduct import Source
    from tael.wallet.receipt import Receipt


def recharge(story: Story, step: Step) -> None:
    """Bring money in: `recharge 100001 5.00 channel=Alipay`; for a gift with `spend_only=yes`.

    `recharge owner=10012 5.00 CNY` opens the wallet, `recharge owner=10012 card=c1` uses a card.
    """
    owner = step.fact("owner")
    name = step.fact("card")
    instruction = story.instruction(step)
    if name:
        code = story.cards.get(name, name)
        receipt = redeem_card(code=code, owner=number_in(step, owner), instruction=instruction)
    elif owner:
        receipt = recharge_customer(
            owner=number_in(step, owner),
            amount=story.amount(step, "CNY"),
            spend_only=yes_or_no(step, "spend_only"),
            instruction=instruction,
        )
    else:
        wallet = story.wallet(step)
        receipt = recharge_now(
            wallet=wallet,
            amount=story.amount(step, wallet.currency.code),
            spend_only=yes_or_no(step, "spend_only"),
            instruction=instruction,
        )
    story.name_it(step, receipt.entry_id)


def deduct(story: Story, step: Step) -> None:
    """Charge: `deduct 100001 5.00`, `deduct 100001 5.00 from=frozen hold=h1`."""
    wallet = story.wallet(step)
    hold = step.fact("hold")
    receipt = deduct_now(
        wallet=wallet,
        amount=story.amount(step, wallet.currency.code),
        source=_source(step),
        hold=story.called(step, hold) if hold else None,
        instruction=story.instruction(step, channel="Admin"),
    )
    story.name_it(step, receipt.entry_id)


def transfer(story: Story, step: Step) -> None:
    """Move: `transfer 100001 100002 5.00`, or `transfer 100001 5.00 to=10012` (his default wallet)."""
    source = story.wallet(step)
    to = step.fact("to")
    instruction = story.instruction(step)
    if to:
        receipt = transfer_to_customer(
            source=source,
            to=number_in(step, to),
            amount=story.amount(step, source.currency.code),
            instruction=instruction,
        )
    else:
        target = story.wallet(step)
        amount = story.amount(step, source.currency.code)
        receipt = transfer_now(source=source, target=target, amount=amount, instruction=instruction)
    story.name_it(step, receipt.entry_id)


def freeze(story: Story, step: Step) -> None:
    """Set aside: `freeze 100001 5.00 as=h1 until=2026-04-01`."""
    wallet = story.wallet(step)
    receipt = freeze_now(
        wallet=wallet,
        amount=story.amount(step, wallet.currency.code),
        reason=step.fact("reason"),
        expires_at=story.moment(step, "until"),
        instruction=story.instruction(step),
    )
    story.name_it(step, receipt.hold)


def unfreeze(story: Story, step: Step) -> None:
    """Give back: `unfreeze 100001 5.00`, `unfreeze 100001 5.00 hold=h1`."""
    wallet = story.wallet(step)
    hold = step.fact("hold")
    unfreeze_now(
        wallet=wallet,
        amount=story.amount(step, wallet.currency.code),
        hold=story.called(step, hold) if hold else None,
        instruction=story.instruction(step),
    )


def withdraw(story: Story, step: Step) -> None:
    """Pay out: `withdraw 100001 5.00 payee=bank-1 channel=Alipay`."""
    wallet = story.wallet(step)
    hold = step.fact("hold")
    receipt = withdraw_now(
        wallet=wallet,
        amount=story.amount(step, wallet.currency.code),
        payee=story.called(step, step.must("payee")),
        source=_source(step),
        hold=story.called(step, hold) if hold else None,
        instruction=story.instruction(step),
    )
    story.name_it(step, receipt.entry_id)


def exchange(story: Story, step: Step) -> None:
    """Exchange: `exchange 100001 100002 5.00`, or `exchange 100001 5.00 into=POINT`."""
    source = story.wallet(step)
    into = step.fact("into")
    instruction = story.instruction(step)
    spend_only = yes_or_no(step, "spend_only")
    receipt: Receipt
    if into:
        receipt = exchange_into(
            source=source,
            currency=into,
            amount=story.amount(step, source.currency.code),
            spend_only=spend_only,
            instruction=instruction,
        )
    else:
        receipt = exchange_now(
            target=story.wallet(step),
            source=source,
            amount=story.amount(step, source.currency.code),
            spend_only=spend_only,
            instruction=instruction,
        )
    story.name_it(step, receipt.entry_id)


def apply(story: Story, step: Step) -> None:
    """Apply for a withdrawal: `apply 100001 5.00 payee=bank-1 as=w1`; by the customer."""
    wallet = story.wallet(step)
    step.facts.setdefault("by", actors.of_customer(wallet.owner))
    applied = apply_withdrawal(
        wallet=wallet,
        amount=story.amount(step, wallet.currency.code),
        payee=story.called(step, step.must("payee")),
        instruction=story.instruction(step),
    )
    story.name_it(step, applied.withdrawal.pk)


def approve(story: Story, step: Step) -> None:
    """Approve an application: `approve w1`."""
    number = story.called(step, step.word("the name of an application"))
    approve_withdrawal(number=number, instruction=story.instruction(step, channel="Admin"))


def confirm(story: Story, step: Step) -> None:
    """Confirm what a maker has approved: `confirm w1`."""
    number = story.called(step, step.word("the name of an application"))
    confirm_withdrawal(number=number, instruction=story.instruction(step, channel="Admin"))


def refuse(story: Story, step: Step) -> None:
    """Refuse an application: `refuse w1 "the payee account is wrong"`."""
    number = story.called(step, step.word("the name of an application"))
    refuse_withdrawal(
        number=number,
        reason=step.word("a reason"),
        instruction=story.instruction(step, channel="Admin"),
    )


def card(story: Story, step: Step) -> None:
    """Issue a card: `card c1 50.00 CNY until=2026-12-31`."""
    name = step.word("a name for the card")
    issued = issue_cards(
        amount=story.amount(step, "CNY"),
        count=1,
        spend_only=yes_or_no(step, "spend_only"),
        expires_at=story.moment(step, "until"),
        instruction=story.instruction(step, channel="KeyCard"),
    )
    story.cards[name] = issued.codes[0]


def order(story: Story, step: Step) -> None:
    """Create a recharge order: `order o1 100001 5.00 channel=Alipay`. No money moves."""
    name = step.word("a name for the order")
    wallet = story.wallet(step)
    made = create_order(
        owner=wallet.owner,
        amount=story.amount(step, wallet.currency.code),
        wallet=wallet,
        spend_only=yes_or_no(step, "spend_only"),
        expires_at=story.moment(step, "until"),
        instruction=story.instruction(step),
    )
    story.numbers[name] = made.pk


def pay(story: Story, step: Step) -> None:
    """Say that an order has been paid: `pay o1`, `pay o1 5.00` (what was paid)."""
    made = find_order(story.called(step, step.word("the name of an order")))
    wallet = find_wallet(made.wallet)
    due = wallet.money(made.amount)
    confirm_order(
        order=made.pk,
        owner=made.owner,
        amount=story.amount(step, due.currency.code) if step.words else due,
        instruction=story.instruction(step, channel=made.channel),
    )


def reverse(story: Story, step: Step) -> None:
    """Take an operation back, wholly or in part: `reverse e1`, `reverse e1 5.00 CNY`."""
    entry = story.called(step, step.word("the name of an operation"))
    amount = None
    if step.words:
        text = step.word("an amount")
        amount = parse_amount(text, books.currency(step.word_or("CNY")))
    refund(entry_id=entry, amount=amount, instruction=story.instruction(step, channel="Admin"))


def _source(step: Step) -> Source:
    text = step.fact("from", "liquid")
    if text not in {"liquid", "frozen"}:
        raise ScenarioError(step.place, f"money comes from liquid or frozen, not from {text}")
    return "frozen" if text == "frozen" else "liquid"


VERBS: Final[dict[str, Callable[[Story, Step], None]]] = {
    "recharge": recharge,
    "deduct": deduct,
    "transfer": transfer,
    "freeze": freeze,
    "unfreeze": unfreeze,
    "withdraw": withdraw,
    "exchange": exchange,
    "apply": apply,
    "approve": approve,
    "confirm": confirm,
    "refuse": refuse,
    "card": card,
    "order": order,
    "pay": pay,
    "reverse": reverse,
}
