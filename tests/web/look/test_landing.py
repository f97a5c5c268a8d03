"""The page at the door shows every way in."""

from __future__ import annotations


def test_the_ways_in_are_shown_to_anybody(browser):
    answer = browser.get("/")

    assert answer.status_code == 200
    page = answer.content.decode()
    for way in ("/portal/", "/backoffice/", "/api/v1/docs"):
        assert f'href="{way}"' in page


def test_it_is_only_read(browser):
    assert browser.post("/").status_code in {403, 405}
