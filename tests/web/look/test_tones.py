"""Every state of every lifecycle has a colour and a name."""

from __future__ import annotations

import pytest

from tael.payouts.lifecycle import WithdrawalState
from tael.wallet.lifecycles import CardState, OrderState
from tael.web.look.language import speaking
from tael.web.look.site import BACKOFFICE, HOUSE, PORTAL
from tael.web.look.tones import CLASSES, NAMES, TONES, state_name, tone_class

HOLD_STATES = ("open", "captured", "released", "expired")  # as the database computes them


@pytest.mark.parametrize("state", [*WithdrawalState, *CardState, *OrderState, *HOLD_STATES])
def test_a_state_of_the_domain_has_a_tone_and_a_name(state):
    assert tone_class(state) == CLASSES[TONES[str(state)]]
    assert str(state_name(state)) == str(NAMES[str(state)])


def test_what_is_no_known_state_is_said_as_it_is():
    assert state_name("strange") == "strange"
    assert tone_class("strange") == CLASSES["plain"]


def test_every_tone_has_its_name():
    assert TONES.keys() == NAMES.keys()


@pytest.mark.parametrize("state", sorted(TONES))
def test_a_state_is_called_the_same_on_both_sites(state):
    """A site's pack has words of its own, as the merchant's "to be paid"; no state is to be said by them."""
    said = []
    for site in (HOUSE, PORTAL, BACKOFFICE):
        with speaking(site, "zh-hans"):
            said.append(str(NAMES[state]))

    assert len(set(said)) == 1


def test_the_pill_shows_the_word_given_or_the_states_own(render):
    assert ">to be reviewed</span>" in render('{% include "look/pill.html" with state="applied" %}')
    shown = render('{% include "look/pill.html" with state="applied" %}', text="<b>")
    assert "&lt;b&gt;" in shown
    assert "badge-warning" in shown
