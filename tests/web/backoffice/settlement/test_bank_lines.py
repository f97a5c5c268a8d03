"""The house's bank on pages: account and map, a file, its report, and what a line proves or puts in suspense."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bank_builders import COLUMNS, a_bank_file, a_bank_line, a_camt, a_row, an_entry
from settlement_batch_builders import with_the_bank
from settlement_builders import a_merchant_account
from settlement_remittance_builders import a_remittance
from staff_pages import fields, read
from tael.settlement.models import BankLine, BankStatement, PayoutRow
from tael.wallet.models import GatewayPayment
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("A23", "A26", "A27", "A31")]

HOME = "/backoffice/settlement"


def twice(client, where, **typed):
    """A form that is sent twice under one key."""
    form = {"key": a_form_key(), **typed}
    return [client.post(f"{HOME}/{where}", form).status_code for _ in range(2)]


def test_an_administrator_registers_and_the_maker_brings_a_file():
    admin, maker = staff_client("admin"), staff_client("finance_maker")
    columns = {f"columns.{field}": heading for field, heading in COLUMNS.items()}
    named = {"code": "plain", "name": "Plain", "day": "YYYY-MM-DD", "mark": ".", "encoding": "auto"}
    assert twice(admin, "bank-maps/set", **named, **columns) == [303, 303]
    account = {"code": "main", "name": "The main account", "number": "CN12 3456 7890"}
    where = {"channel": "Alipay", "currency": "CNY", "map": "plain"}
    assert twice(admin, "bank-accounts/add", **account, **where) == [303, 303]
    shown = admin.get(f"{HOME}/bank-maps?map=plain").context["form"]
    assert shown.initial["columns.text"] == "What"
    read(admin, f"{HOME}/bank-accounts")

    typed = {**fields(maker.get(f"{HOME}/bank-statements")), "account": "main"}
    for data, name in (
        (a_bank_file([a_row("10.00"), a_row("x")]), "a.csv"),
        (a_camt([an_entry("2.00", reference="B1")], closing="3.00"), "a.xml"),
    ):
        file = SimpleUploadedFile(name, data)
        sent = {**typed, "key": a_form_key(), "file": file}
        assert maker.post(f"{HOME}/bank-statements/bring", sent).status_code == 303
    sheet, message = BankStatement.objects.order_by("pk")
    assert "Amount does not read" in read(maker, f"{HOME}/bank-statements/{sheet.pk}")
    assert "Lines are missing or too many" in read(maker, f"{HOME}/bank-statements/{message.pk}")
    assert "do not agree" in read(maker, f"{HOME}/bank-statements")
    assert BankLine.objects.count() == 2


def test_a_line_is_put_in_suspense_once_and_taken_back():
    maker, support = staff_client("finance_maker"), staff_client("support")
    line = a_bank_line("5.00")
    here = f"bank-lines/{line.pk}"

    assert twice(maker, f"{here}/aside") == [303, 303]
    item = GatewayPayment.objects.get()
    assert f"Line of the bank {line.pk}" in read(maker, f"/backoffice/suspense/{item.pk}")
    assert "**** 3456" in read(support, f"{HOME}/{here}")
    assert "6222" in read(maker, f"{HOME}/{here}")
    assert maker.post(f"{HOME}/{here}/back", {"key": a_form_key()}).status_code == 400
    assert twice(maker, f"{here}/back", reason="a remittance") == [303, 303]
    assert "nothing explains it" in read(maker, f"{HOME}/bank-lines?explained=no&way=in")
    assert maker.get(f"{HOME}/bank-lines?least=5").status_code == 400


def test_a_remittance_and_a_payout_show_what_the_bank_says_and_a_payout_is_settled_from_it():
    maker = staff_client("finance_maker")
    remitted = a_remittance(a_merchant_account(), "30.00", flow_number="F1")
    a_bank_line("30.00", reference="F1")
    assert "What the bank's statements say" in read(maker, f"{HOME}/remittances/{remitted.pk}")

    batch, _ = with_the_bank("10.00")
    row = PayoutRow.objects.get(batch=batch)
    line = a_bank_line("-10.00", end_to_end=str(row.withdrawal_id), reference="B7")
    assert "B7" in read(maker, f"{HOME}/withdrawals/{row.withdrawal_id}")
    sent = twice(maker, f"bank-lines/{line.pk}/settle", withdrawal=row.withdrawal_id)
    row.refresh_from_db()
    assert (sent, row.state, row.flow_number) == ([303, 303], "paid", "B7")
    assert "A payout was settled from it" in read(maker, f"{HOME}/bank-lines/{line.pk}")
