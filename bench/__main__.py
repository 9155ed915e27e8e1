"""Runs the named benches one after the other, or all of them: `python -m bench [name …]`."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

BENCHES: Final = (
    "join",
    "lobby",
    "cpu",
    "board",
    "tools",
    "ledger",
    "heartbeats",
    "delivery",
    "simulation",
    "strangers",
    "leak",
    "recover",
    "lines",
    "sockets",
    "files",
    "effects",
)


def main() -> None:
    """Run the benches that the command line names, or all, in the order of BENCHES."""
    wanted = sys.argv[1:] or list(BENCHES)
    if unknown := sorted(set(wanted) - set(BENCHES)):
        sys.exit(f"There is no bench {', '.join(unknown)}. The benches are {', '.join(BENCHES)}.")
    for name in BENCHES:
        if name in wanted:
            import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
