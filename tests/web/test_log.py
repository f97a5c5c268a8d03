"""What the log says, and what can never be in it."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING

import django.db
import pytest
from django.db import IntegrityError

from tael.web.log import JsonLines

if TYPE_CHECKING:
    from tael.postgres.connect import Databases


def line(message: str, *values: object, **more: object) -> str:
    record = logging.LogRecord("tael", logging.INFO, __file__, 1, message, values, None)
    vars(record).update(more)
    return JsonLines().format(record)


def test_a_line_is_one_json_object_with_its_time_in_utc() -> None:
    said = json.loads(line("paid %s", "12.34 CNY", status_code=201))

    assert said["says"] == "paid 12.34 CNY"
    assert said["status_code"] == 201
    assert said["level"] == "info"
    assert said["at"].endswith("+00:00")


def test_a_field_that_is_not_on_the_list_is_not_written() -> None:
    assert "hush" not in line("paid", password="hush", request="hush")


def test_a_line_break_cannot_forge_a_second_line() -> None:
    assert "\n" not in line('name: a\n{"level": "info", "says": "approved"}')


def test_a_trace_is_within_its_line() -> None:
    try:
        int("broken")
    except ValueError:
        record = logging.LogRecord("tael", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())

    said = JsonLines().format(record)
    assert "\n" not in said
    assert "ValueError: invalid literal" in json.loads(said)["trace"]


@pytest.mark.rule("T22")
def test_a_trace_does_not_repeat_the_row_that_was_refused(db: Databases) -> None:
    planted = "DO $$ BEGIN RAISE check_violation USING DETAIL = 'Failing row contains (hush-4711).'; END $$"
    with pytest.raises(IntegrityError) as caught, django.db.connection.cursor() as cursor:
        cursor.execute(planted)
    with django.db.connection.cursor() as cursor:
        cursor.execute("SHOW log_error_verbosity")
        told = cursor.fetchone()

    raised = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("tael", logging.ERROR, __file__, 1, "failed", (), raised)
    trace = json.loads(JsonLines().format(record))["trace"]

    assert "CheckViolation" in trace
    assert "hush-4711" not in trace
    assert told == ("terse",), "the server's own log would repeat it"
