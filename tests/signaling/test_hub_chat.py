"""The chat of a room: stored before it is shown, and back when someone comes back."""

from __future__ import annotations

import asyncio

import pytest

from langdao_video.errors import Conflict, Unavailable
from langdao_video.session.snapshot import KeptLine
from langdao_video.signaling import messages as wire
from langdao_video.signaling.hub import Hub
from tests.signaling.test_hub import Ears, Lines, Rooms, link, make_hub, participant
from tests.stories.live import PATIENCE_SECONDS, HandClock, until


class TestChatOfAnEmptyRoom:
    @pytest.mark.requirement("R7")
    async def test_is_back_when_someone_comes_back(self) -> None:
        hub = await self.leave_a_room_with_a_line()

        welcome = await self.come_back(hub)

        assert [line.text for line in welcome.chat] == ["Hola"]

    async def test_survives_a_visit_to_the_lobby(self) -> None:
        hub = await self.leave_a_room_with_a_line()
        ticking = asyncio.create_task(hub.run())
        visitor = Ears(hub)
        await hub.join_lobby(visitor, link(), participant("student"))
        hub.lose("r", visitor.conn, said_goodbye=True)
        await until(lambda: hub.rooms_open == 0)
        ticking.cancel()

        welcome = await self.come_back(hub)

        assert [line.text for line in welcome.chat] == ["Hola"]

    async def leave_a_room_with_a_line(self) -> Hub:
        clock = HandClock()
        hub = make_hub(Rooms(), clock=clock)
        ears = Ears(hub)
        await hub.join(ears, link(), participant("student"))
        hub.receive("r", ears.conn, wire.SendChat(id="m-1", text="Hola"))
        ticking = asyncio.create_task(hub.run())
        hub.lose("r", ears.conn, said_goodbye=True)
        clock.advance(5_000)
        await until(lambda: hub.rooms_open == 0)
        ticking.cancel()
        return hub

    async def come_back(self, hub: Hub) -> wire.Welcome:
        ears = Ears(hub)
        await hub.join(ears, link(), participant("student"))
        return next(frame for frame in ears.heard if isinstance(frame, wire.Welcome))


async def test_a_line_that_the_former_owner_stored_at_the_last_moment_is_there() -> None:
    rooms, chats = Rooms(), Lines()
    rooms.may_go_on.clear()
    hub = make_hub(rooms, chats=chats)
    student = Ears(hub)

    joining = asyncio.create_task(hub.join(student, link(), participant("student")))
    await until(lambda: rooms.opened == 1)
    await chats.keep_lines("r", [KeptLine(role="tutor", id="m-1", text="Hola", at_ms=1, number=1)], 1)
    rooms.may_go_on.set()
    await joining
    hub.receive("r", student.conn, wire.SendChat(id="m-2", text="¿Qué tal?"))

    await until(lambda: shown(student) == ["¿Qué tal?"])
    assert [(line.id, line.number) for line in await chats.load_lines("r")] == [("m-1", 1), ("m-2", 2)]
    welcome = next(frame for frame in student.heard if isinstance(frame, wire.Welcome))
    assert [line.text for line in welcome.chat] == ["Hola"]


class TestStoringALine:
    async def test_it_is_shown_after_it_is_stored(self) -> None:
        chats = Lines()
        hub, student, tutor = await self.meet(chats)

        hub.receive("r", student.conn, wire.SendChat(id="m-1", text="Hola"))

        assert shown(student) == shown(tutor) == []
        await until(lambda: shown(student) and shown(tutor))
        assert [line.text for line in await chats.load_lines("r")] == shown(tutor) == ["Hola"]

    async def test_a_line_that_comes_again_meanwhile_is_stored_and_shown_once(self) -> None:
        chats = Lines()
        hub, student, tutor = await self.meet(chats)

        for _ in range(3):
            hub.receive("r", student.conn, wire.SendChat(id="m-1", text="Hola"))
        hub.receive("r", student.conn, wire.SendChat(id="m-2", text="¿Qué tal?"))

        await until(lambda: len(shown(tutor)) == 2)
        assert [line.id for line in await chats.load_lines("r")] == ["m-1", "m-2"]
        assert shown(tutor) == ["Hola", "¿Qué tal?"]

    async def test_a_store_that_fails_is_told_to_the_author_and_loses_no_line(self) -> None:
        hub, student, tutor = await self.meet(Lines(Unavailable("store-unavailable", "later")))

        hub.receive("r", student.conn, wire.SendChat(id="m-1", text="Hola"))

        await until(lambda: shown(tutor) == ["Hola"])
        assert [codes(ears) for ears in (student, tutor)] == [["store-unavailable"], []]

    async def test_a_line_refused_by_the_store_may_be_sent_again(self) -> None:
        hub, student, tutor = await self.meet(Lines(Conflict("chat-over", "gone")))

        hub.receive("r", student.conn, wire.SendChat(id="m-1", text="Hola"))
        await until(lambda: codes(student) == ["chat-over"])
        hub.receive("r", student.conn, wire.SendChat(id="m-1", text="Hola"))

        await until(lambda: shown(tutor) == ["Hola"])

    async def test_a_stop_waits_for_the_store(self) -> None:
        chats = Lines()
        hub, student, _ = await self.meet(chats)

        hub.receive("r", student.conn, wire.SendChat(id="m-1", text="Hola"))
        await hub.finish(PATIENCE_SECONDS)

        assert [line.text for line in await chats.load_lines("r")] == ["Hola"]

    async def meet(self, chats: Lines) -> tuple[Hub, Ears, Ears]:
        hub = make_hub(Rooms(), chats=chats)
        student, tutor = Ears(hub), Ears(hub)
        await hub.join(student, link(), participant("student"))
        await hub.join(tutor, link(role="tutor"), participant("tutor"))
        return hub, student, tutor


def shown(ears: Ears) -> list[str]:
    return [frame.line.text for frame in ears.heard if isinstance(frame, wire.Chat)]


def codes(ears: Ears) -> list[str]:
    return [frame.code for frame in ears.heard if isinstance(frame, wire.Error)]
