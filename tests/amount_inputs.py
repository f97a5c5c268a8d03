"""What the one parser of amounts says to every input of reliability row T11; each door reads it.

A value is what a JSON body, a form field, a command line or a spreadsheet cell brought. The
verdict is the accepted minor units, or the code of the refusal.
"""

from __future__ import annotations

from typing import NamedTuple

MALFORMED = "amount_malformed"
NOT_POSITIVE = "amount_not_positive"
TOO_PRECISE = "amount_too_precise"
TOO_LARGE = "amount_too_large"
UNKNOWN_CURRENCY = "unknown_currency"

NO_BREAK_SPACE = "\u00a0"
ZERO_WIDTH_SPACE = "\u200b"


class AmountInput(NamedTuple):
    value: object
    currency: str
    verdict: int | str

    @property
    def is_text(self) -> bool:
        """Tell whether a door that knows only text (form, command line) can bring this value."""
        return isinstance(self.value, str)


NOT_PLAIN_DIGITS = [
    "1e3",
    "1E+3",
    "NaN",
    "sNaN",
    "Infinity",
    "-0",
    "-0.00",
    "-5",
    "-0.01",
    "+5",
    ".5",
    "5.",
    ".",
    "00012",
    "00.50",
    "1_000",
    "1,000.00",
    "1.000,00",
    "1 000",
    " 5 ",
    "5 ",
    " 5",
    "5\n",
    "\t5",
    NO_BREAK_SPACE + "5",
    "１２.５０",
    "٣",
    "९",
    "1٣",
    "1.٣",
    "1٫5",
    "−5",
    "²",
    "Ⅷ",
    ZERO_WIDTH_SPACE + "5",
    "5\x00",
    "5\x00.00",
    "1e400000",
    "0x1F",
    "5%",
    "$5",
    "5 CNY",
    "1.2.3",
    "",
    "null",
    "true",
    "9" * 65,
    "0." + "0" * 63,
]

NOT_TEXT: list[object] = [
    None,
    True,
    False,
    [],
    ["5"],
    {},
    {"amount": "5"},
    5,
    0,
    -5,
    0.1,
    1e3,
    12345678901234567.89,
]

AMOUNT_INPUTS = [
    # accepted: one way to write each amount, with fewer decimals allowed
    AmountInput("5", "CNY", 500),
    AmountInput("5.5", "CNY", 550),
    AmountInput("12.34", "CNY", 1234),
    AmountInput("0.01", "CNY", 1),
    AmountInput("0.1", "CNY", 10),
    AmountInput("1", "JPY", 1),
    AmountInput("100", "JPY", 100),
    AmountInput("1.234", "BHD", 1234),
    AmountInput("0.001", "BHD", 1),
    AmountInput("1.5", "BHD", 1500),
    # nothing
    AmountInput("0", "CNY", NOT_POSITIVE),
    AmountInput("0.0", "CNY", NOT_POSITIVE),
    AmountInput("0.00", "CNY", NOT_POSITIVE),
    AmountInput("0", "JPY", NOT_POSITIVE),
    # decimals that the currency does not have, though they be zeros
    AmountInput("0.005", "USD", TOO_PRECISE),
    AmountInput("1.234", "USD", TOO_PRECISE),
    AmountInput("1.230", "USD", TOO_PRECISE),
    AmountInput("0.000", "USD", TOO_PRECISE),
    AmountInput("1.5", "JPY", TOO_PRECISE),
    AmountInput("1.0", "JPY", TOO_PRECISE),
    AmountInput("1.2345", "BHD", TOO_PRECISE),
    AmountInput("0.1" + "0" * 60, "CNY", TOO_PRECISE),
    # the limit of one operation, and one unit to each side
    AmountInput("9999999999999999.98", "CNY", 10**18 - 2),
    AmountInput("9999999999999999.99", "CNY", 10**18 - 1),
    AmountInput("10000000000000000.00", "CNY", TOO_LARGE),
    AmountInput("999999999999999998", "JPY", 10**18 - 2),
    AmountInput("999999999999999999", "JPY", 10**18 - 1),
    AmountInput("1000000000000000000", "JPY", TOO_LARGE),
    AmountInput("999999999999999999", "CNY", TOO_LARGE),
    AmountInput("1" * 40, "CNY", TOO_LARGE),
    AmountInput("9" * 40, "JPY", TOO_LARGE),
    # a currency that is wrong, unknown, in lower case, renamed or withdrawn
    AmountInput("5", "cny", UNKNOWN_CURRENCY),
    AmountInput("5", "Cny", UNKNOWN_CURRENCY),
    AmountInput("5", " CNY", UNKNOWN_CURRENCY),
    AmountInput("5", "CNYX", UNKNOWN_CURRENCY),
    AmountInput("5", "QQQ", UNKNOWN_CURRENCY),
    AmountInput("5", "RMB", UNKNOWN_CURRENCY),
    AmountInput("5", "ZWL", UNKNOWN_CURRENCY),
    AmountInput("5", "DEM", UNKNOWN_CURRENCY),
    AmountInput("5", "156", UNKNOWN_CURRENCY),
    AmountInput("5", "", UNKNOWN_CURRENCY),
    *(AmountInput(value, "CNY", MALFORMED) for value in NOT_PLAIN_DIGITS),
    *(AmountInput(value, "CNY", MALFORMED) for value in NOT_TEXT),
]

JSON_NUMBERS = ["0.1", "1e3", "12345678901234567.89", "5", "1E400"]
"""JSON as it stands on the wire: a number is refused, however it is written."""

TWO_AMOUNTS_IN_ONE_BODY = '{"amount": "1.00", "currency": "CNY", "amount": "100.00"}'
"""A JSON body that names one key twice: readers differ on which one counts, so it is refused."""
