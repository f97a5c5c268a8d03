"""Few files are made at a time; who comes when all turns are taken is told to come again."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from builders import a_customer, a_wallet
from tael.documents import turn
from tael.documents.turn import AT_ONCE_MAX, DocumentsBusy, a_turn
from visits import customer_client


@pytest.mark.rule("T23")
def test_one_file_more_than_are_made_at_a_time_is_told_to_wait(db, monkeypatch):
    monkeypatch.setattr(turn, "WAIT_SECONDS", 0.01)
    wallet = a_wallet(owner=a_customer(), free="1.00")
    client, where = (
        customer_client(wallet.owner),
        f"/portal/statement/{wallet.number}/file?format=csv",
    )

    with ExitStack() as others:
        for _ in range(AT_ONCE_MAX):
            others.enter_context(a_turn())
        with pytest.raises(DocumentsBusy), a_turn():
            pass
        answer = client.get(where)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert client.get("/portal/wallets").status_code == 200

    assert client.get(where).status_code == 200
