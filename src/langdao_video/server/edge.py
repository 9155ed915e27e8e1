"""What all connections of this process share: their limits, the budgets, the proxies' names, the log of refusals."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from langdao_video.access.network import network_of
from langdao_video.access.throttle import RefusalLogger
from langdao_video.server.budget import AddressBook, SocketAccount
from langdao_video.server.connection_limiter import ConnectionLimiter, ConnectionLimits, ConnectionSlot
from langdao_video.server.proxies import Proxies

log = structlog.get_logger(__name__)

LINGER_SECONDS: Final = 0.5
"""How long a peer may take to read what it is told before its connection is cut: a close at once would be a reset,
which can overtake the last words when more of the peer's bytes are unread (RFC 1122 §4.2.2.13)."""

LEAVE_SECONDS: Final = 1.0
"""How long a peer may take to read its last bytes when the service stops."""


@dataclass(frozen=True, slots=True)
class EdgeLimits:
    """Deadlines in seconds, and how many connections there may be."""

    connections: ConnectionLimits
    head_seconds: float
    body_seconds: float
    idle_seconds: float


class Edge:
    """The state behind the protocols of one server."""

    def __init__(self, limits: EdgeLimits, proxies: Proxies) -> None:
        self.limits = limits
        self.proxies = proxies
        self.refusals = RefusalLogger("connections-refused")
        self._limiter = ConnectionLimiter(limits.connections)
        self._book = AddressBook(limits.connections.per_address_max)
        self._has_warned = False

    def now_ms(self) -> int:
        """Return a time that only moves forward."""
        return int(asyncio.get_running_loop().time() * 1000)

    def admit(self, peer: str, evict: Callable[[], None]) -> ConnectionSlot:
        """Let a new connection in; a proxy's is counted with its caller once that is known."""
        return self._limiter.admit(None if self.proxies.has(peer) else network_of(peer), evict)

    def begin(self, slot: ConnectionSlot, caller: str) -> bool:
        """Note that a request of *caller* begins; False if that address has its fill of connections."""
        return self._limiter.begin(slot, network_of(caller))

    def rest(self, slot: ConnectionSlot) -> None:
        """Note that a connection's requests are answered."""
        self._limiter.rest(slot)

    def leave(self, slot: ConnectionSlot) -> None:
        """Note that a connection is closed."""
        self._limiter.leave(slot)

    def open_socket(self, caller: str) -> SocketAccount | None:
        """Return the account of a new socket; None if its address opens them too fast."""
        now_ms = self.now_ms()
        account = self._book.open(network_of(caller), now_ms)
        return SocketAccount(account, now_ms) if account.openings.take(1, now_ms) else None

    def refuse(self, host: str, code: str) -> None:
        """Note that a connection was refused, or cut off."""
        self.refusals.note(network_of(host), code)

    def warn_of_proxy(self, peer: str) -> None:
        """Say once that a peer looks like a proxy and is not named as one: all behind it count as one address."""
        if not self._has_warned:
            self._has_warned = True
            log.warning(
                "proxy-not-named",
                peer=peer,
                hint="it sends X-Forwarded-For; if it is your proxy, name it in FORWARDED_ALLOW_IPS",
            )


def send_at_once(transport: asyncio.Transport) -> None:
    """Turn off Nagle's algorithm (RFC 896), which holds a small frame back until the one before is acknowledged: 40 ms.

    asyncio does so only where the listening socket names its protocol; one that is handed over (systemd, `--fd`) may
    not.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
        with suppress(OSError):  # it may be closed already
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def part(transport: asyncio.Transport, farewell: bytes) -> asyncio.TimerHandle:
    """Say *farewell*, read nothing more, and cut the connection soon, whatever the peer does."""
    with suppress(RuntimeError):  # reading may have been paused before
        transport.pause_reading()
    if not transport.is_closing():
        if farewell:
            transport.write(farewell)
        with suppress(OSError, RuntimeError, NotImplementedError):
            transport.write_eof()
    return asyncio.get_running_loop().call_later(LINGER_SECONDS, transport.abort)
