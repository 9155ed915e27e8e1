"""Follows a table of transitions: each step has a row, or it raises. Pure.

Law: what has no row never happens. Where it happens all the same the code is wrong, and must not go on by guess.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

State = TypeVar("State", bound=Hashable)
Cause = TypeVar("Cause", bound=Hashable)


class NoTransition(LookupError):
    """A table has no row for this state and cause: a defect of ours, which no caller can mend."""


def follow(table: Mapping[tuple[State, Cause], State], state: State, cause: Cause) -> State:
    """Return the state to which *cause* leads from *state*. Raises NoTransition where *table* has no row."""
    try:
        return table[state, cause]
    except KeyError:
        raise NoTransition(f"{state!r} has no row for {cause!r}.") from None
