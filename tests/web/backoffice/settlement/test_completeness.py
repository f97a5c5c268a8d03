"""The pages of completeness: how complete a source is, a check now, a list brought, the secret once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from builders import STAFF, an_instruction, queries
from settlement.business_system import a_business_system
from settlement_builders import IN_NOVEMBER, a_kind, a_merchant_account, a_record, the_shop
from settlement_completeness_builders import act_of, an_act, checked
from staff_pages import fields, read, words
from tael.settlement.asking.source_address import set_address
from tael.settlement.completeness import completeness
from tael.settlement.completeness.completeness_run import (
    ask_for_check,
    carry_out,
    carry_out_waiting,
    check_file,
)
from tael.settlement.models import Accrual, CompletenessRun, Source
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")
LIST = "/backoffice/settlement/completeness"
SHOP = f"{LIST}/sources/shop"
ADDRESS = "https://shop.example.com/acts"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a test is a door


def addressed(address: str = ADDRESS) -> str:
    return set_address(source=the_shop(), address=address, actor=STAFF, at=IN_NOVEMBER).secret


def a_file(*lines: str) -> SimpleUploadedFile:
    text = "\n".join(("kind,number,account,amount,day", *lines))
    return SimpleUploadedFile("acts.csv", text.encode(), content_type="text/csv")


@pytest.mark.rule("B-14")
def test_each_day_says_how_complete_it_is_and_the_list_adds_up():
    account = a_merchant_account()
    there = a_record(account, "30.00")
    checked(act_of(there), an_act(account, "W-2"), an_act(account, "W-3", kind="unheard"))
    checked(day=date(2026, 10, 13))

    page = read(staff_client("auditor"), SHOP)

    assert "incomplete: 2 of 3" in page
    assert "complete: 0 of 0" in page
    assert "2 days" in page
    assert "W-3" in page, "its case stands above"
    narrowed = read(staff_client("auditor"), f"{SHOP}?incomplete=yes")
    assert "2026-10-14" in narrowed
    assert "1 day " in narrowed


def test_the_sources_stand_with_their_last_check():
    the_shop()
    client = staff_client("support")
    assert "not checked in these days" in read(client, LIST)

    addressed()
    run = ask_for_check(
        source="shop",
        first=date(2026, 10, 14),
        last=date(2026, 10, 14),
        instruction=an_instruction(at=IN_NOVEMBER),
    )

    page = client.get(LIST).content.decode()
    assert f'href="{LIST}/checks/{run.pk}"' in page
    assert "signed request" in page


def test_no_source_is_said_to_be_none():
    assert "There is no source yet" in read(staff_client("admin"), LIST)


@pytest.mark.rule("T9")
def test_an_address_brings_a_secret_on_that_page_only_also_after_a_double_click():
    the_shop()
    admin = staff_client("admin")
    typed = {**fields(admin.get(SHOP)), "address": ADDRESS}

    first, second = (admin.post(f"{SHOP}/address", typed) for _ in range(2))

    (secret,) = set(re.findall(r"srcs_[0-9A-Za-z_-]+", first.content.decode()))
    assert secret in second.content.decode()
    assert first["Cache-Control"] == "no-store"
    assert Source.objects.get().secret == secret
    for page in (LIST, SHOP):
        assert "srcs_" not in read(admin, page)

    other = admin.post(f"{SHOP}/secret", fields(admin.get(SHOP)))
    assert secret not in other.content.decode()
    assert "srcs_" in other.content.decode()

    admin.post(f"{SHOP}/bring-files", fields(admin.get(SHOP)))
    assert Source.objects.get().adapter == "file"


def test_an_address_that_cannot_be_is_refused_with_what_was_typed():
    the_shop()
    admin = staff_client("admin")

    answer = admin.post(
        f"{SHOP}/address", {**fields(admin.get(SHOP)), "address": "http://shop.example.com"}
    )

    assert answer.status_code == 400
    assert "source_address_malformed" in words(answer)
    assert 'value="http://shop.example.com"' in answer.content.decode()


@pytest.mark.rule("B-14")
@pytest.mark.rule("T9")
def test_a_check_is_asked_for_once_watched_and_done_by_a_worker(monkeypatch):
    monkeypatch.setenv("TAEL_SOURCES_TO_PRIVATE", "1")
    account, day = a_merchant_account(), (now() - timedelta(days=1)).date()
    a_kind()
    maker = staff_client("finance_maker")
    with a_business_system() as system:
        system.secret = addressed(system.address)
        system.acts = [an_act(account, "W-1", day=day.isoformat())]
        typed = {**fields(maker.get(SHOP)), "from": day.isoformat(), "to": day.isoformat()}

        first, second = (maker.post(f"{SHOP}/check", typed) for _ in range(2))

        (run,) = CompletenessRun.objects.all()
        assert first["Location"] == second["Location"] == f"{LIST}/checks/{run.pk}"
        watched = maker.get(first["Location"]).content.decode()
        assert f'hx-get="{LIST}/checks/{run.pk}/progress"' in watched
        assert "HX-Refresh" not in maker.get(f"{first['Location']}/progress")

        assert carry_out_waiting(clock=now) == 1

    done = maker.get(f"{first['Location']}/progress")
    assert done["HX-Refresh"] == "true"
    page = maker.get(first["Location"]).content.decode()
    assert "hx-get" not in page
    assert "complete: 1 of 1" in page
    assert Accrual.objects.get().origin == "check"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({}, "filter_malformed"),
        ({"from": "2026-10-14"}, "filter_malformed"),
        ({"from": "2026-10-14", "to": "2026-10-13"}, "check_window_malformed"),
        ({"from": "2026-10-14", "to": "2026-10-14"}, "source_not_asked"),
    ],
)
def test_a_check_that_cannot_be_is_refused_on_the_page(typed, code):
    the_shop()
    maker = staff_client("finance_maker")
    if code == "check_window_malformed":
        addressed()

    answer = maker.post(f"{SHOP}/check", {**fields(maker.get(SHOP)), **typed})

    assert answer.status_code in {400, 409}
    assert code in words(answer)
    assert not CompletenessRun.objects.exists()


@pytest.mark.rule("B-14")
@pytest.mark.rule("T9")
def test_a_list_is_brought_as_a_file_once():
    a_kind(), the_shop()
    account = a_merchant_account()
    maker = staff_client("finance_maker")
    key = fields(maker.get(SHOP))

    answers = [
        maker.post(
            f"{SHOP}/file",
            {**key, "file": a_file(f"service,W-1,{account.number},12.00,2026-10-14")},
        )
        for _ in range(2)
    ]

    (run,) = CompletenessRun.objects.all()
    assert {answer["Location"] for answer in answers} == {f"{LIST}/checks/{run.pk}"}
    assert (run.state, run.added) == ("done", 1)


@pytest.mark.rule("B-14", "T3")
def test_a_long_list_counts_its_rows_while_a_worker_is_at_it(monkeypatch):
    monkeypatch.setattr(completeness, "CHUNK", 2)
    a_kind(), the_shop()
    account = a_merchant_account()
    days = [13] * 3 + [14] * 2
    lines = [f"service,W-{n},{account.number},12.00,2026-10-{day}" for n, day in enumerate(days)]
    client = staff_client("auditor")
    run = check_file(
        source="shop",
        data=a_file(*lines).read(),
        name="acts.csv",
        instruction=an_instruction(at=IN_NOVEMBER),
        at_once=4,
    )
    assert "0 of 5 rows" in read(client, f"{LIST}/checks/{run.pk}")
    seen = []

    def told(_progress):
        page = read(client, f"{LIST}/checks/{run.pk}/progress")
        seen.append(re.search(r"(\d) of 2 days · (\d) of 5 rows.* (\d+) %", page).groups())

    carry_out(run, clock=lambda: IN_NOVEMBER, told=told)

    assert list(dict.fromkeys(seen)) == [
        ("0", "0", "0"),
        ("0", "2", "40"),
        ("0", "3", "60"),
        ("1", "3", "60"),
        ("1", "5", "100"),
        ("2", "5", "100"),
    ]
    assert "2 of 2 days · 5 of 5 rows" in read(client, f"{LIST}/checks/{run.pk}")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "sheet_unreadable"),
        ({"file": SimpleUploadedFile("acts.xlsx", b"PK\x03\x04 no zip")}, "sheet"),
        ({"file": SimpleUploadedFile("acts.csv", b"kind,number\na,b\n")}, "act_list_malformed"),
        ({"file": SimpleUploadedFile("big.csv", b"x" * 10_000_001)}, "sheet_too_large"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page(sent, code):
    the_shop()
    maker = staff_client("finance_maker")

    answer = maker.post(f"{SHOP}/file", {**fields(maker.get(SHOP)), **sent})

    assert answer.status_code in {400, 413}, words(answer)
    assert code in words(answer)


def test_a_source_that_is_not_there_and_a_filter_that_cannot_be_read():
    assert staff_client("admin").get(f"{LIST}/sources/nobody").status_code == 404
    the_shop()
    assert "filter_malformed" in read(staff_client("admin"), f"{SHOP}?since=soon", status=400)


def test_the_lists_take_as_many_queries_for_many_as_for_few():
    account = a_merchant_account()
    client = staff_client("auditor")
    acts = [an_act(account, f"W-{place}", kind="unheard") for place in range(9)]
    checked(acts[0])
    for page in (LIST, SHOP, f"{LIST}/cases"):
        client.get(page)
    counts = {}
    for page in (LIST, SHOP, f"{LIST}/cases"):
        with queries() as few:
            client.get(page)
        counts[page] = len(few)
    checked(*acts)
    for day in range(1, 13):
        checked(day=date(2026, 10, day))
    for page, before in counts.items():
        with queries() as many:
            client.get(page)
        assert len(many) <= before, page


def test_days_come_in_pages():
    for day in range(1, 31):
        checked(day=date(2026, 9, day))
    client = staff_client("auditor")

    first = client.get(SHOP).content.decode()

    (further,) = re.findall(r'rel="next" href="(\?[^"]*)"', first)
    second = client.get(SHOP + further.replace("&amp;", "&")).content.decode()
    days = [re.findall(r'<time datetime="([0-9-]+)">', page) for page in (first, second)]
    assert len(days[0]) == 20
    assert sorted(days[0] + days[1]) == [f"2026-09-{day:02}" for day in range(1, 31)]
