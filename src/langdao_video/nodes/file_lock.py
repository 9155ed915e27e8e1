"""Keeps a second process away from an SQLite file, because each would own all rooms.

The kernel frees the lock when its process ends, however it ends. Commands beside the service take none.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from langdao_video.errors import Unavailable

log = structlog.get_logger(__name__)

_TAKEN: Final = frozenset({errno.EWOULDBLOCK, errno.EACCES})


def name_lock(database: Path) -> Path:
    """Return the file beside an SQLite database that is locked while a service runs on it."""
    return database.with_name(f"{database.name}.lock")


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the lock of an SQLite file. Raises Unavailable `store-taken` if another process does."""
    file = os.open(name_lock(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(file, database)
        yield
    finally:
        os.close(file)  # the file stays: if it were removed, two processes could lock two files of one name


def is_locked(database: Path) -> bool:
    """Tell whether a service runs on an SQLite file."""
    try:
        file = os.open(name_lock(database), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _TAKEN
    finally:
        os.close(file)
    return False


def _lock(file: int, database: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            raise Unavailable(
                "store-taken",
                f"Another process serves {database.name} already: stop it, or set DATABASE_URL to a file of its own. "
                "Several processes need PostgreSQL in DATABASE_URL, and REDIS_URL.",
            ) from error
        log.warning(
            "file-not-locked", file=database.name, error=str(error)
        )  # some network drives have no locks
