"""What an operator may set, and what a wrong setting says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tael.web.settings import SettingMalformed, _number, _zone

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("text", ["0", "-1", "1001", "four", "", "1.5", "４"])
def test_a_number_out_of_bounds_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TAEL_THREADS", text)

    with pytest.raises(SettingMalformed) as refused:
        _number("TAEL_THREADS", 4)
    assert refused.value.field == "TAEL_THREADS"


@pytest.mark.parametrize("text", ["Mars/Olympus", "", "../etc/passwd", "/etc/passwd"])
def test_a_time_zone_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TAEL_TIME_ZONE", text)

    with pytest.raises(SettingMalformed):
        _zone("TAEL_TIME_ZONE")


def test_a_time_zone_is_taken_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAEL_TIME_ZONE", "Asia/Hong_Kong")

    assert _zone("TAEL_TIME_ZONE") == "Asia/Hong_Kong"


def test_every_setting_is_documented() -> None:
    """The gateways' settings are listed with the gateways."""
    read = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in re.findall(r'"(TAEL_[A-Z_]+)"', path.read_text("utf-8"))
        if not name.startswith("TAEL_GATEWAY")
    }

    documented = set(
        re.findall(r"TAEL_[A-Z_]+", (ROOT / "docs" / "settings.md").read_text("utf-8"))
    )
    assert read <= documented
    assert read
