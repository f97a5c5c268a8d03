"""A person who asks too fast, or a stranger at the door: 429, and when to come again."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from builders import a_customer
from tael.parties.pace import Pace
from tael.web.access.pace import FILES
from visits import customer_client, staff_client

pytestmark = pytest.mark.rule("T23")
SITES = ["portal", "backoffice"]


@pytest.fixture
def slow(monkeypatch):
    def bound(**sorts):
        paces = {name: Pace(name, most, 600.0) for name, most in sorts.items()}
        monkeypatch.setattr(settings, "PACES", {**settings.PACES, **paces})

    return bound


@pytest.fixture
def browsers(db):
    """Two people on a site."""

    def make(site):
        if site == "backoffice":
            return staff_client("finance_maker"), staff_client("finance_maker")
        return customer_client(a_customer()), customer_client(a_customer())

    return make


def refused(answer):
    return (answer.status_code, b"too_many_requests" in answer.content) == (429, True)


@pytest.mark.parametrize("site", SITES)
def test_pages_are_counted_for_each_user(browsers, slow, site):
    hasty, calm = browsers(site)
    slow(pages=4)

    answers = [hasty.get(f"/{site}/security") for _ in range(8)]

    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert all(refused(answer) for answer in answers[4:])
    assert 1 <= int(answers[-1]["Retry-After"]) <= 150
    assert calm.get(f"/{site}/security").status_code == 200


@pytest.mark.parametrize("site", SITES)
def test_forms_are_counted_apart_from_pages(browsers, slow, site):
    hasty, _ = browsers(site)
    slow(forms=2)
    send = f"/{site}/security/sessions"

    statuses = [hasty.post(send, {"session": "others"}).status_code for _ in range(4)]

    assert statuses == [303, 303, 429, 429]
    assert hasty.get(f"/{site}/security").status_code == 200


def test_files_are_counted_apart_from_pages(browsers, slow):
    hasty, calm = browsers("backoffice")
    slow(files=1)

    assert hasty.get("/backoffice/flows/file?format=csv").status_code == 200
    assert refused(hasty.get("/backoffice/flows/file?format=csv"))
    assert hasty.get("/backoffice/flows").status_code == 200
    assert calm.get("/backoffice/flows/file?format=csv").status_code == 200


def views(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern)
        else:
            yield pattern


def test_every_file_is_counted_as_one():
    files = [
        pattern
        for pattern in views(get_resolver())
        if pattern.callback.__module__.endswith(".downloads")
    ]

    assert len(files) >= 3
    assert [one.name for one in files if not one.name.endswith(FILES)] == []


@pytest.mark.parametrize("site", SITES)
def test_the_door_is_bounded_for_each_address(db, slow, site):
    slow(doors=3)
    told = {"login": "nobody@example.com", "password": "wrong"}
    here = Client(
        SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="198.51.100.1"
    )

    statuses = [here.post(f"/{site}/sign-in", told).status_code for _ in range(6)]

    assert statuses == [403] * 3 + [429] * 3
    assert refused(here.get(f"/{site}/set-password?link=x"))
    assert here.get(f"/{site}/sign-in").status_code == 200
    there = Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.8")
    assert there.post(f"/{site}/sign-in", told).status_code == 403
