"""What the fields of requests may hold, and how the OpenAPI document describes them.

Whole numbers are whole numbers (no `true`, no `1.0`, no other script's digits), moments have a zone,
amounts are read by the one parser. What a text may be is for the domain to say, in its own refusal.

Source: reliability, M6, T11.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from tael import books
from tael.money import Money, parse_amount

LARGEST: Final = 2**63 - 1
PAGE_MAX: Final = 200
PAGE_DEFAULT: Final = 50

_DIGITS: Final = re.compile(r"[0-9]{1,19}")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(3000, 1, 1, tzinfo=UTC)


def _plain_number(text: object) -> object:
    """Read a number of a path or query: ASCII digits and nothing else."""
    if isinstance(text, str) and not _DIGITS.fullmatch(text):
        raise PydanticCustomError("number", "This is no whole number in plain digits.")
    return int(text) if isinstance(text, str) else text


def _moment(text: object) -> object:
    """Read a moment in RFC 3339, with its zone."""
    message = "This is no moment with date, time and zone, as 2026-11-21T12:00:00Z."
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise PydanticCustomError("moment", message)
    try:
        moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("moment", message) from error
    if not _FIRST <= moment < _LAST:
        raise PydanticCustomError("moment", "Moments are within the years 1970 to 2999.")
    return moment


def _day(text: object) -> object:
    """Read a day, as 2026-11-21."""
    message = "This is no day, as 2026-11-21."
    if isinstance(text, date):
        return text
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise PydanticCustomError("day", message)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise PydanticCustomError("day", message) from error
    if not _FIRST.year <= day.year < _LAST.year:
        raise PydanticCustomError("day", "Days are within the years 1970 to 2999.")
    return day


def _text(description: str, longest: int, *, example: str = "") -> WithJsonSchema:
    schema: dict[str, Any] = {"type": "string", "maxLength": longest, "description": description}
    return WithJsonSchema(schema | ({"examples": [example]} if example else {}))


Number = Annotated[int, Field(ge=1, le=LARGEST)]
"""A number in a body: of a wallet, a customer, a hold, an order."""

PlainNumber = Annotated[
    int,
    BeforeValidator(_plain_number),
    Field(ge=1, le=LARGEST),
]
"""A number in a path or query."""

Limit = Annotated[
    int,
    BeforeValidator(_plain_number),
    Field(ge=1, le=PAGE_MAX, description="The most things to answer with."),
]
Cursor = Annotated[
    str, Field(max_length=200, description="`next_cursor` of the page before; opaque.")
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-21T12:00:00Z"]}),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-21"]}),
]
"""A day of the business zone."""
AmountText = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?$",
            "description": "Decimal text with no more decimals than the currency has. Never a number.",
            "examples": ["12.34"],
        }
    ),
]
RateText = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$",
            "description": "Decimal text, above zero.",
            "examples": ["7.1234"],
        }
    ),
]
CurrencyCode = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[A-Z][A-Z0-9]{2,11}$",
            "description": "Code of a registered currency.",
            "examples": ["CNY"],
        }
    ),
]
ChannelText = Annotated[str, _text("Identifier of the channel (mtype).", 32, example="Alipay")]
InfoText = Annotated[str, _text("Shown on the statement; never evaluated.", 1000)]
SnoText = Annotated[
    str,
    _text("The caller's serial number; also a key.", 64, example="12020011516540610012"),
]
PnoText = Annotated[str, _text("The outside world's transaction number.", 64)]
CodeText = Annotated[str, _text("Code of the business operation.", 64, example="AdminRecharge")]
ReasonText = Annotated[str, _text("Why.", 500)]
LineText = Annotated[str, _text("One line of text.", 200)]
KeyText = Annotated[
    str,
    WithJsonSchema({"type": "string", "pattern": r"^[!-~]{1,255}$", "examples": ["order-17"]}),
]


class Filter(BaseModel):
    """What a list is asked for in its address: the same for the list, its sums and its file."""

    model_config = ConfigDict(extra="forbid")


class Body(BaseModel):
    """A JSON object of a request: no field but those named, and none of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Amount(Body):
    """An amount of money as the wire carries it."""

    amount: AmountText
    currency: CurrencyCode

    def money(self, *, field: str = "amount") -> Money:
        """Read the amount.

        Raises:
            UnknownCurrency, CurrencyDisabled, and those of ``parse_amount``.
        """
        currency = books.currency(self.currency, field=f"{field}.currency")
        return parse_amount(self.amount, currency, field=f"{field}.amount")


class Said(Body):
    """What may be said with every operation."""

    channel: ChannelText = "System"
    info: InfoText = ""
    sno: SnoText | None = None
    pno: PnoText | None = None
    code: CodeText = ""


class Why(Body):
    """The reason of a decision."""

    reason: ReasonText


class Nothing(Body):
    """An empty object."""
