"""Runs `langdao-video serve` with a profile from one SIGUSR1 to the next: `python -m bench.profiled FILE`.

The start is not measured. cProfile makes Python's calls look dearer than C's, so compare shares only roughly.
"""

from __future__ import annotations

import cProfile
import signal
import sys
import time
from pathlib import Path

from langdao_video.cli import app


def main(path: Path) -> None:
    """Serve until a signal ends it."""
    profile = cProfile.Profile(time.thread_time)  # the machine may be busy with others
    is_on = False

    def toggle(*_: object) -> None:
        nonlocal is_on
        if is_on:
            profile.disable()
            profile.dump_stats(path)
        else:
            profile.enable()
        is_on = not is_on

    signal.signal(signal.SIGUSR1, toggle)
    app(["serve"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
