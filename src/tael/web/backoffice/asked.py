"""What a list of the back office is asked for: read as both sites read it.

Source: peers-settlement-invest, section 4.3 (filters in the URL); reliability, T14.
"""

from __future__ import annotations

from tael.web.look.asked import Asked, FilterMalformed, begin_of_day, malformed

__all__ = ["Asked", "FilterMalformed", "begin_of_day", "malformed"]
