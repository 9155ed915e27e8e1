"""Sends and takes the messages of all carriages of this node, and ends the carriages that are broken.

Law: whoever carries something hears of each end. What was carried is then closed, and nothing of it comes later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

import structlog

from langdao_video.across_nodes.carriage import EdgeSide, OwnerSide, SeqVerdict
from langdao_video.across_nodes.messages import (
    VERSION,
    Broken,
    EdgeEnvelope,
    Envelope,
    FromEdge,
    FromOwner,
    OwnerEnvelope,
    StillAlive,
    receive_envelope,
    write_envelope,
)
from langdao_video.backplane.port import Backplane
from langdao_video.errors import BadRequest, LangDAOError, Unavailable

log = structlog.get_logger(__name__)

NODES_MAX: Final = 1_000
"""How many other nodes are known. Each process is a node of its own, so in a long life most of them have gone: at the
bound those without a carriage are forgotten. If all have one, a message of a further node is dropped, and it tries
again."""
TICK_SECONDS: Final = 0.5


class OwnersEnd(Protocol):
    """What an owner does for edges."""

    def take_from_edge(self, edge: str, message: FromEdge) -> None:
        """Take the next message of *edge*."""
        ...

    def lose_edge(self, edge: str) -> None:
        """Lose all that came from *edge*."""
        ...


class EdgesEnd(Protocol):
    """What an edge does for its pages and callers."""

    def take_from_owner(self, owner: str, message: FromOwner) -> None:
        """Take the next message of *owner*."""
        ...

    def lose_owner(self, owner: str) -> None:
        """Lose all that was carried to *owner*."""
        ...

    def carries_to(self, owner: str) -> bool:
        """Tell whether something is carried to *owner*."""
        ...


@dataclass(slots=True)
class Exchange:
    """The carriages of the node *node*."""

    node: str
    backplane: Backplane
    uptime_ms: Callable[[], int]
    edges_ends: list[EdgesEnd] = field(default_factory=list)
    owners_ends: list[OwnersEnd] = field(default_factory=list)
    _owners: dict[str, EdgeSide] = field(default_factory=dict)
    """Our side of the carriages to each owner."""
    _edges: dict[str, OwnerSide] = field(default_factory=dict)
    """Our side of the carriages from each edge."""
    _sent: asyncio.Future[None] | None = None
    """The newest letter."""

    def send_to_owner(self, owner: str, message: FromEdge) -> asyncio.Future[None]:
        """Send *message* behind the earlier ones. The future is done when it is on its way, or has an Unavailable."""
        if owner not in self._owners and not _has_room(self._owners):
            return _refused()
        side = self._owners.setdefault(owner, EdgeSide())
        now_ms = self.uptime_ms()
        side.begin(now_ms)
        number, seq = side.stamp(now_ms)
        if not isinstance(message, StillAlive):
            side.note_use(now_ms)
        envelope = EdgeEnvelope(VERSION, self.node, number, seq, message)
        return self._post(owner, envelope, partial(self._end_to_owner, owner, number))

    def send_to_edge(self, edge: str, message: FromOwner) -> asyncio.Future[None]:
        """Send *message* behind the earlier ones; it is refused if the carriage is over."""
        side = self._edges.get(edge)
        if side is None or not side.is_open:
            return _refused()
        number, seq = side.stamp(self.uptime_ms())
        envelope = OwnerEnvelope(VERSION, self.node, number, seq, message)
        return self._post(edge, envelope, partial(self._end_from_edge, edge, number))

    def receive(self, letter: bytes) -> None:
        """Take a letter from the backplane."""
        try:
            envelope = receive_envelope(letter)
        except BadRequest as error:
            log.warning("letter-refused", code=error.code, message=error.message[:200])
            return
        if isinstance(envelope, EdgeEnvelope):
            self._receive_from_edge(envelope)
        else:
            self._receive_from_owner(envelope)

    def note_down(self) -> None:
        """End all carriages, because messages may have been lost."""
        for owner in [*self._owners]:
            self._end_to_owner(owner)
        for edge in [*self._edges]:
            self._end_from_edge(edge)

    async def run(self) -> None:
        """Send beats, and end the carriages that are silent, until cancelled."""
        while True:
            try:
                self.tick()
            except Exception:
                log.exception("exchange-failed")
            await asyncio.sleep(TICK_SECONDS)

    def tick(self) -> None:
        """Send the beats that are due, and end what is silent or idle."""
        now_ms = self.uptime_ms()
        for owner, to_owner in [*self._owners.items()]:
            if any(end.carries_to(owner) for end in self.edges_ends):
                to_owner.note_use(now_ms)
            if to_owner.is_silent(now_ms) or to_owner.is_idle(now_ms):
                self._end_to_owner(owner)
            elif to_owner.is_beat_due(now_ms):
                _forget(self.send_to_owner(owner, StillAlive()))
        for edge, from_edge in [*self._edges.items()]:
            if from_edge.is_silent(now_ms):
                self._end_from_edge(edge)
            elif from_edge.is_beat_due(now_ms):
                _forget(self.send_to_edge(edge, StillAlive()))

    async def flush(self, seconds: float) -> None:
        """Wait until the letters are on their way, at most *seconds*."""
        if self._sent is not None:
            await asyncio.wait({self._sent}, timeout=seconds)

    def _receive_from_edge(self, envelope: EdgeEnvelope) -> None:
        edge, number = envelope.sender, envelope.number
        if edge not in self._edges and not _has_room(self._edges):
            return
        side = self._edges.setdefault(edge, OwnerSide())
        if isinstance(envelope.body, Broken):
            self._end_from_edge(edge, number)
            return
        verdict = side.receive(number, envelope.seq, self.uptime_ms())
        if verdict in (SeqVerdict.FRESH, SeqVerdict.GAP):
            for end in self.owners_ends:
                end.lose_edge(edge)
        if verdict in (SeqVerdict.GAP, SeqVerdict.STALE):
            self._say(edge, OwnerEnvelope(VERSION, self.node, number, 0, Broken()))
        if verdict in (SeqVerdict.FRESH, SeqVerdict.TAKE):
            for end in self.owners_ends:
                end.take_from_edge(edge, envelope.body)

    def _receive_from_owner(self, envelope: OwnerEnvelope) -> None:
        owner, number = envelope.sender, envelope.number
        side = self._owners.get(owner)
        if side is None:
            return
        if isinstance(envelope.body, Broken):
            self._end_to_owner(owner, number)
            return
        verdict = side.receive(number, envelope.seq, self.uptime_ms())
        if verdict is SeqVerdict.GAP:
            self._close_to_owner(owner, number)
        elif verdict is SeqVerdict.TAKE:
            for end in self.edges_ends:
                end.take_from_owner(owner, envelope.body)

    def _end_to_owner(self, owner: str, number: int | None = None) -> None:
        side = self._owners.get(owner)  # it may be forgotten by the time a letter has failed
        if side is not None and side.end(number):
            self._close_to_owner(owner, side.number)

    def _close_to_owner(self, owner: str, number: int) -> None:
        log.info("carriage-ended", owner=owner, number=number)
        self._say(owner, EdgeEnvelope(VERSION, self.node, number, 0, Broken()))
        for end in self.edges_ends:
            end.lose_owner(owner)

    def _end_from_edge(self, edge: str, number: int | None = None) -> None:
        side = self._edges.get(edge)
        if side is not None and side.end(number):
            log.info("carriage-ended", edge=edge, number=side.over)
            self._say(edge, OwnerEnvelope(VERSION, self.node, side.over, 0, Broken()))
            for end in self.owners_ends:
                end.lose_edge(edge)

    def _post(self, node: str, envelope: Envelope, end: Callable[[], None]) -> asyncio.Future[None]:
        try:
            letter = write_envelope(envelope)
        except BadRequest as error:
            end()  # its seq is taken, so the other side would wait for it
            return _refused(Unavailable(error.code, error.message))
        sent = self._sent = self.backplane.send_letter(node, letter)
        sent.add_done_callback(partial(_end_if_failed, end))
        return sent

    def _say(self, node: str, envelope: Envelope) -> None:
        """Send what may be lost."""
        self._sent = self.backplane.send_letter(node, write_envelope(envelope))
        _forget(self._sent)


def _has_room(sides: dict[str, EdgeSide] | dict[str, OwnerSide]) -> bool:
    """Tell whether another node may be known. At the bound forget the nodes with which no carriage is under way."""
    if len(sides) >= NODES_MAX:
        for node in [node for node, side in sides.items() if not side.is_open]:
            del sides[node]
    return len(sides) < NODES_MAX


def _refused(error: LangDAOError | None = None) -> asyncio.Future[None]:
    refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    refused.set_exception(error or Unavailable("node-gone", "The other node is not there any more."))
    return refused


def _end_if_failed(end: Callable[[], None], sent: asyncio.Future[None]) -> None:
    if sent.cancelled() or sent.exception() is not None:
        end()


def _forget(sent: asyncio.Future[None]) -> None:
    sent.add_done_callback(lambda done: done.cancelled() or done.exception())
