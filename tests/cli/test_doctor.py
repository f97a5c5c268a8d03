"""`tael doctor`."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tael.assurance import server
from tael.cli import doctor

if TYPE_CHECKING:
    from tael.postgres.connect import Databases


@pytest.fixture(autouse=True)
def this_database(db: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "opened_database", lambda: nullcontext(db))
    monkeypatch.setattr(
        server, "DANGEROUS", {"data_checksums": "off"}
    )  # the rest is off, to be fast


def test_right_books_end_with_0() -> None:
    run = CliRunner().invoke(doctor.doctor)

    assert run.exit_code == 0, run.output
    assert "every entry sums to zero in each currency" in run.output
    assert run.output.splitlines()[-1].endswith("the books are right.")


def test_wrong_books_end_with_1_and_say_what_is_wrong(db: Databases) -> None:
    with db.owner() as owner:
        owner.execute("GRANT DELETE ON ledger.posting TO tael_app")
        owner.commit()
        try:
            run = CliRunner().invoke(doctor.doctor)
        finally:
            owner.execute("REVOKE DELETE ON ledger.posting FROM tael_app")
            owner.commit()

    assert run.exit_code == 1
    assert "WRONG" in run.output
    assert "tael_app may DELETE posting" in run.output


def test_the_report_can_be_read_by_a_program() -> None:
    run = CliRunner().invoke(doctor.doctor, ["--json"])

    report = json.loads(run.output)
    assert report["ok"] is True
    assert {"invariant", "title", "examined", "unit", "ok", "violations"} == set(
        report["checks"][0]
    )
