"""How a room comes into memory: from the ledger, or for a link whose session nobody has announced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from langdao_video.access.statement_links import StatementLinks
from langdao_video.access.tokens import Tokens
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.service import NewSession, SessionService
from langdao_video.errors import NotFound
from langdao_video.session.facts import SessionCreated
from langdao_video.session.links import Link
from langdao_video.session.roles import ROLES, Role
from langdao_video.signaling.messages import IceServer, SessionInfo
from langdao_video.signaling.room import Room
from langdao_video.signaling.seats import Resume, RoomRules, Seat, SeatRecord
from langdao_video.signaling.teller import bill_of, ended_of, warning_of


@dataclass(frozen=True, slots=True)
class RoomOpener:
    """Open rooms. In development (*is_development*) the seats of an unannounced session are not bound to anyone."""

    sessions: SessionService
    tokens: Tokens
    statements: StatementLinks
    rules: RoomRules
    ice_servers: Callable[[int], tuple[IceServer, ...]]
    is_development: bool
    torn_ms: int = 0
    """Before this instant another clock told the time: a sitting from before it does not go on (law 2)."""

    async def open_room(self, link: Link, now_ms: int) -> Room:
        """Return the room of *link*'s session as the ledger has it; make the session if it is new."""
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
        return self._restore(lesson, now_ms)

    async def load_preview(self, link: Link, now_ms: int) -> Room:
        """Return the room as it would be opened, to be looked at; nothing is stored, and nobody may sit down in it."""
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
        return self._restore(lesson, now_ms)

    def _restore(self, lesson: Lesson, now_ms: int) -> Room:
        if lesson.created is None:
            raise RuntimeError(f"session {lesson.id!r} was made without its first fact")
        info = SessionInfo(id=lesson.id, start=lesson.created.start_ms, language=lesson.created.language)
        room = Room(
            info,
            records={role: self._record(lesson, role) for role in ROLES},
            rules=self.rules,
            mint_resume=lambda seat, at_ms: self._mint(lesson.id, seat, at_ms),
            ice_servers=self.ice_servers,
            now_ms=now_ms,
        )
        room.tell(bill_of(lesson, now_ms))
        if lesson.warning is not None:
            room.tell(warning_of(lesson.warning))
        if lesson.ended is not None:
            room.tell(ended_of(lesson, self.statements.make(lesson.id, now_ms)))
        return room

    def _record(self, lesson: Lesson, role: Role) -> SeatRecord:
        seat = lesson.seats[role]
        assumed = lesson.created is not None and lesson.created.assumed
        return SeatRecord(
            address=seat.address or "",
            is_throwaway=assumed and self.is_development and seat.epoch > 0,
            epoch=seat.epoch,
            is_taken=seat.is_taken and lesson.meter.edge_ms(role) >= self.torn_ms,
            proof_ms=max(0, lesson.meter.edge_ms(role)),
            dispute=lesson.claims.disputes[role][0].kind if role in lesson.claims.disputes else None,
            has_starved=any(each.lost == "media" for each in lesson.seats.values()),
        )

    def _mint(self, session_id: str, seat: Seat, now_ms: int) -> str:
        resume = Resume(epoch=seat.epoch, page=seat.page, address=seat.address)
        return self.tokens.make_resume_token(session_id, seat.role, resume, now_ms)
