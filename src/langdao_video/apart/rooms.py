"""The call service's half of two processes: it takes room commands, and shows the platform's bill instead of its own.

Commands are decisions of the platform. They go into this process's own ledger, and from there to the room like its own
decisions. Only the figures do not: the bill is made by the platform.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from langdao_video.apart.figures import PlatformFigures
from langdao_video.billing.grace import total_seconds
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.service import SessionService
from langdao_video.clock import Clock
from langdao_video.in_process.room_commands import fold_commands
from langdao_video.session.commands import End, PlatformCommand, RoomCommand, ShowBill
from langdao_video.session.events import PublicEvent, SessionHeartbeat
from langdao_video.session.facts import Recorded
from langdao_video.session.links import Link
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import SessionSnapshot
from langdao_video.signaling.port import Backend

HOLD_SECONDS: Final = 3.0
"""How long an end that was decided here waits for the platform's final bill. Then the pages are told without it. It is
less than a room waits by itself (`RoomRules.bill_wait_ms`)."""


def _apply_nothing(_session_id: str, _command: RoomCommand) -> None:
    return None


@dataclass(slots=True)
class PlatformRooms:
    """Carry out what the platform says about rooms of this process."""

    sessions: SessionService
    clock: Clock
    apply_command: Callable[[str, RoomCommand], object] = _apply_nothing
    """Shows a command in its room. The composition root sets it."""
    hold_seconds: float = HOLD_SECONDS
    figures: PlatformFigures = field(default_factory=PlatformFigures)

    async def take(self, session_id: str, commands: Sequence[PlatformCommand], key: str | None) -> None:
        """Carry out *commands* in order. *key* names the request: a repeated one has no effect twice.

        Raises NotFound `unknown-session`, Unavailable.
        """
        for index, command in enumerate(commands):
            event_id = None if key is None else f"{key}-{index}"
            match command:
                case ShowBill():
                    await self._take_bill(session_id, command, event_id)
                case End():
                    await self._take_end(session_id, command, event_id)
                case _:
                    await self.sessions.obey(session_id, command, event_id)

    async def _take_bill(self, session_id: str, bill: ShowBill, event_id: str | None) -> None:
        await self.sessions.load(session_id)  # an unknown session is refused before anything is kept
        if not self.figures.note_bill(session_id, bill, self.clock.now_ms()):
            return
        lesson = await self.sessions.obey(session_id, bill, event_id)
        if lesson.ended is None:
            self.apply_command(session_id, self._at_this_clock(bill))

    async def _take_end(self, session_id: str, end: End, event_id: str | None) -> None:
        lesson = await self.sessions.load(session_id)
        # As this process's own ledger has it: no session ends before it began, or later than now.
        ended_at_ms = max(min(end.ended_at_ms, self.clock.now_ms()), lesson.first_ms or 0)
        shown = replace(end, ended_at_ms=ended_at_ms, total_seconds=total_seconds(lesson, ended_at_ms))
        self.figures.note_end(session_id, shown)
        await self.sessions.obey(session_id, end, event_id)
        self.apply_command(session_id, shown)  # also after an end that was decided here: it has the bill

    def listen(
        self,
        lesson: Lesson,
        records: Sequence[Recorded],
        heartbeat: SessionHeartbeat | None,  # noqa: ARG002 - the platform's bill carries what it changed
    ) -> None:
        """Send each change of this process's ledger to the room of its session, without its figures."""
        for command in fold_commands(lesson, records, self.clock.now_ms()):
            match command:
                case ShowBill():
                    continue
                case End():
                    self._end(lesson.id, command)
                case _:
                    self.apply_command(lesson.id, command)

    def _end(self, session_id: str, end: End) -> None:
        known = self.figures.end_of(session_id)
        if known is not None:
            self.apply_command(session_id, known)
        else:
            loop = asyncio.get_running_loop()
            loop.call_later(self.hold_seconds, self._end_without_bill, session_id, without_figures(end))

    def _end_without_bill(self, session_id: str, end: End) -> None:
        if self.figures.end_of(session_id) is None:
            self.apply_command(session_id, end)

    def complete(self, snapshot: SessionSnapshot) -> SessionSnapshot:
        """Return *snapshot* with the platform's figures in place of those of this process's ledger."""
        bill = self.figures.bill_of(snapshot.id)
        own_end = None if snapshot.end is None else without_figures(snapshot.end)
        return replace(
            snapshot,
            bill=None if bill is None else self._at_this_clock(bill),
            end=own_end and (self.figures.end_of(snapshot.id) or own_end),
        )

    def _at_this_clock(self, bill: ShowBill) -> ShowBill:
        """Return *bill* with the time of this process, by which its pages measure."""
        return replace(bill, now_ms=self.clock.now_ms())


def without_figures(end: End) -> End:
    """Return *end* without the bill, which another process makes."""
    return replace(end, billable_seconds=None, cost=None, statement_url=None)


@dataclass(frozen=True, slots=True)
class ToldBackend:
    """The backend of this process's rooms: its own ledger, with the figures of the platform."""

    backend: Backend
    rooms: PlatformRooms

    async def open_session(self, link: Link, now_ms: int) -> SessionSnapshot:
        """Return the session of *link*; make the session if it is new."""
        return self.rooms.complete(await self.backend.open_session(link, now_ms))

    async def load_preview(self, link: Link, now_ms: int) -> SessionSnapshot:
        """Return the session as `open_session` would; store nothing."""
        return self.rooms.complete(await self.backend.load_preview(link, now_ms))

    async def take_event(self, event: PublicEvent) -> object:
        """Take an event (R21–R26)."""
        return await self.backend.take_event(event)

    def take_at_once(self, event: PublicEvent) -> bool:
        """Take an event that nothing has to be waited for."""
        return self.backend.take_at_once(event)

    async def decide_grace(
        self, session_id: str, decision: Literal["wait", "end"], decided_by: Role
    ) -> object:
        """Take the answer to a question (R40)."""
        return await self.backend.decide_grace(session_id, decision, decided_by)
