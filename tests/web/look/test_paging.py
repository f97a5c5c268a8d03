"""The next page has the filters of this one."""

from __future__ import annotations

from django.http import QueryDict
from django.test import RequestFactory

from tael.web.look.paging import following, with_query


def asked(query: str):
    return RequestFactory().get(f"/wallets?{query}")


def test_the_next_page_keeps_the_filters_and_replaces_the_cursor():
    query = QueryDict(following(asked("q=a%26b&cursor=1&kind=x&kind=y&empty="), 7))

    assert query.dict() == {"q": "a&b", "cursor": "7", "kind": "y"}
    assert query.getlist("kind") == ["x", "y"]


def test_without_a_cursor_there_is_no_next_page():
    assert following(asked("q=1"), None) == ""
    assert following(asked("q=1"), "") == ""


def test_a_filter_is_taken_away_by_none():
    assert with_query(asked("q=1&day=2"), day=None) == "q=1"


def test_the_partial_shows_what_there_is(render):
    shown = render('{% include "look/paging.html" %}', next="cursor=7&q=1")

    assert 'href="?cursor=7&amp;q=1"' in shown
    assert "First page" not in shown
    assert render('{% include "look/paging.html" %}').strip() == ""
    assert 'href="/portal/x"' in render(
        '{% include "look/paging.html" with first=True %}', path="/portal/x"
    )
