"""What is too old is forgotten by its own setting; nothing that another rule keeps is in the table."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import override_settings
from psycopg.errors import InsufficientPrivilege

from jobs.working import ask
from outbox.receiving import STAFF, an_event, now
from tael.jobs.retention import RETENTION, forget_old, kept_days
from tael.jobs.timetable import timetable
from tael.jobs.worker import queue_app
from tael.outbox.endpoint import add_endpoint, disable_endpoint
from tael.outbox.models import Event
from tael.outbox.rotation import rotate_secret
from tael.postgres.connect import Databases
from tidy.tree import ROOT

pytestmark = pytest.mark.rule("T22")


def test_each_has_a_setting_and_the_documentation_has_its_default() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    told = {
        name.lower(): int(days)
        for name, days in re.findall(r"`TAEL_KEEP_([A-Z]+)_DAYS` \| `(\d+)`", text)
    }

    assert told == settings.KEPT_DAYS
    assert set(told) == {*RETENTION, "jobs"}


def test_an_event_goes_on_the_day_of_its_setting(db: Databases) -> None:
    number = add_endpoint(url="https://example.com", actor=STAFF, at=now()).endpoint.pk
    an_event()
    disable_endpoint(number=number, actor=STAFF, at=now())
    late = now() + timedelta(days=10)

    with db.owner() as owner:
        assert forget_old(owner, at=late) == {}
        with override_settings(KEPT_DAYS={**settings.KEPT_DAYS, "events": 9}):
            assert kept_days("events") == 9
            assert forget_old(owner, at=late) == {"events": 1}
            assert forget_old(owner, at=late) == {}
    assert not Event.objects.exists()


def test_secrets_that_sign_no_more_go_as_well(db: Databases) -> None:
    number = add_endpoint(url="https://example.com", actor=STAFF, at=now()).endpoint.pk
    rotate_secret(number=number, overlap_hours=1, actor=STAFF, at=now())

    with db.owner() as owner:
        assert forget_old(owner, at=now()) == {}
        assert forget_old(owner, at=now() + timedelta(hours=2)) == {"secrets": 1}


def test_the_application_itself_may_remove_none_of_it(db: Databases) -> None:
    number = add_endpoint(url="https://example.com", actor=STAFF, at=now()).endpoint.pk
    an_event()
    disable_endpoint(number=number, actor=STAFF, at=now())

    for forget in RETENTION.values():
        with db.app() as app, pytest.raises(InsufficientPrivilege):
            forget(app, before=now() + timedelta(days=1))


def test_failed_jobs_go_after_their_days_and_waiting_ones_stay(db: Databases) -> None:
    for name, status, days in (("a", "failed", 8), ("b", "failed", 6), ("c", "todo", 8)):
        ask(
            db,
            "WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('default', %s, %s::procrastinate_job_status) RETURNING id)"
            " INSERT INTO procrastinate_events (job_id, type, at)"
            " SELECT id, 'failed', now() - make_interval(days => %s) FROM job",
            name,
            status,
            days,
        )

    for _ in range(2):
        asyncio.run(forget_jobs())

    left = ask(db, "SELECT task_name FROM procrastinate_jobs ORDER BY 1")
    assert left == [("b",), ("c",)]


async def forget_jobs() -> None:
    """Do the job as a worker does it."""
    app = queue_app(timetable(heartbeat=10))
    async with app.open_async():
        await app.tasks["tael:forget_jobs"].func(SimpleNamespace(app=app), 0)
