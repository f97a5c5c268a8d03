"""A bank's statement whose balances break, with equal lines, one of them in suspense, for the doctor to look at."""

from __future__ import annotations

from bank_builders import a_row, brought_rows
from settlement_payout_builders import now
from tael.settlement.bank.bank_statement import BankStatement
from tael.settlement.bank_line_act import put_line_aside
from tael.settlement.models import BankLine


def lines_of_the_bank() -> None:
    """Bring two files that overlap, put a line in suspense, and let a statement break."""
    equal = a_row("6.00", text="twice on one day")
    made = brought_rows(equal, equal, a_row("-1.00", reference="FEE"), a_row("no amount"))
    brought_rows(equal, a_row("8.00", text="new"))
    aside = BankLine.objects.get(text="new")
    put_line_aside(line=aside.pk, instruction=now())
    told = {"name": "", "opening": 0, "closing": 999, "moved": 1100}
    BankStatement.objects.create(
        account=made.account,
        key="broken",
        digest="b" * 64,
        name="broken.xml",
        form="camt.053",
        size=0,
        added=0,
        known=0,
        refused=0,
        balances=[told],
        breaks=1,
        brought_at=made.brought_at,
        brought_by=made.brought_by,
    )
