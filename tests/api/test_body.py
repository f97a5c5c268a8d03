"""A body is read strictly: one meaning or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amount_inputs import TWO_AMOUNTS_IN_ONE_BODY
from tael.api.body import MAX_BYTES, BodyMalformed, parse_object

if TYPE_CHECKING:
    from api.client import Caller
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("M6", "T11", "T23")

MALFORMED = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b'{"a": 1,}',
    b"{'a': 1}",
    b'{"a": NaN}',
    b'{"a": 1e400}',
    b'{"a": Infinity}',
    b'\xef\xbb\xbf{"a": 1}',
    '{"a": 1}'.encode("utf-16"),
    b'{"a": "\xff"}',
    b'{"a": "\\ud800"}',
    b'{"a": 1} {"a": 1}',
    b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}",
    b'{"a": ' + b"1" * 5000 + b"}",
    b'{"a": 1, "a": 1}',
    b'{"b": {"a": 1, "\\u0061": 2}}',
    b'{"b": [{"a": 1, "a": 2}]}',
    b'{"b": {%s}}' % b",".join(b'"%d": 1' % name for name in range(1001)),
]


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_not_one_plain_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BodyMalformed):
        parse_object(raw)


def test_an_object_is_read_exactly() -> None:
    raw = '{"a": "金", "b": [{"c": null}], "d": 12345678901234567890}'.encode()

    assert parse_object(raw) == {"a": "金", "b": [{"c": None}], "d": 12345678901234567890}


def test_a_name_that_stands_twice_is_named(house: Caller, wallet: Wallet) -> None:
    raw = f'{{"wallet": {wallet.number}, "amount": {TWO_AMOUNTS_IN_ONE_BODY}}}'.encode()

    reply = house.send("POST", "/recharge", raw, key="new")

    assert (reply.status, reply.code) == (400, "body_malformed")
    assert "'amount'" in reply.body["detail"]


def test_a_body_that_is_not_declared_as_json_is_refused(house: Caller) -> None:
    for content_type in (
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=gbk",
        "json",
    ):
        reply = house.send("POST", "/recharge", b"{}", key="new", content_type=content_type)

        assert (reply.status, reply.code) == (415, "content_type_refused"), content_type


def test_json_may_name_its_charset(house: Caller) -> None:
    for content_type in ("application/json", "Application/JSON ; charset=UTF-8"):
        reply = house.send("POST", "/recharge", b"{}", key="new", content_type=content_type)

        assert reply.code == "request_invalid", content_type


def test_a_body_over_one_megabyte_is_refused(house: Caller) -> None:
    raw = b'{"info": "' + b"x" * MAX_BYTES + b'"}'

    reply = house.send("POST", "/recharge", raw, key="new")

    assert (reply.status, reply.code) == (413, "body_too_large")
