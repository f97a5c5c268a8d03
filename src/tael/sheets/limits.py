"""What a sheet may cost: bytes, rows, seconds and memory.

Source: reliability, M8, T15.
"""

from __future__ import annotations

from typing import Final

UPLOAD_MAX: Final = 10 * 1024 * 1024
"""Bytes of the file as it is brought."""
UNPACKED_MAX: Final = 50 * 1024 * 1024
RATIO_MAX: Final = 100
"""Unpacked bytes for each packed one, of a member of at least `RATIO_FROM` bytes and of the whole."""
RATIO_FROM: Final = 64 * 1024
MEMBERS_MAX: Final = 200
ROWS_MAX: Final = 50_001
"""Below the headings: 50,000, and one that adds them up."""
COLUMNS_MAX: Final = 50
CELL_MAX: Final = 4_000
"""Characters."""
READ_MAX: Final = 32 * 1024 * 1024
"""Bytes of what was read, as the child hands it back: what the reader may have to hold."""
HEADER_WITHIN: Final = 30
"""The headings are among so many first rows."""

MEMORY_MAX: Final = 512 * 1024 * 1024
"""Bytes of address space of the child."""
SECONDS_MAX: Final = 30
"""Of the child, by its own time and by the wall clock."""
AT_ONCE_MAX: Final = 2
"""Children of one process at a time; who comes later waits `WAIT_SECONDS`."""
WAIT_SECONDS: Final = 20.0
