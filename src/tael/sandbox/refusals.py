"""What the sandbox says no to."""

from __future__ import annotations

from typing import ClassVar

from tael.refusal import Because, Refusal


class SandboxRefused(Refusal):
    """The sandbox gateway cannot read the redirect, the question or the form."""

    code = "sandbox_refused"
    remedy = "Send what docs/sandbox.md describes, each parameter once."


class SandboxSignature(SandboxRefused):
    """The parameters are not as the merchant signed them, or the merchant is unknown to the sandbox."""

    code = "sandbox_signature"
    because: ClassVar[Because] = "forbidden"
    remedy = "Sign all parameters with the merchant's secret and change none afterwards."


class SandboxAbsent(SandboxRefused):
    """The sandbox gateway has no such payment or notice."""

    code = "sandbox_absent"
    because: ClassVar[Because] = "absent"
    remedy = "Begin at the merchant's page again."


class SandboxPaymentOver(SandboxRefused):
    """The payment has been made, declined or refunded already, or its time is over."""

    code = "sandbox_payment_over"
    because: ClassVar[Because] = "conflict"
    remedy = "Go back to the merchant and begin a new payment."


class SandboxMisconfiguredError(Exception):
    """The sandbox cannot be set up. Names the variable, never its value."""


class ControlElsewhere(Refusal):
    """The control page was asked for from another machine; it has no login and makes payments lie."""

    code = "sandbox_control_elsewhere"
    because: ClassVar[Because] = "forbidden"
    rule = "T8"
    remedy = "Open it on the machine itself, or through a tunnel that ends there."
