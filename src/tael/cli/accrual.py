"""`tael accrual`: business records (業務收支) of merchants."""

from __future__ import annotations

import click

from tael.cli.accrual_import import (
    cancel,
    import_accruals,
    list_import_rows,
    list_imports,
    record_checked,
)
from tael.cli.accrual_record import COMMANDS


@click.group("accrual")
def accrual() -> None:
    """Record what merchants have earned and owe, act by act."""


for each in COMMANDS:
    accrual.add_command(each)
accrual.add_command(import_accruals)
accrual.add_command(record_checked)
accrual.add_command(cancel)
accrual.add_command(list_imports)
accrual.add_command(list_import_rows)
