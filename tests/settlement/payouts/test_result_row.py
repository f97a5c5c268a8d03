"""Rows of a result file as people, spreadsheets and forgers leave them: each is judged by itself (T15)."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest

from builders import AT, STAFF
from documents.nasty_texts import NASTY
from settlement_batch_builders import FIRST, a_draft, filled, with_the_bank
from settlement_payout_builders import an_account_with, an_application, now
from tael.documents.payout_download import export_payout
from tael.parties.payee import add_payee
from tael.settlement.models import MerchantWithdrawal, PayoutRow
from tael.settlement.payouts.bank_profile import COLUMNS
from tael.settlement.payouts.batch import BatchMoveRefused, check_batch, make_batches, payout_batch
from tael.settlement.payouts.batch_search import result_rows
from tael.settlement.payouts.result_file import NEEDED, import_result
from tael.sheets import read_sheet

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("T15", "A24")]

TOMORROW = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - ahead in every zone

# One row each: what is put into which column, and what the report says of it; None: the row is taken.
ROWS = [
    ("amount", 1.0, None),  # a spreadsheet made a number of it; it is the same amount
    ("amount", "1.00 ", None),
    ("withdrawal", "as a number", None),
    ("paid_on", "", None),
    ("amount", 0.1 + 0.2, "amount"),
    ("amount", "1,00", "amount"),
    ("amount", "1e0", "amount"),
    ("amount", "\uff11.00", "amount"),
    ("amount", "-1.00", "amount"),
    ("amount", "1.000", "amount"),
    ("amount", "", "amount"),
    ("withdrawal", date(2026, 11, 3), "withdrawal"),
    ("withdrawal", "999999999999", "withdrawal"),
    ("withdrawal", "", "withdrawal"),
    ("row", date(2026, 11, 3), "row"),
    ("batch", 20261122, "batch"),
    ("payee", "Li Huа", "payee"),  # with a letter of another script
    ("payee", "=HYPERLINK(1)", "formula"),
    ("payee_account", 62220000, "payee_account"),
    ("payout_status", "paid?", "payout_status"),
    ("payout_status", True, "payout_status"),
    ("flow_number", "=A1", "formula"),
    ("flow_number", "x" * 65, "flow"),
    ("paid_on", TOMORROW, "paid_on"),
    ("paid_on", "2019-01-01", "paid_on"),
    ("paid_on", 20261103, "paid_on"),
]


def test_each_row_that_was_changed_is_refused_by_itself_and_the_others_are_taken():
    batch, content = with_the_bank(*["1.00"] * (len(ROWS) + 2))
    sent = dict(PayoutRow.objects.filter(batch=batch).values_list("place", "withdrawal_id"))

    def spoil(page):
        for place, (column, value, _said) in enumerate(ROWS):
            cell = page.cell(FIRST + place, COLUMNS.index(column) + 1)
            cell.value = sent[place + 1] if value == "as a number" else value
        total = FIRST + len(ROWS) + 2
        assert page.cell(total, 1).value == "Total"
        page.cell(total, COLUMNS.index("amount") + 1).value = "1.00"
        page.append(
            [
                batch.reference,
                "99",
                "888888888888",
                "",
                "Mallory",
                "1",
                "",
                "1.00",
                "CNY",
                "",
                "paid",
            ]
        )
        page.append([])
        page.delete_rows(FIRST + len(ROWS))  # a row is missing: nothing is said of it

    answers = [("paid", f"F{place}", "") for place in range(len(ROWS))]
    file = filled(content, *answers, ("paid", "gone", ""), ("failed", "", ""), change=spoil)
    sheet = read_sheet(file, name="result.xlsx", wanted=NEEDED)
    done = import_result(number=batch.pk, sheet=sheet, instruction=now())

    said = {row.row: row for row in result_rows(done.pk, limit=1000)}
    for place, (column, value, reason) in enumerate(ROWS):
        row = said[FIRST + place]
        assert row.verdict == ("paid" if reason is None else "refused"), (column, value)
        assert (reason or "") in row.reason, (column, value, row.reason)
    failed, total, invented = (said[FIRST + len(ROWS) + further] for further in range(3))
    assert "reason" in failed.reason  # nobody says why
    assert f"{len(ROWS) + 2} rows, {len(ROWS) + 2}.00" in total.reason
    assert "withdrawal" in invented.reason
    assert {row.verdict for row in (failed, total, invented)} == {"refused"}
    taken = sum(reason is None for *_, reason in ROWS)
    assert (done.paid, done.failed, done.refused) == (taken, 0, len(ROWS) - taken + 3)
    states = MerchantWithdrawal.objects.values_list("payout_state", flat=True)
    assert sorted(states) == ["exported"] * (len(ROWS) + 2 - taken) + ["paid"] * taken
    assert payout_batch(batch.pk).state == "exported"


def test_two_rows_that_were_exchanged_are_refused_and_their_order_does_not_matter():
    batch, content = with_the_bank("1.00", "2.00", "3.00", "4.00")

    def exchange(page):
        for column in range(1, len(COLUMNS) + 1):  # rows 1 and 2 change places whole
            first, second = page.cell(FIRST, column), page.cell(FIRST + 1, column)
            first.value, second.value = second.value, first.value
        at = COLUMNS.index("withdrawal") + 1  # rows 3 and 4 change their withdrawals
        third, fourth = page.cell(FIRST + 2, at), page.cell(FIRST + 3, at)
        third.value, fourth.value = fourth.value, third.value

    answers = [("paid", f"F{place}", "") for place in range(4)]
    sheet = read_sheet(filled(content, *answers, change=exchange), name="x", wanted=NEEDED)
    done = import_result(number=batch.pk, sheet=sheet, instruction=now())

    assert (done.paid, done.refused) == (2, 2)


@pytest.mark.rule("M9")
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_names_that_a_spreadsheet_would_calculate_come_back_as_they_went_out(form):
    account = an_account_with("100.00")
    names = [text for text in NASTY if text.strip() == text and len(text) < 60]
    for text in names:
        payee = add_payee(
            customer=account.owner,
            kind="bank",
            holder=text,
            details={"account": "6222 0000"},
            actor=STAFF,
            at=AT,
        )
        an_application(account, "1.00", payee=payee.pk)
    (batch,) = make_batches(currency="CNY", channel="Alipay", profile="generic", instruction=now())
    check_batch(number=batch.pk, instruction=now())
    content = export_payout(
        number=batch.pk, form=form, language="zh-hans", instruction=now()
    ).content
    if form == "xlsx":
        page = openpyxl.load_workbook(io.BytesIO(content)).active
        assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
        content = filled(content, *[("unknown", "", "")] * len(names))
    else:
        lines = content.decode("utf-8-sig").splitlines()
        status = [f"{line.removesuffix(',,,,')},unknown,,," for line in lines[2:-1]]
        content = "\r\n".join([*lines[:2], *status, lines[-1]]).encode()

    sheet = read_sheet(content, name="result", wanted=NEEDED)
    kept = import_result(number=batch.pk, sheet=sheet, instruction=now())

    assert (kept.unknown, kept.refused) == (len(names), 0), [
        row.reason for row in result_rows(kept.pk, verdict="refused")
    ]


def test_a_file_of_another_batch_and_one_for_a_draft_change_nothing():
    _one, content = with_the_bank("1.00", "2.00")
    other, _ = with_the_bank("1.00", "2.00")
    sheet = read_sheet(
        filled(content, ("paid", "F1", ""), ("paid", "F2", "")), name="x", wanted=NEEDED
    )

    done = import_result(number=other.pk, sheet=sheet, instruction=now())

    assert (done.paid, done.refused) == (0, 2)
    with pytest.raises(BatchMoveRefused):
        import_result(number=a_draft("5.00").pk, sheet=sheet, instruction=now())
