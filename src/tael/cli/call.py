"""What every command of a noun shares: the database, who asks and when, and how an answer is given.

The command line is the operator's own door: whoever may run it may do everything, and is named in the
books as `cli:<login>` unless he says otherwise.
"""

from __future__ import annotations

import getpass
import json
import re
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from tael import books
from tael.api.wire import receipt_out
from tael.cli.answer import Answer, Done, Facts, show
from tael.cli.database import opened_database
from tael.cli.main import REFUSED, say
from tael.cli.no_books import check_books
from tael.money import parse_amount
from tael.parties import actor as actors
from tael.refusal import Refusal
from tael.wallet.serial_number import business_zone
from tael.wallet.soft_close import check_open
from tael.web.database import point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tael.money import Money
    from tael.wallet.receipt import Receipt

F = TypeVar("F", bound="Callable[..., Any]")

_DIGITS: Final = re.compile(r"[0-9]{1,19}")
_LARGEST: Final = 2**63 - 1
_NOT_A_NAME: Final = re.compile(r"[^0-9A-Za-z_.-]")


class PlainNumber(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2
    """A whole number above zero in plain digits."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or say what is wrong."""
        if isinstance(value, int):
            return value
        if not _DIGITS.fullmatch(value) or not 0 < int(value) <= _LARGEST:
            self.fail(f"{value!r} is no whole number above zero.", param, ctx)
        return int(value)


class Moment(click.ParamType):  # type: ignore[type-arg]  # as above
    """A date, or a date and time; without a zone it is of the business zone."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it, or say what is wrong."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=business_zone())
            return aware.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no date, or date and time: 2026-03-01T09:00:00Z.", param, ctx)


NUMBER: Final = PlainNumber()
MOMENT: Final = Moment()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a command.

    Args:
        words: what may be said with every operation: channel, info, sno, pno, code.
        asked: the amount and the currency, as typed.
        dated: somebody has said when it takes effect. late_reason: why in a month that is being closed.
    """

    at: datetime
    actor: str
    key: str = ""
    dry_run: bool = False
    words: tuple[tuple[str, Any], ...] = ()
    dated: bool = False
    late_reason: str = ""
    asked: tuple[str | None, str | None] = (None, None)

    def instruction(self, **others: Any) -> books.Instruction:
        """Make the instruction that the domain gets.

        Args:
            others: what stands in place of what was said, such as the channel of an order.
        """
        words: dict[str, Any] = {**dict(self.words), **others}
        return books.Instruction(key=self.key, actor=self.actor, at=self.at, **words)

    def word(self, name: str) -> str:
        """Give one of the words that were said with the operation."""
        return str(dict(self.words)[name] or "")

    def keyed(self, key: str | None, **words: Any) -> books.Instruction:
        """Make an instruction for what moves no money and may be asked twice."""
        named = key or str(uuid.uuid4())  # noqa: TID251 - a door makes the key
        return books.Instruction(key=named, actor=self.actor, at=self.at, **words)

    def amount(self, usual: str | None = None) -> Money:
        """Read the amount, in the currency that was named or in the wallet's.

        Raises:
            UnknownCurrency, CurrencyDisabled; the refusals of ``parse_amount``.
        """
        return read_amount(*self.asked, usual)


def read_amount(text: str | None, named: str | None, usual: str | None = None) -> Money:
    """Read an amount, in the currency that was named or in the usual one.

    Raises:
        UnknownCurrency, CurrencyDisabled; the refusals of ``parse_amount``.
    """
    return parse_amount(text, books.currency(named if named is not None else usual or ""))


def command(name: str) -> Callable[[F], click.Command]:
    """Make a command that answers a question or keeps a registry."""

    def decorate(function: F) -> click.Command:
        @wraps(function)
        def run(*, as_json: bool, actor: str | None, **options: Any) -> None:
            call = Call(at=datetime.now(UTC), actor=actor or login())  # noqa: TID251 - a door
            with answered(as_json=as_json):
                answer: Answer = function(call, **options)
                show(answer, as_json=as_json)

        made: click.Command = click.command(name)(_actor(_json(run)))
        return made

    return decorate


def operation(name: str, *, channel: str = "Admin") -> Callable[[F], click.Command]:
    """Make a command that moves money, with everything that may be said with it.

    The function gives the receipt, or the receipt with further facts for the answer.

    Args:
        channel: the usual one.
    """

    def decorate(function: F) -> click.Command:
        @wraps(function)
        def run(*, as_json: bool, **options: Any) -> None:
            call = _call(options)
            with answered(as_json=as_json, key=call.key):
                show(_carry_out(call, lambda: function(call, **options)), as_json=as_json)

        return click.command(name)(_json(_moving(run, channel)))

    return decorate


@contextmanager
def answered(*, as_json: bool, key: str = "") -> Iterator[None]:
    """Open the database for a command; a refusal is said on standard error and ends with 2.

    Args:
        key: under which the call may be repeated.
    """
    try:
        with opened_database() as databases:
            check_books(databases)  # refused in words, not by the driver
            point("default", databases.app_dsn)
            yield
    except Refusal as refusal:
        if as_json:
            facts = refusal.as_dict() | ({"key": key} if key else {})
            click.echo(json.dumps(facts, ensure_ascii=False), err=True)
        else:
            say(refusal)
            if key and refusal.retry:
                click.echo(f"  To repeat the same call: --key {key}", err=True)
        sys.exit(REFUSED)


def login() -> str:
    """Name who is at the keyboard, as the books keep it."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return actors.CLI
    return actors.of_login(_NOT_A_NAME.sub("_", name)[:64])


def _carry_out(
    call: Call, act: Callable[[], Receipt | tuple[Receipt | None, dict[str, Any]]]
) -> Done | Facts:
    def act_and_write() -> Done | Facts:
        given = act()
        receipt, facts = given if isinstance(given, tuple) else (given, {})
        if receipt is None:  # nothing was booked: it waits for a second person
            return Facts(facts | {"dry_run": call.dry_run, "key": call.key})
        written = receipt_out(receipt, customer=None, dry_run=call.dry_run)
        return Done(written | facts | {"replayed": receipt.replayed, "key": call.key})

    def late() -> Done | Facts:
        now = datetime.now(UTC)  # noqa: TID251 - when it is said, not when it takes effect
        check_open(call.at, actor=call.actor, at=now, reason=call.late_reason)
        return act_and_write()

    whole = books.atomic(late) if call.dated else act_and_write
    return books.rehearse(whole) if call.dry_run else whole()


def _call(options: dict[str, Any]) -> Call:
    words = ("channel", "info", "sno", "pno", "code")
    return Call(
        dated=options["at"] is not None,
        late_reason=options.pop("late_reason") or "",
        at=options.pop("at") or datetime.now(UTC),  # noqa: TID251 - a door reads the clock
        actor=options.pop("actor") or login(),
        key=options.pop("key") or str(uuid.uuid4()),  # noqa: TID251 - a door makes the key
        dry_run=options.pop("dry_run"),
        words=tuple((name, options.pop(name)) for name in words),
        asked=(options.pop("amount", None), options.pop("currency", None)),
    )


def amount_options(function: F) -> F:
    """Give a command --amount and --currency."""
    currency = click.option("--currency", help="Its code, such as CNY.  [default: the wallet's]")
    amount = click.option("--amount", required=True, help="Plain digits, such as 12.34.")
    return amount(currency(function))


def _moving(function: F, channel: str) -> F:
    for option in (
        click.option("--dry-run", is_flag=True, help="Do it and take it back."),
        click.option("--at", type=MOMENT, help="When it takes effect.  [default: now]"),
        click.option("--late-reason", help="Why it does so in a month that is being closed."),
        click.option("--key", help="Idempotency key.  [default: a new one, which is printed]"),
        click.option("--code", default="", help="Code of the business operation."),
        click.option("--pno", help="The outside world's transaction number."),
        click.option("--sno", help="Your serial number; also a key."),
        click.option("--info", default="", help="Text for the statement."),
        click.option(
            "--channel", default=channel, show_default=bool(channel), help="Over which channel."
        ),
    ):
        function = option(function)
    return _actor(function)


def _actor(function: F) -> F:
    return click.option(
        "--actor", help="Who asks, as user:10000 or customer:20211.  [default: cli:<login>]"
    )(function)


def _json(function: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")(
        function
    )
