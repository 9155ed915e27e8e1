"""How many examples a property test plays: fewer for `make test-quick`, and for each mutant of `make mutants`."""

from __future__ import annotations

import os


def examples(count: int) -> int:
    """Return *count*, or TEST_EXAMPLES_MAX of the environment if that is less."""
    return min(count, int(os.environ.get("TEST_EXAMPLES_MAX", count)))
