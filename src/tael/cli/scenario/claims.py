"""The verbs that claim: what stands in a wallet or account, what state a thing is in, what is calculated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books, ledger
from tael.cli.scenario import accruals, payouts, remittances, settlement
from tael.cli.scenario.read import ScenarioError
from tael.cli.scenario.story import decimals_in, moment_in, number_in
from tael.cmspro import arithmetic
from tael.money import Money
from tael.payouts.withdrawal import withdrawal
from tael.wallet.figures import figures_now
from tael.wallet.operation import Operation
from tael.wallet.queries import hold
from tael.wallet.recharge_order import order
from tael.wallet.serial_number import serial_number
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.scenario.read import Step
    from tael.cli.scenario.story import Story

FIGURES: Final = ("liquid", "locked", "frozen", "withdrawable")


def expect(story: Story, step: Step) -> None:
    """Claim figures or a state.

    `expect 100001 liquid=5.00 locked=0.00 frozen=0.00 withdrawable=5.00`,
    `expect house:income:CNY balance=1.00`, `expect order o1 state=success`,
    `expect withdrawal w1 state=applied`, `expect hold h1 state=open`,
    `expect bill 500001 total=77.00 records=3`, and what else `settlement.CLAIMS` names.
    """
    what = step.word("what is expected")
    if what in STATES:
        number = story.called(step, step.word(f"the name of the {what}"))
        there = {"state": STATES[what](number)}
    elif what in accruals.CLAIMS:
        there = accruals.CLAIMS[what](step)
    elif what in settlement.CLAIMS:
        there = settlement.CLAIMS[what](step)
    elif ":" in what:
        there = {"balance": _balance(step, what)}
    else:
        wallet = find_wallet(number_in(step, what))
        figures = figures_now([wallet])[wallet.number]
        there = {name: getattr(figures, name).text for name in FIGURES}
    claimed = step.rest()
    if not claimed:
        raise ScenarioError(step.place, f"nothing is claimed of {what}")
    for name, claim in claimed.items():
        if name not in there:
            raise ScenarioError(step.place, f"{what} has no {name}")
        if there[name] != claim:
            raise ScenarioError(step.place, f"{name} of {what} is {there[name]}, not {claim}")


def calculate(_story: Story, step: Step) -> None:
    """Claim a result: `calculate pricecalc 1 + 1 = 2.00`, `calculate fee 123 1.36 4 = 1.6728`."""
    name = step.word("a calculation")
    function = CALCULATIONS.get(name)
    if function is None:
        raise ScenarioError(step.place, f"there is no calculation {name}")
    if "=" not in step.words:
        raise ScenarioError(step.place, "after = stands the result")
    mark = step.words.index("=")
    given, claim = step.words[:mark], step.words[mark + 1 :]
    step.words.clear()
    precision = decimals_in(step, given.pop()) if len(given) > PLACES[name] else None
    result = function(*given) if precision is None else function(*given, precision)
    if [result] != claim:
        raise ScenarioError(step.place, f"{name} gives {result}, not {' '.join(claim)}")


def number(_story: Story, step: Step) -> None:
    """Claim a serial number: `number freeze 10012 2020-01-15T16:54:06 = 42020011516540610012`."""
    word = step.word("an operation")
    operation = next((one for one in Operation if one.word == word), None)
    if operation is None:
        raise ScenarioError(step.place, f"there is no operation {word}")
    owner = number_in(step, step.word("an object"))
    moment = moment_in(step, step.word("a moment"))
    if step.word("=") != "=":
        raise ScenarioError(step.place, "after = stands the number")
    result = serial_number(operation, moment, owner, zone=moment.tzinfo)
    claim = step.word("a serial number")
    if result != claim:
        raise ScenarioError(step.place, f"the number is {result}, not {claim}")


def _balance(step: Step, code: str) -> str:
    found = ledger.accounts(books.connection(), codes=[code])
    if not found:
        raise ScenarioError(step.place, f"there is no account {code}")
    currency = books.currencies()[found[0].currency].currency
    return Money(found[0].balance, currency).text


STATES: Final[dict[str, Callable[[int], str]]] = {
    "order": lambda number: str(order(number).state),
    "withdrawal": lambda number: str(withdrawal(number).state),
    "hold": lambda number: str(hold(number).state),
    "remittance": remittances.state_of,
    "payout": payouts.payout_state,
}
CALCULATIONS: Final[dict[str, Callable[..., str]]] = {
    "pricecalc": arithmetic.pricecalc,
    "fee": arithmetic.fee,
    "priceyuantofen": arithmetic.priceyuantofen,
    "pricefentoyuan": arithmetic.pricefentoyuan,
    "priceformat": arithmetic.priceformat,
}
PLACES: Final = {
    "pricecalc": 3,
    "fee": 2,
    "priceyuantofen": 1,
    "pricefentoyuan": 1,
    "priceformat": 1,
}
VERBS: Final[dict[str, Callable[[Story, Step], None]]] = {
    "expect": expect,
    "calculate": calculate,
    "number": number,
}
