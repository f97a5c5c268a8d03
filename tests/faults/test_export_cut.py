"""The export of a payout batch is cut off: killed while it writes, without a database, on a full disk.

Afterwards the batch is exported with exactly the hash of its file, or not at all; the file comes again as it
was; and no withdrawal can be paid by another batch.
"""

from __future__ import annotations

import hashlib
import os
import resource
import signal
from datetime import UTC, datetime

import pytest

from faults.children import forked
from settlement_batch_builders import a_checked
from settlement_payout_builders import an_account_with, now
from tael import books
from tael.books import Instruction
from tael.cli import file
from tael.documents import payout_download
from tael.documents.payout_download import export_payout
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts import batch_export
from tael.settlement.payouts.batch import BatchMoveRefused, NothingToPay, make_batches, payout_batch

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("A24", "B-38", "I20")]


def kill(*given, **named):
    os.kill(os.getpid(), signal.SIGKILL)


def without_database(*given, **named):
    books.connection().execute("SELECT pg_terminate_backend(pg_backend_pid())")


def cut(part, content):
    with part.open("xb") as opened:
        opened.write(content[: len(content) // 2])
        opened.flush()
        kill()


def full():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


def fate(moment, number, folder):
    """Export a batch and write its file, in a process of its own; at the moment it is cut off."""
    if moment == "written":
        payout_download.export_batch = kill
    if moment == "committing":
        batch_export.tell = without_database
    if moment == "cut":
        file._write_whole = cut
    said = Instruction(key=moment, actor="user:10000", at=datetime(2026, 11, 3, 9, tzinfo=UTC))
    document = export_payout(number=number, form="csv", language="en", instruction=said)
    if moment == "full":
        full()
    file.write(document, folder / f"{moment}.csv", overwrite=False)


ENDS = {"written": -signal.SIGKILL, "committing": 1, "cut": -signal.SIGKILL, "full": 1, "well": 0}


def export(number, form="csv"):
    return export_payout(number=number, form=form, language="en", instruction=now())


@pytest.mark.timeout(120)
def test_a_batch_is_exported_with_its_hash_or_not_at_all(tmp_path):
    account = an_account_with("1000.00")
    batches = {moment: a_checked("10.00", "20.00", account=account).pk for moment in ENDS}

    ended = {
        moment: forked(fate, moment, number, tmp_path).wait() for moment, number in batches.items()
    }

    assert ended == ENDS
    assert [one.name for one in tmp_path.iterdir() if not one.name.startswith(".")] == ["well.csv"]
    states = {moment: payout_batch(number).state for moment, number in batches.items()}
    assert states == {
        "written": "checked",
        "committing": "checked",
        "cut": "exported",
        "full": "exported",
        "well": "exported",
    }
    for moment, number in batches.items():
        digest = payout_batch(number).file_digest
        assert bool(digest) == (states[moment] == "exported")
        content = export(number).content
        assert content == export(number).content
        assert payout_batch(number).file_digest == hashlib.sha256(content).hexdigest()
        assert digest in {"", payout_batch(number).file_digest}
        with pytest.raises(BatchMoveRefused):
            export(number, "xlsx")
    assert (tmp_path / "well.csv").read_bytes() == export(batches["well"]).content
    assert set(MerchantWithdrawal.objects.values_list("payout_state", flat=True)) == {"exported"}
    with pytest.raises(NothingToPay):
        make_batches(currency="CNY", channel="Alipay", profile="generic", instruction=now())
