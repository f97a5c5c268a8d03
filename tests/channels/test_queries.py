from datetime import UTC, datetime, timedelta

from tael.channels import queries
from tael.channels.channel import disable_channel
from tael.channels.rate import set_rate

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_channels_switched_off_are_listed_too(db):
    disable_channel(identifier="Alipay", actor="user:10000", at=AT)

    listed = {channel.identifier: channel.enabled for channel in queries.channels()}

    assert len(listed) == 7
    assert listed["Alipay"] is False


def test_a_channel_that_is_not_there_is_none(db):
    assert queries.channel("Bank") is None


def test_the_history_of_a_pair_comes_in_pages_newest_first(db):
    numbers = [
        set_rate(
            from_currency="USD",
            to_currency="CNY",
            value=f"7.{day}",  # the same one again would change nothing
            actor="user:1",
            at=AT + timedelta(days=day),
        ).pk
        for day in range(5)
    ]
    pair = {"from_currency": "USD", "to_currency": "CNY"}

    first = queries.rate_history(**pair, limit=2)
    rest = queries.rate_history(**pair, before=first[-1].pk)

    assert [r.pk for r in first + rest] == numbers[::-1]
    assert queries.rate_history(from_currency="CNY", to_currency="USD") == []
