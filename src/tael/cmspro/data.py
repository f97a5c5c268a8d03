"""The data array (數組數據) of seed 1: its parameters by their own names, each read in one place.

Empty text and None are "not given", as the seed's `'cardb' => ''`.

Source: F-19, E-01.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tael import books
from tael.cmspro.result import Result
from tael.money import parse_amount
from tael.parties import actor as actors
from tael.refusal import Refusal
from tael.wallet.operation import Operation
from tael.wallet.wallet import wallet_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tael.money import Currency, Money
    from tael.wallet.wallet import Wallet

PARAMETERS: Final = (
    "ctype",
    "money",
    "mtype",
    "uid",
    "type",
    "carda",
    "to",
    "cardb",
    "info",
    "sno",
    "pno",
    "status",
    "logid",
    "card",
)
"""The seed's own, and `card`: the code of a card that is recharged with (A-F13)."""

SPEND_ONLY_MARK: Final = "lock"
DIGITS_MAX: Final = 60
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")


class ParameterMissing(Refusal):
    """The operation needs a parameter that the data array does not have."""

    code = "parameter_missing"
    rule = "E-01"
    remedy = "Send the parameter; the table in docs/cmspro.md says which operation needs which."


class ParameterUnknown(Refusal):
    """The data array has a name that is no parameter."""

    code = "parameter_unknown"
    rule = "F-19"
    remedy = "Use the names of the table in docs/cmspro.md, in small letters."


class ParameterMalformed(Refusal):
    """A parameter is not of the form that the table of parameters gives."""

    code = "parameter_malformed"
    rule = "F-19"
    remedy = "Send the named parameter in the allowed form."


class OperationUnknown(Refusal):
    """There is no operation of this number."""

    code = "operation_unknown"
    rule = "F-01"
    remedy = "Use one of the seven types: 1 recharge to 7 exchange."


def parse_operation(number: object) -> Operation:
    """Read the first argument of the call, a number or its digit.

    Raises:
        OperationUnknown: it is none of the seven.

    Source: F-01.
    """
    text = _digits(number)
    if text not in [str(int(operation)) for operation in Operation]:
        raise OperationUnknown(
            "There is no such operation.", field="type", there=_shown(number), allowed="1 to 7"
        )
    return Operation(int(str(text)))


@dataclass(frozen=True, slots=True)
class Data:
    """One call's data array, with who asks and when."""

    operation: Operation
    given: Mapping[str, Any]
    code: str
    actor: str | None
    at: datetime

    def __post_init__(self) -> None:
        """Refuse names that are no parameters: a misspelt one would silently count as absent.

        Raises:
            ParameterUnknown, ParameterMalformed.
        """
        if not isinstance(self.code, str):
            raise ParameterMalformed(
                "The code is no text.", field="code", there=_shown(self.code), allowed="text"
            )
        if not hasattr(self.given, "items"):
            raise ParameterMalformed("The data are names with values.", field="data")
        for name in self.given:
            if name not in PARAMETERS:
                raise ParameterUnknown(
                    "There is no such parameter.",
                    field=_shown(name),
                    allowed=", ".join(PARAMETERS),
                )

    def has(self, name: str) -> bool:
        """Tell whether a parameter is given."""
        value = self.given.get(name)
        return value is not None and not (isinstance(value, str) and not value)

    def value(self, name: str) -> Any:
        """Give a parameter that must be there.

        Raises:
            ParameterMissing: it is not.
        """
        if not self.has(name):
            raise ParameterMissing(f"{name} is missing.", field=name)
        return self.given[name]

    def text(self, name: str) -> str | None:
        """Give a text or a number as text; None when it is not given."""
        if not self.has(name):
            return None
        value = _digits(self.given[name])
        if isinstance(value, str):
            return value
        raise ParameterMalformed(
            f"{name} is no text.", field=name, there=type(value).__name__, allowed="text"
        )

    def needed_text(self, name: str) -> str:
        """Give a text that must be there."""
        self.value(name)
        return self.text(name) or ""

    def number(self, name: str) -> int:
        """Give a number that must be there, which may be written as text: 100001 or "100001".

        Raises:
            ParameterMissing, ParameterMalformed.

        Source: F-19 (the examples write both).
        """
        value = self.value(name)
        if name == "logid" and isinstance(value, Result) and value.logid is not None:
            value = value.logid  # "通過第一步 $result 獲得"
        text = _digits(value)
        if not isinstance(text, str) or not _NUMBER.fullmatch(text):
            raise ParameterMalformed(
                f"{name} is no number.",
                field=name,
                there=_shown(value),
                allowed="a whole number, as 100001",
            )
        return int(text)

    def choice(self, name: str, *allowed: int) -> int:
        """Give a parameter that is one of a few digits.

        Raises:
            ParameterMissing, ParameterMalformed.
        """
        value = self.value(name)
        text = _digits(value)
        if text not in [str(digit) for digit in allowed]:
            raise ParameterMalformed(
                f"{name} is none of those that the operation has.",
                field=name,
                there=_shown(value),
                allowed=" or ".join(str(digit) for digit in allowed),
            )
        return int(str(text))

    def currency(self) -> Currency:
        """Give the currency that `ctype` names.

        Raises:
            ParameterMissing; UnknownCurrency, CurrencyDisabled.

        Source: F-11.
        """
        return books.currency(self.needed_text("ctype"), field="ctype")

    def amount(self, currency: Currency) -> Money:
        """Give the amount; a whole number and an exact decimal count as their own text.

        Raises:
            ParameterMissing; the refusals of ``parse_amount``.

        Source: F-19 (text or number), F-38.
        """
        value = self.value("money")
        if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < DIGITS_MAX:
            value = f"{value:f}"
        return parse_amount(_digits(value), currency, field="money")

    def wallet(self, name: str, *, owner: str = "uid") -> Wallet:
        """Give the fund account that a parameter names, of the customer that another one names.

        Raises:
            ParameterMissing, ParameterMalformed; UnknownWallet: it is not his.

        Source: F-21, F-38.
        """
        return wallet_of(self.number(owner), self.number(name), field=name)

    @property
    def spend_only(self) -> bool:
        """Tell whether what comes in may be consumed only: `pno` contains `lock` in small letters.

        Source: F-19 (pno), A-F17.
        """
        return SPEND_ONLY_MARK in (self.text("pno") or "")

    def instruction(self) -> books.Instruction:
        """Make the domain's instruction. A serial number, if there is one, is the key (A-F2).

        Raises:
            ParameterMissing; InstructionMalformed.

        Source: F-19, F-22.
        """
        return books.Instruction(
            key=str(uuid.uuid4()),  # noqa: TID251 - the door makes the key
            actor=self._actor(),
            at=self.at,
            channel=self.needed_text("mtype"),
            info=self.text("info") or "",
            sno=self.text("sno"),
            pno=self.text("pno"),
            code=self.code,
        )

    def _actor(self) -> str:
        """Tell who asks; unsaid, the customer, who applies, or the site, which decides (Admin…).

        Everybody on the site has a uid, its managers too, and a uid is a customer's number here.
        """
        if self.actor:
            who = actors.read(str(self.actor))
            if who.kind == actors.USER and who.number is not None:
                return actors.of_customer(who.number)
            return self.actor
        uid = self.number("uid") if self.code.startswith("User") else None
        return actors.SITE if uid is None else actors.of_customer(uid)


def _digits(value: object) -> object:
    """Give a whole number as its own text; everything else as it is."""
    return str(value) if type(value) is int and abs(value) < 10**DIGITS_MAX else value


def _shown(value: object) -> str:
    """Show what was sent, so far as it is short; a list or an endless number by its type only."""
    plain = _digits(value)
    return ascii(plain)[:40] if isinstance(plain, str) else type(value).__name__
