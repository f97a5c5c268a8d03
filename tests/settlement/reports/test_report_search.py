from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from builders import STAFF, queries
from settlement_bill_builders import a_line, an_account_since
from tael.settlement.reports.period_report import make_reports
from tael.settlement.reports.report_search import ReportsWanted, reports

SEPTEMBER = datetime(2026, 9, 5, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 2, tzinfo=UTC)


@pytest.mark.rule("E-16")
def test_reports_are_found_by_account_merchant_and_last_day(db):
    account, other = an_account_since(SEPTEMBER), an_account_since(SEPTEMBER)
    a_line(account, "3.00", at=SEPTEMBER)
    a_line(account, "-1.00", at=datetime(2026, 10, 9, tzinfo=UTC))
    autumn = [row.pk for row in make_reports(account=account, actor=STAFF, at=DECEMBER)]
    his = [row.pk for row in make_reports(account=other, actor=STAFF, at=DECEMBER)]

    def found(**wanted):
        return [one.report.pk for one in reports(ReportsWanted(**wanted))]

    assert len(autumn) == 3
    assert found() == [*his[::-1], *autumn[::-1]]
    assert found(account=account.number) == found(owner=account.owner) == autumn[::-1]
    october = {"since": date(2026, 10, 31), "until": date(2026, 10, 31)}
    assert found(account=account.number, **october) == [autumn[1]]
    assert [one.report.pk for one in reports(ReportsWanted(), before=his[0], limit=1)] == [
        autumn[2]
    ]
    (one,) = reports(ReportsWanted(account=account.number, **october))
    figures = (one.opening, one.came, one.went, one.closing)
    assert [figure.text for figure in figures] == ["3.00", "0.00", "-1.00", "2.00"]
    assert one.merchant == "Corner Shop"
    with queries() as few:
        reports(ReportsWanted(), limit=1)
    with queries() as many:
        reports(ReportsWanted())
    assert len(few) == len(many)
