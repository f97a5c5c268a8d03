"""What the log says, and what can never be in it."""

from __future__ import annotations

import json
import logging
import sys

from tael.web.log import JsonLines


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
