"""The address of a business system, and its secret: shown once, new with each address."""

from __future__ import annotations

import json

import pytest

from builders import STAFF
from settlement_builders import IN_NOVEMBER, the_shop
from tael.parties.models import AuditRecord
from tael.postgres.connect import Databases
from tael.settlement.asking.source_address import (
    AddressedSource,
    SourceAddressMalformed,
    SourceNotAsked,
    bring_files,
    new_secret,
    set_address,
)
from tael.settlement.models import Source
from tael.settlement.registry import UnknownSource

ADDRESS = "https://shop.example.com/acts"


def addressed(address: str = ADDRESS) -> AddressedSource:
    return set_address(source=the_shop(), address=address, actor=STAFF, at=IN_NOVEMBER)


@pytest.mark.rule("B-14")
def test_an_address_brings_a_secret_once_and_another_address_another(db: Databases) -> None:
    first = addressed()
    assert first.secret.startswith("srcs_")
    assert len(first.secret) > 40
    assert addressed().secret == "", "the same address again shows nothing"

    other = addressed("https://shop.example.com/v2/acts")

    assert other.secret not in {"", first.secret}
    row = Source.objects.get()
    assert (row.adapter, row.address, row.secret) == (
        "http",
        "https://shop.example.com/v2/acts",
        other.secret,
    )


def test_who_made_it_sees_the_secret_again_under_the_same_key(db: Databases) -> None:
    """A double click must not lose it: the browser shows the second answer."""
    the_shop()
    asked = {"source": "shop", "actor": STAFF, "at": IN_NOVEMBER, "key": "k1"}

    first, second = (set_address(address=ADDRESS, **asked) for _ in range(2))
    third, fourth = (new_secret(**asked | {"key": "k2"}) for _ in range(2))

    assert first.secret == second.secret != third.secret == fourth.secret
    assert set_address(address=ADDRESS, **asked).secret == "", "it is of an older request"


def test_a_new_secret_takes_the_place_of_the_old_one(db: Databases) -> None:
    first = addressed()

    second = new_secret(source="shop", actor=STAFF, at=IN_NOVEMBER)

    assert second.secret != first.secret
    assert Source.objects.get().secret == second.secret


def test_with_files_the_address_and_the_secret_are_forgotten(db: Databases) -> None:
    addressed()

    bring_files(source="shop", actor=STAFF, at=IN_NOVEMBER)

    row = Source.objects.get()
    assert (row.adapter, row.address, row.secret) == ("file", "", "")
    with pytest.raises(SourceNotAsked):
        new_secret(source="shop", actor=STAFF, at=IN_NOVEMBER)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "shop.example.com",
        "http://shop.example.com/acts",
        "https://me:word@shop.example.com/acts",
        "https://shop.example.com/acts#here",
        "ftp://shop.example.com/acts",
        "https://shop.example.com/a b",
        "https://" + "a" * 500,
    ],
)
def test_what_is_no_address_is_refused(db: Databases, address: str) -> None:
    with pytest.raises(SourceAddressMalformed):
        addressed(address)
    assert Source.objects.get().adapter == "file"


def test_a_source_that_is_not_there(db: Databases) -> None:
    with pytest.raises(UnknownSource):
        set_address(source="nobody", address=ADDRESS, actor=STAFF, at=IN_NOVEMBER)


def test_the_trail_says_who_and_where_and_never_the_secret(db: Databases) -> None:
    made = addressed()
    again = new_secret(source="shop", actor=STAFF, at=IN_NOVEMBER)

    trail = [(row.action, json.dumps(row.details)) for row in AuditRecord.objects.all()]

    assert {"source.address", "source.secret"} <= {action for action, _ in trail}
    assert not any(made.secret in text or again.secret in text for _, text in trail)
