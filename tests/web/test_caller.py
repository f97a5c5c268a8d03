"""Who asks, where a proxy speaks for him: what our own proxies say is believed, and nobody else."""

from __future__ import annotations

import pytest

from tael.web.caller import Caller, caller_of, parse_networks
from tael.web.settings import SettingMalformed, _networks

OURS = parse_networks("127.0.0.1, 10.0.0.0/8 2001:db8:1::/48")


@pytest.mark.rule("T16", "T23")
@pytest.mark.parametrize(
    ("near", "said", "caller"),
    [
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "192.0.2.7, 10.1.2.3", "192.0.2.7"),
        ("127.0.0.1", "1.1.1.1, 192.0.2.7", "192.0.2.7"),  # he made up the first
        ("127.0.0.1", "127.0.0.1, 192.0.2.7", "192.0.2.7"),  # or says that he is ours
        ("192.0.2.9", "192.0.2.7", "192.0.2.9"),  # not a proxy of ours
        ("192.0.2.9", "10.0.0.1", "192.0.2.9"),
        ("127.0.0.1", "10.0.0.5", "10.0.0.5"),  # one of us, from inside
        ("127.0.0.1", "192.0.2.7:51234", "192.0.2.7"),
        ("127.0.0.1", "[2001:db8:2::9]:51234", "2001:db8:2::9"),
        ("2001:db8:1::1", "2001:db8:2::9", "2001:db8:2::9"),
        ("::ffff:127.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "192.0.2.7, unknown", "127.0.0.1"),  # who stands before it, nobody knows
        ("127.0.0.1", "192.0.2.7, ", "127.0.0.1"),
        ("127.0.0.1", "1.1.1.1, " * 1_000 + "192.0.2.7", "192.0.2.7"),
        ("", "192.0.2.7", ""),
    ],
)
def test_the_last_who_is_no_proxy_of_ours_asks(near, said, caller):
    assert caller_of(near, said, OURS) == caller


@pytest.mark.parametrize(("proxies", "seen"), [("", "127.0.0.1"), ("127.0.0.1", "192.0.2.7")])
def test_without_a_trusted_proxy_nothing_is_believed(proxies, seen):
    asked = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}

    answer = Caller(lambda environ, _: [environ["REMOTE_ADDR"]], proxies=parse_networks(proxies))

    assert answer(asked, None) == [seen]


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.1/8", "127.0.0.1;10.0.0.1"])
def test_a_proxy_that_has_no_address_is_refused(monkeypatch, text):
    monkeypatch.setenv("TAEL_TRUSTED_PROXIES", text)

    with pytest.raises(SettingMalformed) as refused:
        _networks("TAEL_TRUSTED_PROXIES")
    assert refused.value.field == "TAEL_TRUSTED_PROXIES"
