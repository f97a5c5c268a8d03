"""What a list of flow records was asked for, the same whether a page, a program or the operator asks.

Source: E-03, F-20, F-22; reliability, T15 (a file holds what the list shows).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from tael import books
from tael.documents.flow_list import PAGE, flow_sheet, read_flows
from tael.documents.labels import word
from tael.documents.wallet_statement import start_of
from tael.money import parse_amount
from tael.wallet import flow_search
from tael.wallet.flow_search import RecordPage, Wanted, all_records
from tael.wallet.operation import Operation
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.documents.labels import Language
    from tael.documents.sheet import Sheet
    from tael.money import Money

FOUND_MAX: Final = 200
"""Records that one number may find."""
LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFilter:
    """The fields of a filter as they were sent; an empty one filters nothing.

    One of the numbers finds its records whatever else is asked for.

    Args:
        sno, pno, gateway: the caller's, the outside world's and a gateway's number.
        wallet: the number of one that is concerned.
        operation: one of the seven words.
        since, until: days of the business zone, both included, by booking: "2026-03-01".
        currency: that is moved. least, most: bounds of the amount, in the currency.
    """

    sno: str = ""
    pno: str = ""
    gateway: str = ""
    wallet: str = ""
    operation: str = ""
    channel: str = ""
    since: str = ""
    until: str = ""
    currency: str = ""
    least: str = ""
    most: str = ""

    def page(self, before: int | None, *, limit: int) -> RecordPage:
        """Find a page of records, newest first.

        Raises:
            UnknownWallet, UnknownCurrency and what amounts are refused with.

        Source: E-03.
        """
        finders = (
            (self.sno, flow_search.find_by_sno),
            (self.pno, flow_search.find_by_pno),
            (self.gateway, flow_search.find_by_gateway_number),
        )
        for text, find in finders:
            if text:
                return RecordPage(find(text, limit=FOUND_MAX), None)
        return all_records(self._wanted(), limit=limit, before=before)

    def sheet(self, language: Language) -> Sheet:
        """Make the table of all records that it finds, with what was asked for above them.

        Raises:
            DocumentTooLong: there are more than one file may have; and those of ``page``.

        Source: F-22, E-03; reliability, T15.
        """
        records = read_flows(lambda before: self.page(before, limit=PAGE))
        asked = [
            (word(each.name, language), word(text, language) if each.name == "operation" else text)
            for each in fields(self)
            if (text := getattr(self, each.name))
        ]
        return flow_sheet(records, language, asked=asked)

    def _wanted(self) -> Wanted:
        least, most = self._amount("least"), self._amount("most")
        after = date.fromisoformat(self.until) + timedelta(days=1) if self.until else None
        return Wanted(
            operation=Operation[self.operation.upper()] if self.operation else None,
            channel=self.channel or None,
            since=start_of(date.fromisoformat(self.since)) if self.since else None,
            until=start_of(after) if after else None,
            wallet=find_wallet(int(self.wallet)) if self.wallet else None,
            currency=self.currency or None,
            least=1 if least is None else least.minor,
            most=LARGEST if most is None else most.minor,
        )

    def _amount(self, name: str) -> Money | None:
        text = getattr(self, name)
        if not text and not self.currency:
            return None
        known = books.currencies().get(self.currency)  # one that is switched off is found as well
        unit = known.currency if known else books.currency(self.currency)
        return parse_amount(text, unit, field=name, allow_zero=True) if text else None
