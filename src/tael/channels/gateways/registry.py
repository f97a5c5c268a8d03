"""Which gateway stands behind which channel. Secrets come from the environment, never from the database.

    TAEL_GATEWAYS=Alipay=sandbox
    TAEL_GATEWAY_ALIPAY_MERCHANT=tael-alipay
    TAEL_GATEWAY_ALIPAY_ADDRESS=http://127.0.0.1:8001
    TAEL_GATEWAY_ALIPAY_NOTIFY_URL=http://127.0.0.1:8000/api/v1/callbacks/Alipay
    TAEL_GATEWAY_ALIPAY_SECRETS=sandboxsec_… sandboxsec_…

An installation with real money says TAEL_ENVIRONMENT=live; gateways of play money are refused there.

Source: F-25; reliability T8, T22.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

from tael.channels.gateways import sandbox
from tael.channels.gateways.signed_notice import SECRET_PREFIX, Merchant, parse_secret
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tael.channels.gateways.base import Environment, Gateway

GATEWAYS: Final = "TAEL_GATEWAYS"
ENVIRONMENT: Final = "TAEL_ENVIRONMENT"


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
    live = _kind(environment, ENVIRONMENT) == "live"
    for part in environment.get(GATEWAYS, "").split():
        channel, _, adapter = part.partition("=")
        if adapter not in _ADAPTERS or not channel:
            raise GatewayMisconfiguredError(
                f"{GATEWAYS}: {part} is not CHANNEL=ADAPTER of {', '.join(_ADAPTERS)}"
            )
        gateways[channel] = _ADAPTERS[adapter](channel, environment)
        if live and gateways[channel].environment != "live":
            raise GatewayMisconfiguredError(
                f"{GATEWAYS}: {part} has play money, and {ENVIRONMENT} is live"
            )
    return gateways


def reload() -> None:
    """Read the environment again at the next call."""
    _gateways.cache_clear()


@lru_cache(maxsize=1)
def _gateways() -> dict[str, Gateway]:
    return configure(os.environ)


def _kind(environment: Mapping[str, str], variable: str) -> Environment:
    kinds: dict[str, Environment] = {"test": "test", "live": "live"}
    kind = kinds.get(environment.get(variable, "test"))
    if kind is None:
        raise GatewayMisconfiguredError(f"{variable} is neither test nor live")
    return kind


def _merchant(channel: str, environment: Mapping[str, str], *, prefix: str) -> Merchant:
    """Read who we are at a gateway.

    Raises:
        GatewayMisconfiguredError: naming the variable that is wrong, never its value.
    """
    start = f"TAEL_GATEWAY_{channel.upper()}_"
    kind = _kind(environment, f"{start}ENVIRONMENT")
    try:
        secrets = tuple(
            parse_secret(text, prefix=prefix)
            for text in environment.get(f"{start}SECRETS", "").split()
        )
        return Merchant(
            name=environment.get(f"{start}MERCHANT", "tael"), environment=kind, secrets=secrets
        )
    except ValueError as error:
        raise GatewayMisconfiguredError(f"{start}SECRETS: {error}") from error


def _signed_test(channel: str, environment: Mapping[str, str]) -> Gateway:
    us = _merchant(channel, environment, prefix=SECRET_PREFIX)
    return SignedTestGateway(
        channel=channel, merchant=us.name, environment=us.environment, secrets=us.secrets
    )


def _sandbox(channel: str, environment: Mapping[str, str]) -> Gateway:
    start = f"TAEL_GATEWAY_{channel.upper()}_"
    try:
        return sandbox.SandboxGateway(
            channel=channel,
            merchant=_merchant(channel, environment, prefix=sandbox.SECRET_PREFIX),
            address=environment.get(f"{start}ADDRESS", "").rstrip("/"),
            notify_url=environment.get(f"{start}NOTIFY_URL", ""),
        )
    except ValueError as error:
        raise GatewayMisconfiguredError(f"{start}ADDRESS, …NOTIFY_URL: {error}") from error


_ADAPTERS: Final[dict[str, Callable[[str, Mapping[str, str]], Gateway]]] = {
    "sandbox": _sandbox,
    "signed_test": _signed_test,
}
