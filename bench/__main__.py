"""`python -m bench [name …]`: run all benches, or those named, one after the other."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

BENCHES: Final = ("join", "lobby", "cpu", "ledger", "simulation", "strangers", "leak")


def main() -> None:
    """Run what the command line names, in the order of BENCHES."""
    wanted = sys.argv[1:] or list(BENCHES)
    if unknown := sorted(set(wanted) - set(BENCHES)):
        sys.exit(f"No bench is called {', '.join(unknown)}; there are {', '.join(BENCHES)}.")
    for name in BENCHES:
        if name in wanted:
            import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
