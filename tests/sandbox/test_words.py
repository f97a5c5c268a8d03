"""Every text of the sandbox's pages is there in English and in both forms of Chinese."""

import re
from pathlib import Path

import tael.sandbox
from tael.sandbox.notices import BODIES, SEALS
from tael.sandbox.words import WORDS, said

TEMPLATES = Path(tael.sandbox.__file__).parent / "templates"
SAID = re.compile(r'\{% say "([^"]+)" %\}')
STATES = ("open", "paid", "declined", "waiting", "kept", "delivered", "given_up")


def test_all_that_is_said_is_in_the_table_and_nothing_else():
    text = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    used = {*SAID.findall(text), *STATES, *SEALS, *BODIES}

    assert len(used) > 50
    assert used - set(WORDS) == set()
    assert set(WORDS) - used == set()


def test_a_text_is_said_in_the_readers_language():
    assert said("Pay", "zh-hant") == "支付"
    assert said("Order", "zh-hans") == "订单"
    assert said("given_up", "en") == "given up"
    assert said("SBX1", "zh-hans") == "SBX1"
