"""The rooms of a node: each is opened once even for simultaneous joins; they are bounded, and forgotten when empty."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest
import structlog

from langdao_video.errors import Conflict, LangDAOError, NotFound, Unavailable
from langdao_video.session.commands import ResolveWarning, Warn
from langdao_video.session.links import Link
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import KeptLine
from langdao_video.signaling import messages as wire
from langdao_video.signaling.hub import Hub
from langdao_video.signaling.port import ChatKeeper
from langdao_video.signaling.preview import Preview
from langdao_video.signaling.room import Room
from langdao_video.signaling.seats import Participant
from tests.signaling.play import ADDRESSES, START_MS, Play
from tests.signaling.test_outbox import MoodyBackend
from tests.stories.live import HandClock, until


class Ears:
    """A socket that only keeps the frames that it gets."""

    def __init__(self, hub: Hub) -> None:
        self.conn = hub.make_conn()
        self.heard: list[wire.ServerFrame] = []

    def send(self, frame: wire.ServerFrame) -> None:
        """Keep a frame."""
        self.heard.append(frame)

    def pass_on(self, frame: bytes) -> None:
        """Keep a frame that came as bytes."""
        self.heard.append(msgspec.json.decode(frame, type=wire.Offer | wire.Answer | wire.Ice))

    def close(self, code: int, reason: str) -> None:
        """Be closed."""


class Lines:
    """Keeps the lines of chat in memory; fails as often as the test says."""

    def __init__(self, *failures: LangDAOError) -> None:
        self._lines: dict[str, list[KeptLine]] = {}
        self._failures = list(failures)

    async def load_lines(self, session_id: str) -> Sequence[KeptLine]:
        """Return the lines of a session."""
        return self._lines.get(session_id, [])

    async def keep_lines(self, session_id: str, lines: Sequence[KeptLine], first_number: int) -> None:  # noqa: ARG002
        """Keep them all."""
        await asyncio.sleep(0)
        if self._failures:
            raise self._failures.pop(0)
        self._lines.setdefault(session_id, []).extend(lines)


class Rooms:
    """Opens rooms slowly, and fails as often as the test says."""

    def __init__(self, *failures: LangDAOError) -> None:
        self.opened = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self._failures = list(failures)

    async def load_preview(self, link: Link, now_ms: int) -> Room:  # noqa: ARG002 - all rooms here are alike
        """Make a room for the lobby."""
        return Play().room

    async def open_room(self, link: Link, now_ms: int) -> Room:  # noqa: ARG002 - all rooms here are alike
        """Open a room when the test allows it."""
        self.opened += 1
        await self.may_go_on.wait()
        await asyncio.sleep(0)
        if self._failures:
            raise self._failures.pop(0)
        return Play().room


def participant(role: Role) -> Participant:
    return Participant(role=role, page=f"page-of-{role}", address=ADDRESSES[role])


def link(room: str = "r", role: Role = "student") -> Link:
    return Link(room, role, ADDRESSES[role], "es", None)


def make_hub(
    rooms: Rooms,
    backend: MoodyBackend | None = None,
    clock: HandClock | None = None,
    chats: ChatKeeper | None = None,
    rooms_max: int = 100,
) -> Hub:
    return Hub(rooms, backend or MoodyBackend(), chats or Lines(), clock or HandClock(), rooms_max)


async def test_two_simultaneous_joins_open_one_room() -> None:
    rooms = Rooms()
    hub = make_hub(rooms)
    student, tutor = Ears(hub), Ears(hub)

    seated = await asyncio.gather(
        hub.join(student, link(), participant("student")),
        hub.join(tutor, link(role="tutor"), participant("tutor")),
    )

    assert all(seated)
    assert (rooms.opened, hub.rooms_open) == (1, 1)
    assert any(isinstance(frame, wire.PeerJoined) for frame in student.heard)


async def test_repeated_decisions_without_a_question_are_logged_once() -> None:
    hub = make_hub(Rooms())
    student = Ears(hub)
    await hub.join(student, link(), participant("student"))

    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            hub.receive("r", student.conn, wire.DecideGrace(decision="end"))

    codes = [frame.code for frame in student.heard if isinstance(frame, wire.Error)]
    assert codes == ["no-grace"] * 3
    assert [(line["event"], line["code"]) for line in logs] == [("frame-refused", "no-grace")]


@pytest.mark.requirement("R40")
async def test_a_refusal_by_the_backend_goes_to_the_socket_that_decided() -> None:
    backend = MoodyBackend()
    hub = make_hub(Rooms(), backend)
    student, tutor = Ears(hub), Ears(hub)
    await hub.join(student, link(), participant("student"))
    await hub.join(tutor, link(role="tutor"), participant("tutor"))
    await until(lambda: len(backend.took) == 2)
    hub.apply("r", Warn(role="tutor", grace_seconds=30, deadline_ms=START_MS + 40_000))
    backend.fail(Conflict("not-here", "The student is not in the room."))

    hub.receive("r", student.conn, wire.DecideGrace(decision="wait"))

    await until(lambda: any(isinstance(frame, wire.Error) for frame in student.heard))
    codes = {
        ears.conn: [f.code for f in ears.heard if isinstance(f, wire.Error)] for ears in (student, tutor)
    }
    assert codes == {student.conn: ["not-here"], tutor.conn: []}


async def test_after_a_failure_the_next_joins_open_the_room_once() -> None:
    rooms = Rooms(Unavailable("store-busy", "later"))
    hub = make_hub(rooms)
    rooms.may_go_on.clear()
    first, second, third = Ears(hub), Ears(hub), Ears(hub)
    joins = [
        asyncio.create_task(hub.join(first, link(), participant("student"))),
        asyncio.create_task(hub.join(second, link(), participant("student"))),
    ]
    await asyncio.sleep(0)
    rooms.may_go_on.set()
    await asyncio.gather(*joins, return_exceptions=True)

    await asyncio.gather(
        hub.join(second, link(), participant("student")),
        hub.join(third, link(role="tutor"), participant("tutor")),
    )

    assert hub.rooms_open == 1
    assert any(isinstance(frame, wire.PeerJoined) for frame in second.heard)


async def test_a_join_that_is_cancelled_does_not_cancel_the_others() -> None:
    rooms = Rooms()
    hub = make_hub(rooms)
    rooms.may_go_on.clear()
    impatient = asyncio.create_task(hub.join(Ears(hub), link(), participant("student")))
    await asyncio.sleep(0)
    patient = asyncio.create_task(hub.join(Ears(hub), link(role="tutor"), participant("tutor")))
    await asyncio.sleep(0)

    impatient.cancel()
    rooms.may_go_on.set()

    assert await patient is True
    assert (rooms.opened, hub.rooms_open) == (1, 1)


async def test_every_waiting_join_gets_the_reason_why_the_room_cannot_open() -> None:
    rooms = Rooms(NotFound("unknown-session", "no"), NotFound("unknown-session", "no"))
    hub = make_hub(rooms)

    answers = await asyncio.gather(
        hub.join(Ears(hub), link(), participant("student")),
        hub.join(Ears(hub), link(role="tutor"), participant("tutor")),
        return_exceptions=True,
    )

    assert [type(answer) for answer in answers] == [NotFound, NotFound]
    assert hub.rooms_open == 0


async def test_rooms_that_are_being_opened_count_for_a_full_node() -> None:
    rooms = Rooms()
    hub = make_hub(rooms, rooms_max=3)

    answers = await asyncio.gather(
        *(hub.join(Ears(hub), link(f"r-{number}"), participant("student")) for number in range(5)),
        return_exceptions=True,
    )

    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert (hub.rooms_open, len(refused)) == (3, 2)
    assert {error.code for error in refused} == {"service-full"}


@pytest.mark.parametrize("role", ["student", "tutor"])
async def test_a_room_is_forgotten_when_it_is_empty_and_its_outbox_is_delivered(role: Role) -> None:
    rooms, clock = Rooms(), HandClock()
    hub = make_hub(rooms, clock=clock)
    ears = Ears(hub)
    await hub.join(ears, link(role=role), participant(role))
    ticking = asyncio.create_task(hub.run())

    hub.lose("r", ears.conn, said_goodbye=True)
    clock.advance(5_000)

    await until(lambda: hub.rooms_open == 0)
    ticking.cancel()


async def test_one_room_that_breaks_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    rooms, clock = Rooms(), HandClock()
    hub = make_hub(rooms, clock=clock)
    broken, fine = Ears(hub), Ears(hub)
    await hub.join(broken, link("broken"), participant("student"))
    await hub.join(fine, link("fine"), participant("student"))
    monkeypatch.setattr(hub._rooms["broken"], "room", None)
    ticking = asyncio.create_task(hub.run())
    fine.heard.clear()

    clock.advance(5_000)

    await until(lambda: any(isinstance(frame, wire.Ping) for frame in fine.heard))
    assert not ticking.done()
    ticking.cancel()


async def test_frames_for_an_unknown_room_are_ignored() -> None:
    hub = make_hub(Rooms())

    hub.receive("nowhere", 1, wire.EndSession())
    hub.lose("nowhere", 1, said_goodbye=True)
    hub.apply("nowhere", ResolveWarning("wait"))

    assert hub.rooms_open == 0


async def test_a_visitor_opens_no_room_and_leaves_none_behind() -> None:
    rooms = Rooms()
    hub = make_hub(rooms)
    ears = Ears(hub)
    ticking = asyncio.create_task(hub.run())

    assert await hub.join_lobby(ears, link(), participant("student"))

    assert (rooms.opened, hub.rooms_open) == (0, 1)
    hub.lose("r", ears.conn, said_goodbye=True)
    await until(lambda: hub.rooms_open == 0)
    ticking.cancel()


async def test_a_preview_becomes_a_room_with_the_first_join_and_stays_one() -> None:
    rooms = Rooms()
    hub = make_hub(rooms)
    visitor, student = Ears(hub), Ears(hub)

    await hub.join_lobby(visitor, link(role="tutor"), participant("tutor"))
    before = hub._rooms["r"].room
    await hub.join(student, link(), participant("student"))
    room = hub._rooms["r"].room
    await hub.join_lobby(Ears(hub), link(role="tutor"), participant("tutor"))

    assert isinstance(before, Preview)
    assert isinstance(room, Room)
    assert hub._rooms["r"].room is room
    assert (rooms.opened, hub.rooms_open) == (1, 1)


async def test_no_time_passes_in_a_preview() -> None:
    backend, clock = MoodyBackend(), HandClock()
    hub = make_hub(Rooms(), backend, clock)
    visitor = Ears(hub)
    await hub.join_lobby(visitor, link(), participant("student"))
    ticking = asyncio.create_task(hub.run())
    visitor.heard.clear()

    clock.advance(6_000)

    await until(lambda: any(isinstance(frame, wire.Ping) for frame in visitor.heard))
    hub.lose("r", visitor.conn, said_goodbye=False)
    await until(lambda: hub.rooms_open == 0)
    assert backend.took == []
    ticking.cancel()


async def test_a_visitor_sees_the_other_come_and_go_and_takes_the_seat_on_the_same_socket() -> None:
    rooms, clock = Rooms(), HandClock()
    hub = make_hub(rooms, clock=clock)
    student, tutor = Ears(hub), Ears(hub)
    ticking = asyncio.create_task(hub.run())
    await hub.join_lobby(student, link(), participant("student"))

    await hub.join(tutor, link(role="tutor"), participant("tutor"))
    seated = await hub.join(student, link(), participant("student"))

    shown = [frame.peer and frame.peer.role for frame in student.heard if isinstance(frame, wire.LobbyView)]
    assert shown == [None, "tutor"]
    assert seated
    assert any(isinstance(frame, wire.Welcome) for frame in student.heard)
    hub.receive("r", student.conn, wire.SendChat(id="m-1", text="Hola"))
    await until(lambda: any(isinstance(frame, wire.Chat) for frame in tutor.heard))
    ticking.cancel()


async def test_a_room_stays_for_a_visitor_and_lets_go_when_they_go() -> None:
    rooms, clock = Rooms(), HandClock()
    hub = make_hub(rooms, clock=clock)
    student, tutor = Ears(hub), Ears(hub)
    ticking = asyncio.create_task(hub.run())
    await hub.join(tutor, link(role="tutor"), participant("tutor"))
    await hub.join_lobby(student, link(), participant("student"))

    hub.lose("r", tutor.conn, said_goodbye=True)
    clock.advance(5_000)
    await until(lambda: isinstance(room := hub._rooms["r"].room, Room) and room.is_empty)

    assert not any(isinstance(frame, wire.PeerLeft) for frame in student.heard)
    newest = [frame for frame in student.heard if isinstance(frame, wire.LobbyView)][-1]
    assert newest.peer is None
    hub.lose("r", student.conn, said_goodbye=True)
    await until(lambda: hub.rooms_open == 0)
    ticking.cancel()
