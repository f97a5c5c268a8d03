"""What the README prints works as printed, on a fresh folder with the demo data."""

from __future__ import annotations

import sys

import pytest

from docs.printed import ROOT, Place, blocks

README = ROOT / "README.md"


@pytest.mark.timeout(240)
def test_the_lines_of_curl_do_what_they_say(place: Place):
    (lines,) = blocks(README, "bash")

    first, again, hold, gift, refused, wallet, flows = place.run(["bash", "-c"], lines).splitlines()

    assert first == again
    assert '"operation":"recharge"' in first
    assert '"hold":null' not in hold
    assert '"operation":"transfer"' in gift
    assert '"code":"insufficient_funds"' in refused
    assert '"number":100001' in wallet
    assert flows.count('"operation"') == 3


@pytest.mark.timeout(240)
def test_the_lines_of_python_do_what_they_say(place: Place):
    (lines,) = blocks(README, "python")

    once = place.run([sys.executable, "-c"], lines)
    twice = place.run([sys.executable, "-c"], lines)

    assert " False {" in once
    assert twice == once.replace(" False {", " True {")
