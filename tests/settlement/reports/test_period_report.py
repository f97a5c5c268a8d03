"""Period reports: opening, what came and went, closing; each begins where the last one ended."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from builders import STAFF
from settlement_bill_builders import a_billed_month, a_line, an_account_since
from settlement_builders import some_terms
from tael.settlement.reports.period_report import (
    PeriodReport,
    ReportTooEarly,
    UnknownReport,
    figures_between,
    figures_of_report,
    lines_of_figures,
    make_due_reports,
    make_report_now,
    make_reports,
    period_report,
)
from tael.wallet.account_statement import DaysReversed

OCTOBER_1 = datetime(2026, 10, 1, 4, 0, tzinfo=UTC)
DECEMBER_1 = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)


def of_october(day):
    return datetime(2026, 10, day, 4, 0, tzinfo=UTC)


def of_november(day):
    return datetime(2026, 11, day, 4, 0, tzinfo=UTC)


def the_two_months(account):
    """The lines of example X-B1."""
    for amount in ("100.00", "-10.00", "-70.00"):
        a_line(account, amount, at=of_october(5))
    for amount in ("200.00", "-10.00", "-40.00"):
        a_line(account, amount, at=of_november(5))


def texts(figures):
    return [one.text for one in (figures.opening, figures.came, figures.went, figures.closing)]


@pytest.mark.rule("B-28", "B-29", "X-B1", "I19", "E-16")
def test_the_closing_of_a_month_is_the_opening_of_the_next(db):
    account = an_account_since(OCTOBER_1)
    the_two_months(account)

    first, second = make_reports(account=account, actor=STAFF, at=DECEMBER_1)

    assert (first.first_day, first.last_day) == (date(2026, 10, 1), date(2026, 10, 31))
    assert texts(figures_of_report(first)) == ["0.00", "100.00", "-80.00", "20.00"]
    assert texts(figures_of_report(second)) == ["20.00", "200.00", "-50.00", "170.00"]


@pytest.mark.rule("B-28")
def test_the_report_of_a_period_is_made_when_the_next_begins(db):
    account = an_account_since(OCTOBER_1)
    some_terms(account, zone="Asia/Shanghai")
    a_line(account, "5.00", at=of_october(5))

    last_moment = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai
    assert make_reports(account=account, actor=STAFF, at=last_moment) == []
    with pytest.raises(ReportTooEarly):
        make_report_now(account=account, actor=STAFF, at=last_moment)

    begun = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    assert make_report_now(account=account, actor=STAFF, at=begun).closing == 500
    assert make_reports(account=account, actor=STAFF, at=begun) == []


@pytest.mark.rule("B-28", "I19")
def test_what_is_dated_back_stands_on_the_next_report_and_changes_none(db):
    account = an_account_since(OCTOBER_1)
    a_line(account, "5.00", at=of_october(5))
    (october,) = make_reports(account=account, actor=STAFF, at=of_november(1))

    a_line(account, "3.00", at=of_october(6))  # entered in November, in effect in October
    (november,) = make_reports(account=account, actor=STAFF, at=DECEMBER_1)

    assert texts(figures_of_report(october)) == ["0.00", "5.00", "0.00", "5.00"]
    assert texts(figures_of_report(november)) == ["5.00", "3.00", "0.00", "8.00"]
    live = figures_between(account, first=date(2026, 10, 1), last=date(2026, 10, 31))
    assert texts(live) == ["0.00", "8.00", "0.00", "8.00"]


@pytest.mark.rule("B-28")
def test_figures_are_given_as_of_any_day(db):
    account = an_account_since(OCTOBER_1)
    the_two_months(account)

    of_a_day = figures_between(account, first=date(2026, 11, 5), last=date(2026, 11, 5))
    before = figures_between(account, last=date(2026, 10, 4))
    everything = figures_between(account)

    assert texts(of_a_day) == ["20.00", "200.00", "-50.00", "170.00"]
    assert texts(before) == ["0.00", "0.00", "0.00", "0.00"]
    assert texts(everything) == ["0.00", "300.00", "-130.00", "170.00"]
    assert [one.after.text for one in everything.details][-1] == "170.00"


@pytest.mark.rule("B-28", "E-16")
def test_lines_come_page_by_page_in_order_of_effect_also_when_dated_back(db):
    account = an_account_since(OCTOBER_1)
    the_two_months(account)
    october, _ = make_reports(account=account, actor=STAFF, at=DECEMBER_1)
    a_line(account, "7.00", at=of_october(1))  # the last to be entered, the first in effect
    live, made = figures_between(account), figures_of_report(october)

    for figures in (live, made):
        pages = [lines_of_figures(figures, limit=2)]
        while pages[-1]:
            pages.append(lines_of_figures(figures, limit=2, after=pages[-1][-1].number))
        assert [one for page in pages for one in page] == figures.details
    assert live.details[0].number == len(live.details) > len(made.details)


@pytest.mark.rule("B-28", "A32")
def test_each_sort_of_detail_has_its_own_figures(db):
    account = an_account_since(OCTOBER_1)
    a_billed_month(account, "40.00", "-15.00")
    a_line(account, "-5.00", at=of_november(3))

    parts = figures_between(account).parts

    assert [(part.word, part.lines, part.came.text, part.went.text) for part in parts] == [
        ("bill", 1, "25.00", "0.00"),
        ("adjustment", 1, "0.00", "-5.00"),
    ]


def test_the_periods_of_a_report_are_those_of_the_terms(db):
    account = an_account_since(OCTOBER_1)
    some_terms(account, cycle="week")
    a_line(account, "5.00", at=of_october(5))

    made = make_reports(account=account, actor=STAFF, at=of_october(14))

    assert [(one.first_day.day, one.last_day.day) for one in made] == [(28, 4), (5, 11)]


def test_the_job_reports_every_account_once(db):
    for name in ("one", "two"):
        a_line(an_account_since(OCTOBER_1, name=name), "5.00", at=of_october(5))

    assert make_due_reports(at=of_november(1)) == 2
    assert make_due_reports(at=of_november(1)) == 0
    assert PeriodReport.objects.count() == 2


@pytest.mark.rule("T14")
def test_anothers_report_is_not_there(db):
    account = an_account_since(OCTOBER_1)
    made = make_report_now(account=account, actor=STAFF, at=of_november(1))

    assert period_report(made.pk, owner=account.owner).pk == made.pk
    for number, owner in ((made.pk, account.owner + 1), (made.pk + 1, None), (0, None)):
        with pytest.raises(UnknownReport):
            period_report(number, owner=owner)


@pytest.mark.rule("B-28")
def test_days_that_end_before_they_begin_have_no_figures(db):
    account = an_account_since(OCTOBER_1)

    with pytest.raises(DaysReversed) as refused:
        figures_between(account, first=date(2026, 11, 2), last=date(2026, 11, 1))

    assert (refused.value.field, refused.value.allowed) == ("until", "2026-11-02 or later")
