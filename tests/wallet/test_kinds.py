from __future__ import annotations

import importlib
import pkgutil

import pytest

import tael.wallet
from tael.ledger import Kind
from tael.wallet.gateway_refund import RETURNED
from tael.wallet.kinds import OPERATIONS, OUT_OF_FROZEN, REVERSIBLE, kinds_of
from tael.wallet.operation import Operation
from tael.wallet.refund import REFUND
from tael.wallet.suspense import SUSPENSE

OF_NO_OPERATION = {SUSPENSE.code, REFUND.code, RETURNED.code}


def all_kinds() -> dict[str, Kind]:
    found = {}
    for module in pkgutil.iter_modules(tael.wallet.__path__):
        if module.name != "migrations":
            names = vars(importlib.import_module(f"tael.wallet.{module.name}"))
            found |= {kind.code: kind for kind in names.values() if isinstance(kind, Kind)}
    return found


@pytest.mark.rule("F-01", "F-22")
def test_every_kind_of_entry_is_one_of_the_operations_or_known_to_be_none():
    kinds = all_kinds()

    assert set(kinds) == set(OPERATIONS) | OF_NO_OPERATION
    assert all(kind.title and kind.moves for kind in kinds.values())


@pytest.mark.rule("F-01")
def test_every_operation_has_its_kinds():
    assert all(kinds_of(operation) for operation in Operation)
    assert kinds_of(Operation.TRANSFER) == ["wallet.transfer"]


def test_what_is_taken_back_is_an_operation_and_holds_are_not():
    assert set(OPERATIONS) >= REVERSIBLE > OUT_OF_FROZEN
    assert not REVERSIBLE & {"wallet.freeze", "wallet.unfreeze", "wallet.hold_expiry", REFUND.code}
