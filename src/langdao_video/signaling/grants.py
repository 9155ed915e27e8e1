"""The signed links by which sockets came in, so that a revocation finds its sockets without a look at all others.

Sans-I/O state. Law: a revocation of a link or of a session costs the same however many rooms there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from langdao_video.session.links import Grant, Withdrawn


class Grants:
    """The signed link of each socket that has one."""

    __slots__ = ("_of_room", "_rooms_of_link")

    def __init__(self) -> None:
        self._of_room: dict[str, dict[int, Grant]] = {}
        self._rooms_of_link: dict[str, str] = {}
        """A link leads to one room."""

    def note(self, room: str, conn: int, grant: Grant) -> None:
        """Note the link by which a socket came into *room*. It may come again by another one."""
        self.forget(room, conn)
        self._of_room.setdefault(room, {})[conn] = grant
        if grant.id is not None:
            self._rooms_of_link[grant.id] = room

    def forget(self, room: str, conn: int) -> None:
        """Note that a socket is gone."""
        grants = self._of_room.get(room, {})
        gone = grants.pop(conn, None)
        if gone is None:
            return
        if gone.id is not None and all(grant.id != gone.id for grant in grants.values()):
            self._rooms_of_link.pop(gone.id, None)
        if not grants:
            del self._of_room[room]

    def forget_room(self, room: str) -> None:
        """Note that all sockets of a room are gone."""
        for conn in [*self._of_room.get(room, ())]:
            self.forget(room, conn)

    def find(self, withdrawn: Withdrawn) -> Iterator[tuple[str, int, Grant]]:
        """Return the sockets that *withdrawn* may concern: room, number and link."""
        if withdrawn.sessions is None:
            rooms = [*self._of_room]
        else:
            known = (self._rooms_of_link.get(link) for link in withdrawn.links)
            rooms = sorted({*withdrawn.sessions, *(room for room in known if room is not None)})
        for room in rooms:
            for conn, grant in [*self._of_room.get(room, {}).items()]:
                yield room, conn, grant
