"""`tael accrual import`: rows recorded, refused by row, a dry run, and going on where it was cut off."""

from __future__ import annotations

import openpyxl
import pytest

from settlement_builders import a_merchant_account
from settlement_import_builders import a_file, a_line
from tael.cli import accrual_import as cli
from tael.settlement.models import Accrual, AccrualImport
from tael.settlement.records import accrual_import, import_check
from tael.sheets.limits import UPLOAD_MAX

pytestmark = pytest.mark.rule("B-14", "B-15")


@pytest.fixture
def file(tael, tmp_path):
    account = a_merchant_account().number
    path = tmp_path / "october.csv"
    path.write_bytes(a_file(a_line(account, "A1", "20.00"), a_line(999999, "A2", "1.00")))
    return path


def test_rows_are_recorded_and_the_refused_ones_are_told(tael, file):
    said = tael("accrual", "import", file)

    assert said.exit_code == 0
    assert "row 3 refused: unknown_merchant_account" in said.output
    assert Accrual.objects.get().number == "A1"
    again = tael.json("accrual", "import", file)
    assert (again["recorded"], again["there"], again["refused"]) == (0, 1, 1)
    assert [row["rows"] for row in tael.json("accrual", "imports")["data"]] == [2, 2]


def test_a_dry_run_keeps_nothing_but_its_report(tael, file, tmp_path):
    report = tmp_path / "report.xlsx"

    said = tael.json("accrual", "import", file, "--dry-run", "--report", report)

    assert (said["dry_run"], said["recorded"], said["refused"]) == (True, 1, 1)
    assert not AccrualImport.objects.exists()
    assert not Accrual.objects.exists()
    rows = list(openpyxl.load_workbook(report).active.iter_rows(values_only=True))
    assert rows[-1][:2] == (3, "refused")


def test_an_import_that_was_cut_off_goes_on(tael, file, monkeypatch):
    real = accrual_import.judge

    def cut(rows, **given):
        raise KeyboardInterrupt

    monkeypatch.setattr(accrual_import, "judge", cut)
    assert tael("accrual", "import", file).exit_code == 1
    monkeypatch.setattr(accrual_import, "judge", real)

    said = tael.json("accrual", "import", file)

    assert (said["continued"], said["recorded"], said["done"]) == (True, 1, 2)
    assert AccrualImport.objects.count() == 1


def test_a_file_is_rehearsed_with_a_bar_then_recorded_or_called_off(tael, file, monkeypatch):
    monkeypatch.setattr(import_check, "READ_AT_ONCE", 0)
    bars = []
    monkeypatch.setattr(
        cli.click, "progressbar", lambda **told: bars.append(Bar(**told)) or bars[-1]
    )

    said = tael.json("accrual", "import", file, "--check")

    assert (said["state"], said["recorded"], said["refused"], said["done"]) == ("checked", 1, 1, 0)
    assert (bars[0].pos, bars[0].length) == (4, 4), "two rows read, two rehearsed"
    assert not Accrual.objects.exists()
    done = tael.json("accrual", "import-record", said["number"])
    assert (done["state"], done["done"], bars[1].pos, bars[1].length) == ("finished", 2, 2, 2)
    again = tael.json("accrual", "import", file, "--check")["number"]
    assert tael.json("accrual", "import-cancel", again)["state"] == "cancelled"


class Bar:
    """A progress bar that remembers how far it came."""

    def __init__(self, length, **_told):
        self.length, self.pos = length, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def update(self, steps):
        self.pos += steps


def test_rows_are_listed_and_written(tael, file, tmp_path):
    number = tael.json("accrual", "import", file)["number"]

    refused = tael.json("accrual", "import-rows", number, "--verdict", "refused")["data"]
    written = tael.json("accrual", "import-rows", number, "--to", tmp_path / "rows.csv")

    assert [row["row"] for row in refused] == [3]
    assert written["bytes"] == (tmp_path / "rows.csv").stat().st_size


def test_a_file_that_is_too_large_is_not_read_to_its_end(tael, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as opened:
        opened.truncate(UPLOAD_MAX * 100)

    assert tael.refusal("accrual", "import", path)["code"] == "sheet_too_large"
