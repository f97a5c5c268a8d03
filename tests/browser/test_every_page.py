"""Every page that the menus lead to, as each sort of visitor sees it: usable by all, at any width."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

SERIOUS = {"serious", "critical"}
VISITORS = [
    ("portal", "li"),
    ("backoffice", "maker"),
    ("backoffice", "admin"),
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
LINKS = """() => [...new Set([...document.querySelectorAll('nav a[href], aside a[href], main a[href]')]
    .map(link => link.getAttribute('href').split('#')[0]))]"""
WIDER = "() => document.documentElement.scrollWidth > window.innerWidth"


def addresses(visitor, page) -> list[str]:
    """The pages that this one leads to, with one of those that differ by a number only."""
    found = {}
    for link in page.evaluate(LINKS):
        if link.startswith(f"/{visitor.site}/") and "format=" not in link and "?" not in link:
            found.setdefault("".join("#" if sign.isdigit() else sign for sign in link), link)
    return list(found.values())


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("site", "login"), VISITORS)
def test_no_page_has_a_serious_fault_and_none_is_wider_than_a_phone(visit, site, login):
    visitor = visit(site, login)
    page, axe = visitor.page, Axe()
    visitor.go("")
    left, seen, wrong = addresses(visitor, page), set(), []
    while left:
        address = left.pop()
        shape = "".join("#" if sign.isdigit() else sign for sign in address)
        if shape in seen or address.endswith("sign-out"):
            continue
        seen.add(shape)
        page.set_viewport_size(DESK)
        page.goto(visitor.place.address + address)
        left += addresses(visitor, page)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            for fault in axe.run(page).response["violations"]:
                if fault["impact"] in SERIOUS:
                    nodes = [node["html"][:120] for node in fault["nodes"][:3]]
                    wrong.append((address, size["width"], fault["id"], nodes))
        if page.evaluate(WIDER):
            wrong.append((address, "wider than a phone"))
    assert len(seen) > 10
    assert wrong == []
