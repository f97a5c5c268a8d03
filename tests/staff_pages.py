"""What a member of the staff reads on a page, and the forms that he sends."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client


def words(response: HttpResponse) -> str:
    """The words of a page, each blank once, digits that only stand apart put together."""
    text = response.content.decode()
    text = re.sub(r"<(script|style|head)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r'<span class="g">(\d+)</span>', r"\1", text)
    text = re.sub(r'<span class="a">([^<]*)</span>', r"\1", text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def read(client: Client, address: str, status: int = 200) -> str:
    """The words of the page at an address."""
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code, words(response)[:500])
    return words(response)


def fields(response: HttpResponse) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', response.content.decode()):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and value and name[1] != "csrfmiddlewaretoken":
            found[unescape(name[1])] = unescape(value[1])
    found.pop("next", None)
    return found


def looked(client: Client, address: str, **typed: str) -> HttpResponse:
    """The first step: the form is filled in and shown back with what it would do."""
    sent = {**fields(client.get(address)), **typed, "step": "look"}
    return client.post(address, sent)


def done(client: Client, address: str, **typed: str) -> HttpResponse:
    """Both steps: what was shown is done."""
    shown = looked(client, address, **typed)
    assert shown.status_code == 200, words(shown)
    return client.post(address, {**fields(shown), "step": "do"})
