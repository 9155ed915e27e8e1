"""The platform backend in this process, behind the port of the call service (signaling/port.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from langdao_video.access.statement_links import StatementLinks
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.new_session import NewSession
from langdao_video.billing.service import SessionService
from langdao_video.errors import NotFound
from langdao_video.in_process.room_commands import show_bill, show_end, show_warning
from langdao_video.session.events import PublicEvent, SessionHeartbeat
from langdao_video.session.facts import SessionCreated
from langdao_video.session.links import Link
from langdao_video.session.roles import ROLES, Role
from langdao_video.session.snapshot import SeatSnapshot, SessionSnapshot


@dataclass(frozen=True, slots=True)
class InProcessBackend:
    """Ask the session service.

    In development (*is_development*) the seats of a session that no platform has announced belong to nobody.
    """

    sessions: SessionService
    statements: StatementLinks
    is_development: bool
    torn_ms: int = 0
    """Unix ms. A sitting whose newest proof is older does not go on: another clock told that time (law 2)."""

    async def open_session(self, link: Link, now_ms: int) -> SessionSnapshot:
        """Return the session of *link* as the ledger has it; make the session if it is new."""
        lesson = await self.sessions.create_session(
            NewSession(
                id=link.room,
                student_address=link.address if link.role == "student" else None,
                tutor_address=link.address if link.role == "tutor" else None,
                language=link.language,
                start_ms=link.session_start_ms or now_ms,
                rate=self.sessions.default_rate,
                assumed=True,
            )
        )
        return self._snapshot(lesson, now_ms)

    async def load_preview(self, link: Link, now_ms: int) -> SessionSnapshot:
        """Return the session of *link* as `open_session` would return it; store nothing."""
        try:
            lesson = await self.sessions.load(link.room)
        except NotFound:
            rate = self.sessions.default_rate
            lesson = Lesson(link.room)
            lesson.created = SessionCreated(
                student_address=None,
                tutor_address=None,
                language=link.language,
                start_ms=link.session_start_ms or now_ms,
                rate_minor=rate.minor,
                currency=rate.currency,
                decimals=rate.decimals,
                assumed=True,
            )
        return self._snapshot(lesson, now_ms)

    async def take_event(self, event: PublicEvent) -> object:
        """Take an event (R21–R26)."""
        return await self.sessions.take_event(event)

    def take_at_once(self, event: PublicEvent) -> bool:
        """Take a heartbeat that only moves its seat's edge, as almost all do; return False for every other event."""
        return isinstance(event, SessionHeartbeat) and self.sessions.take_heartbeat(event)

    async def decide_grace(
        self, session_id: str, decision: Literal["wait", "end"], decided_by: Role
    ) -> object:
        """Take the answer to a question (R40)."""
        return await self.sessions.decide_grace(session_id, decision, decided_by)

    def _snapshot(self, lesson: Lesson, now_ms: int) -> SessionSnapshot:
        if lesson.created is None:
            raise RuntimeError(f"session {lesson.id!r} was made without its first fact")
        has_ended = lesson.ended is not None
        return SessionSnapshot(
            id=lesson.id,
            start_ms=lesson.created.start_ms,
            language=lesson.created.language,
            seats={role: self._snapshot_seat(lesson, role) for role in ROLES},
            bill=show_bill(lesson, now_ms),
            warning=show_warning(lesson.warning) if lesson.warning is not None else None,
            end=show_end(lesson, self.statements.make(lesson.id, now_ms)) if has_ended else None,
        )

    def _snapshot_seat(self, lesson: Lesson, role: Role) -> SeatSnapshot:
        seat = lesson.seats[role]
        assumed = lesson.created is not None and lesson.created.assumed
        return SeatSnapshot(
            address=seat.address or "",
            is_throwaway=assumed and self.is_development and seat.epoch > 0,
            epoch=seat.epoch,
            is_taken=seat.is_taken and lesson.meter.edge_ms(role) >= self.torn_ms,
            proof_ms=max(0, lesson.meter.edge_ms(role)),
            has_starved=any(each.lost == "media" for each in lesson.seats.values()),
            has_been_silent=any(each.lost == "silence" for each in lesson.seats.values()),
            dispute=lesson.claims.disputes[role][0].kind if role in lesson.claims.disputes else None,
        )
