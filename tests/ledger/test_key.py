"""Idempotency keys: the caller's own, in time order where his text has one."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tael import ledger

SENT = "0198f2a4-7b31-7c4d-9a0e-3f2b1c5d6e7f"


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_two_callers_or_two_texts_never_share_a_key(caller, other_caller, text, other_text):
    same = (caller, text) == (other_caller, other_text)
    assert (ledger.key_of(caller, text) == ledger.key_of(other_caller, other_text)) == same


def test_a_uuid_of_version_7_keeps_its_time_and_nothing_else():
    key = ledger.key_of("key:1", SENT)
    assert key.bytes[:6] == UUID(SENT).bytes[:6]
    assert key != UUID(SENT)
    assert key != ledger.key_of("key:2", SENT)


def test_another_uuid_is_text_like_any_other():
    text = "0198f2a4-7b31-4c4d-9a0e-3f2b1c5d6e7f"
    assert ledger.key_of("key:1", text).bytes[:6] != UUID(text).bytes[:6]
