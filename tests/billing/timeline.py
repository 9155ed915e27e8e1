"""A session in virtual time over the real service and a real store: people join, fall silent, return, decide.

Each participant sends a heartbeat every ten seconds after joining. The monitor acts every second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import load_lesson
from langdao_video.billing.money import Rate
from langdao_video.billing.monitor import act_on_all_due
from langdao_video.billing.new_session import NewSession
from langdao_video.billing.quota import Cap
from langdao_video.billing.rules import BillRules
from langdao_video.billing.service import SessionService
from langdao_video.session.events import (
    SessionEnded,
    SessionHeartbeat,
    UserConnected,
    UserDisconnected,
    elapsed_seconds,
)
from langdao_video.session.facts import Recorded
from langdao_video.session.roles import Role
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import Store

START_MS = 1_698_234_567_000
HEARTBEAT_MS = 10_000
SESSION = "session-story"
ADDRESS = {"student": "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1", "tutor": "0x" + "b" * 40}


@dataclass(slots=True)
class HandClock:
    """A clock that a test moves."""

    at_ms: int = START_MS

    def now_ms(self) -> int:
        return self.at_ms


@dataclass(slots=True)
class _Person:
    role: Role
    since_ms: int
    epoch: int
    is_silent: bool = False
    media_flows: bool = True


@dataclass(slots=True)
class Timeline:
    """One session. Times are seconds from its start."""

    rate: Rate = field(default_factory=lambda: Rate(3_600, "USD", 2))
    clock: HandClock = field(default_factory=HandClock)
    store: Store = field(default_factory=MemoryStore)
    told: list[Recorded] = field(default_factory=list)
    people: dict[Role, _Person] = field(default_factory=dict)
    is_created: bool = False
    service: SessionService = field(init=False)

    def __post_init__(self) -> None:
        self.open_service()

    def open_service(self) -> None:
        """Start the service as after a crash: it knows only what is in the store."""
        ids = count(len(self.told))
        self.service = SessionService(
            store=self.store,
            clock=self.clock,
            rules=BillRules(),
            default_rate=self.rate,
            make_id=lambda: f"id-{next(ids)}-{self.clock.at_ms}",
        )
        self.service.listeners.append(lambda _lesson, records, _heartbeat: self.told.extend(records))

    async def create(self, cap: Cap | None = None) -> None:
        await self.service.create_session(
            NewSession(
                id=SESSION,
                student_address=ADDRESS["student"],
                tutor_address=ADDRESS["tutor"],
                language="es",
                start_ms=START_MS,
                rate=self.rate,
                cap=cap,
            )
        )
        self.is_created = True

    async def run_until(self, seconds: float) -> Lesson:
        """Let time pass, second by second: first the heartbeats, then the due deadlines."""
        until_ms = START_MS + round(seconds * 1000)
        while self.clock.at_ms < until_ms:
            if (await self.lesson()).ended:
                self.people.clear()
            self.clock.at_ms += 1_000
            for person in self.people.values():
                if (self.clock.at_ms - person.since_ms) % HEARTBEAT_MS == 0 and not person.is_silent:
                    await self.beat(person)
            await self.service.save_presence()
            await act_on_all_due(self.service)
        return await self.lesson()

    async def lesson(self) -> Lesson:
        return await self.service.load(SESSION)

    async def replayed(self) -> Lesson:
        """Fold the session again from the stored facts."""
        return await load_lesson(self.store, SESSION)

    # ── Actions of people ───────────────────────────────────────────────────────────────────────────

    async def connect(self, role: Role) -> None:
        lesson = await self.lesson()
        epoch = lesson.seats[role].epoch + 1
        self.people[role] = _Person(role, self.clock.at_ms, epoch)
        event = UserConnected(
            session_id=SESSION,
            user_role=role,
            timestamp=self.clock.at_ms,
            epoch=epoch,
            user_address=ADDRESS[role],
        )
        await self.service.take_event(event)
        for person in self.people.values():
            if not person.is_silent:
                await self.beat(person)

    async def beat(self, person: _Person) -> None:
        if (await self.lesson()).ended:  # the other's heartbeat of this second reached the cap
            return
        await self.service.take_event(self.heartbeat(person))

    def heartbeat(self, person: _Person) -> SessionHeartbeat:
        return SessionHeartbeat(
            session_id=SESSION,
            user_role=person.role,
            user_address=ADDRESS[person.role],
            language="es",
            start_time=START_MS,
            is_audio_enabled=True,
            is_video_enabled=True,
            elapsed_seconds=elapsed_seconds(START_MS, self.clock.at_ms),
            is_media_flowing=None if person.media_flows else False,
            timestamp=self.clock.at_ms,
            epoch=person.epoch,
        )

    async def fall_silent(self, role: Role) -> None:
        self.people[role].is_silent = True

    async def speak_again(self, role: Role) -> None:
        self.people[role].is_silent = False
        await self.beat(self.people[role])

    async def leave(self, role: Role) -> None:
        person = self.people.pop(role)
        event = UserDisconnected(
            session_id=SESSION,
            user_role=role,
            reason="connection-closed",
            timestamp=self.clock.at_ms,
            epoch=person.epoch,
        )
        await self.service.take_event(event)

    async def end(self, role: Role) -> None:
        for person in list(self.people.values()):
            if not person.is_silent:
                await self.beat(person)
        event = SessionEnded(
            session_id=SESSION,
            total_seconds=elapsed_seconds(START_MS, self.clock.at_ms),
            ended_by=role,
            user_address=ADDRESS[role],
            timestamp=self.clock.at_ms,
        )
        await self.service.take_event(event)
        self.people.clear()


async def lesson_of_a_minute() -> Timeline:
    """Make a session in which both are there for the first minute."""
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    await line.run_until(60)
    return line
