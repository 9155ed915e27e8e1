"""How many files and sockets the system lets this process have open."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Final

FILES_WANTED: Final = 1_048_576
FILES_ASSUMED: Final = 8_192
"""Where the system does not say (Windows): more than it needs, less than it gives."""


def raise_file_limit() -> int:
    """Raise the soft limit of open files to the hard one, as far as that is allowed; return what holds."""
    if sys.platform == "win32":
        return FILES_ASSUMED
    import resource  # noqa: PLC0415 - Unix only

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # macOS: there is a lower limit of the kernel's own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return FILES_WANTED if soft == resource.RLIM_INFINITY else min(soft, FILES_WANTED)
