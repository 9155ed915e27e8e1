"""The state that all connections of this process share: limits, budgets, known proxies, the log of refusals."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from langdao_video.access.headers import answer_headers
from langdao_video.access.network import network_of
from langdao_video.access.throttle import RefusalLogger
from langdao_video.server.budget import AddressBook, SocketAccount
from langdao_video.server.connection_limiter import ConnectionLimiter, ConnectionLimits, ConnectionSlot
from langdao_video.server.proxies import Proxies
from langdao_video.server.rounds import Rounds
from langdao_video.signaling.port import SocketService

log = structlog.get_logger(__name__)

LINGER_SECONDS: Final = 0.5
"""How long a peer may take to read our last answer before we abort the connection. If we closed at once while bytes of
the peer are unread, TCP would send a reset, which can overtake the answer (RFC 1122 §4.2.2.13)."""

LEAVE_SECONDS: Final = 1.0
"""How long a peer may take to read its last bytes when the service stops."""


LOOK_MS: Final = 10_000
"""How often we look at each fast socket: who was silent is pinged, who then does not answer is cut off."""
_ROUND_SECONDS: Final = 1.0


class Watched(Protocol):
    """A socket that joins what it writes, and at which we look from time to time."""

    def flush(self) -> None:
        """Write what waits for the end of the turn."""
        ...

    def look(self) -> bool:
        """Do what is due; return whether to look again."""
        ...


@dataclass(frozen=True, slots=True)
class EdgeLimits:
    """The deadlines of a connection in seconds, and the limits of connections."""

    connections: ConnectionLimits
    head_seconds: float
    body_seconds: float
    idle_seconds: float


class Edge:
    """The shared state of all connections of one server."""

    def __init__(self, limits: EdgeLimits, proxies: Proxies, *, is_https: bool = False) -> None:
        self.limits = limits
        self.headers: Mapping[str, str] = answer_headers(is_https=is_https)
        """The headers of the edge's own answers."""
        self.proxies = proxies
        self.refusals = RefusalLogger("connections-refused")
        self._limiter = ConnectionLimiter(limits.connections)
        self._book = AddressBook(limits.connections.per_address_max)
        self._has_warned = False
        self._rounds: Rounds[Watched] = Rounds(LOOK_MS)
        self._round: asyncio.TimerHandle | None = None
        self._unwritten: list[Watched] = []
        self.writes_at_once = False
        """Whether a read is handled that causes one frame at most for each socket, so that none has to wait."""
        self.sockets: SocketService | None = None
        """The application that takes sockets from the fast driver. Without it the portable driver carries them."""

    def now_ms(self) -> int:
        """Return the monotonic time in ms."""
        return time.monotonic_ns() // 1_000_000

    def admit(self, peer: str, evict: Callable[[], None]) -> ConnectionSlot:
        """Admit a new connection. A proxy's connection is counted for its caller as soon as the caller is known."""
        return self._limiter.admit(None if self.proxies.has(peer) else network_of(peer), evict)

    def begin(self, slot: ConnectionSlot, caller: str) -> bool:
        """Note that a request of *caller* begins. Return False if that address has too many connections."""
        return self._limiter.begin(slot, network_of(caller))

    def rest(self, slot: ConnectionSlot) -> None:
        """Note that all requests of a connection are answered."""
        self._limiter.rest(slot)

    def leave(self, slot: ConnectionSlot) -> None:
        """Note that a connection is closed."""
        self._limiter.leave(slot)

    def open_socket(self, caller: str) -> SocketAccount | None:
        """Return the account of a new socket, or None if its address opens sockets too fast."""
        now_ms = self.now_ms()
        account = self._book.open(network_of(caller), now_ms)
        return SocketAccount(account, now_ms) if account.openings.take(1, now_ms) else None

    def watch(self, watched: Watched) -> None:
        """Look at a socket every LOOK_MS, until it says that it is over."""
        self._rounds.add(watched, self.now_ms())
        if self._round is None:
            self._round = asyncio.get_running_loop().call_later(_ROUND_SECONDS, self._look)

    def write_soon(self, watched: Watched) -> None:
        """Let a socket write when all that was read in this turn of the event loop is handled."""
        if not self._unwritten:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unwritten.append(watched)

    def _flush(self) -> None:
        unwritten, self._unwritten = self._unwritten, []
        for watched in unwritten:
            watched.flush()

    def _look(self) -> None:
        now_ms = self.now_ms()
        for watched in self._rounds.take_due(now_ms):
            if watched.look():
                self._rounds.add(watched, now_ms)
        loop = asyncio.get_running_loop()
        self._round = loop.call_later(_ROUND_SECONDS, self._look) if len(self._rounds) else None

    def refuse(self, host: str, code: str) -> None:
        """Note that a connection was refused or aborted."""
        self.refusals.note(network_of(host), code)

    def warn_of_proxy(self, peer: str) -> None:
        """Warn once that a peer looks like a proxy but is not named as one: all its callers count as one address."""
        if not self._has_warned:
            self._has_warned = True
            log.warning(
                "proxy-not-named",
                peer=peer,
                hint="it sends X-Forwarded-For; if it is your proxy, name it in FORWARDED_ALLOW_IPS",
            )


def send_at_once(transport: asyncio.Transport) -> None:
    """Turn off Nagle's algorithm (RFC 896), which delays a small frame by 40 ms until the one before is acknowledged.

    asyncio does this only if the listening socket names its protocol. A socket that was handed over (systemd, `--fd`)
    may not name it.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
        with suppress(OSError):  # the connection may be closed already
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def close_soon(transport: asyncio.Transport, farewell: bytes) -> asyncio.TimerHandle:
    """Stop reading, send *farewell*, and abort the connection after LINGER_SECONDS, even if the peer does nothing."""
    with suppress(RuntimeError):  # reading may be paused already
        transport.pause_reading()
    if not transport.is_closing():
        if farewell:
            transport.write(farewell)
        with suppress(OSError, RuntimeError, NotImplementedError):
            transport.write_eof()
    return asyncio.get_running_loop().call_later(LINGER_SECONDS, transport.abort)
