"""Raises the number of files and sockets that this process may have open."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Final

FILES_WANTED: Final = 1_048_576
FILES_ASSUMED: Final = 8_192
"""The value for Windows, which reports no limit: more than the service needs and less than Windows allows."""


def raise_file_limit() -> int:
    """Raise the soft limit of open files to the hard limit, as far as the system allows. Return the limit."""
    if sys.platform == "win32":
        return FILES_ASSUMED
    import resource  # noqa: PLC0415 - Unix only

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # on macOS the kernel has another, lower limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return FILES_WANTED if soft == resource.RLIM_INFINITY else min(soft, FILES_WANTED)
