"""A payout batch as the message that a bank takes payments by: ISO 20022, pain.001.001.03 or pain.001.001.09.

One group header, one block of payments from the house's account on the next business day, one payment for each
row. The batch's reference names the message and the withdrawal's number each payment; the bank's status report
(pain.002) answers by both. The same batch, time and settings give the same bytes.

A name is at most 140 characters, and 70 where a payment in EUR goes to an IBAN, as SEPA has it; what is longer
is cut. An account that is an IBAN is written as one, wherever the merchant entered it. Numbers are never cut: a
row whose account, IBAN or BIC cannot be written is refused by its place.

Source: B-35, B-38, E-15; peers-settlement-invest A24, section 3.6.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from tael.documents.bank_text import bank_text, compact, is_basic, is_bic, is_iban
from tael.money import Money
from tael.refusal import Because, Refusal
from tael.settlement.accounts.calendar import business_days
from tael.settlement.payouts.batch import total_of
from tael.settlement.payouts.batch_search import rows_to_pay
from tael.settlement.payouts.result_row import payee_account
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from datetime import datetime

    from tael.documents.payout_debtor import Debtor
    from tael.money import Currency
    from tael.settlement.models import PayoutBatch
    from tael.settlement.payouts.batch_search import RowToPay

VERSIONS: Final = ("pain.001.001.03", "pain.001.001.09")
NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"
CALENDAR: Final = "default"
DAYS_AHEAD: Final = 366
NAME_MAX: Final = 140
SEPA_NAME_MAX: Final = 70
ACCOUNT_MAX: Final = 34
DIGITS_MAX: Final = 18
PLACES_MAX: Final = 5
CURRENCY: Final = re.compile(r"[A-Z]{3}")
COUNTRY: Final = re.compile(r"[A-Z]{2}")
NOT_PROVIDED: Final = "NOTPROVIDED"
# In the order of the standard: the detail of the payee account, its element, the longest it may be.
ADDRESS: Final = (
    ("street", "StrtNm", 70),
    ("building", "BldgNb", 16),
    ("postcode", "PstCd", 16),
    ("town", "TwnNm", 35),
    ("region", "CtrySubDvsn", 35),
)


class PaymentRowRefused(Refusal):
    """A row of a batch cannot be written into a payment message: its payee's name or numbers do not fit."""

    code = "payment_row_refused"
    because: ClassVar[Because] = "conflict"
    rule = "B-35"
    remedy = "Take the row out of the batch, or export a sheet; the merchant names another account."


class PaymentCurrencyRefused(Refusal):
    """A payment message has no place for amounts of this currency or size."""

    code = "payment_currency_refused"
    because: ClassVar[Because] = "conflict"
    rule = "B-35"
    remedy = "Export the batch as a sheet."


class _Message(NamedTuple):
    """What every part of a message depends on."""

    batch: PayoutBatch
    version: str
    debtor: Debtor
    at: datetime

    @property
    def newer(self) -> bool:
        """Whether it is written as the newer of the two versions has it."""
        return self.version == VERSIONS[1]


def write_pain_001(batch: PayoutBatch, version: str, *, debtor: Debtor, at: datetime) -> bytes:
    """Write a batch as a payment message.

    Args:
        version: one of ``VERSIONS``. at: when it is exported; payment is asked for on the business day after.

    Raises:
        PaymentCurrencyRefused: the currency's code is not of three letters, or an amount has too many digits.
        PaymentRowRefused: a row cannot be written, by its place and its withdrawal.

    Source: B-35, B-38; A24, section 3.6.
    """
    message = _Message(batch, version, debtor, at)
    total = total_of(batch)
    _check_money(total)
    # Row by row as text: a tree of fifty thousand payments is some hundred megabytes.
    block = _block(message)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<Document xmlns="{NAMESPACE}{version}"><CstmrCdtTrfInitn>',
        _written(_header(message)),
        "<PmtInf>",
        *(_written(part) for part in block),
        *(_written(_payment(message, row, total.currency)) for row in rows_to_pay(batch)),
        "</PmtInf></CstmrCdtTrfInitn></Document>\n",
    ]
    return "".join(parts).encode()


def execution_day(at: datetime) -> str:
    """Give the first business day after the operator's day of a moment, as the message has it.

    Source: peers-settlement-invest A9, section 3.6.
    """
    is_business = business_days(CALENDAR)
    day = at.astimezone(business_zone()).date()
    for ahead in range(1, DAYS_AHEAD):
        if is_business(day + timedelta(days=ahead)):
            return (day + timedelta(days=ahead)).isoformat()
    raise ValueError("the calendar has no business days")


def _header(message: _Message) -> Element:
    header = Element("GrpHdr")
    _add(header, "MsgId", message.batch.reference)
    _add(header, "CreDtTm", f"{message.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _sums(header, message.batch)
    _add(SubElement(header, "InitgPty"), "Nm", message.debtor.name)
    return header


def _block(message: _Message) -> list[Element]:
    """Give what stands in the block of payments before the payments."""
    block, debtor = Element("PmtInf"), message.debtor
    _add(block, "PmtInfId", message.batch.reference)
    _add(block, "PmtMtd", "TRF")
    _sums(block, message.batch)
    day = SubElement(block, "ReqdExctnDt")
    (SubElement(day, "Dt") if message.newer else day).text = execution_day(message.at)
    _add(SubElement(block, "Dbtr"), "Nm", debtor.name)
    _account(SubElement(block, "DbtrAcct"), debtor.account)
    _bank(SubElement(block, "DbtrAgt"), debtor.bic, newer=message.newer)
    return list(block)


def _sums(place: Element, batch: PayoutBatch) -> None:
    _add(place, "NbOfTxs", str(batch.rows))
    _add(place, "CtrlSum", total_of(batch).text)


def _payment(message: _Message, row: RowToPay, unit: Currency) -> Element:
    number, details = str(row.withdrawal), row.payee.details
    iban = _iban(row, str(details.get("iban", "")))
    account = iban or _plain_account(row)
    sepa = is_iban(account) and message.batch.currency == "EUR"
    name = bank_text(row.payee.holder, SEPA_NAME_MAX if sepa else NAME_MAX)
    if not name.strip("."):
        raise _unfit(row, "holder", row.payee.holder, "a name")
    amount = Money(row.net, unit)
    _check_money(amount)
    payment = Element("CdtTrfTxInf")
    _add(SubElement(payment, "PmtId"), "EndToEndId", number)
    asked = SubElement(SubElement(payment, "Amt"), "InstdAmt", {"Ccy": message.batch.currency})
    asked.text = amount.text
    _bank(SubElement(payment, "CdtrAgt"), _bic(row), newer=message.newer)
    creditor = SubElement(payment, "Cdtr")
    _add(creditor, "Nm", name)
    _address(creditor, {key: str(text) for key, text in details.items()})
    _account(SubElement(payment, "CdtrAcct"), account)
    _add(SubElement(payment, "RmtInf"), "Ustrd", number)
    return payment


def _iban(row: RowToPay, text: str) -> str:
    iban = compact(text).upper()
    if iban and not is_iban(iban):
        raise _unfit(row, "iban", text, "an IBAN with its check digits")
    return iban


def _plain_account(row: RowToPay) -> str:
    text = payee_account(row.payee)
    account = compact(text)
    if not account or len(account) > ACCOUNT_MAX or not is_basic(account):
        raise _unfit(row, "account", text, f"up to {ACCOUNT_MAX} letters and digits")
    return account


def _bic(row: RowToPay) -> str:
    text = str(row.payee.details.get("bic", ""))
    bic = compact(text).upper()
    if bic and not is_bic(bic):
        raise _unfit(row, "bic", text, "8 or 11 characters")
    return bic


def _account(place: Element, account: str) -> None:
    number = SubElement(place, "Id")
    if is_iban(account):
        _add(number, "IBAN", account)
    else:
        _add(SubElement(number, "Othr"), "Id", account)


def _bank(place: Element, bic: str, *, newer: bool) -> None:
    bank = SubElement(place, "FinInstnId")
    if bic:
        _add(bank, "BICFI" if newer else "BIC", bic)
    else:
        _add(SubElement(bank, "Othr"), "Id", NOT_PROVIDED)


def _address(place: Element, details: dict[str, str]) -> None:
    """Write the payee's address where it is known in parts; a bank needs the town and the country at least."""
    country = details.get("country", "").upper()
    if not COUNTRY.fullmatch(country) or not details.get("town"):
        return
    address = SubElement(place, "PstlAdr")
    for detail, name, longest in ADDRESS:
        text = bank_text(details.get(detail, ""), longest)
        if text:
            _add(address, name, text)
    _add(address, "Ctry", country)


def _check_money(money: Money) -> None:
    code = money.currency.code
    whole, _, places = money.text.partition(".")
    digits = len(whole) + len(places)
    if not CURRENCY.fullmatch(code) or len(places) > PLACES_MAX or digits > DIGITS_MAX:
        message = f"A payment message has no place for {money}."
        allowed = f"three letters, {DIGITS_MAX} digits of which {PLACES_MAX} behind the point"
        raise PaymentCurrencyRefused(message, field="currency", there=code, allowed=allowed)


def _add(place: Element, name: str, text: str) -> None:
    SubElement(place, name).text = text


def _written(element: Element) -> str:
    return tostring(element, encoding="unicode")


def _unfit(row: RowToPay, field: str, there: str, allowed: str) -> PaymentRowRefused:
    message = f"Row {row.place}, withdrawal {row.withdrawal}: {field} cannot be written."
    return PaymentRowRefused(message, field=field, there=there[:100], allowed=allowed)
