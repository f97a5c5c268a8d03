"""Language and light are chosen on a page, kept by the browser for one site, and change nothing else."""

from __future__ import annotations

import re

import pytest

ADDRESSES = {"/": "look", "/portal/": "portal", "/backoffice/": "backoffice"}


def choose(browser, start, **fields):
    browser.get("/")
    secret = browser.cookies["csrftoken"].value
    return browser.post(f"{start}appearance", {**fields, "csrfmiddlewaretoken": secret})


@pytest.mark.rule("I-03")
@pytest.mark.parametrize(("start", "site"), ADDRESSES.items())
def test_each_site_keeps_its_own_language(browser, start, site):
    answer = choose(browser, start, language="zh-hant", next=f"{start}?x=1")

    assert answer.status_code == 303
    assert answer["location"] == f"{start}?x=1"
    kept = answer.cookies[f"tael_{site}_language"]
    assert (kept.value, kept["path"], kept["samesite"]) == ("zh-hant", start, "Lax")
    assert kept["httponly"]
    assert len(answer.cookies) == 1


def test_light_and_dark_are_kept_and_given_up_again(browser):
    assert choose(browser, "/", theme="dark").cookies["tael_look_theme"].value == "dark"
    assert b'data-theme="dark"' in browser.get("/").content

    choose(browser, "/", theme="")

    assert b"data-theme" not in browser.get("/").content


@pytest.mark.parametrize("fields", [{"language": "xx"}, {"theme": "pink"}, {}])
def test_what_is_unknown_keeps_nothing(browser, fields):
    answer = choose(browser, "/portal/", **fields)

    assert answer.status_code == 303
    assert not answer.cookies


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "x",
        "/" + "x" * 600,
        "/\\evil",
        "/portal/x\r\nX-Forged: 1",
        "/portal/\x00",
    ],
)
def test_the_way_back_leads_to_no_other_house(browser, wanted):
    assert choose(browser, "/portal/", language="en", next=wanted)["location"] == "/portal/"


def test_a_form_without_its_secret_changes_nothing_and_says_so(browser):
    answer = browser.post("/portal/appearance", {"language": "zh-hans"})

    assert answer.status_code == 403
    assert not answer.cookies.get("tael_portal_language")
    assert "The form was too old" in answer.content.decode()


def test_it_is_chosen_by_sending_a_form_alone(browser):
    assert browser.get("/portal/appearance").status_code == 405


def test_the_page_marks_what_is_chosen(browser):
    choose(browser, "/", language="zh-hans")

    page = browser.get("/").content.decode()

    assert re.findall(r'value="([\w-]*)"[^>]* aria-current="true"', page) == ["zh-hans", ""]


def test_an_address_in_other_letters_goes_into_the_header_encoded(browser):
    answer = choose(browser, "/portal/", language="en", next="/portal/x?q=中")

    assert answer["location"] == "/portal/x?q=%E4%B8%AD"
