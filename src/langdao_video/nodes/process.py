"""Tells whether a process of this machine has ended, so that nobody waits for the lease of one that was killed.

Law: it says so only if it is certain. A process of another machine, or of another container, may live.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from langdao_video.clock import read_boot_id

_PROC: Final = Path("/proc")
_ENDED_STATES: Final = frozenset("ZX")
"""proc(5): a process that has ended, and one that nobody has waited for yet."""


def describe_process() -> str:
    """Return what tells this process from all others of this boot; empty if the system does not say."""
    boot_id, began = read_boot_id(), _read_stat(os.getpid())
    if boot_id is None or began is None:
        return ""
    return "/".join((boot_id, _read_namespace(), str(os.getpid()), began[1]))


def has_ended(description: str) -> bool:
    """Tell whether it is certain that the process of that *description* has ended."""
    place, _, process = description.rpartition("/")
    place, _, pid = place.rpartition("/")
    if not pid.isdigit() or place != f"{read_boot_id()}/{_read_namespace()}":
        return False
    found = _read_stat(int(pid))
    return found is None or found[0] in _ENDED_STATES or found[1] != process


def _read_namespace() -> str:
    """Return the name of the namespace in which this process has its number."""
    try:
        return (_PROC / "self/ns/pid").readlink().name
    except OSError:
        return ""


def _read_stat(pid: int) -> tuple[str, str] | None:
    """Return a process's state and the time of its start; None if there is no such process (proc_pid_stat(5))."""
    try:
        text = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before it may contain anything
    return fields[0], fields[19]
