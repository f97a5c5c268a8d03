import base64

import pytest

from tael.channels.gateways import registry
from tael.channels.gateways.registry import (
    GatewayMisconfiguredError,
    UnknownGateway,
    configure,
    gateway,
    gateway_channels,
)

SECRET = "whsec_" + base64.b64encode(bytes(range(24))).decode()
OLDER = "whsec_" + base64.b64encode(bytes(range(32))).decode()
ENVIRONMENT = {
    "TAEL_GATEWAYS": "Alipay=signed_test WeChat=signed_test",
    "TAEL_GATEWAY_ALIPAY_MERCHANT": "tael-demo",
    "TAEL_GATEWAY_ALIPAY_SECRETS": f"{SECRET} {OLDER}",
    "TAEL_GATEWAY_WECHAT_ENVIRONMENT": "live",
    "TAEL_GATEWAY_WECHAT_SECRETS": SECRET,
}


@pytest.fixture
def environment(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    registry.reload()
    yield
    registry.reload()


@pytest.mark.rule("F-25")
def test_the_environment_says_which_gateway_stands_behind_a_channel(environment):
    alipay, wechat = gateway("Alipay"), gateway("WeChat")

    assert (alipay.merchant, len(alipay.secrets), alipay.environment) == ("tael-demo", 2, "test")
    assert (wechat.merchant, wechat.environment) == ("tael", "live")
    assert gateway_channels() == ["Alipay", "WeChat"]
    assert gateway("Alipay") is alipay


@pytest.mark.parametrize("channel", ["PayPal", "alipay", "", None, ["Alipay"]])
def test_a_channel_without_a_gateway_is_refused(environment, channel):
    with pytest.raises(UnknownGateway) as refused:
        gateway(channel)

    assert refused.value.allowed == "Alipay, WeChat"


def test_without_a_word_in_the_environment_there_is_none():
    assert configure({}) == {}


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"TAEL_GATEWAYS": "Alipay"}, "TAEL_GATEWAYS"),
        ({"TAEL_GATEWAYS": "Alipay=unheard_of"}, "TAEL_GATEWAYS"),
        ({"TAEL_GATEWAYS": "=signed_test"}, "TAEL_GATEWAYS"),
        ({"TAEL_GATEWAY_ALIPAY_SECRETS": ""}, "TAEL_GATEWAY_ALIPAY_SECRETS"),
        ({"TAEL_GATEWAY_ALIPAY_SECRETS": "hunter2hunter2"}, "TAEL_GATEWAY_ALIPAY_SECRETS"),
        ({"TAEL_GATEWAY_ALIPAY_ENVIRONMENT": "prod"}, "TAEL_GATEWAY_ALIPAY_ENVIRONMENT"),
    ],
)
def test_a_wrong_variable_is_named_and_its_secret_is_not(changes, variable):
    with pytest.raises(GatewayMisconfiguredError, match=variable) as wrong:
        configure(ENVIRONMENT | changes)

    assert "hunter2" not in str(wrong.value)
