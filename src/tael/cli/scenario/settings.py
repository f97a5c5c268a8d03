"""The verbs that set the scene: the clock, customers and their accounts, channels, currencies, rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.channels import queries
from tael.channels.channel import add_channel, change_channel, disable_channel
from tael.channels.currency import add_currency, add_iso_currency
from tael.channels.rate import set_rate
from tael.cli.scenario.read import ScenarioError
from tael.cli.scenario.story import STAFF, STEP, decimals_in, moment_in, number_in
from tael.parties.customer import disable, register
from tael.parties.payee import add_payee
from tael.wallet.wallet import open_wallet

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.scenario.read import Step
    from tael.cli.scenario.story import Story


def at(story: Story, step: Step) -> None:
    """Set the clock: `at 2026-03-01 09:00`; the next step takes place then."""
    day, time = step.word("a day"), step.word_or("00:00")
    story.now = moment_in(step, f"{day}T{time}") - STEP


def customer(story: Story, step: Step) -> None:
    """Register a customer: `customer 10012 "Li Hua"`; `customer 10012 stopped="why"` stops him."""
    number = number_in(step, step.word("the number of the customer"))
    reason = step.fact("stopped")
    if reason:
        disable(number=number, reason=reason, actor=STAFF, at=story.now)
    else:
        register(name=step.word("a name"), number=number, actor=STAFF, at=story.now)


def payee(story: Story, step: Step) -> None:
    """Add a payee account: `payee bank-1 owner=10012 kind=bank holder="Li Hua" account="6222 01"`."""
    name = step.word("a name for the payee account")
    made = add_payee(
        customer=number_in(step, step.must("owner")),
        kind=step.fact("kind", "bank"),
        holder=step.must("holder"),
        details=step.rest(),
        actor=STAFF,
        at=story.now,
    )
    story.numbers[name] = made.pk


def wallet(story: Story, step: Step) -> None:
    """Open a wallet, which must get this number: `wallet 100001 owner=10012 currency=CNY`."""
    number = number_in(step, step.word("the number that the wallet gets"))
    opened = open_wallet(
        owner=number_in(step, step.must("owner")),
        currency=step.must("currency"),
        name=step.fact("name", "default"),
        actor=STAFF,
        at=story.now,
    )
    if opened.number != number:
        raise ScenarioError(step.place, f"the wallet has got the number {opened.number}")


def channel(story: Story, step: Step) -> None:
    """Add a channel or change one: `channel Alipay currencies=CNY,USD`, `channel PayPal off`."""
    identifier = step.word("the identifier of a channel")
    off = step.word_or("on")
    currencies = step.fact("currencies") or None
    name = step.fact("name") or None
    if queries.channel(identifier) is None:
        add_channel(
            identifier=identifier,
            name=name or identifier,
            currencies=currencies or "ALL",
            actor=STAFF,
            at=story.now,
        )
    elif currencies or name:
        change_channel(
            identifier=identifier, name=name, currencies=currencies, actor=STAFF, at=story.now
        )
    if off not in {"on", "off"}:
        raise ScenarioError(step.place, f"a channel is on or off, not {off}")
    if off == "off":
        disable_channel(identifier=identifier, actor=STAFF, at=story.now)


def currency(story: Story, step: Step) -> None:
    """Take a currency into use: `currency GBP`, or `currency MILES decimals=0 kind=points`."""
    code = step.word("the code of a currency")
    if "decimals" not in step.facts:
        add_iso_currency(code=code, actor=STAFF, at=story.now)
        return
    kind = step.fact("kind", "money")
    if kind not in {"money", "points"}:
        raise ScenarioError(step.place, f"a currency is money or points, not {kind}")
    add_currency(
        code=code,
        exponent=decimals_in(step, step.fact("decimals")),
        kind="points" if kind == "points" else "money",
        name=step.fact("name", code),
        actor=STAFF,
        at=story.now,
    )


def rate(story: Story, step: Step) -> None:
    """Set what one unit buys: `rate CNY/USD 0.14`."""
    one, _, other = step.word("a pair of currencies").partition("/")
    set_rate(
        from_currency=one,
        to_currency=other,
        value=step.word("a rate"),
        actor=STAFF,
        at=story.now,
    )


VERBS: Final[dict[str, Callable[[Story, Step], None]]] = {
    "at": at,
    "customer": customer,
    "payee": payee,
    "wallet": wallet,
    "channel": channel,
    "currency": currency,
    "rate": rate,
}
