"""Loads rooms: turns a snapshot of the session, which the backend gives, into a room in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from langdao_video.access.tokens import Tokens
from langdao_video.session.links import Link
from langdao_video.session.resume import Resume
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import SessionSnapshot
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.messages import SessionInfo
from langdao_video.signaling.port import Backend
from langdao_video.signaling.room import Room
from langdao_video.signaling.room_updates import write_update
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import Seat


@dataclass(frozen=True, slots=True)
class RoomLoader:
    """Load rooms from *backend*."""

    backend: Backend
    tokens: Tokens
    rules: RoomRules
    offer_ice: Callable[[str, Role, int], IceOffer]

    async def open_room(self, link: Link, now_ms: int) -> Room:
        """Return the room of *link*'s session; make the session if it is new."""
        return self._restore(await self.backend.open_session(link, now_ms), now_ms)

    async def load_preview(self, link: Link, now_ms: int) -> Room:
        """Return the room for its lobby. Nothing is stored, and nobody may join this room."""
        return self._restore(await self.backend.load_preview(link, now_ms), now_ms)

    def _restore(self, session: SessionSnapshot, now_ms: int) -> Room:
        room = Room(
            SessionInfo(id=session.id, start=session.start_ms, language=session.language),
            seats=session.seats,
            rules=self.rules,
            mint_resume=lambda seat, at_ms: self._mint(session.id, seat, at_ms),
            offer_ice=partial(self.offer_ice, session.id),
            now_ms=now_ms,
        )
        for command in (session.bill, session.warning, session.end):
            if command is not None:
                room.update(write_update(command))
        return room

    def _mint(self, session_id: str, seat: Seat, now_ms: int) -> str:
        resume = Resume(epoch=seat.epoch, page=seat.page, address=seat.address)
        return self.tokens.make_resume_token(session_id, seat.role, resume, now_ms)
