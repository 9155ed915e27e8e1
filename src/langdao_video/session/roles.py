"""The two seats of a session."""

from __future__ import annotations

from typing import Final, Literal

Role = Literal["student", "tutor"]

ROLES: Final[tuple[Role, Role]] = ("student", "tutor")


def other(role: Role) -> Role:
    """Return the role of the other seat."""
    return "tutor" if role == "student" else "student"
