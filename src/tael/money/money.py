"""Money (金額): an exact amount of one currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tael.money.currency import Currency
from tael.money.rounding import ratio, round_ratio
from tael.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from tael.money.rounding import Rounding


class CurrencyMismatch(Refusal):
    """Two currencies meet where there may be one only."""

    code = "currency_mismatch"
    rule = "F-38"
    remedy = "Exchange one of them first, or name the account of the same currency."

    def __init__(self, left: Currency, right: Currency, *, field: str | None = None) -> None:
        """Say which currencies met: ``left`` was expected, ``right`` came."""
        super().__init__(
            f"{left} and {right} cannot be mixed", field=field, there=right.code, allowed=left.code
        )
        self.left, self.right = left, right


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency, in its minor unit (fen, cent).

    No float goes in, and there is no ``*``: a rate goes through ``times``, which makes the caller
    name the rounding. What would corrupt an amount raises; nothing here relies on ``assert``,
    which ``python -O`` removes.

    Args:
        minor: whole minor units of any size and sign.

    >>> cny = Currency("CNY", 2)
    >>> str(Money(1234, cny) + Money(66, cny))
    '13.00 CNY'
    """

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        """Refuse all but whole numbers: a float or a decimal would carry parts of a unit."""
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        if not isinstance(self.currency, Currency):
            raise TypeError(f"money needs a Currency, not {type(self.currency).__name__}")

    @classmethod
    def zero(cls, currency: Currency) -> Money:
        """Give nothing of a currency, for example to begin a sum with."""
        return cls(0, currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """Take away an amount of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        """Turn the sign."""
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        """Drop the sign."""
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        """Tell whether there is any money at all, of either sign."""
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        """Compare amounts of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        """Compare amounts of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        """Compare amounts of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.minor > other.minor

    def __ge__(self, other: Money) -> bool:
        """Compare amounts of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.minor >= other.minor

    @property
    def is_zero(self) -> bool:
        """Tell whether the amount is nothing."""
        return self.minor == 0

    @property
    def decimal(self) -> Decimal:
        """Give the amount in major units, exactly.

        >>> Money(-5, Currency("CNY", 2)).decimal
        Decimal('-0.05')
        """
        return Decimal(self.text)  # the constructor is exact; scaleb() would round at 28 digits

    @property
    def text(self) -> str:
        """Give the amount as text with all decimals of its currency and nothing else.

        >>> Money(1230, Currency("CNY", 2)).text, Money(1230, Currency("JPY", 0)).text
        ('12.30', '1230')
        """
        exponent = self.currency.exponent
        if exponent == 0:
            return str(self.minor)
        digits = str(abs(self.minor)).rjust(exponent + 1, "0")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"

    def __str__(self) -> str:
        """Give the amount with its currency, for example 12.34 CNY."""
        return f"{self.text} {self.currency}"

    def times(self, rate: Decimal | Fraction | int, rounding: Rounding) -> Money:
        """Multiply by an exact rate and round once, to whole minor units.

        Args:
            rate: a fraction, 0.0136 for 1.36 %; of any size and precision.
        Raises:
            TypeError: the rate is a float.
            ValueError: the rate is NaN or infinite.
        Source: F-14, A-F4.

        >>> from tael.money.rounding import DOWN, HALF_UP
        >>> amount = Money(12300, Currency("CNY", 2))
        >>> str(amount.times(Decimal("0.0136"), HALF_UP)), str(amount.times(Decimal("1.5"), DOWN))
        ('1.67 CNY', '184.50 CNY')
        """
        numerator, denominator = ratio(rate)
        return Money(round_ratio(self.minor * numerator, denominator, rounding), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share the amount out by weights, so that the shares add up to it to the last unit.

        Each share is its exact part rounded towards zero; the units left over go one each to the
        largest remainders, and among equal remainders to the earlier ones. A weight of zero gets
        nothing. The split of a negative amount mirrors that of the positive one.

        Args:
            weights: whole numbers >= 0, at least one of them above zero.
        Raises:
            ValueError: there are no weights, one is negative, or all are zero.
            TypeError: a weight is no int.

        >>> [share.text for share in Money(100, Currency("CNY", 2)).split([1, 1, 1])]
        ['0.34', '0.33', '0.33']
        >>> [share.text for share in Money(-5, Currency("CNY", 2)).split([0, 7, 3])]
        ['0.00', '-0.04', '-0.01']
        """
        if any(type(weight) is not int for weight in weights):
            raise TypeError("weights are whole numbers")
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights are at least zero, and one of them is above zero")
        parts = [divmod(abs(self.minor) * weight, total) for weight in weights]
        left_over = abs(self.minor) - sum(share for share, _ in parts)
        # sorted() is stable, so equal remainders keep the order of the weights.
        by_remainder = sorted(range(len(parts)), key=lambda place: -parts[place][1])
        lucky = set(by_remainder[:left_over])
        sign = -1 if self.minor < 0 else 1
        return [
            Money(sign * (share + (place in lucky)), self.currency)
            for place, (share, _) in enumerate(parts)
        ]
