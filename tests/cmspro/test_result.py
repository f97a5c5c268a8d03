"""One object answers to the page's three forms: the flow's number, 2, and false."""

from __future__ import annotations

import pytest

from tael.cmspro.result import Result
from tael.wallet.operation import Operation


def done(operation: Operation) -> Result:
    return Result(ok=True, operation=operation, flow_ids=(7,))


REFUSED = Result(ok=False, operation=Operation.TRANSFER, error={"code": "same_wallet"})


@pytest.mark.rule("F-28")
def test_a_transfer_that_succeeded_is_2_and_true():
    assert done(Operation.TRANSFER) == 2
    assert done(Operation.TRANSFER) == True  # noqa: E712 - the seed's own form
    assert bool(done(Operation.TRANSFER))
    assert done(Operation.TRANSFER) != 1


@pytest.mark.parametrize("operation", [one for one in Operation if one is not Operation.TRANSFER])
def test_no_other_operation_is_2(operation):
    assert done(operation) != 2
    assert done(operation) == True  # noqa: E712


@pytest.mark.rule("F-28")
def test_what_was_refused_is_false_and_no_number():
    assert REFUSED == False  # noqa: E712
    assert not REFUSED
    assert REFUSED != 0
    assert REFUSED != 2


def test_two_results_are_the_same_only_if_they_are_one():
    assert done(Operation.DEDUCT) != done(Operation.DEDUCT)
    with pytest.raises(TypeError):
        hash(REFUSED)
