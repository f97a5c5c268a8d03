"""Period reports as files: in which zone their moments are, and where their days are of another one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from settlement_bill_builders import a_line, an_account_since
from settlement_builders import some_terms
from tael.documents.account_report import report_sheet
from tael.documents.sheet import plain
from tael.settlement.reports.period_report import figures_between


@pytest.mark.rule("B-28", "A13")
def test_a_report_says_of_which_zone_its_moments_and_its_days_are(db):
    account = an_account_since(datetime(2026, 10, 1, 4, tzinfo=UTC))
    a_line(account, "5.00", at=datetime(2026, 10, 31, 20, tzinfo=UTC))

    def told(name, **days):
        days = days or {"first": date(2026, 10, 1), "last": date(2026, 10, 31)}
        figures = figures_between(account, **days)
        return plain(dict(report_sheet(figures, "en").facts)[name])

    assert (told("Period"), told("Entries")) == ("2026-10-01 \N{EN DASH} 2026-10-31", "5.00")
    some_terms(account, zone="Asia/Shanghai")  # where it was in effect on the first of November
    assert told("Period") == "2026-10-01 \N{EN DASH} 2026-10-31 (UTC+08:00)"
    assert (told("Time zone"), told("Entries")) == ("UTC", "0.00")
    assert told("Period", first=date(2026, 10, 2)) == "2026-10-02 \N{EN DASH} 2026-10-31"
