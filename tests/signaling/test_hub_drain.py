"""A draining hub opens no rooms, moves those it has, and reports nothing of a page that sits elsewhere by now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from langdao_video.errors import Unavailable
from langdao_video.session.events import UserDisconnected
from langdao_video.signaling import messages as wire
from langdao_video.signaling.hub import Hub
from tests.signaling.test_hub import Ears, Rooms, link, make_hub, participant
from tests.signaling.test_outbox import MoodyBackend
from tests.stories.live import HandClock, until


@dataclass
class Scene:
    """A hub with both in room `r`."""

    clock: HandClock = field(default_factory=HandClock)
    backend: MoodyBackend = field(default_factory=MoodyBackend)

    async def begin(self) -> None:
        """Let both come."""
        self.hub: Hub = make_hub(Rooms(), self.backend, self.clock)
        self.student, self.tutor = Ears(self.hub), Ears(self.hub)
        await self.hub.join(self.student, link(), participant("student"))
        await self.hub.join(self.tutor, link(role="tutor"), participant("tutor"))
        await until(lambda: len(self.backend.took) == 2)

    def drain(self) -> str:
        """Begin to drain; return the name of the process."""
        self.hub.begin_drain(20_000)
        return next(frame.leaving for frame in self.student.heard if isinstance(frame, wire.Moving))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    await scene.begin()
    ticking = asyncio.create_task(scene.hub.run())
    yield scene
    ticking.cancel()
    with suppress(asyncio.CancelledError):
        await ticking


def gone(backend: MoodyBackend) -> list[str]:
    """Return who was reported as gone."""
    return [event.user_role for event in backend.took if isinstance(event, UserDisconnected)]


def told_to_move(ears: Ears) -> int:
    return sum(isinstance(frame, wire.Moving) for frame in ears.heard)


async def test_both_pages_of_a_room_are_told_once_and_the_room_goes_on(scene: Scene) -> None:
    scene.drain()
    scene.clock.advance(5_000)

    scene.hub.receive("r", scene.student.conn, wire.SendChat(id="m-1", text="Hola"))
    await until(lambda: any(isinstance(frame, wire.Chat) for frame in scene.tutor.heard))

    await until(lambda: any(isinstance(frame, wire.Ping) for frame in scene.tutor.heard[-3:]))
    assert [told_to_move(ears) for ears in (scene.student, scene.tutor)] == [1, 1]


async def test_no_room_is_opened_any_more(scene: Scene) -> None:
    scene.drain()

    answers = await asyncio.gather(
        scene.hub.join(Ears(scene.hub), link("new"), participant("student")),
        scene.hub.join_lobby(Ears(scene.hub), link("new"), participant("student")),
        return_exceptions=True,
    )

    assert [answer.code for answer in answers if isinstance(answer, Unavailable)] == ["service-moving"] * 2


async def test_a_page_that_lost_its_socket_comes_back_here_and_is_told_again(scene: Scene) -> None:
    scene.drain()
    scene.hub.lose("r", scene.student.conn, said_goodbye=False)
    again = Ears(scene.hub)

    assert await scene.hub.join(again, link(), participant("student"))

    kinds = [type(frame) for frame in again.heard]
    assert kinds.index(wire.Welcome) < kinds.index(wire.Moving)


async def test_the_second_socket_does_not_find_the_same_process(scene: Scene) -> None:
    scene.hub.check_place("any")
    process = scene.drain()

    scene.hub.check_place(None)
    with pytest.raises(Unavailable):
        scene.hub.check_place(process)


async def test_a_page_that_moved_is_not_reported_as_gone(scene: Scene) -> None:
    scene.drain()

    for ears in (scene.student, scene.tutor):
        scene.hub.receive("r", ears.conn, wire.Moved())
        scene.hub.lose("r", ears.conn, said_goodbye=True)
    scene.clock.advance(6_000)

    await until(lambda: scene.hub.rooms_open == 0)
    assert scene.hub.is_deserted
    assert gone(scene.backend) == []
    assert not any(isinstance(frame, wire.PeerLeft) for frame in scene.tutor.heard)


async def test_a_page_that_lost_its_socket_may_be_elsewhere_but_one_that_was_closed_is_gone(
    scene: Scene,
) -> None:
    scene.drain()

    scene.hub.lose("r", scene.student.conn, said_goodbye=False)
    scene.hub.lose("r", scene.tutor.conn, said_goodbye=True)
    scene.clock.advance(6_000)

    await until(lambda: gone(scene.backend))
    assert gone(scene.backend) == ["tutor"]


async def test_a_line_for_someone_who_moved_is_left_to_the_page(scene: Scene) -> None:
    scene.drain()
    scene.hub.receive("r", scene.student.conn, wire.Moved())

    scene.hub.receive("r", scene.tutor.conn, wire.SendChat(id="m-1", text="Hola"))
    await scene.hub.finish(1)

    assert not any(isinstance(frame, wire.Chat | wire.Error) for frame in scene.tutor.heard)


async def test_nobody_takes_a_seat_in_a_room_that_has_moved(scene: Scene) -> None:
    scene.drain()
    scene.hub.receive("r", scene.student.conn, wire.Moved())

    with pytest.raises(Unavailable):
        await scene.hub.join(Ears(scene.hub), link(), participant("student"))


async def test_without_a_drain_a_page_cannot_leave_unseen(scene: Scene) -> None:
    scene.hub.receive("r", scene.student.conn, wire.Moved())
    scene.hub.lose("r", scene.student.conn, said_goodbye=True)
    scene.clock.advance(6_000)

    await until(lambda: any(isinstance(frame, wire.PeerLeft) for frame in scene.tutor.heard))


async def test_a_visitor_is_told_too_and_leaves_with_moved() -> None:
    hub = make_hub(Rooms())
    visitor = Ears(hub)
    await hub.join_lobby(visitor, link(), participant("student"))

    hub.begin_drain(20_000)
    hub.receive("r", visitor.conn, wire.Moved())
    hub.lose("r", visitor.conn, said_goodbye=True)

    assert told_to_move(visitor) == 1
    assert hub.is_deserted
