"""A file comes as the body itself or in a form, and is no longer than a file may be."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.test import RequestFactory

from api.client import a_key
from sheet_files import a_csv
from tael.api.body import BodyMalformed
from tael.api.file_body import FILE_MAX, NotAFile, read_file

pytestmark = pytest.mark.rule("T15", "T23")


def a_form(*parts: tuple[str, bytes]) -> tuple[bytes, str]:
    """A form of files."""
    body = b""
    for name, content in parts:
        head = f'--edge\r\nContent-Disposition: form-data; name="{name}"; filename="a.csv"\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + b"--edge--\r\n", "multipart/form-data; boundary=edge"


def read(body: bytes, content_type: str, name: str = "") -> tuple[bytes, str]:
    """Read a request's file, and close the request as a server does."""
    request = RequestFactory().generic("POST", "/", body, content_type=content_type)
    with closing(request):
        return read_file(request, name)


def test_the_body_is_the_file() -> None:
    assert read(b"a,b", "text/csv; charset=utf-8", "x.csv") == (b"a,b", "x.csv")


def test_a_form_has_the_file() -> None:
    assert read(*a_form(("file", b"a,b"))) == (b"a,b", "a.csv")


@pytest.mark.parametrize(
    ("body", "kind", "refusal"),
    [
        (b"{}", "application/json", NotAFile),
        (b"{}", "", NotAFile),
        (b"nothing", "multipart/form-data", BodyMalformed),
        (*a_form(("other", b"a")), BodyMalformed),
        (*a_form(("file", b"a"), ("file", b"b")), BodyMalformed),
        (*a_form(("file", b"a"), ("more", b"b")), BodyMalformed),
    ],
)
def test_what_is_no_file_is_refused(body: bytes, kind: str, refusal: type) -> None:
    with pytest.raises(refusal):
        read(body, kind)


def test_a_file_that_is_too_long_is_refused_by_its_declared_length(db) -> None:
    reply = a_key().send(
        "POST",
        "/accrual-imports",
        b"",
        key="new",
        content_type="text/csv",
        headers={"Content-Length": str(FILE_MAX + 1)},
    )

    assert (reply.status, reply.code) == (413, "body_too_large")


def test_one_byte_too_many_is_refused_when_it_is_read(db) -> None:
    data = a_csv([["source"], *[["x" * 1000] for _ in range(10_480)]])
    reply = a_key().send("POST", "/accrual-imports", data, key="new", content_type="text/csv")

    assert reply.code == "sheet_too_large"
