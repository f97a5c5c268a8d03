"""Every page that the menus lead to, as each sort of visitor sees it: usable by all, at any width, in any language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from properties.size import SIZE

SERIOUS = {"serious", "critical"}
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# who visits, the widths at which axe looks, and the language he reads: with every change each of the large sites is
# walked once on a desk and once on a phone, in one language each; at night in all three
VISITORS = [
    ("portal", "li", [PHONE, DESK], "zh-hans"),
    ("portal", "chen", [PHONE], "zh-hant"),
    ("backoffice", "admin", [DESK], "zh-hans"),
    ("backoffice", "maker", [PHONE], "en"),
]
LANGUAGES = ["en", "zh-hans", "zh-hant"]
WITHIN = {"chen": "/portal/merchant/"}  # all that he has and others have not
# what lists lead to by a filter only, and a batch that the bank has answered
BESIDES = {
    "chen": ["/portal/merchant/earnings", "/portal/merchant/payouts/2"],
    "admin": ["/backoffice/settlement/adjustments", "/backoffice/settlement/collections"],
    "maker": ["/backoffice/settlement/batches/1"],
}
LINKS = """() => [...new Set([...document.querySelectorAll('nav a[href], aside a[href], main a[href]')]
    .map(link => link.getAttribute('href').split('#')[0]))]"""
# Lists say the same thing many times, and so do pages, above all with what frames them. One of each kind is left: of the
# rows, entries and choices beside one another, and of the parts of pages that the visitor has seen. A kind is what
# something is made of: elements, attributes, what chooses its look or its meaning, and which of them have words.
ONE_OF_EACH = """() => {
    const telling = /^(class|role|type|style|scope|lang|tabindex|aria-(?!label$).*)$/;
    const named = at => at.getAttributeNames().map(name => [name, at.getAttribute(name)])
        .map(([name, value]) => name + '=' + (telling.test(name) ? value : Boolean(value.trim())));
    const inside = part => part.nodeType === 1 ? kind(part) : part.data?.trim() ? '.' : '';
    const kind = at => `${at.tagName} ${named(at)}<${[...at.childNodes].map(inside).join('')}>`;
    const kept = new Map();
    for (const at of document.querySelectorAll('tr, li, option')) {
        const [within, own] = [at.parentNode, kind(at)];
        kept.set(within, kept.get(within) ?? new Set());
        kept.get(within).has(own) ? at.remove() : kept.get(within).add(own);
    }
    const seen = new Set(JSON.parse(sessionStorage.getItem('seen') ?? '[]'));
    for (const at of document.querySelectorAll('body header, body footer, .drawer-side, main > *'))
        seen.has(kind(at)) ? at.remove() : seen.add(kind(at));
    sessionStorage.setItem('seen', JSON.stringify([...seen]));
}"""
# what could not be serious is not even looked for
FAULTS = """async () => (await axe.run({
    resultTypes: ['violations'],
    rules: Object.fromEntries(axe._audit.rules
        .filter(rule => ['minor', 'moderate'].includes(rule.impact)).map(rule => [rule.id, {enabled: false}])),
})).violations
    .map(fault => [fault.id, fault.impact, fault.nodes.slice(0, 3).map(node => node.html.slice(0, 120))])"""
WIDER = "() => document.documentElement.scrollWidth > window.innerWidth"
# what a reader sees, but for codes, which are the same in every language; a picture's words are read aloud
SAID = """() => [
    ...[...document.querySelectorAll('[aria-label], [title], [placeholder]')]
        .flatMap(at => [at.ariaLabel, at.placeholder, at.matches('td') ? '' : at.title]),
    ...[...document.querySelectorAll('option, button, h1, h2, p, td, th, dt, dd, li, label, span, a, legend, summary')]
        .filter(at => !at.closest('.code, code, pre, [lang]:not(html)'))
        .flatMap(at => [...at.childNodes].filter(part => part.nodeType === 3).map(part => part.data)),
].filter(text => text && text.trim())"""
SENTENCE = re.compile(r"[A-Za-z][a-z'’-]+(?:[ ,;:]+[A-Za-z'’-]*[a-z][A-Za-z'’-]*){2,}")
# what operators and customers have written, in the demo data and in the tests beside this one; it is theirs, in their
# language
HERE, SOURCES = Path(__file__).parent, Path(__file__).parents[2] / "src" / "tael"
WRITTEN = " ".join(
    " ".join(path.read_text("utf-8").split())
    for place in ("cli/demo*", "channels/migrations/*.py", "money/*.py")
    for path in SOURCES.glob(place)
) + " ".join(
    re.findall(
        r'reason="[^"]*"', "".join(path.read_text("utf-8") for path in HERE.glob("test_[ms]*.py"))
    )
)
NAMES = re.compile(r"Hong Kong Dollar$|demo: key")  # of a currency in ISO 4217; of the demo's keys


def addresses(within: str, page) -> list[str]:
    """The pages that this one leads to, with one of those that differ by a number only."""
    found = {}
    for link in page.evaluate(LINKS):
        if link.startswith(within) and not link.endswith("/file") and "?" not in link:
            found.setdefault(shape_of(link), link)
    return list(found.values())


def shape_of(address: str) -> str:
    return "".join("#" if sign.isdigit() else sign for sign in address)


def pages(visitor, login: str) -> list[str]:
    """Walk through the site, and leave each page open once, and each that is named."""
    within, named = WITHIN.get(login, f"/{visitor.site}/"), [*BESIDES.get(login, [])]
    left, seen = [within] if login not in WITHIN else [], set()
    while left or named:
        address = left.pop() if left else named.pop()
        known = shape_of(address) in seen and address not in BESIDES.get(login, [])
        if known or address.endswith("sign-out"):
            continue
        seen |= {shape_of(address), address}
        visitor.page.goto(visitor.place.address + address)
        left += [one for one in addresses(within, visitor.page) if one not in seen]
        if visitor.page.url == visitor.place.address + address:  # and not at the payment gateway
            yield address


def not_translated(page) -> list[str]:
    """Sentences in English on a page in Chinese that nobody has written here."""
    said = {found for text in page.evaluate(SAID) for found in SENTENCE.findall(text)}
    return sorted(one for one in said if one not in WRITTEN and not NAMES.match(one))


def keys_of_the_drawer(page) -> list[bool]:
    """What the keyboard does on a phone: it opens the ways, goes on in them and not behind, and Escape closes them."""
    drawer = page.locator("#ways")
    drawer.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    inside = page.evaluate("() => Boolean(document.activeElement.closest('.ways'))")
    page.keyboard.press("Escape")
    return [
        inside,
        not drawer.is_checked(),
        page.evaluate("() => document.activeElement.id === 'ways'"),
    ]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("site", "login", "sizes", "language"), VISITORS)
def test_every_page_can_be_used_by_all_on_a_phone_and_is_in_the_readers_language(
    visit, site, login, sizes, language
):
    visitor = visit(site, login, language=language)
    page, wrong, seen = visitor.page, [], []
    # half a megabyte, which the browser then keeps: brought to each page anew it takes as long as what it finds out
    page.context.add_init_script(AXE_SCRIPT)
    page.set_viewport_size(PHONE)
    assert keys_of_the_drawer(page) == [True, True, True]
    for address in pages(visitor, login):
        seen.append(address)
        wrong += wrong_words(page, address, language)  # of all of it
        page.evaluate(ONE_OF_EACH)
        for size in sizes:
            widen(page, size)
            wrong += [
                (address, size["width"], fault, nodes)
                for fault, impact, nodes in page.evaluate(FAULTS)
                if impact in SERIOUS
            ]
        widen(page, PHONE)
    for other in LANGUAGES if SIZE != "C" else []:  # the same page with other words
        visitor.go("")
        visitor.speak(other)
        for address in seen:
            page.goto(visitor.place.address + address)
            wrong += wrong_words(page, address, other)
    assert len(seen) > 10
    assert wrong == []


def widen(page, size: dict[str, int]) -> None:
    if page.viewport_size != size:  # the browser lays the page out anew even for the same one
        page.set_viewport_size(size)


def wrong_words(page, address: str, language: str) -> list[tuple[str, str, str]]:
    """What the words of a language break on a phone, and what of them is of another language."""
    wider = ["wider than a phone"] if page.evaluate(WIDER) else []
    foreign = [] if language == "en" else not_translated(page)
    return [(address, language, fault) for fault in wider + foreign]
