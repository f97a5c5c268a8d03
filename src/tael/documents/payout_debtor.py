"""From which account the house pays, as a message to its bank names it: said by the operator's settings.

Source: peers-settlement-invest A24, section 3.6; B-35.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael.documents.bank_text import bank_text, compact, is_basic, is_bic, is_iban
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "TAEL_PAYOUT_DEBTOR_NAME"
ACCOUNT: Final = "TAEL_PAYOUT_DEBTOR_ACCOUNT"
BIC: Final = "TAEL_PAYOUT_DEBTOR_BIC"
NAME_MAX: Final = 70
ACCOUNT_MAX: Final = 34


class DebtorMissing(Refusal):
    """The settings do not say from which account the house pays, or say what is no account."""

    code = "payout_debtor_missing"
    because: ClassVar[Because] = "conflict"
    rule = "B-35"
    remedy = "Let the operator set the debtor's name, account and BIC, or export a sheet."


class Debtor(NamedTuple):
    """Who pays.

    Args:
        account: an IBAN, or a number of another kind.
    """

    name: str
    account: str
    bic: str


def payout_debtor(environment: Mapping[str, str]) -> Debtor:
    """Give who pays, as the settings have it.

    Raises:
        DebtorMissing: one of the three is not set, or cannot be what it stands for.

    Source: A24, section 3.6.
    """
    name = bank_text(environment.get(NAME, ""), NAME_MAX)
    account = compact(environment.get(ACCOUNT, ""))
    bic = compact(environment.get(BIC, "")).upper()
    told = (
        (NAME, name, bool(name), "a name"),
        (ACCOUNT, account, _is_account(account), "an IBAN or an account's number"),
        (BIC, bic, is_bic(bic), "8 or 11 characters"),
    )
    for setting, there, good, allowed in told:
        if not good:
            message = f"{setting} does not say from where the house pays."
            raise DebtorMissing(message, field=setting, there=there[:40], allowed=allowed)
    return Debtor(name, account.upper() if is_iban(account.upper()) else account, bic)


def _is_account(account: str) -> bool:
    # two letters first are the country of an IBAN: then its check digits have to be right
    begun = account[:2].isalpha() and account[2:4].isdecimal()
    plain = bool(account) and len(account) <= ACCOUNT_MAX and is_basic(account)
    return is_iban(account.upper()) if begun else plain
