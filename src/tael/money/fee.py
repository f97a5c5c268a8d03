"""Fees (手續費): a percentage, a fixed part, a minimum and a maximum."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tael.money.amount import parse_amount
from tael.money.money import CurrencyMismatch, Money
from tael.money.rounding import HALF_UP, ratio, round_ratio
from tael.refusal import Refusal

if TYPE_CHECKING:
    from tael.money.currency import Currency

MAX_TEXT: Final = 64
MAX_PERCENT: Final = 100
# A percentage, a fixed part, or both with a plus between them, which only both may have.
FORMULA: Final = re.compile(
    r"(?:(?P<percent>(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,6})?)%)?"
    r"(?:(?(percent) ?\+ ?|)(?P<fixed>[0-9]+(?:\.[0-9]+)?))?"
)


class FeeMalformed(Refusal):
    """The fee is not a percentage, an amount or the sum of both, or its limits cross."""

    code = "fee_malformed"
    rule = "F-14"
    remedy = "Write a fee as 5%, 2.99 or 5% + 2.99."


class FeeExceedsAmount(Refusal):
    """The fee is more than the amount that it is to be taken from."""

    code = "fee_exceeds_amount"
    because = "conflict"
    rule = "F-38"
    remedy = "Send a larger amount."

    def __init__(self, *, amount: Money, fee: Money) -> None:
        """Say what the fee is and that the amount does not cover it."""
        super().__init__(
            f"The fee of {fee} is more than the amount of {amount}.",
            field="amount",
            there=str(amount),
            allowed=f"at least {fee}",
        )
        self.amount, self.fee = amount, fee


@dataclass(frozen=True, slots=True)
class Fee:
    """What is charged on an amount: ``percent`` of it and ``fixed``, within the two limits.

    Args:
        percent: 0 to 100; 1.36 means 1.36 %.
        fixed, minimum, maximum: at least zero, all of one currency; None where there is none.
    Raises:
        FeeMalformed: one of these is out of its bounds.
        CurrencyMismatch: the amounts are of several currencies.
    Source: F-14, F-18.
    """

    percent: Decimal = Decimal(0)
    fixed: Money | None = None
    minimum: Money | None = None
    maximum: Money | None = None

    def __post_init__(self) -> None:
        """Refuse a fee that could turn negative or whose limits contradict each other."""
        numerator, denominator = ratio(self.percent)
        if not 0 <= numerator <= MAX_PERCENT * denominator:
            raise FeeMalformed(
                "A fee is between 0 and 100 percent.", field="fee", there=f"{self.percent}%"
            )
        amounts = {"fee": self.fixed, "minimum": self.minimum, "maximum": self.maximum}
        for field, amount in amounts.items():
            if amount is not None and amount.minor < 0:
                raise FeeMalformed("A fee is never negative.", field=field, there=str(amount))
        currencies = [amount.currency for amount in amounts.values() if amount is not None]
        for currency in currencies[1:]:
            if currency != currencies[0]:
                raise CurrencyMismatch(currencies[0], currency, field="fee")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise FeeMalformed(
                "The smallest fee is above the largest.",
                field="minimum",
                there=str(self.minimum),
                allowed=f"at most {self.maximum}",
            )

    @classmethod
    def parse(
        cls,
        text: object,
        currency: Currency,
        *,
        minimum: object = None,
        maximum: object = None,
    ) -> Fee:
        """Read a fee as an operator writes it: ``5%``, ``2.99`` or ``5% + 2.99``.

        Args:
            text: the percentage, the fixed part in ``currency``, or both in this order.
            minimum, maximum: amounts as text; None where there is no such limit.
        Raises:
            FeeMalformed: another shape, more than 100 percent, or limits that cross.
            AmountMalformed, AmountTooPrecise, AmountTooLarge: of a part that is an amount.
        Source: F-14.

        >>> from tael.money.currency import iso_currency
        >>> fee = Fee.parse("5% + 2.99", iso_currency("USD"), maximum="10.00")
        >>> str(fee), str(fee.of(Money(10000, iso_currency("USD"))))
        ('5% + 2.99, at most 10.00', '7.99 USD')
        """
        found = FORMULA.fullmatch(text) if isinstance(text, str) and len(text) <= MAX_TEXT else None
        if found is None or not any(found.groups()):
            raise FeeMalformed(
                "This is no fee.",
                field="fee",
                there=repr(text[:32]) if isinstance(text, str) else type(text).__name__,
                allowed="5%, 2.99 or 5% + 2.99",
            )

        def amount(part: object, field: str) -> Money | None:
            if part is None:
                return None
            return parse_amount(part, currency, field=field, allow_zero=True)

        return cls(
            percent=Decimal(found["percent"] or 0),
            fixed=amount(found["fixed"], "fee"),
            minimum=amount(minimum, "minimum"),
            maximum=amount(maximum, "maximum"),
        )

    @property
    def formula(self) -> str:
        """Give percentage and fixed part as ``parse`` reads them, without the limits.

        >>> Fee(Decimal("1.360")).formula
        '1.36%'
        """
        parts = []
        if self.percent or self.fixed is None:
            plain = f"{self.percent:f}"
            parts.append((plain.rstrip("0").rstrip(".") if "." in plain else plain) + "%")
        if self.fixed is not None:
            parts.append(self.fixed.text)
        return " + ".join(parts)

    def __str__(self) -> str:
        """Give the formula and the limits, for a person."""
        least = "" if self.minimum is None else f", at least {self.minimum.text}"
        most = "" if self.maximum is None else f", at most {self.maximum.text}"
        return self.formula + least + most

    def of(self, amount: Money) -> Money:
        """Give the fee on an amount: percentage rounded half up once, fixed part, limits.

        Args:
            amount: >= 0.
        Raises:
            ValueError: the amount is negative.
            CurrencyMismatch: the fee has parts of another currency.
        Source: F-14, A-F4.

        >>> from tael.money.currency import Currency
        >>> cny = Money(12300, Currency("CNY", 2))
        >>> str(Fee(Decimal("1.36")).of(cny))
        '1.67 CNY'
        >>> str(Fee(Decimal("1.36"), minimum=Money(200, cny.currency)).of(cny))
        '2.00 CNY'
        """
        if amount.minor < 0:
            raise ValueError(f"a fee is taken on an amount of at least zero, not on {amount}")
        numerator, denominator = ratio(self.percent)
        share = round_ratio(amount.minor * numerator, 100 * denominator, HALF_UP)
        fee = Money(share, amount.currency)
        if self.fixed is not None:
            fee = fee + self.fixed
        if self.minimum is not None and fee < self.minimum:
            fee = self.minimum
        if self.maximum is not None and fee > self.maximum:
            fee = self.maximum
        return fee

    def split_gross(self, amount: Money) -> tuple[Money, Money]:
        """Divide an amount into what is left for its owner and the fee; the two add up to it.

        Raises:
            FeeExceedsAmount: the fee is more than the amount.
            ValueError: the amount is negative.
            CurrencyMismatch: the fee has parts of another currency.

        >>> from tael.money.currency import Currency
        >>> net, fee = Fee(Decimal("1.36")).split_gross(Money(12300, Currency("CNY", 2)))
        >>> str(net), str(fee)
        ('121.33 CNY', '1.67 CNY')
        """
        fee = self.of(amount)
        if fee > amount:
            raise FeeExceedsAmount(amount=amount, fee=fee)
        return amount - fee, fee
