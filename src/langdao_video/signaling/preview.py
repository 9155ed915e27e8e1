"""A preview of a room, for its lobby only. Sans-I/O state.

Law: nobody can join a preview, time does not pass in it, and it reports nothing, because it has no methods for that.
The first join loads the real room in its place.
"""

from __future__ import annotations

from langdao_video.session.roles import Role
from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import Effect
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.room import Room
from langdao_video.signaling.room_updates import RoomUpdate
from langdao_video.signaling.seats import Participant


class Preview:
    """Show *room* to its visitors."""

    __slots__ = ("_room",)

    def __init__(self, room: Room) -> None:
        self._room = room

    @property
    def info(self) -> wire.SessionInfo:
        """The session."""
        return self._room.info

    @property
    def bill(self) -> wire.Bill | None:
        """The bill as it was when the preview was loaded or last updated, if there is one."""
        return self._room.bill

    def offer_ice(self, role: Role, now_ms: int) -> IceOffer:
        """Return the ICE servers for the page of an admitted visitor."""
        return self._room.offer_ice(role, now_ms)

    def show_seat(self, role: Role) -> wire.Peer | None:
        """Show who sits at the seat of *role*, if anyone does."""
        return self._room.show_seat(role)

    def refuse(self, conn: int, participant: Participant) -> list[Effect]:
        """Say why *participant* can never sit here; nothing if they can."""
        return self._room.refuse(conn, participant)

    def update(self, frame: RoomUpdate) -> list[Effect]:
        """Remember what the backend decided, for visitors who come later."""
        return self._room.update(frame)
