"""A ledger account's name in the languages of hledger and beancount: legal there, and never shared.

| class | hledger | beancount | type |
| --- | --- | --- | --- |
| client | `client:` | `Liabilities:` | money that is owed to customers |
| suspense | `suspense:` | `Liabilities:` | money whose owner is not known yet |
| custody | `custody:` | `Assets:` | money at a channel |
| house | `house:` | `Equity:` | the house's own |

hledger's name is the class and the account's code; beancount wants each part to begin with a
capital letter or a digit: `wallet:100001:free` is `client:wallet:100001:free` in the one and
`Liabilities:Wallet:100001:Free` in the other. A sign that a language does not allow stands as
its number in hexadecimal.

Source: reliability, T27.
"""

from __future__ import annotations

import re
from typing import Final

ROOTS: Final = {
    "client": "Liabilities",
    "suspense": "Liabilities",
    "custody": "Assets",
    "house": "Equity",
}
TYPES: Final = {"client": "L", "suspense": "L", "custody": "A", "house": "E"}
# beancount reads these three words as values
_WORDS: Final = frozenset({"TRUE", "FALSE", "NULL"})
_PLAIN: Final = re.compile(r"[A-Za-z]+")


def hledger_account(class_: str, code: str) -> str:
    """Name an account in hledger.

    Kept are letters and digits of any script and `_ . -`; two different codes never give one name.

    >>> hledger_account("client", "wallet:100001:free")
    'client:wallet:100001:free'
    >>> hledger_account("house", "two  spaces;:")
    'house:two%20%20spaces%3b:%'
    """
    parts = ("".join(map(_in_hledger, part)) or "%" for part in code.split(":"))
    return ":".join((class_, *parts))


def hledger_commodity(code: str) -> str:
    """Name a currency in hledger, which wants quotes around anything but letters.

    >>> hledger_commodity("CNY"), hledger_commodity("PT2")
    ('CNY', '"PT2"')
    """
    return code if _PLAIN.fullmatch(code) else f'"{code}"'


def beancount_account(class_: str, code: str, *, apart: int | None = None) -> str:
    """Name an account in beancount.

    Args:
        class_: the account's class, which gives the root.
        code: the account's code.
        apart: the account's number, when its code differs from another one's in capitals only.

    >>> beancount_account("client", "wallet:100001:free")
    'Liabilities:Wallet:100001:Free'
    >>> beancount_account("custody", "channel:微信:CNY")
    'Assets:Channel:X--5fae--4fe1-:CNY'
    >>> beancount_account("custody", "channel:alipay:CNY", apart=17)
    'Assets:Channel:Alipay:CNY-17'
    """
    name = ":".join((ROOTS[class_], *(_beancount_part(part) for part in code.split(":"))))
    return name if apart is None else f"{name}-{apart}"


def beancount_commodity(code: str) -> str:
    """Name a currency in beancount.

    >>> beancount_commodity("CNY"), beancount_commodity("NULL")
    ('CNY', 'X-NULL')
    """
    return f"X-{code}" if code in _WORDS else code


def _in_hledger(sign: str) -> str:
    if sign.isalnum() or sign in "_.-":
        return sign
    return "".join(f"%{byte:02x}" for byte in sign.encode())


def _beancount_part(part: str) -> str:
    spelled = "".join(map(_in_beancount, part))
    if not spelled or spelled.startswith("-"):
        return f"X-{spelled}"
    return spelled[0].upper() + spelled[1:]


def _in_beancount(sign: str) -> str:
    return sign if sign.isascii() and sign.isalnum() else f"-{ord(sign):x}-"
