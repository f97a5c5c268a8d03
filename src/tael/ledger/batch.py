"""One batch on its way from request to verdict, judged entry by entry.

Source: architecture, section 2; F-38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tael.ledger.entry import Draw, Entry, Posted, PostedLeg, Refused, Replayed, Verdict
from tael.ledger.judge import Lines, judge
from tael.ledger.refusals import AccountBusy
from tael.ledger.replay import clash, first_answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from psycopg import Connection

    from tael.ledger.book import Book
    from tael.ledger.lock import Scene
    from tael.ledger.numbers import Numbers
    from tael.ledger.taken_back import Taken


def accounts_of(entries: Sequence[Entry]) -> set[int]:
    """Give the numbers of all accounts that the entries name."""
    numbers: set[int] = set()
    for entry in entries:
        for leg in entry.legs:
            if isinstance(leg, Draw):
                numbers.update(leg.accounts)
            else:
                numbers.add(leg.account)
        numbers.update(entry.watch)
    return numbers


class Batch:
    """Entries, what they are judged against, and what has become of each so far."""

    def __init__(self, entries: Sequence[Entry], scene: Scene, taken: Taken) -> None:
        """Judge nothing yet."""
        self.entries = entries
        self.scene = scene
        self.taken = taken
        self.lines = Lines()
        self.accepted: list[Entry] = []
        self.digests: list[bytes] = []  # of the accepted
        self.watched: list[tuple[tuple[int, int], ...]] = []  # of the accepted
        self.verdicts: list[Verdict] = []
        self._places: dict[int, int] = {}  # place in the batch: place among the accepted
        self._again: dict[
            int, int
        ] = {}  # place in the batch: place among the accepted that it repeats
        self._known: dict[int, int] = {}  # place in the batch: entry written earlier under its key
        self._seen: dict[UUID, int] = {}  # key: place among the accepted
        self._refused: dict[int, Refused] = {}

    @property
    def all_accepted(self) -> bool:
        """Tell whether every entry is new and within the rules."""
        return len(self.accepted) == len(self.entries)

    def judge_all(self) -> None:
        """Judge every entry against what the accepted ones before it have left."""
        for place, entry in enumerate(self.entries):
            if not self._recognised(place, entry):
                self._judge(place, entry)

    def _recognised(self, place: int, entry: Entry) -> bool:
        for key in (entry.key, *entry.aliases):
            known = self.scene.known.get(key)
            if known is not None:
                self._known[place] = known[1]
                return True
            again = self._seen.get(key)
            if again is not None:
                if entry.digest() == self.digests[again]:
                    self._again[place] = again
                else:
                    self._refused[place] = Refused(clash(entry, self.accepted[again]))
                return True
        return False

    def _judge(self, place: int, entry: Entry) -> None:
        number = len(self.accepted)
        refusal = None
        if entry.reverses is not None:
            refusal = self.taken.refuse(entry, self.scene.accounts)
        if refusal is None:
            refusal = judge(entry, self.scene, number, self.lines)
        if refusal is not None:
            self._refused[place] = Refused(refusal)
            return
        if entry.reverses is not None:
            self.taken.note(entry, number, self.lines)
        self._places[place] = self._seen[entry.key] = number
        for alias in entry.aliases:
            self._seen[alias] = number
        accounts = self.scene.accounts
        self.watched.append(
            tuple((at, accounts[at].balance) for at in entry.watch if at in accounts)
            if entry.watch
            else ()
        )
        self.accepted.append(entry)
        self.digests.append(entry.digest())

    def recall(self, connection: Connection, book: Book) -> None:
        """Answer what was written earlier: the first answer for the same content, a clash for other."""
        answers = (
            first_answers(connection, set(self._known.values()), book=book) if self._known else {}
        )
        replays: dict[int, Replayed] = {}
        for place, entry_id in self._known.items():
            entry = self.entries[place]
            digest = entry.digest()
            keys = (entry.key, *entry.aliases)
            if all(
                self.scene.known.get(key, (digest, entry_id)) == (digest, entry_id) for key in keys
            ):
                replays[place] = answers[entry_id].replayed
            else:
                self._refused[place] = Refused(clash(entry, answers[entry_id].record))
        # accepted entries get their verdict when they have their numbers
        pending = Refused(AccountBusy("not written yet"))
        self.verdicts = [
            self._refused.get(place) or replays.get(place) or pending
            for place in range(len(self.entries))
        ]

    def raise_first_refusal(self) -> None:
        """Raise the refusal of the first entry that has one."""
        for place in sorted(self._refused):
            raise self._refused[place].refusal

    def number(self, numbers: Numbers) -> None:
        """Give the accepted entries, and those that repeat them in this batch, their verdicts."""
        legs = [PostedLeg(line.account, line.amount, line.balance) for line in self.lines]
        ends = [0] * len(self.accepted)
        for at, line in enumerate(self.lines, 1):
            ends[line.entry] = at
        first, booked = numbers.entry_first, numbers.booked_at
        start = 0
        posted = []
        told = zip(self.accepted, ends, self.watched, strict=True)
        for number, (entry, end, watched) in enumerate(told, first):
            first_line = numbers.posting_first + start
            own = tuple(legs[start:end])
            posted.append(
                Posted(number, own, booked, entry.effective_at, first_line, watched=watched)
            )
            start = end
        for place, at in self._places.items():
            self.verdicts[place] = posted[at]
        for place, at in self._again.items():
            self.verdicts[place] = Replayed(*posted[at][:5])
