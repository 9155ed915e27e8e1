"""The two seats of a session."""

from __future__ import annotations

from langdao_video.session.roles import ROLES, other


def test_each_seat_is_across_from_the_other() -> None:
    assert {role: other(role) for role in ROLES} == {"student": "tutor", "tutor": "student"}
