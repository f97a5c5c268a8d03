"""Each site speaks the language that its reader chose for it, from packs of its own."""

from __future__ import annotations

import gettext
import importlib.util
import io
import sys

import pytest
from django.test import RequestFactory
from django.utils.translation import get_language
from django.utils.translation import gettext as said

from tael.documents.labels import WORDS
from tael.documents.list_words import ASKED_WORDS, LIST_WORDS
from tael.web.look import language
from tael.web.look.language import chosen_language, pack, speaking
from tael.web.look.site import BACKOFFICE, HOUSE, PORTAL
from tidy.tree import ROOT

TOOL = ROOT / "tools" / "look" / "messages.py"


@pytest.fixture(scope="module")
def messages():
    spec = importlib.util.spec_from_file_location("messages_tool", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules["messages_tool"] = module
    spec.loader.exec_module(module)
    return module


def asked(header="", **cookies):
    request = RequestFactory().get("/portal/", headers={"accept-language": header})
    request.COOKIES |= cookies
    return request


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("zh-TW,en;q=0.5", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("fr,zh-hans;q=0.8,en;q=0.2", "zh-hans"),
        ("fr", "en"),
        ("*;q=;;,\N{SNOWMAN}", "en"),
    ],
)
def test_the_browsers_wish_is_followed_as_far_as_there_are_packs(header, language):
    assert chosen_language(asked(header), PORTAL) == language


def test_what_was_chosen_for_a_site_counts_there_and_nowhere_else():
    request = asked("zh-TW", tael_portal_language="zh-hans")

    assert chosen_language(request, PORTAL) == "zh-hans"
    assert chosen_language(request, BACKOFFICE) == "zh-hant"


def test_a_cookie_with_nonsense_is_no_choice():
    assert chosen_language(asked("", tael_portal_language="../../etc"), PORTAL) == "en"


def test_two_sites_can_say_the_same_word_in_two_ways(messages, monkeypatch, tmp_path):
    for site, text in (("portal", "餘額"), ("backoffice", "結餘")):
        folder = tmp_path / site / "locale" / "zh_Hant" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        word = (None, "Balance of the test", None)
        (folder / f"{site}.mo").write_bytes(messages.compiled("zh-Hant", {word: (text,)}))
    monkeypatch.setattr(language, "WEB", tmp_path)
    pack.cache_clear()
    try:
        with speaking(PORTAL, "zh-hant"):
            assert get_language() == "zh-hant"
            assert said("Balance of the test") == "餘額"
            with speaking(BACKOFFICE, "zh-hant"):
                assert said("Balance of the test") == "結餘"
            assert said("Balance of the test") == "餘額"
            assert said("This field is required.") == "這個欄位是必須的。"  # Django's own words
        with speaking(HOUSE, "zh-hant"):
            assert said("Balance of the test") == "Balance of the test"
    finally:
        pack.cache_clear()


def test_the_language_ends_with_the_answer(browser):
    before = get_language()

    page = browser.get("/", headers={"accept-language": "zh-CN"})

    assert page["content-language"] == "zh-hans"
    assert b'<html lang="zh-hans"' in page.content
    assert get_language() == before


# ---------------------------------------------------------------- the packs


def test_words_are_found_in_templates_and_modules(messages, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '{% load i18n %}<p class="_(\'no\')">gettext</p>{% translate "It\'s 5 %" %}\n'
        "  {% blocktranslate count n=n trimmed %}{{ n }} line\n  long{% plural %}{{ n }} lines"
        '{% endblocktranslate %}{% include "x.html" with text=_("Inside") %}'
        '{% translate "May" context "month" %}',
        "utf-8",
    )

    assert set(messages.in_template(page)) == {
        (None, "It's 5 %%", None),
        (None, "%(n)s line long", "%(n)s lines"),
        (None, "Inside", None),
        ("month", "May", None),
    }
    assert messages.in_python('a = _("One"); ngettext("x", "xs", n); gettext(name); f("no")') == [
        (None, "One", None),
        (None, "x", "xs"),
    ]


def test_a_pack_that_is_written_is_read_again_and_compiled_for_gettext(messages, tmp_path):
    known = {
        (None, 'Say "yes"\nor \\ no', None): ("說“是”\n或 \\ 否",),
        (None, "%(n)s line", "%(n)s lines"): ("%(n)s 行",),
        ("month", "May", None): ("五月",),
        (None, "Not yet", None): ("",),
    }
    path = tmp_path / "pack.po"
    path.write_text(
        messages.written("zh-Hans", {word: {"x.html"} for word in known}, known), "utf-8"
    )

    assert messages.read(path) == known
    words = gettext.GNUTranslations(io.BytesIO(messages.compiled("zh-Hans", messages.read(path))))
    assert words.gettext('Say "yes"\nor \\ no') == "說“是”\n或 \\ 否"
    assert words.ngettext("%(n)s line", "%(n)s lines", 1) == "%(n)s 行"
    assert words.ngettext("%(n)s line", "%(n)s lines", 7) == "%(n)s 行"
    assert words.pgettext("month", "May") == "五月"
    assert words.gettext("Not yet") == "Not yet"
    assert words.info()["language"] == "zh-Hans"


@pytest.mark.rule("I-03")
def test_every_word_of_the_pages_is_in_its_pack(messages):
    """It may wait for its translation; `make messages` puts new words there and says how many wait."""
    missing = []
    for name, words in messages.words().items():
        for locale in messages.LOCALES:
            path = messages.WEB / name / "locale" / locale / "LC_MESSAGES"
            there = messages.read(path / f"{messages.PACKS[name]}.po")
            missing += [f"{name} {locale}: {word[1]}" for word in words if word not in there]

    assert not missing, f"run `make messages`; {len(missing)} are missing, as {missing[:5]}"


def test_every_compiled_pack_is_that_of_its_words(messages):
    for name, domain in messages.PACKS.items():
        for locale, spoken in messages.LOCALES.items():
            path = messages.WEB / name / "locale" / locale / "LC_MESSAGES" / f"{domain}.po"
            compiled = messages.compiled(spoken, messages.read(path))
            assert path.with_suffix(".mo").read_bytes() == compiled, f"run `make messages`: {path}"


def test_a_translation_keeps_the_places_of_what_is_put_in(messages):
    places = messages.re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
    wrong = []
    for name, domain in messages.PACKS.items():
        for locale in messages.LOCALES:
            path = messages.WEB / name / "locale" / locale / "LC_MESSAGES" / f"{domain}.po"
            for (_, one, many), texts in messages.read(path).items():
                wanted = set(places.findall(many or one))
                wrong += [
                    f"{locale} {one}"
                    for text in texts
                    if text and set(places.findall(text)) != wanted
                ]

    assert not wrong


# words for what is called otherwise everywhere else: one thing, one name, on every page, in every file, in the glossary
OTHERWISE = (
    "支付網關",
    "業務種類",
    "業務單號",
    "完整性檢查",
    "賬期報表",
    "門戶",
    "用戶端",
    "錢包",
    "複核申請",
    "期末餘額",
    "帳",
    "匯入",
    "匯出",
    "檔案",
)


@pytest.mark.rule("I-03")
def test_one_thing_has_one_name_in_all_packs_and_files(messages):
    said = {
        text
        for name, domain in messages.PACKS.items()
        for texts in messages.read(
            messages.WEB / name / "locale" / "zh_Hant" / "LC_MESSAGES" / f"{domain}.po"
        ).values()
        for text in texts
    } | {words[2] for pack in (WORDS, LIST_WORDS, ASKED_WORDS) for words in pack.values()}

    assert [text for text in said if any(name in text for name in OTHERWISE)] == []
