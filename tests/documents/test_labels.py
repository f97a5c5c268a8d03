"""Every word stands in all three languages."""

from __future__ import annotations

import re

import pytest

from tael.documents.labels import LANGUAGES, WORDS, LanguageUnknown, parse_language, word
from tael.wallet.operation import Operation


def test_every_word_is_there_in_each_language_and_fills_the_same_places():
    for name, words in WORDS.items():
        assert all(text.strip() == text and text for text in words), name
        assert len({frozenset(re.findall(r"\{\w+\}", text)) for text in words}) == 1, name


def test_the_chinese_is_chinese_and_the_english_is_not():
    for name, (english, *chinese) in WORDS.items():
        assert english.isascii(), name
        assert all(re.search(r"[\u4e00-\u9fff]", text) for text in chinese), name


def test_every_operation_has_a_name():
    for operation in Operation:
        assert all(word(operation.word, language) for language in LANGUAGES)


def test_a_language_is_read_in_any_case_and_another_is_refused():
    assert parse_language("zh-Hans") == "zh-hans"
    with pytest.raises(LanguageUnknown) as refused:
        parse_language("de")
    assert refused.value.allowed == "en, zh-hans, zh-hant"
