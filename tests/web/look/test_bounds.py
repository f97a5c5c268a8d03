"""What is there and what would be allowed is said in the reader's language; figures stay."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import gettext

from tael.web.look.bounds import PATTERNS, in_words
from tael.web.look.language import speaking
from tael.web.look.site import HOUSE

CHINESE = ("zh-hans", "zh-hant")


@pytest.mark.parametrize(
    ("english", "simplified"),
    [
        ("at most 10.00 CNY", "最多 10.00 CNY"),
        ("more than 50.00 CNY", "大于 50.00 CNY"),
        (
            "withdrawable 1.00 CNY, locked 2.00 CNY, frozen 0.00 CNY",
            "可提现 1.00 CNY，锁定 2.00 CNY，冻结 0.00 CNY",
        ),
        ("0 to 40 characters on one line", "一行，0 至 40 个字符"),
        (
            "from 2026-09-01 to 2026-11-23, or a reason for posting late",
            "2026-09-01 至 2026-11-23，或附补记理由",
        ),
        ("csv or xlsx", "csv 或 xlsx 文件"),
        ("digits without decimals", "数字，不带小数"),
        ("10 to 128 characters", "10 至 128 个字符"),
        ("Alipay, WeChat", "Alipay, WeChat"),
        ("applied", "applied"),
    ],
)
def test_the_words_around_the_figures_are_the_readers(english, simplified):
    assert in_words(english) == english
    with speaking(HOUSE, "zh-hans"):
        assert in_words(english) == simplified


def test_a_moment_is_said_to_the_second_in_the_business_zone():
    assert in_words("2026-03-01T09:30:00.123456+02:00") == "2026-03-01 07:30:00"
    assert in_words("2026-02-30T09:30:00+00:00") == "2026-02-30T09:30:00+00:00"


@pytest.mark.parametrize("language", CHINESE)
@pytest.mark.parametrize("msgid", sorted({msgid for _, msgid in PATTERNS}))
def test_every_form_is_translated_and_keeps_its_figures(language, msgid):
    form = next(form for form, found in PATTERNS if found == msgid)
    places = re.findall(r"\{\d\}", msgid)
    assert len(places) == form.groups
    with speaking(HOUSE, language):
        said = gettext(msgid)
    assert said != msgid
    assert sorted(re.findall(r"\{\d\}", said)) == places
