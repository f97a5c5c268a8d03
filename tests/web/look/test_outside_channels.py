"""Over the house's own channels nobody is paid, and no channel is chosen for anybody beforehand."""

from __future__ import annotations

import pytest

from tael.web.look.outside_channels import INTERNAL, channel_choices


@pytest.mark.rule("B-31", "B-38")
def test_the_houses_own_channels_are_not_offered_and_none_is_chosen(db):
    (none, _choose), *offered = channel_choices()

    assert none == ""
    assert "Alipay" in dict(offered)
    assert not INTERNAL & dict(offered).keys()
