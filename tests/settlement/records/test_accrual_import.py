"""A file of business records: each row has its verdict, nothing is lost, nothing is recorded twice."""

from __future__ import annotations

from datetime import date

import pytest

from builders import STAFF, in_parallel
from settlement_builders import IN_NOVEMBER, a_kind, a_merchant_account, a_record, the_shop
from settlement_import_builders import a_file, a_line, brought, imported, told_by, verdicts
from sheet_files import an_xlsx
from tael import ledger
from tael.settlement.accounts.merchant_account import disable_merchant_account
from tael.settlement.models import Accrual, AccrualImportRow
from tael.settlement.records.accrual_import import (
    ImportColumns,
    UnknownImport,
    accrual_import,
    accrual_sheet,
    bring_accruals,
    import_progress,
    record_import,
    unfinished_import,
)

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def account(db):
    return a_merchant_account()


@pytest.mark.rule("B-14", "B-15")
def test_rows_become_records_and_the_same_file_adds_nothing(account) -> None:
    data = a_file(a_line(account.number, "A1", "20.00"), a_line(account.number, "A2", "-5.00"))

    first, progress = imported(data)
    second, again = imported(data)

    assert (progress.recorded, progress.there, progress.refused) == (2, 0, 0)
    assert (again.recorded, again.there, again.refused) == (0, 2, 0)
    kept = Accrual.objects.order_by("id")
    assert [(row.number, row.amount, row.origin) for row in kept] == [
        ("A1", 2000, "import"),
        ("A2", -500, "import"),
    ]
    linked = AccrualImportRow.objects.filter(of=second).order_by("row")
    assert [row.accrual for row in linked] == [row.pk for row in kept]
    assert accrual_import(first.pk).state == "finished"


@pytest.mark.rule("B-09", "B-10", "B-13")
def test_a_reversal_may_stand_above_what_it_reverses(account) -> None:
    made, _ = imported(
        a_file(
            a_line(account.number, "R1", "-20.00", reversed_number="A1"),
            a_line(account.number, "R2", "", reversed_number="A2"),
            a_line(account.number, "A1", "50.00"),
            a_line(account.number, "A2", "7.00"),
        )
    )

    assert set(verdicts(made).values()) == {"recorded"}
    assert {row.number: row.amount for row in Accrual.objects.filter(type="reversal")} == {
        "R1": -2000,
        "R2": -700,
    }


@pytest.mark.rule("B-11", "B-12")
def test_each_state_is_recorded(account) -> None:
    data = a_file(
        a_line(account.number, "A1", "1.00", state="pending"),
        a_line(account.number, "A2", "1.00", state="confirmed"),
        a_line(account.number, "A3", "1.00", state="failed"),
    )
    imported(data)
    made, again = imported(data)

    states = dict(Accrual.objects.values_list("number", "state"))
    assert states == {"A1": "pending", "A2": "confirmed", "A3": "failed"}
    assert again.there == 3, verdicts(made)


@pytest.mark.rule("B-11", "B-12", "B-15")
def test_a_row_decides_the_record_that_is_pending_and_nothing_else(account) -> None:
    number = account.number
    for name in ("P1", "P2", "P3"):
        a_record(account, "1.00", number=name, confirmed=False)
    a_record(account, "1.00", number="DONE")
    day = {"day": ""}
    data = a_file(
        a_line(number, "P1", "1.00", **day),
        a_line(number, "P2", "1.00", state="failed", **day),
        a_line(number, "P3", "2.00", **day),
        a_line(number, "DONE", "1.00", state="failed", **day),
        a_line(number, "NEW", "1.00", state="failed"),
        a_line(number, "NEW", "1.00"),
        a_line(number, "P1", "1.00", **day),
    )
    wanted = {
        2: "confirms",
        3: "fails",
        4: "accrual_taken",
        5: "accrual_decided",
        6: "recorded",
        7: "accrual_taken",
        8: "there",
    }

    made = brought(data, check=True)

    assert verdicts(made) == wanted
    assert set(Accrual.objects.values_list("state", flat=True)) == {"pending", "confirmed"}
    done = record_import(made.pk, actor=STAFF, at=IN_NOVEMBER)
    assert verdicts(made) == wanted
    assert (done.confirms, done.fails, done.recorded) == (1, 1, 1)
    states = dict(Accrual.objects.values_list("number", "state"))
    assert states == {
        "P1": "confirmed",
        "P2": "failed",
        "P3": "pending",
        "DONE": "confirmed",
        "NEW": "failed",
    }
    refused = AccrualImportRow.objects.get(of=made, row=5)
    assert "a reversal of it" in refused.reason
    assert set(verdicts(imported(data)[0]).values()) & {"confirms", "fails"} == set()


@pytest.mark.rule("B-15", "A-B12", "A-B13")
def test_each_bad_row_is_refused_with_its_reason_and_the_others_are_recorded(account) -> None:
    number, other = account.number, a_merchant_account()
    pending = a_record(account, "9.00", confirmed=False)
    there = a_record(account, "3.00")
    a_record(account, "10.00", number="WHOLE")
    a_kind("calls", unit="min", direction="in")
    lines = [
        (a_line(number, "G1", "1.00"), "recorded"),
        (a_line(999999, "B1", "1.00"), "unknown_merchant_account"),
        ({**a_line(number, "B2", "1.00"), "account": "shop"}, "import_row_malformed"),
        (a_line(number, "B3", "1.00", kind="nothing"), "unknown_business_kind"),
        (a_line(number, "B4", "1.00", source="nowhere"), "unknown_source"),
        (a_line(number, there.number, "3.01"), "accrual_taken"),
        (a_line(number, "B5", "-11.00", reversed_number="WHOLE"), "reversed_too_much"),
        (a_line(number, "B6", "-9.00", reversed_number=pending.number), "accrual_not_reversible"),
        (a_line(number, "B7", "-1.00", reversed_number="NEVER"), "unknown_accrual"),
        (a_line(other.number, "B8", "-1.00", reversed_number="WHOLE"), "reversal_differs"),
        (a_line(number, "B9", "1.00", reversed_number="WHOLE"), "reversal_differs"),
        (a_line(number, "C1", "1.00", day="2027-01-01"), "day_not_open"),
        (a_line(number, "C2", "1.00", day="14.10.2026"), "sheet_cell_refused"),
        (a_line(number, "C3", "1.001"), "amount_too_precise"),
        (a_line(number, "C4", "1,00"), "amount_malformed"),
        (a_line(number, "C5", ""), "amount_malformed"),
        (a_line(number, "C6", "1.00", currency="USD"), "import_row_malformed"),
        (a_line(number, "C7", "1.00", state="maybe"), "import_row_malformed"),
        (a_line(number, "C8", "1.00", type="reversal"), "import_row_malformed"),
        (a_line(number, "C9", "-1.00", kind="calls"), "accrual_malformed"),
        (a_line(number, "D1", "1.00", quantity="1,5"), "import_row_malformed"),
        (a_line(number, "", "1.00"), "accrual_malformed"),
        (a_line(number, "G2", "2.00"), "recorded"),
        (a_line(number, "G2", "2.00"), "there"),
        (a_line(number, "G2", "2.01"), "accrual_taken"),
    ]
    before = Accrual.objects.count()

    made, progress = imported(a_file(*(line for line, _ in lines)))

    assert verdicts(made) == {row: verdict for row, (_, verdict) in enumerate(lines, 2)}
    assert progress[:5] == (len(lines), len(lines), 2, 1, len(lines) - 3)
    assert Accrual.objects.count() == before + 2
    refused = AccrualImportRow.objects.filter(of=made, verdict="refused")
    assert all(row.reason for row in refused)


@pytest.mark.rule("A38")
def test_a_row_of_a_closed_day_is_refused(account, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from tael.settlement.accounts import open_days

    closed = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)
    monkeypatch.setattr(open_days.ledger, "closed_through", lambda _: closed)

    made, _ = imported(
        a_file(
            a_line(account.number, "A1", "1.00", day="2026-10-31"),
            a_line(account.number, "A2", "1.00", day="2026-11-01"),
        )
    )

    assert verdicts(made) == {2: "day_not_open", 3: "recorded"}


def test_nothing_goes_to_an_account_that_is_switched_off(account) -> None:
    disable_merchant_account(account=account, actor=STAFF, at=IN_NOVEMBER, reason="left")

    made, _ = imported(a_file(a_line(account.number, "A1", "1.00")))

    assert verdicts(made) == {2: "merchant_account_disabled"}


@pytest.mark.rule("M9", "T15")
def test_hidden_and_calculated_rows_and_numbers_for_documents_are_refused(account) -> None:
    def hide(page):
        page.row_dimensions[3].hidden = True

    source, kind = the_shop(), a_kind()
    rows = [
        ["source", "account", "kind", "number", "amount", "day"],
        [source, account.number, kind, "A1", 12.5, date(2026, 10, 14)],
        [source, account.number, kind, "A2", "12.50", "2026-10-14"],
        [source, account.number, kind, "A3", "=1+1", "2026-10-14"],
        [source, account.number, kind, 12345678901234567, "1.00", "2026-10-14"],
        [source, account.number, kind, date(2026, 10, 14), "1.00", "2026-10-14"],
    ]

    made, _ = imported(an_xlsx(rows, hide))

    assert verdicts(made) == {
        2: "recorded",
        3: "sheet_row_hidden",
        4: "sheet_cell_refused",
        5: "sheet_cell_refused",
        6: "sheet_cell_refused",
    }


def test_a_rehearsal_says_what_would_happen_and_records_nothing(account) -> None:
    data = a_file(
        a_line(account.number, "A1", "1.00"),
        a_line(account.number, "R1", "-1.00", reversed_number="A1"),
        a_line(account.number, "R2", "-1.00", reversed_number="A1"),
    )

    made = brought(data, check=True)

    assert verdicts(made) == {2: "recorded", 3: "recorded", 4: "reversed_too_much"}
    assert import_progress(made.pk)[:5] == (3, 0, 2, 0, 1)
    assert not Accrual.objects.exists()
    assert accrual_import(made.pk).state == "checked"

    done = record_import(made.pk, actor=STAFF, at=IN_NOVEMBER)

    assert done[:5] == (3, 3, 2, 0, 1)
    assert Accrual.objects.count() == 2


def test_an_import_that_was_cut_off_goes_on(account) -> None:
    lines = [a_line(account.number, f"A{place}", "1.00") for place in range(10)]
    made = brought(a_file(*lines))
    told = []

    record_import(
        made.pk, actor=STAFF, at=IN_NOVEMBER, portion=3, enough=lambda: True, told=told.append
    )

    assert (told[-1].done, Accrual.objects.count()) == (3, 3)
    found = unfinished_import(digest=made.digest, actor=STAFF)
    assert found is not None
    done = record_import(found.pk, actor=STAFF, at=IN_NOVEMBER, portion=3)
    assert (done.done, done.recorded, Accrual.objects.count()) == (10, 10, 10)
    assert unfinished_import(digest=made.digest, actor=STAFF) is None
    assert record_import(made.pk, actor=STAFF, at=IN_NOVEMBER) == done


def test_one_key_is_one_file(account) -> None:
    data = a_file(a_line(account.number, "A1", "1.00"))

    first, second = brought(data, key="k1"), brought(data, key="k1")

    assert first.pk == second.pk
    with pytest.raises(ledger.KeyReused):
        brought(a_file(a_line(account.number, "A2", "1.00")), key="k1")


@pytest.mark.parametrize("check", [False, True])
def test_one_key_is_one_file_of_one_source(account, check) -> None:
    sheet = accrual_sheet(b"account,kind,number,amount\n1,k,A1,5.00\n", name="a.csv", source="shop")
    bring_accruals(sheet=sheet, instruction=told_by("k2"), source="shop", check=check)
    with pytest.raises(ledger.KeyReused):
        bring_accruals(sheet=sheet, instruction=told_by("k2"), source="till", check=check)


def test_columns_are_known_and_those_that_are_needed_are_there(account) -> None:
    with pytest.raises(ImportColumns, match="kind is missing"):
        accrual_sheet(b"source,account,number,amount\n", name="x")
    with pytest.raises(ImportColumns) as no:
        accrual_sheet(b"source,account,kind,number,amount,quantitty\n", name="x")
    assert no.value.there == "quantitty"


def test_the_source_of_all_rows_may_be_told_once(account) -> None:
    line = a_line(account.number, "A1", "1.00")
    columns = ["account", "kind", "number", "amount"]
    text = f"{','.join(columns)}\n{','.join(line[name] for name in columns)}\n"
    sheet = accrual_sheet(text.encode(), name="x.csv", source="shop")

    made = bring_accruals(sheet=sheet, instruction=told_by(), source="shop")
    record_import(made.pk, actor=STAFF, at=IN_NOVEMBER)

    assert Accrual.objects.get().source_id == "shop"


def test_there_is_no_import_of_that_number(db) -> None:
    with pytest.raises(UnknownImport):
        accrual_import(17)
    with pytest.raises(UnknownImport):
        record_import(17, actor=STAFF, at=IN_NOVEMBER)


def test_two_at_once_record_each_row_once(account) -> None:
    lines = [a_line(account.number, f"A{place}", "1.00") for place in range(60)]
    made = brought(a_file(*lines))

    def work():
        return record_import(made.pk, actor=STAFF, at=IN_NOVEMBER, portion=7)

    for progress in in_parallel(work, work):
        assert progress.refused == progress.there == 0

    assert import_progress(made.pk)[:5] == (60, 60, 60, 0, 0)
    assert Accrual.objects.count() == 60
