"""An address belongs to one site, and what a browser keeps for it has the site's name."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from tael.web.look.site import BACKOFFICE, HOUSE, PORTAL, SITES, site_of


@pytest.mark.parametrize(
    ("path", "site"),
    [
        ("/", HOUSE),
        ("/portal", HOUSE),
        ("/portal/", PORTAL),
        ("/portal/wallets/7", PORTAL),
        ("/backoffice/flows", BACKOFFICE),
        ("/portalx/", HOUSE),
    ],
)
def test_an_address_belongs_to_its_site(path, site):
    assert site_of(RequestFactory().get(path)) is site


def test_no_two_sites_keep_anything_under_one_name():
    names = [
        name
        for site in SITES
        for name in (site.language_cookie, site.theme_cookie, site.message_cookie)
    ]

    assert len(set(names)) == 9
