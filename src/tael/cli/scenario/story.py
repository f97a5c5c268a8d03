"""A story on its way: its clock, its keys, and what stands behind the names it has given."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tael import books
from tael.cli.scenario.read import ScenarioError
from tael.money import parse_amount
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.cli.scenario.read import Step
    from tael.money import Money
    from tael.wallet.wallet import Wallet

STAFF: Final = "user:10000"
STEP: Final = timedelta(minutes=1)
BEGINNING: Final = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(slots=True)
class Story:
    """What the steps of a scenario share.

    Each step takes place a minute after the one before it, unless `at` sets the clock. A thing that
    gets its number only when it is made is named by `as=` and called by that name afterwards.

    Args:
        name: with the number of the step it makes the idempotency keys.
        listed: the acts that the business system has.
    """

    name: str
    now: datetime = BEGINNING
    numbers: dict[str, int] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    listed: list[dict[str, str]] = field(default_factory=list)
    played: int = 0

    def begin_step(self) -> None:
        """Let the clock go on."""
        self.played += 1
        self.now += STEP

    def instruction(self, step: Step, *, channel: str = "System") -> books.Instruction:
        """Make the instruction of a step from what it says, or from what is usual.

        Args:
            channel: the usual one for the verb.
        """
        return books.Instruction(
            key=step.fact("key", f"{self.name}.{self.played}"),
            actor=step.fact("by", STAFF),
            at=self.now,
            channel=step.fact("channel", channel),
            info=step.fact("info"),
            sno=step.fact("sno") or None,
            pno=step.fact("pno") or None,
            code=step.fact("code"),
        )

    def wallet(self, step: Step) -> Wallet:
        """Take a wallet's number from a step."""
        return find_wallet(number_in(step, step.word("the number of a wallet")))

    def amount(self, step: Step, usual: str) -> Money:
        """Take an amount from a step, in the usual currency if none is named."""
        text = step.word("an amount")
        currency = books.currency(step.word_or(usual))
        return parse_amount(text, currency)

    def name_it(self, step: Step, number: int | None) -> None:
        """Keep a number under the name that the step gives, if it gives one."""
        name = step.fact("as")
        if name and number is not None:
            self.numbers[name] = number

    def called(self, step: Step, name: str) -> int:
        """Give the number behind a name; a plain number stands for itself.

        Raises:
            ScenarioError: nothing has been called so.
        """
        if name in self.numbers:
            return self.numbers[name]
        if _NUMBER.fullmatch(name):
            return int(name)
        raise ScenarioError(step.place, f"nothing has been called {name}")

    def moment(self, step: Step, name: str) -> datetime | None:
        """Give a moment that a step may name, as 2026-03-01 or 2026-03-01T09:00, in UTC."""
        text = step.fact(name)
        return moment_in(step, text) if text else None


def number_in(step: Step, text: str) -> int:
    """Read a number.

    Raises:
        ScenarioError: it is none.
    """
    if not _NUMBER.fullmatch(text):
        raise ScenarioError(step.place, f"{text} is no number")
    return int(text)


def decimals_in(step: Step, text: str) -> int:
    """Read a number of decimals.

    Raises:
        ScenarioError: it is none.
    """
    if not re.fullmatch(r"[0-9]{1,2}", text):
        raise ScenarioError(step.place, f"{text} is no number of decimals")
    return int(text)


def moment_in(step: Step, text: str) -> datetime:
    """Read a moment of UTC.

    Raises:
        ScenarioError: it is none.
    """
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise ScenarioError(step.place, f"{text} is no date, or date and time") from error


def yes_or_no(step: Step, name: str) -> bool:
    """Read a fact that is yes or no, and no when it is left away.

    Raises:
        ScenarioError: it is something else.
    """
    text = step.fact(name, "no")
    if text not in {"yes", "no"}:
        raise ScenarioError(step.place, f"{name}= is yes or no, not {text}")
    return text == "yes"
