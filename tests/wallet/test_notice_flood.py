"""Notices that nobody can believe, without end: the disk does not fill, and who is to be believed is heard."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import a_wallet, figures
from tael.channels.gateways import registry
from tael.channels.gateways.base import NoticeUnreadable
from tael.channels.gateways.registry import UnknownGateway
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.wallet import notice_flood
from tael.wallet.models import GatewayNotice
from tael.wallet.notice import Verdict, receive_notice
from wallet.gateway_play import AT, an_order, sent, told

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-25", "I23")
def test_in_a_flood_of_forged_notices_only_those_to_be_believed_are_kept(monkeypatch):
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    monkeypatch.setattr(notice_flood, "REFUSED_KEPT", 3)
    wallet = a_wallet()
    row = an_order(wallet)

    def forged(channel: str = "Alipay", later: timedelta = timedelta()) -> int:
        with pytest.raises((NoticeUnreadable, UnknownGateway)):
            receive_notice(raw=b"{", headers={}, channel=channel, at=AT + later)
        return GatewayNotice.objects.count()

    kept = [forged(channel) for channel in ("Alipay", "Mars", "Alipay", "Alipay", "Mars")]
    paid = sent(gateway, told(row))

    assert kept == [1, 2, 3, 3, 3]
    assert (paid.verdict, figures(wallet)[0]) == (Verdict.CREDITED, "10.00")
    assert forged(later=timedelta(hours=2)) == 5
