"""`tael sandbox`: the payment gateway to try things with, as a program of its own.

`tael run` starts one beside the site and lets the channels of `TAEL_SANDBOX_CHANNELS` use it. Each channel
is a merchant of the sandbox with a secret of its own, made once and kept in Tael's folder.
"""

from __future__ import annotations

import base64
import os
import signal
import socket
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import click

from tael.cli.children import stop
from tael.cli.serve import PortInUse, Site, SiteWillNotStart
from tael.postgres.child import Child
from tael.postgres.home import home_of
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tael.postgres.home import Home

CHANNELS: Final = "TAEL_SANDBOX_CHANNELS"
MERCHANTS: Final = "TAEL_SANDBOX_MERCHANTS"
FOLDER: Final = "TAEL_SANDBOX_FOLDER"
USUAL_CHANNELS: Final = "Alipay WeChat PayPal UnionPay"
GATEWAYS: Final = "TAEL_GATEWAYS"
ENVIRONMENT: Final = "TAEL_ENVIRONMENT"
THREADS: Final = 2


class NoSandboxInLive(Refusal):
    """An installation with real money has no gateway of play money."""

    code = "no_sandbox_in_live"
    because: ClassVar[Because] = "forbidden"
    rule = "T8"
    remedy = "Set up the gateways of your contracts, or take TAEL_ENVIRONMENT=live away."


@dataclass(frozen=True, slots=True)
class Sandbox(Site):
    """Where the sandbox gateway listens."""

    @property
    def name(self) -> str:
        """Give what people call it."""
        return "sandbox gateway"

    def start(self) -> Child:
        """Start the sandbox. It ends when this process does; one process sends the notices."""
        environment = {**os.environ, **sandbox_settings(os.environ)}
        for ours in [name for name in environment if name.startswith(_NOT_FOR_THE_SANDBOX)]:
            del environment[ours]
        options = {
            "--interface": "wsgi",
            "--host": self.host,
            "--port": str(self.port),
            "--workers": "1",
            "--blocking-threads": str(THREADS),
            "--http": "1",
            "--log-level": "warning",
            "--workers-kill-timeout": "10",
        }
        named = [part for option in options.items() for part in option]
        program = [sys.executable, "-m", "granian", "--no-ws", "--respawn-failed-workers"]
        return Child(
            [*program, *named, "--factory", "tael.sandbox.wsgi:make_application"],
            dies_by=signal.SIGTERM,
            environment=environment,
        )


_NOT_FOR_THE_SANDBOX: Final = (
    "TAEL_DATABASE_URL",
    "TAEL_OWNER_DATABASE_URL",
    "TAEL_SECRET_KEY",
    "TAEL_GATEWAY",
    "DJANGO_SETTINGS_MODULE",
)


def sandbox_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Give what the sandbox is told: its folder, and its merchants with their secrets.

    Raises:
        NoSandboxInLive: this installation has real money.
    """
    if environment.get(ENVIRONMENT) == "live":
        raise NoSandboxInLive("The sandbox has play money.", field=ENVIRONMENT, there="live")
    home = home_of(environment)
    merchants = environment.get("TAEL_SANDBOX_MERCHANTS") or " ".join(
        f"{_merchant(channel)}={_secret(home, channel)}" for channel in _channels(environment)
    )
    return {
        "TAEL_SANDBOX_FOLDER": environment.get("TAEL_SANDBOX_FOLDER") or str(home.path / "sandbox"),
        "TAEL_SANDBOX_MERCHANTS": merchants,
    }


def gateway_settings(environment: Mapping[str, str], *, site: str, sandbox: str) -> dict[str, str]:
    """Give what Tael is told, so that the channels reach the sandbox and it reaches us.

    Args:
        site: the address of our site, such as http://127.0.0.1:8000.
        sandbox: the address of the sandbox.
    """
    merchants = _merchants(environment)
    channels = [one for one in _channels(environment) if _merchant(one) in merchants]
    told = {GATEWAYS: " ".join(f"{channel}=sandbox" for channel in channels)}
    for channel in channels:
        start = f"TAEL_GATEWAY_{channel.upper()}_"
        told |= {
            f"{start}MERCHANT": _merchant(channel),
            f"{start}ENVIRONMENT": "test",
            f"{start}ADDRESS": sandbox,
            f"{start}NOTIFY_URL": f"{site}/api/v1/callbacks/{channel}",
            f"{start}SECRETS": merchants[_merchant(channel)],
        }
    return told


def sandbox_beside(
    site: Site, *, wanted: bool | None, port: int | None, usual: bool
) -> Sandbox | None:
    """Give the sandbox that runs beside a site, and let this process's environment name it.

    Args:
        wanted: whether the operator wants one; None leaves it to us.
        port: where; None takes the one after the site's, or any that is free.
        usual: whether there is one when nothing is said and no gateway is named.

    Raises:
        NoSandboxInLive, PortInUse, AddressNotAvailable: as they say.
    """
    named, live = os.environ.get(GATEWAYS), os.environ.get(ENVIRONMENT) == "live"
    if wanted is False or (wanted is None and (named or live or not usual)):
        return None
    sandbox = Sandbox(site.host, port or site.port + 1, 1, THREADS)
    sandbox_settings(os.environ)
    try:
        sandbox.check_free()
    except PortInUse:
        if port is not None:
            raise
        sandbox = Sandbox(site.host, _free_port(site.host), 1, THREADS)
    if not named:
        told = gateway_settings(os.environ, site=site.address, sandbox=sandbox.address)
        os.environ.update(told)
    return sandbox


def sandbox_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a sandbox beside a site."""
    for option in (
        click.option(
            "--sandbox-port",
            type=click.IntRange(1, 65535),
            envvar="TAEL_SANDBOX_PORT",
            help="Of the sandbox gateway.  [default: the one after --port, else any]",
        ),
        click.option(
            "--sandbox/--no-sandbox",
            default=None,
            help="Run the sandbox payment gateway.  [default: beside the embedded database]",
        ),
    ):
        command = option(command)
    return command


@click.command("sandbox")
@click.option("--host", default="127.0.0.1", envvar="TAEL_SANDBOX_HOST", show_default=True)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8001,
    envvar="TAEL_SANDBOX_PORT",
    show_default=True,
)
@click.option(
    "--for",
    "site",
    metavar="ADDRESS",
    help="Print what a site at this address must be told to use it, and end.",
)
def sandbox(host: str, port: int, site: str | None) -> None:
    """Run the sandbox payment gateway: play money, a payment page, and a page to misbehave from."""
    program = Sandbox(host, port, 1, THREADS)
    if site is not None:
        told = gateway_settings(os.environ, site=site.rstrip("/"), sandbox=program.address)
        for name, value in told.items():
            click.echo(f"{name}={value!r}")
        return
    sandbox_settings(os.environ)
    program.check_free()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    child = program.start()
    try:
        program.wait_until_up(child)
        click.echo(f"The sandbox gateway answers at {program.address}")
        click.echo(f"Make it misbehave at {program.address}/control")
        child.wait()
    except KeyboardInterrupt:
        return
    finally:
        stop(child)
    raise SiteWillNotStart(f"The sandbox gateway ended with {child.exit_code}.")


def _channels(environment: Mapping[str, str]) -> list[str]:
    return (environment.get(CHANNELS) or USUAL_CHANNELS).split()


def _merchant(channel: str) -> str:
    return f"tael-{channel.lower()}"


def _merchants(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the merchants and their secrets: those that the operator names, else one for each channel."""
    named = [part.partition("=") for part in environment.get(MERCHANTS, "").split()]
    if named:
        return {name: secret for name, _, secret in named}
    home = home_of(environment)
    return {_merchant(channel): _secret(home, channel) for channel in _channels(environment)}


def _secret(home: Home, channel: str) -> str:
    """Give a channel's secret with the sandbox, in the sandbox's form; made at the first asking."""
    kept = home.secret(f"sandbox-{channel.lower()}")  # 48 random bytes, as text for addresses
    return f"sandboxsec_{base64.b64encode(base64.urlsafe_b64decode(kept)).decode()}"


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as free:
        free.bind((host, 0))
        number: int = free.getsockname()[1]
        return number
