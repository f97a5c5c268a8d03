"""What a payment gateway (支付接口) must do for Tael, whatever its own protocol is.

An adapter translates and proves; it never moves money, never looks an order up and never decides
what becomes of a notice. Amount, currency and customer of a recharge come from the order's row here,
never from a browser; a browser that returns from the gateway proves nothing.

Source: F-25, SM-01, A-F10; reliability, section 3a (callback verdicts) and T8.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Protocol, runtime_checkable

from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tael.money import Money

NOTICE_MAX_BYTES: Final = 64 * 1024
TOLERANCE_SECONDS: Final = 300

Environment = Literal["test", "live"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a gateway is told about a recharge order.

    Args:
        number: our number of it, which comes back with each notice.
        amount: what is due.
        subject: one line that the payer sees.
        return_url: where the payer's browser goes afterwards; it proves nothing.
        expires_at: until when it may be paid, if there is a limit.
    """

    number: str
    amount: Money
    subject: str = ""
    return_url: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """Where the payer is sent, and with which parameters."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a gateway has told us and has proven to have told.

    Args:
        event_id: the gateway's number of this notice; repeated notices carry the same.
        order_number: our order, as the gateway names it.
        amount: as text, exactly as signed; `parse_amount` judges it.
        currency: the code, exactly as signed.
        status: "paid", "declined", "refunded", or another word of the gateway, which is only recorded.
        gateway_number: the gateway's number of the payment.
        paid_at: when the payer paid, if it says so; aware.
    """

    event_id: str
    order_number: str
    amount: str
    currency: str
    status: str
    gateway_number: str
    paid_at: datetime | None = None

    @property
    def paid(self) -> bool:
        """Tell whether money came in."""
        return self.status == "paid"


@runtime_checkable
class Gateway(Protocol):
    """One merchant account at one payment gateway, reached over one channel."""

    @property
    def channel(self) -> str:
        """Tell over which channel it is reached."""

    @property
    def environment(self) -> Environment:
        """Tell whether it moves play money or real money."""

    @property
    def success_text(self) -> bytes:
        """Give what the gateway wants to read in answer to a notice that it need not repeat."""

    def checkout(self, order: Order) -> Checkout:
        """Say where the payer is sent to pay the order.

        Works from the order alone, inside no transaction; may talk to the gateway. Moves no money.
        """

    def read_notice(self, raw: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """Read a notice and prove that the gateway sent it to us, now.

        Checked in this order, each by its own refusal: size and form; signature over the raw bytes as
        they came, in constant time; time within `TOLERANCE_SECONDS` of `at` on either side; our
        merchant or application; our environment. What the money is for is not looked at.

        Raises:
            NoticeRefused: one of its kinds; nothing of the notice may be believed.
        """

    def query(self, order_number: str, *, at: datetime) -> tuple[Notice, ...]:
        """Ask the gateway what became of an order whose notices never came, oldest first.

        Each answer is as good as a notice, bears its event's number and goes the same way; none comes
        when nobody paid. Talks to the gateway: never inside a transaction.

        Args:
            at: now; the question is signed for this moment.

        Raises:
            GatewayUnreachable: it does not answer, or not with an answer.
            NoticeRefused: one of its kinds: the answer cannot be believed.
        """

    def refund(self, payment_number: str, amount: Money, *, number: str, at: datetime) -> Notice:
        """Let the gateway give a payment back to who made it; the answer is what its notice would say.

        Asked again under the same number it answers the same and pays nothing twice. Talks to the
        gateway: never inside a transaction.

        Args:
            payment_number: the gateway's number of the payment.
            amount: at most what is left of the payment.
            number: ours, of this refund.
            at: now; the question is signed for this moment.

        Raises:
            RefundDeclined: it will not; nothing has moved.
            GatewayUnreachable: it does not answer, or not with an answer.
            NoticeRefused: one of its kinds: the answer cannot be believed.
        """


class RefundDeclined(Refusal):
    """The payment gateway does not give this payment back."""

    code = "gateway_refund_declined"
    because: ClassVar[Because] = "conflict"
    rule = "T8"
    remedy = "Ask the gateway's support; the money is still in suspense and may be placed."


class GatewayUnreachable(Refusal):
    """The payment gateway cannot be asked, or its answer is none."""

    code = "gateway_unreachable"
    because: ClassVar[Because] = "busy"
    rule = "T8"
    remedy = "Ask again later; nothing has changed, and a notice may still come by itself."
    retry = True


class NoticeRefused(Refusal):
    """A notice cannot be believed. Nothing changes but the record of what came."""

    code = "notice_refused"
    because: ClassVar[Because] = "forbidden"
    rule = "T8"
    remedy = "Only the gateway can send a notice; a lost one is asked for by query."


class NoticeTooLarge(NoticeRefused):
    """The notice is larger than any gateway's."""

    code = "notice_too_large"
    because: ClassVar[Because] = "invalid"


class NoticeUnreadable(NoticeRefused):
    """The notice is not in the gateway's form, or lacks a part."""

    code = "notice_unreadable"
    because: ClassVar[Because] = "invalid"


class NoticeUnsigned(NoticeRefused):
    """The notice bears no signature."""

    code = "notice_unsigned"


class NoticeForged(NoticeRefused):
    """No signature on the notice fits its bytes and our secrets."""

    code = "notice_forged"


class NoticeUntimely(NoticeRefused):
    """The notice was signed too long ago, or for a time to come: it may be an old one sent again."""

    code = "notice_untimely"


class NoticeForAnother(NoticeRefused):
    """The notice is genuine but meant for another merchant or application."""

    code = "notice_for_another"


class NoticeFromOtherEnvironment(NoticeRefused):
    """The notice is genuine but from the gateway's other environment: play money in live, or the reverse."""

    code = "notice_from_other_environment"
