"""The real wallets beside the model: the same requests, and what the database says afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

from psycopg import Connection

from builders import a_customer, a_payee, a_rate
from properties.wallet_model import CHANNELS, DECIMALS, PAYEES, RATES, WALLETS, Ask
from tael import books
from tael.channels.channel import change_channel
from tael.channels.house import channel_account, house_account
from tael.money import Money
from tael.parties.payee import close_payee
from tael.payouts import withdrawal
from tael.wallet import card, recharge_order
from tael.wallet.card_code import new_code
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.freeze import freeze
from tael.wallet.quote import quote
from tael.wallet.recharge import recharge
from tael.wallet.refund import refund
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import Wallet, open_wallet
from tael.wallet.withdraw import withdraw

NOBODY = 10**15
STAFF = "user:10000"
RUNS = count(1)
ROWS = {
    "ledger.account": "id >= %(account)s OR class <> 'client'",
    "ledger.entry": "id > %(entry)s",
    "ledger.entry_key": "entry > %(entry)s",
    "ledger.entry_note": "entry > %(entry)s",
    "ledger.posting": "entry > %(entry)s",
    "wallet_hold": "entry > %(entry)s",
    "wallet_hold_move": "entry > %(entry)s",
    "wallet_exchange_quote": "source >= %(wallet)s",
    "wallet_card": "id > %(card)s",
    "wallet_recharge_order": "wallet >= %(wallet)s",
    "wallet_gateway_payment": "wallet >= %(wallet)s",
    "payouts_withdrawal": "wallet >= %(wallet)s",
}
LINES = " UNION ALL ".join(
    f"SELECT '{table}' || t.xmin || t::text AS line FROM {table} AS t WHERE {rows}"
    for table, rows in ROWS.items()
)
STATE = f"""
    SELECT (SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM ({LINES}) AS lines),
    ARRAY(SELECT ARRAY[id, balance] FROM ledger.account WHERE id = ANY(%(accounts)s)),
    ARRAY(
        SELECT ARRAY[e.id::text, e.kind, a.code, p.amount::text]
        FROM ledger.entry AS e JOIN ledger.posting AS p ON p.entry = e.id
        JOIN ledger.account AS a ON a.id = p.account
        WHERE e.id > %(last)s ORDER BY p.id
    )
"""


def set_up_once(at: datetime) -> None:
    """What all runs share: rates, a channel that takes one currency only, the accounts beyond the wallets."""
    for (a, b), value in RATES.items():
        a_rate(f"{a}/{b}", str(Decimal(value.numerator) / value.denominator), at=at)
    change_channel(identifier="WeChat", currencies="CNY", actor=STAFF, at=at)
    for currency in DECIMALS:
        for channel in (*CHANNELS, "KeyCard"):
            channel_account(channel, currency)
        for name in ("income", "bonus", "fx"):
            house_account(name, currency)


@dataclass
class Done:
    """What the real operation answered."""

    replayed: bool
    entry: int | None = None


class State(NamedTuple):
    """What the database says after a step."""

    rows: str
    pots: dict[tuple[str, str], Decimal]
    flows: list[tuple[str, list[tuple[tuple[str, ...], Decimal]]]]


class Real:
    """The wallets of one run, for customers of its own; carries out the same requests."""

    def __init__(self, reader: Connection, at: datetime) -> None:
        self.reader = reader
        self.mark = f"run{next(RUNS)}"
        self.at = at
        self.owners = {"ann": a_customer(), "bob": a_customer()}
        self.wallets: dict[str, Wallet] = {
            name: open_wallet(
                owner=self.owners[owner],
                currency=currency,
                name="more" if name.endswith("more") else "default",
                actor=STAFF,
                at=at,
            )
            for name, (owner, currency) in WALLETS.items()
        }
        self.payees = {name: a_payee(self.owners[owner]) for name, owner in PAYEES.items()}
        close_payee(
            number=self.payees["ann-closed"], customer=self.owners["ann"], actor=STAFF, at=at
        )
        self.holds: list[int] = []
        self.codes: list[str] = []
        self.batches: list[int] = []
        self.orders: list[int] = []
        self.quotes: list[int] = []
        self.applications: list[int] = []
        self.entries: list[int] = []  # of the flows, in order
        self.names = {
            account: (name, part)
            for name, wallet in self.wallets.items()
            for account, part in zip(wallet.accounts, ("free", "locked", "frozen"), strict=True)
        }
        self._begin()

    def _begin(self) -> None:
        query = """
            SELECT (SELECT coalesce(max(id), 0) FROM ledger.entry),
            (SELECT coalesce(max(id), 0) FROM wallet_card)
        """
        row = self.reader.execute(query).fetchone()
        assert row is not None
        first = self.wallets["ann-cny"]
        self.since = {
            "account": first.free,
            "wallet": first.number,
            "entry": row[0],
            "card": row[1],
        }
        self.last_entry = row[0]

    # ---- what the database says

    def state(self) -> State:
        """Every row of money of this run as one number, what the wallets hold, and the new flows."""
        values = {**self.since, "accounts": list(self.names), "last": self.last_entry}
        row = self.reader.execute(STATE, values).fetchone()
        assert row is not None
        rows, balances, lines = row
        pots = {
            self.names[account]: self._amount(account, balance) for account, balance in balances
        }
        flows: dict[int, tuple[str, list[Any]]] = {}
        for entry, kind, code, amount in lines:
            flow = flows.setdefault(int(entry), (kind.removeprefix("wallet."), []))
            flow[1].append(self._leg(code, int(amount)))
        self.entries += flows
        self.last_entry = max(flows, default=self.last_entry)
        return State(rows, pots, list(flows.values()))

    def _amount(self, account: int, minor: int) -> Decimal:
        wallet, _ = self.names[account]
        return Decimal(minor).scaleb(-DECIMALS[WALLETS[wallet][1]])

    def _leg(self, code: str, amount: int) -> tuple[tuple[str, ...], Decimal]:
        kind, name, part = code.split(":")
        if kind != "wallet":
            return (kind, name, part), Decimal(amount).scaleb(-DECIMALS[part])
        wallet = next(n for n, w in self.wallets.items() if w.number == int(name))
        return (wallet, part), Decimal(amount).scaleb(-DECIMALS[WALLETS[wallet][1]])

    # ---- the operations

    def do(self, ask: Ask) -> Done:
        return getattr(self, f"_{ask.op}")(ask)

    def _instruction(self, ask: Ask) -> books.Instruction:
        return books.Instruction(
            key=f"{self.mark}-{ask.key}",
            actor=ask.actor,
            at=ask.at,
            channel=ask.channel,
            sno=None if ask.sno is None else f"{ask.sno}{self.mark}",
        )

    def _money(self, ask: Ask, currency: str | None = None) -> Money:
        code = currency or ask.with_.get("money") or WALLETS[ask.wallet][1]
        return Money(ask.amount, books.currencies()[code].currency)

    def _moved(self, move: Callable[..., Any], ask: Ask, **more: Any) -> Done:
        more = {"wallet": self.wallets[ask.wallet], **more}
        return self._of(move(amount=self._money(ask), instruction=self._instruction(ask), **more))

    def _of(self, receipt: Any) -> Done:
        return Done(receipt.replayed, receipt.entry_id)

    def _one(self, numbers: list[int], place: int | None) -> int | None:
        return None if place is None else NOBODY if place < 0 else numbers[place]

    def _recharge(self, ask: Ask) -> Done:
        return self._moved(recharge, ask, spend_only=ask.spend_only)

    def _deduct(self, ask: Ask) -> Done:
        source = "frozen" if ask.frozen else "liquid"
        return self._moved(deduct, ask, source=source, hold=self._one(self.holds, ask.hold))

    def _transfer(self, ask: Ask) -> Done:
        return self._of(
            transfer(
                source=self.wallets[ask.wallet],
                target=self.wallets[ask.target],
                amount=self._money(ask),
                instruction=self._instruction(ask),
            )
        )

    def _freeze(self, ask: Ask) -> Done:
        receipt = freeze(
            wallet=self.wallets[ask.wallet],
            amount=self._money(ask),
            instruction=self._instruction(ask),
            expires_at=ask.expires_at,
        )
        if not receipt.replayed:
            self.holds.append(receipt.hold)
        return self._of(receipt)

    def _unfreeze(self, ask: Ask) -> Done:
        return self._moved(unfreeze, ask, hold=self._one(self.holds, ask.hold))

    def _withdraw(self, ask: Ask) -> Done:
        return self._moved(
            withdraw,
            ask,
            source="frozen" if ask.frozen else "liquid",
            hold=self._one(self.holds, ask.hold),
            payee=self.payees.get(ask.payee, NOBODY),
        )

    def _exchange(self, ask: Ask) -> Done:
        return self._of(
            exchange(
                source=self.wallets[ask.wallet],
                target=self.wallets[ask.target],
                amount=self._money(ask),
                instruction=self._instruction(ask),
                quote=self._one(self.quotes, ask.quote),
                spend_only=ask.spend_only,
            )
        )

    def _quote(self, ask: Ask) -> Done:
        row = quote(
            source=self.wallets[ask.wallet],
            target=self.wallets[ask.target],
            amount=self._money(ask),
            expires_at=ask.expires_at,
            instruction=self._instruction(ask),
        )
        return self._made(self.quotes, row.pk)

    def _made(self, numbers: list[int], number: int) -> Done:
        again = number in numbers
        numbers += [] if again else [number]
        return Done(again)

    def _refund(self, ask: Ask) -> Done:
        wallet = None if ask.wallet is None else self.wallets[ask.wallet]
        entry = NOBODY if ask.flow < 0 else self.entries[ask.flow]
        amount = None if ask.amount is None else self._money(ask, ask.money)
        return self._of(
            refund(entry_id=entry, amount=amount, wallet=wallet, instruction=self._instruction(ask))
        )

    def _issue(self, ask: Ask) -> Done:
        issued = card.issue_cards(
            amount=self._money(ask),
            count=1,
            instruction=self._instruction(ask),
            spend_only=ask.spend_only,
            expires_at=ask.expires_at,
        )
        self.codes += issued.codes
        self.batches.append(issued.batch.pk)
        return Done(replayed=False)

    def _redeem(self, ask: Ask) -> Done:
        code = new_code() if ask.card < 0 else self.codes[ask.card]
        owner = self.owners[ask.owner]
        return self._of(
            card.redeem_card(code=code.lower(), owner=owner, instruction=self._instruction(ask))
        )

    def _void(self, ask: Ask) -> Done:
        card.void_cards(
            batch=self._one(self.batches, ask.card), reason="lost", actor=STAFF, at=ask.at
        )
        return Done(replayed=False)

    def _order(self, ask: Ask) -> Done:
        row = recharge_order.create_order(
            owner=self.owners[ask.owner],
            wallet=self.wallets[ask.wallet],
            amount=self._money(ask),
            instruction=self._instruction(ask),
            spend_only=ask.spend_only,
            expires_at=ask.expires_at,
        )
        return self._made(self.orders, row.pk)

    def _confirm(self, ask: Ask) -> Done:
        return self._of(
            recharge_order.confirm_order(
                order=self._one(self.orders, ask.order),
                owner=self.owners[ask.owner],
                amount=self._money(ask),
                instruction=self._instruction(ask),
            )
        )

    def _close(self, ask: Ask) -> Done:
        recharge_order.close_order(order=self._one(self.orders, ask.order), at=ask.at)
        return Done(replayed=False)

    def _apply(self, ask: Ask) -> Done:
        applied = withdrawal.apply_withdrawal(
            wallet=self.wallets[ask.wallet],
            amount=self._money(ask),
            payee=self.payees.get(ask.payee, NOBODY),
            instruction=self._instruction(ask),
        )
        if not applied.receipt.replayed:
            self.applications.append(applied.withdrawal.pk)
            self.holds.append(applied.withdrawal.hold)
        return self._of(applied.receipt)

    def _approve(self, ask: Ask) -> Done:
        return self._decided(ask, withdrawal.approve_withdrawal)

    def _refuse(self, ask: Ask) -> Done:
        return self._decided(ask, withdrawal.refuse_withdrawal, reason="the payee is another")

    def _cancel(self, ask: Ask) -> Done:
        return self._decided(ask, withdrawal.cancel_withdrawal, owner=self.owners[ask.owner])

    def _decided(self, ask: Ask, decide: Callable[..., Any], **more: Any) -> Done:
        number = self._one(self.applications, ask.application)
        return self._of(decide(number=number, instruction=self._instruction(ask), **more).receipt)
