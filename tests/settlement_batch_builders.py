"""Payout batches for tests: made, checked, with the bank; and the sheet as finance fills it in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl

from builders import a_payee
from settlement_payout_builders import an_account_with, an_application, now
from tael.documents.payout_download import export_payout
from tael.settlement.payouts.bank_profile import COLUMNS
from tael.settlement.payouts.batch import check_batch, make_batches, payout_batch

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tael.settlement.payouts.batch import PayoutBatch

FIRST = 3
"""The first row of the sheet below both rows of headings."""


def a_draft(*amounts: str, account: Any = None, payee: int | None = None) -> PayoutBatch:
    """A batch of withdrawals of one merchant."""
    account = account or an_account_with("1000.00")
    payee = payee or a_payee(account.owner)
    for amount in amounts or ("10.00", "20.00"):
        an_application(account, amount, payee=payee)
    (batch,) = make_batches(currency="CNY", channel="Alipay", profile="generic", instruction=now())
    return batch


def a_checked(*amounts: str, **given: Any) -> PayoutBatch:
    """A batch that was checked."""
    return check_batch(number=a_draft(*amounts, **given).pk, instruction=now())


def with_the_bank(*amounts: str, form: str = "xlsx", **given: Any) -> tuple[PayoutBatch, bytes]:
    """A batch that was exported, and its file."""
    batch = a_checked(*amounts, **given)
    document = export_payout(number=batch.pk, form=form, language="en", instruction=now())
    return payout_batch(batch.pk), document.content


def filled(
    content: bytes,
    *answers: tuple[str, str, str],
    change: Callable[[Any], None] = lambda _page: None,
) -> bytes:
    """The file as finance sends it back: answers by row, as status, flow number and reason."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.active
    assert page is not None
    for row, answer in enumerate(answers, start=FIRST):
        for column, text in zip(("payout_status", "flow_number", "reason"), answer, strict=True):
            page.cell(row, COLUMNS.index(column) + 1).value = text or None
    change(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
