"""The menu shows the ways that are open, and marks the one that a page belongs to."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.urls import reverse

from tael.parties.role import PERMISSIONS
from tael.web.backoffice.menu import MENU as BACKOFFICE
from tael.web.look import menu
from tael.web.look.language import LANGUAGES, speaking
from tael.web.look.menu import Part, Way, shown
from tael.web.look.site import BACKOFFICE as BACKOFFICE_SITE
from tael.web.look.site import PORTAL as PORTAL_SITE
from tael.web.portal.menu import MENU as PORTAL

ADDRESSES = {"a": "/x/", "b": "/x/wallets", "c": "/x/wallets-shut"}
MENU = (
    Part("", (Way("a", "Home", "home"), Way("b", "Wallets", "wallet", "wallets.see"))),
    Part("Shut", (Way("c", "Shut", "lock", "never"),)),
)


@pytest.fixture
def reverse_here(monkeypatch):
    monkeypatch.setattr(menu, "reverse", ADDRESSES.__getitem__)


def staff(*permissions):
    return SimpleNamespace(may=permissions.__contains__)


def lines(path, who):
    parts = shown(MENU, RequestFactory().get(path), who)
    return [(line["address"], line["here"]) for part in parts for line in part["ways"]]


def test_only_the_ways_that_are_open_are_shown_and_no_empty_part(reverse_here):
    assert lines("/x/", staff()) == [("/x/", True)]
    assert lines("/x/", staff("wallets.see")) == [("/x/", True), ("/x/wallets", False)]
    assert len(shown(MENU, RequestFactory().get("/x/"), staff())) == 1


@pytest.mark.parametrize(
    ("path", "here"),
    [("/x/wallets", True), ("/x/wallets/7", True), ("/x/wallets-shut", False), ("/x/other", False)],
)
def test_a_detail_belongs_to_its_list(reverse_here, path, here):
    assert dict(lines(path, staff("wallets.see")))["/x/wallets"] is here


@pytest.mark.parametrize(
    "way", [way for site in (BACKOFFICE, PORTAL) for part in site for way in part.ways]
)
def test_every_way_of_the_menus_leads_to_a_page(way):
    assert reverse(way.name)
    assert not way.may or way.may in PERMISSIONS


@pytest.mark.parametrize("site", [PORTAL_SITE, BACKOFFICE_SITE], ids=lambda site: site.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_ways_of_a_site_are_called_the_same(site, language):
    parts = PORTAL if site is PORTAL_SITE else BACKOFFICE
    with speaking(site, language):
        names = [str(way.label) for part in parts for way in part.ways]

    assert sorted(names) == sorted(set(names))
