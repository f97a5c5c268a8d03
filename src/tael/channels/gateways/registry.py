"""Which gateway stands behind which channel. Secrets come from the environment, never from the database.

    TAEL_GATEWAYS=Alipay=signed_test WeChat=signed_test
    TAEL_GATEWAY_ALIPAY_MERCHANT=tael-demo
    TAEL_GATEWAY_ALIPAY_ENVIRONMENT=test
    TAEL_GATEWAY_ALIPAY_SECRETS=whsec_… whsec_…

Source: F-25; reliability T8, T22.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

from tael.channels.gateways.signed_test import SignedTestGateway, parse_secret
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tael.channels.gateways.base import Environment, Gateway

GATEWAYS: Final = "TAEL_GATEWAYS"


class UnknownGateway(Refusal):
    """No payment gateway stands behind this channel."""

    code = "unknown_gateway"
    because: ClassVar[Because] = "absent"
    rule = "F-25"
    remedy = "Use a channel with a gateway, or have one set up in the environment of the server."


class GatewayMisconfiguredError(Exception):
    """The environment names a gateway that cannot be set up. Names the variable, never its value."""


def gateway(channel: str) -> Gateway:
    """Give the gateway behind a channel.

    Raises:
        UnknownGateway: there is none.
        GatewayMisconfiguredError: the environment of the server is wrong about it.

    Source: F-25.
    """
    gateways = _gateways()
    found = gateways.get(channel) if isinstance(channel, str) else None
    if found is None:
        raise UnknownGateway(
            "no gateway stands behind this channel",
            field="channel",
            there=str(channel)[:40],
            allowed=", ".join(sorted(gateways)),
        )
    return found


def gateway_channels() -> list[str]:
    """List the channels behind which a gateway stands."""
    return sorted(_gateways())


def configure(environment: Mapping[str, str]) -> dict[str, Gateway]:
    """Set up the gateways that an environment names.

    Raises:
        GatewayMisconfiguredError: naming the variable that is wrong.
    """
    gateways: dict[str, Gateway] = {}
    for part in environment.get(GATEWAYS, "").split():
        channel, _, adapter = part.partition("=")
        if adapter not in _ADAPTERS or not channel:
            raise GatewayMisconfiguredError(
                f"{GATEWAYS}: {part} is not CHANNEL=ADAPTER of {', '.join(_ADAPTERS)}"
            )
        gateways[channel] = _ADAPTERS[adapter](channel, environment)
    return gateways


def reload() -> None:
    """Read the environment again at the next call."""
    _gateways.cache_clear()


@lru_cache(maxsize=1)
def _gateways() -> dict[str, Gateway]:
    return configure(os.environ)


def _signed_test(channel: str, environment: Mapping[str, str]) -> Gateway:
    prefix = f"TAEL_GATEWAY_{channel.upper()}_"
    kinds: dict[str, Environment] = {"test": "test", "live": "live"}
    kind = kinds.get(environment.get(f"{prefix}ENVIRONMENT", "test"))
    if kind is None:
        raise GatewayMisconfiguredError(f"{prefix}ENVIRONMENT is neither test nor live")
    try:
        secrets = tuple(
            parse_secret(text) for text in environment.get(f"{prefix}SECRETS", "").split()
        )
        return SignedTestGateway(
            channel=channel,
            merchant=environment.get(f"{prefix}MERCHANT", "tael"),
            environment=kind,
            secrets=secrets,
        )
    except ValueError as error:
        raise GatewayMisconfiguredError(f"{prefix}SECRETS: {error}") from error


_ADAPTERS: Final[dict[str, Callable[[str, Mapping[str, str]], Gateway]]] = {
    "signed_test": _signed_test
}
