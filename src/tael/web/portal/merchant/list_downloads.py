"""The merchant's lists as files: his own rows that the page's filter finds, all pages of them.

Source: peers-settlement-invest A39, section 4.2; reliability T14, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.urls import path

from tael.documents.listing import list_document
from tael.documents.payout_lists import WITHDRAWALS
from tael.documents.settlement_lists import (
    BILLS,
    DETAILS,
    RECORDS,
    REMITTANCES,
    REPORTS,
    RESERVES,
    DetailsOf,
)
from tael.web.look.asked import Asked
from tael.web.look.attachment import attachment, reading_language
from tael.web.portal.merchant import bills, payouts, records, remittances, reports
from tael.web.portal.merchant.own import chosen_account, own_account
from tael.web.portal.page import page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.documents.listing import Listing
    from tael.web.portal.page import Visitor


class Offered(NamedTuple):
    """A list that can be taken as a file.

    Args:
        name: of its address, without "-download". page: the address of its page; "/file" follows.
        wanted: reads the page's address, bound to the merchant; refuses what is not his.
        filters: fields of the address that it reads, to stand above the rows.
        called: the file's name, where the list is of one account.
    """

    name: str
    page: str
    listing: Listing[Any, Any]
    wanted: Callable[[HttpRequest, Visitor, int], Any]
    called: str = ""
    filters: tuple[str, ...] = ()


def _of_account(request: HttpRequest, visitor: Visitor, number: int) -> DetailsOf:
    account = own_account(visitor, number)
    return DetailsOf(account, reports.details_wanted(number, request.GET))


def _read(
    read: Callable[[HttpRequest, Visitor], Any],
) -> Callable[[HttpRequest, Visitor, int], Any]:
    return lambda request, visitor, _number: read(request, visitor)


OFFERED: Final = (
    Offered("merchant-bills", "merchant/bills", BILLS, _read(bills.wanted_of)),
    Offered(
        "merchant-records",
        "merchant/records",
        RECORDS,
        _read(records.wanted_of),
        filters=records.FIELDS,
    ),
    Offered(
        "merchant-payouts",
        "merchant/payouts",
        WITHDRAWALS,
        _read(payouts.wanted_of),
        filters=("payout",),
    ),
    Offered(
        "merchant-remittances",
        "merchant/remittances",
        REMITTANCES,
        _read(remittances.wanted_of),
        filters=("state",),
    ),
    Offered("merchant-reports", "merchant/reports", REPORTS, _read(reports.wanted_of)),
    Offered("merchant-reserve", "merchant/reserve", RESERVES, _read(chosen_account)),
    Offered(
        "merchant-details",
        "merchant/accounts/<number:number>/details",
        DETAILS,
        _of_account,
        "details-{number}",
        reports.DETAILS,
    ),
)


@page()
def download(
    request: HttpRequest, visitor: Visitor, *, offered: Offered, number: int = 0
) -> HttpResponse:
    """Give what the filter of a list finds as csv or xlsx.

    Raises:
        UnknownMerchantAccount: it is none of his.
        FormatUnknown, DocumentTooLong: as they say.
    """
    asked = Asked(request.GET, offered.filters)
    document, _rows = list_document(
        offered.listing,
        offered.wanted(request, visitor, number),
        request.GET.get("format", "xlsx"),
        reading_language(),
        asked=[(field, asked[field]) for field in offered.filters if asked[field]],
        name=offered.called.format(number=number),
        house=False,
    )
    return attachment(document)


addresses: Final = [
    path(f"{each.page}/file", download, {"offered": each}, name=f"{each.name}-download")
    for each in OFFERED
]
