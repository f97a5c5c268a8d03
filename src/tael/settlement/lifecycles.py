"""The lives of the settlement's records, as tables; the database checks and the pages' buttons come from them.

Source: SM-04, SM-05, SM-06; A2, A10, A11, A14, A18 to A21.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from tael.lifecycle import Lifecycle


class AccrualState(StrEnum):
    """Where a business record stands (入賬狀態)."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class AccrualEvent(StrEnum):
    """What happens to the service behind a business record."""

    CONFIRM = "confirm"
    FAIL = "fail"


ACCRUAL: Final = Lifecycle(
    start=AccrualState.PENDING,
    moves={
        (AccrualState.PENDING, AccrualEvent.CONFIRM): AccrualState.CONFIRMED,
        (AccrualState.PENDING, AccrualEvent.FAIL): AccrualState.FAILED,
    },
)


class BillState(StrEnum):
    """Where a bill stands."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    ISSUED = "issued"
    VOID = "void"


class BillEvent(StrEnum):
    """What happens to a bill. A void bill's records go to its successor."""

    REVIEW = "review"
    REOPEN = "reopen"
    ISSUE = "issue"
    REPLACE = "replace"


BILL: Final = Lifecycle(
    start=BillState.DRAFT,
    moves={
        (BillState.DRAFT, BillEvent.REVIEW): BillState.REVIEWED,
        (BillState.DRAFT, BillEvent.ISSUE): BillState.ISSUED,
        (BillState.DRAFT, BillEvent.REPLACE): BillState.VOID,
        (BillState.REVIEWED, BillEvent.REOPEN): BillState.DRAFT,
        (BillState.REVIEWED, BillEvent.ISSUE): BillState.ISSUED,
        (BillState.REVIEWED, BillEvent.REPLACE): BillState.VOID,
        (BillState.ISSUED, BillEvent.REPLACE): BillState.VOID,
    },
)


class RemittanceState(StrEnum):
    """Where a remittance (打款記錄) stands."""

    DECLARED = "declared"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class RemittanceEvent(StrEnum):
    """What either side says of a remittance."""

    CONFIRM = "confirm"
    DISPUTE = "dispute"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


REMITTANCE: Final = Lifecycle(
    start=RemittanceState.DECLARED,
    moves={
        (RemittanceState.DECLARED, RemittanceEvent.CONFIRM): RemittanceState.CONFIRMED,
        (RemittanceState.DECLARED, RemittanceEvent.DISPUTE): RemittanceState.DISPUTED,
        (RemittanceState.DECLARED, RemittanceEvent.WITHDRAW): RemittanceState.WITHDRAWN,
        (RemittanceState.DECLARED, RemittanceEvent.EXPIRE): RemittanceState.EXPIRED,
    },
)


class PayoutState(StrEnum):
    """Where the money of a merchant's withdrawal is (打款狀態)."""

    WAITING = "waiting"
    HELD = "held"
    BATCHED = "batched"
    EXPORTED = "exported"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class PayoutEvent(StrEnum):
    """What happens to the money of a merchant's withdrawal.

    `take_out` is a batch that was dropped or revoked before anybody paid; `bounce` is a bank that gives
    back days later what it had paid.
    """

    HOLD = "hold"
    RELEASE = "release"
    BATCH = "batch"
    TAKE_OUT = "take_out"
    EXPORT = "export"
    LOSE_SIGHT = "lose_sight"
    PAY = "pay"
    FAIL = "fail"
    BOUNCE = "bounce"
    CANCEL = "cancel"


PAYOUT: Final = Lifecycle(
    start=PayoutState.WAITING,
    moves={
        (PayoutState.WAITING, PayoutEvent.HOLD): PayoutState.HELD,
        (PayoutState.WAITING, PayoutEvent.BATCH): PayoutState.BATCHED,
        (PayoutState.WAITING, PayoutEvent.CANCEL): PayoutState.CANCELLED,
        (PayoutState.HELD, PayoutEvent.RELEASE): PayoutState.WAITING,
        (PayoutState.HELD, PayoutEvent.CANCEL): PayoutState.CANCELLED,
        (PayoutState.BATCHED, PayoutEvent.TAKE_OUT): PayoutState.WAITING,
        (PayoutState.BATCHED, PayoutEvent.EXPORT): PayoutState.EXPORTED,
        (PayoutState.EXPORTED, PayoutEvent.TAKE_OUT): PayoutState.WAITING,
        (PayoutState.EXPORTED, PayoutEvent.LOSE_SIGHT): PayoutState.UNKNOWN,
        (PayoutState.EXPORTED, PayoutEvent.PAY): PayoutState.PAID,
        (PayoutState.EXPORTED, PayoutEvent.FAIL): PayoutState.FAILED,
        (PayoutState.UNKNOWN, PayoutEvent.PAY): PayoutState.PAID,
        (PayoutState.UNKNOWN, PayoutEvent.FAIL): PayoutState.FAILED,
        (PayoutState.PAID, PayoutEvent.BOUNCE): PayoutState.RETURNED,
    },
)


class TradeState(StrEnum):
    """Where a merchant's withdrawal application stands (交易狀態)."""

    APPLYING = "applying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TradeEvent(StrEnum):
    """What ends a merchant's withdrawal application."""

    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"


TRADE: Final = Lifecycle(
    start=TradeState.APPLYING,
    moves={
        (TradeState.APPLYING, TradeEvent.SUCCEED): TradeState.SUCCEEDED,
        (TradeState.APPLYING, TradeEvent.FAIL): TradeState.FAILED,
        (TradeState.APPLYING, TradeEvent.CANCEL): TradeState.CANCELLED,
        (TradeState.SUCCEEDED, TradeEvent.FAIL): TradeState.FAILED,
    },
)


class BatchState(StrEnum):
    """Where a payout batch stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    EXPORTED = "exported"
    SETTLED = "settled"
    DROPPED = "dropped"
    REVOKED = "revoked"


class BatchEvent(StrEnum):
    """What happens to a payout batch.

    Within the operator's limit a checked batch is exported without a second person's approval. `revoke`
    is for a file that nobody has sent to the bank.
    """

    CHECK = "check"
    REOPEN = "reopen"
    APPROVE = "approve"
    DROP = "drop"
    EXPORT = "export"
    SETTLE = "settle"
    REVOKE = "revoke"


BATCH: Final = Lifecycle(
    start=BatchState.DRAFT,
    moves={
        (BatchState.DRAFT, BatchEvent.CHECK): BatchState.CHECKED,
        (BatchState.DRAFT, BatchEvent.DROP): BatchState.DROPPED,
        (BatchState.CHECKED, BatchEvent.REOPEN): BatchState.DRAFT,
        (BatchState.CHECKED, BatchEvent.APPROVE): BatchState.APPROVED,
        (BatchState.CHECKED, BatchEvent.DROP): BatchState.DROPPED,
        (BatchState.CHECKED, BatchEvent.EXPORT): BatchState.EXPORTED,
        (BatchState.APPROVED, BatchEvent.DROP): BatchState.DROPPED,
        (BatchState.APPROVED, BatchEvent.EXPORT): BatchState.EXPORTED,
        (BatchState.EXPORTED, BatchEvent.SETTLE): BatchState.SETTLED,
        (BatchState.EXPORTED, BatchEvent.REVOKE): BatchState.REVOKED,
    },
)


class CaseState(StrEnum):
    """Where a difference that a completeness check found stands."""

    OPEN = "open"
    CLOSED = "closed"


class CaseEvent(StrEnum):
    """A person has dealt with a difference, or a later check found it gone."""

    CLOSE = "close"


CASE: Final = Lifecycle(
    start=CaseState.OPEN, moves={(CaseState.OPEN, CaseEvent.CLOSE): CaseState.CLOSED}
)


class CheckState(StrEnum):
    """Where a completeness check stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class CheckEvent(StrEnum):
    """What happens to a completeness check. One that failed or was stopped stays so; it is asked for again."""

    BEGIN = "begin"
    FINISH = "finish"
    FAIL = "fail"
    STOP = "stop"


CHECK: Final = Lifecycle(
    start=CheckState.WAITING,
    moves={
        (CheckState.WAITING, CheckEvent.BEGIN): CheckState.RUNNING,
        (CheckState.RUNNING, CheckEvent.FINISH): CheckState.DONE,
        (CheckState.RUNNING, CheckEvent.FAIL): CheckState.FAILED,
        (CheckState.WAITING, CheckEvent.STOP): CheckState.STOPPED,
        (CheckState.RUNNING, CheckEvent.STOP): CheckState.STOPPED,
    },
)


class InquiryState(StrEnum):
    """Where the search for the outcome of a payout stands."""

    ASKING = "asking"
    PERSON = "person"
    CLOSED = "closed"


class InquiryEvent(StrEnum):
    """What happens to the search for the outcome of a payout.

    `give_up` is the end of the plan, or an address that was taken away; `ask` is an address that is there
    now; `learn` is an outcome, whoever brought it.
    """

    ASK = "ask"
    GIVE_UP = "give_up"
    LEARN = "learn"


INQUIRY: Final = Lifecycle(
    start=InquiryState.PERSON,
    moves={
        (InquiryState.PERSON, InquiryEvent.ASK): InquiryState.ASKING,
        (InquiryState.ASKING, InquiryEvent.GIVE_UP): InquiryState.PERSON,
        (InquiryState.ASKING, InquiryEvent.LEARN): InquiryState.CLOSED,
        (InquiryState.PERSON, InquiryEvent.LEARN): InquiryState.CLOSED,
    },
)
