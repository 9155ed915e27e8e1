"""A call service and a backend in virtual time, with a ledger each, joined by JSON alone.

The wire between them can be cut in each direction. When it is mended, what waits is delivered in order, as by the
outbox.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from langdao_video.apart.room_renderer import RoomRenderer
from langdao_video.apart.rooms import PlatformRooms
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import load_lesson
from langdao_video.billing.money import Rate
from langdao_video.billing.monitor import act_on_all_due
from langdao_video.billing.new_session import NewSession
from langdao_video.billing.quota import Cap
from langdao_video.billing.records import read_record
from langdao_video.billing.rules import BillRules
from langdao_video.billing.service import SessionService
from langdao_video.delivery.port import make_webhook_id
from langdao_video.errors import EventRefused
from langdao_video.session.command_bodies import Commands
from langdao_video.session.commands import RoomCommand
from langdao_video.session.events import SessionHeartbeat, public_event
from langdao_video.session.facts import Recorded
from langdao_video.session.roles import Role
from langdao_video.store.delivery_port import Beat, Endpoint, SessionLog, Stream
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import load_stream
from langdao_video.views.session import view_heartbeat, view_record
from tests.billing.timeline import ADDRESS, SESSION, START_MS, Timeline

TAKEN = {
    "user-connected",
    "session-heartbeat",
    "user-disconnected",
    "session-ended",
    "user-action",
    "dispute",
}
ROOM = Endpoint(id="room", url="http://call.example", kind="room")


@dataclass(slots=True)
class Outlet:
    """How far one side has delivered to the other."""

    is_up: bool = True
    position: int = 0
    beats_until_ms: int = 0
    beats: dict[Role, Beat] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def note(self, lesson: Lesson, heartbeat: SessionHeartbeat | None) -> None:
        """Keep the newest heartbeat of each seat, as the presence rows do."""
        if heartbeat is not None:
            event_id = f"beat-{heartbeat.user_role}-{heartbeat.timestamp}"
            body = view_heartbeat(heartbeat, lesson, event_id)
            role = heartbeat.user_role
            self.beats[role] = Beat(role, heartbeat.timestamp, lesson.version, body)


class Pair:
    """One session in two processes. Times are seconds from its start."""

    def __init__(self) -> None:
        self.call = Timeline(rate=Rate(2_000, "EUR", 2))
        self.shown: list[RoomCommand] = []
        self.bodies: list[dict[str, Any]] = []
        """Each room command as it went over the wire."""
        self.refused: list[str] = []
        self.events, self.commands = Outlet(), Outlet()
        self.store = MemoryStore()
        self.open_call()
        self.open_backend()

    def open_call(self) -> None:
        """Start the call service as after a crash."""
        self.call.open_service()
        self.rooms = PlatformRooms(self.call.service, self.call.clock, self._show, hold_seconds=0.0)
        self.call.service.listeners += [
            self.rooms.listen,
            lambda lesson, _records, heartbeat: self.events.note(lesson, heartbeat),
        ]

    def open_backend(self) -> None:
        """Start the backend as after a crash."""
        self.backend = SessionService(
            store=self.store, clock=self.call.clock, rules=BillRules(), default_rate=Rate(3_600, "USD", 2)
        )
        self.backend.listeners.append(
            lambda lesson, _records, heartbeat: self.commands.note(lesson, heartbeat)
        )

    def _show(self, session_id: str, command: RoomCommand) -> None:
        assert session_id == SESSION
        self.shown.append(command)

    async def create(self, cap: Cap | None = None) -> None:
        """Make the session on both sides: by the platform at the backend, by a link at the call service."""
        await self.backend.create_session(
            NewSession(
                id=SESSION,
                student_address=ADDRESS["student"],
                tutor_address=ADDRESS["tutor"],
                language="es",
                start_ms=START_MS,
                rate=self.backend.default_rate,
                cap=cap,
            )
        )
        await self.call.create()

    async def begin(self, cap: Cap | None = None) -> None:
        """Begin a lesson in which both are there."""
        await self.create(cap)
        await self.call.connect("student")
        await self.call.connect("tutor")
        await self.deliver()

    async def run_until(self, seconds: int) -> None:
        """Let time pass, second by second, and deliver after each of them."""
        while self.call.clock.at_ms < START_MS + seconds * 1000:
            await self.call.run_until((self.call.clock.at_ms - START_MS) // 1000 + 1)
            await self.deliver()
            await self.backend.save_presence()
            await act_on_all_due(self.backend)
            await self.deliver()

    async def deliver(self) -> None:
        """Deliver all that waits, in both directions."""
        if self.events.is_up:
            await self._deliver_events()
        if self.commands.is_up:
            await self._deliver_commands()

    async def _deliver_events(self) -> None:
        lesson = await self.call.replayed()
        for record in await self._records(self.call.store):
            if record.seq > self.events.position:
                await self._take(view_record(record, lesson))
                self.events.position = record.seq
        beats = sorted(self.events.beats.values(), key=lambda beat: beat.at_ms)
        for beat in beats:
            is_news = beat.at_ms >= self.events.beats_until_ms and beat.body["id"] not in self.events.told
            if beat.seq == self.events.position and is_news:
                self.events.told.add(str(beat.body["id"]))
                await self._take(dict(beat.body))
        if beats:
            self.events.beats_until_ms = max(self.events.beats_until_ms, beats[-1].at_ms)

    async def _take(self, body: dict[str, Any]) -> None:
        if body["type"] not in {*TAKEN, "grace-decision"}:
            return
        event = public_event.validate_python(json.loads(json.dumps(body)))
        try:
            await self.backend.take_event(event, is_from_elsewhere=True)
        except EventRefused as error:
            self.refused.append(error.code)

    async def _deliver_commands(self) -> None:
        events = await load_stream(self.store, SESSION)
        log = SessionLog(events, list(self.commands.beats.values()))
        stream = Stream(
            endpoint_id="room",
            session_id=SESSION,
            token="t",  # noqa: S106 - the token of a claim
            position=self.commands.position,
            newest_seq=len(events),
            beats_until_ms=self.commands.beats_until_ms,
            attempts=0,
            failing_since_ms=None,
        )
        render = RoomRenderer(lambda session_id, at_ms: f"https://billing.example/{session_id}?at={at_ms}")
        for message in render(stream, log, ROOM):
            if message.event_id in self.commands.told:
                continue
            if message.is_beat:
                self.commands.told.add(message.event_id)
            body = json.loads(message.body)
            self.bodies += body["commands"]
            await self.command(body, make_webhook_id(SESSION, message.event_id))
            if message.is_beat:
                self.commands.beats_until_ms = message.at_ms
        self.commands.position = len(events)

    async def command(self, body: dict[str, Any], key: str | None = None) -> None:
        """Send room commands to the call service."""
        await self.rooms.take(SESSION, Commands.model_validate(body).read(), key)

    async def _records(self, store: Any) -> list[Recorded]:  # noqa: ANN401 - either store
        return [read_record(stored) for stored in await load_stream(store, SESSION)]

    async def facts(self, side: str) -> list[str]:
        """Return the types of a side's facts, without those that made the session."""
        store = self.call.store if side == "call" else self.store
        return [
            record.fact.type for record in await self._records(store) if record.fact.type != "session-created"
        ]

    async def lessons(self) -> tuple[Lesson, Lesson]:
        """Return the session as the call service has it, and as the backend has it."""
        return await load_lesson(self.call.store, SESSION), await load_lesson(self.store, SESSION)

    def told(self, kind: type[RoomCommand]) -> list[Any]:
        """Return what the room was shown of one kind."""
        return [command for command in self.shown if isinstance(command, kind)]
