"""The outbox (發件匣): what happened, told to other programs by signed webhooks, after it happened.

An event is written in the transaction of what it tells; delivering it is a job of its own.
"""

from tael.outbox.announce import Event, announce, announce_all

__all__ = ["Event", "announce", "announce_all"]
