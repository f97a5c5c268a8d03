"""The benchmark of pages asks for every way of both menus."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tael.assurance.bench.page_browser import link_of, next_of
from tael.assurance.bench.page_list import PAGES
from tael.web.backoffice.menu import MENU as BACKOFFICE
from tael.web.portal.menu import MENU as PORTAL


@pytest.mark.parametrize("menu", [BACKOFFICE, PORTAL])
def test_every_way_of_the_menus_is_asked_for(menu):
    asked = {page.site + page.address for page in PAGES if not page.linked}
    ways = {reverse(way.name) for part in menu for way in part.ways}

    assert ways - asked == set()


def test_no_page_is_asked_for_twice():
    assert len(set(PAGES)) == len(PAGES)


def test_links_are_found_as_a_browser_finds_them():
    page = """
        <a class="x" href="/backoffice/orders?state=paid&amp;x=1">a filter</a>
        <a href="/backoffice/orders/12/close">an act</a> <a href="/backoffice/orders/12">one</a>
        <a class="btn" rel="next" href="?before=7&amp;state=paid">Next</a>
    """

    assert link_of(page, "/backoffice/orders/#") == "/backoffice/orders/12"
    assert link_of(page, "/backoffice/flows/#") is None
    assert next_of(page) == "?before=7&state=paid"
    assert next_of("<a href='?x'>no</a>") is None
