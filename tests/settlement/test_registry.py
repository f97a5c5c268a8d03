from __future__ import annotations

from datetime import date

import pytest

from builders import STAFF
from settlement_builders import IN_NOVEMBER, a_kind, a_merchant_account, a_record, the_shop
from tael.parties.queries import audit_trail
from tael.parties.text import TextMalformed
from tael.settlement.registry import (
    KindTaken,
    RegistryMalformed,
    SourceTaken,
    UnknownBusinessKind,
    UnknownSource,
    add_kind,
    add_source,
    business_kind,
    kind_named,
    kinds,
    source_named,
    sources,
    switch_kind,
    switch_source,
)

pytestmark = pytest.mark.usefixtures("db")
WHO = {"actor": STAFF, "at": IN_NOVEMBER}
KIND = {"code": "phone", "names": {"en": "Phone", "zh-hant": "電話"}, "unit": "min"}
SOURCE = {"code": "shop", "name": "Shop", "zone": "Asia/Shanghai", "first_day": date(2026, 1, 1)}


def acts():
    return [act.action for act in audit_trail()]


@pytest.mark.rule("B-13", "B-22")
def test_a_kind_is_registered_once_and_may_be_renamed():
    add_kind(**KIND, **WHO)
    add_kind(**KIND, **WHO)
    add_kind(**{**KIND, "names": {"en": "Calls"}}, **WHO)

    assert kind_named("phone").names == {"en": "Calls"}
    assert acts().count("business_kind.set") == 2  # the same again is no act


@pytest.mark.rule("B-22")
@pytest.mark.parametrize("other", [{"unit": "h"}, {"direction": "in"}])
def test_what_a_kind_counts_and_which_way_it_goes_never_change(other):
    add_kind(**KIND, **WHO)

    with pytest.raises(KindTaken):
        add_kind(**{**KIND, **other}, **WHO)


@pytest.mark.parametrize(
    ("given", "field", "refusal"),
    [
        ({"code": ""}, "code", RegistryMalformed),
        ({"code": "Phone"}, "code", RegistryMalformed),
        ({"code": "p" * 33}, "code", RegistryMalformed),
        ({"code": 7}, "code", RegistryMalformed),
        ({"names": {"zh-hant": "電話"}}, "names.en", RegistryMalformed),
        ({"names": {"en": "a\nb"}}, "names.en", TextMalformed),
        ({"direction": "up"}, "direction", RegistryMalformed),
        ({"unit": "u" * 21}, "unit", TextMalformed),
    ],
)
def test_a_kind_that_cannot_be_kept_is_refused_by_field(given, field, refusal):
    with pytest.raises(refusal) as refused:
        add_kind(**{**KIND, **given}, **WHO)

    assert refused.value.field == field
    assert kinds() == []


@pytest.mark.parametrize(
    ("given", "field"),
    [({"code": "a b"}, "code"), ({"zone": "Moon/Base"}, "zone"), ({"zone": "../x"}, "zone")],
)
def test_a_source_that_cannot_be_kept_is_refused_by_field(given, field):
    with pytest.raises(RegistryMalformed) as refused:
        add_source(**{**SOURCE, **given}, **WHO)

    assert refused.value.field == field
    assert sources() == []


@pytest.mark.rule("B-14")
def test_a_source_is_registered_once():
    add_source(**SOURCE, **WHO)

    with pytest.raises(SourceTaken):
        add_source(**SOURCE, **WHO)


def test_what_is_switched_off_brings_no_new_record_and_is_still_to_be_seen():
    account = a_merchant_account()
    the_shop()
    a_kind("phone")
    for _ in range(2):
        switch_kind(code="phone", on=False, **WHO)
    with pytest.raises(UnknownBusinessKind):
        a_record(account, "1.00", kind="phone")
    with pytest.raises(UnknownBusinessKind):
        business_kind("phone")
    assert kind_named("phone").switched_off_at == IN_NOVEMBER

    switch_kind(code="phone", on=True, **WHO)
    switch_source(code="shop", on=False, **WHO)
    with pytest.raises(UnknownSource):
        a_record(account, "1.00", kind="phone")
    assert source_named("shop").switched_off_at == IN_NOVEMBER
    assert acts().count("business_kind.switch_off") == 1


@pytest.mark.parametrize("code", ["none", "\0", ""])
def test_what_was_never_registered_is_refused(code):
    with pytest.raises(UnknownBusinessKind):
        kind_named(code)
    with pytest.raises(UnknownSource):
        source_named(code)
