from __future__ import annotations

from typing import Literal

import pytest

from langdao_video.web import feed, health, pages, rooms, sessions, socket
from langdao_video.web.routers import choose_routers


def test_both_sides_in_one_process_need_no_commands_from_outside() -> None:
    routers = choose_routers("both")

    assert {id(sessions.router), id(socket.router)} <= {id(router) for router in routers}
    assert rooms.router not in routers


@pytest.mark.parametrize(("role", "absent"), [("call", feed.router), ("backend", socket.router)])
def test_one_side_does_not_answer_for_the_other(role: Literal["call", "backend"], absent: object) -> None:
    routers = choose_routers(role)

    assert absent not in routers
    assert {id(pages.router), id(health.router)} <= {id(router) for router in routers}
