"""Limits how much a socket, and all sockets of one address together, may send. Sans-I/O state: it gets *now_ms*.

Laws: a socket over its own budget is closed. A socket within its budget waits if its address is over budget: we pause
reading, and TCP slows the sender. A socket with a valid link may always send a few frames a second without waiting, so
that nobody behind the same address can silence a session.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from typing import Final

ADDRESSES_MAX: Final = 10_000
"""The most budgets that are kept. At the bound the least recently used one is forgotten, and later begins full."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """A rate: *burst* at once, then *per_second*."""

    per_second: int
    burst: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """The rates at which frames (WebSocket frames of any kind) and bytes (as the network delivers them) may come."""

    frames: Throughput
    size_bytes: Throughput


KIB: Final = 1024
STRANGER: Final = Allowance(Throughput(2, 40), Throughput(8 * KIB, 96 * KIB))
"""For a socket whose link is not checked yet: a page sends only one frame then, and a frame has at most 64 KiB."""
ADMITTED: Final = Allowance(Throughput(100, 3_000), Throughput(256 * KIB, 8 * KIB * KIB))
"""For a socket with a valid link: twice the messages that the room takes from it, and a few long offers at once."""
FAIR: Final = Throughput(10, 100)
"""The frames of an admitted socket that never wait for other sockets of its address: three times a session's need."""
STRANGERS_OF_ADDRESS: Final = Allowance(Throughput(200, 2_000), Throughput(512 * KIB, 4 * KIB * KIB))
ADDRESS: Final = Allowance(Throughput(3_000, 20_000), Throughput(4 * KIB * KIB, 32 * KIB * KIB))
"""For all admitted sockets of one address: a school with two hundred sessions uses less than a tenth of it."""
SOCKETS_PER_SECOND: Final = 50
"""The rate at which one address may open sockets. At once it may open as many as it may have in all."""
_FRAMES_PER_SECOND: Final = ADMITTED.frames.per_second
_FRAMES_FULL: Final = ADMITTED.frames.burst * 1000
_BYTES_PER_SECOND: Final = ADMITTED.size_bytes.per_second
_BYTES_FULL: Final = ADMITTED.size_bytes.burst * 1000
_FAIR_PER_SECOND: Final = FAIR.per_second
_FAIR_FULL: Final = FAIR.burst * 1000


class Ruling(Enum):
    """What to do with a piece of input."""

    PASS = "pass"  # noqa: S105 - no password
    WAIT = "wait"
    CLOSE = "close"


class Bucket:
    """A token bucket from which one can take any amount."""

    __slots__ = ("_full", "_level", "_per_second", "_seen_ms")

    def __init__(self, rate: Throughput, now_ms: int) -> None:
        self._per_second = rate.per_second
        # In thousandths, so that a level is an integer after any number of ms.
        self._full = self._level = rate.burst * 1000
        self._seen_ms = now_ms

    def has(self, amount: int, now_ms: int) -> bool:
        """Tell whether the bucket has *amount*."""
        if now_ms > self._seen_ms:
            level = self._level + (now_ms - self._seen_ms) * self._per_second
            self._level = min(self._full, level)
            self._seen_ms = now_ms
        return self._level >= amount * 1000

    def take(self, amount: int, now_ms: int) -> bool:
        """Take *amount*. If the bucket has less, take nothing and return False."""
        if not self.has(amount, now_ms):
            return False
        self._level -= amount * 1000
        return True

    def pay(self, amount: int) -> None:
        """Take *amount*, which `has` has just found."""
        self._level -= amount * 1000


class AddressAccount:
    """The budgets that all sockets of one address share."""

    __slots__ = ("admitted", "openings", "strangers")

    def __init__(self, sockets_max: int, now_ms: int) -> None:
        self.strangers = _SharedAccount(STRANGERS_OF_ADDRESS, now_ms)
        self.admitted = _SharedAccount(ADDRESS, now_ms)
        self.openings = Bucket(Throughput(SOCKETS_PER_SECOND, sockets_max), now_ms)


class _SharedAccount:
    """The two buckets of an address: frames and bytes."""

    __slots__ = ("_frames", "_size_bytes")

    def __init__(self, allowance: Allowance, now_ms: int) -> None:
        self._frames = Bucket(allowance.frames, now_ms)
        self._size_bytes = Bucket(allowance.size_bytes, now_ms)

    def take(self, frames: int, size_bytes: int, now_ms: int) -> bool:
        """Take both amounts. If one is missing, take nothing and return False."""
        has_both = self._frames.has(frames, now_ms) and self._size_bytes.has(size_bytes, now_ms)
        if has_both:
            self._frames.pay(frames)
            self._size_bytes.pay(size_bytes)
        return has_both


class SocketAccount:
    """The budgets of one socket: its frames, its bytes, and the frames that wait for no other socket.

    Every read of every socket pays here, so the three buckets are numbers side by side, in thousandths as in `Bucket`.
    """

    __slots__ = ("_address", "_fair", "_frames", "_seen_ms", "_size_bytes")

    def __init__(self, address: AddressAccount, now_ms: int) -> None:
        self._address = address
        self._frames = STRANGER.frames.burst * 1000
        self._size_bytes = STRANGER.size_bytes.burst * 1000
        self._fair = -1
        """Below zero until the socket is admitted."""
        self._seen_ms = now_ms

    @property
    def is_admitted(self) -> bool:
        """Whether the socket has shown a valid link."""
        return self._fair >= 0

    def admit(self, now_ms: int) -> None:
        """Note that the socket has shown a valid link."""
        if self._fair < 0:
            self._frames, self._size_bytes, self._fair = _FRAMES_FULL, _BYTES_FULL, _FAIR_FULL
            self._seen_ms = now_ms

    def spend(self, frames: int, size_bytes: int, now_ms: int) -> Ruling:
        """Decide about a piece with that many frames and bytes. Only a piece that passes is charged."""
        if now_ms > self._seen_ms:
            if self._fair < 0:
                self._refill_stranger(now_ms)
            else:
                passed_ms, self._seen_ms = now_ms - self._seen_ms, now_ms
                level = self._frames + passed_ms * _FRAMES_PER_SECOND
                self._frames = level if level < _FRAMES_FULL else _FRAMES_FULL  # noqa: FURB136 - a call costs twice as much
                level = self._size_bytes + passed_ms * _BYTES_PER_SECOND
                self._size_bytes = level if level < _BYTES_FULL else _BYTES_FULL  # noqa: FURB136
                level = self._fair + passed_ms * _FAIR_PER_SECOND
                self._fair = level if level < _FAIR_FULL else _FAIR_FULL  # noqa: FURB136
        cost, cost_bytes = frames * 1000, size_bytes * 1000
        if self._frames < cost or self._size_bytes < cost_bytes:
            return Ruling.CLOSE
        if self._fair >= cost:
            self._fair -= cost
        else:
            shared = self._address.strangers if self._fair < 0 else self._address.admitted
            if not shared.take(frames, size_bytes, now_ms):
                return Ruling.WAIT
        self._frames -= cost
        self._size_bytes -= cost_bytes
        return Ruling.PASS

    def _refill_stranger(self, now_ms: int) -> None:
        frames, size_bytes = STRANGER.frames, STRANGER.size_bytes
        passed_ms, self._seen_ms = now_ms - self._seen_ms, now_ms
        self._frames = min(self._frames + passed_ms * frames.per_second, frames.burst * 1000)
        self._size_bytes = min(self._size_bytes + passed_ms * size_bytes.per_second, size_bytes.burst * 1000)


class AddressBook:
    """The accounts of all addresses. At the bound the least recently used account is forgotten."""

    def __init__(self, sockets_max: int, addresses_max: int = ADDRESSES_MAX) -> None:
        self._sockets_max = sockets_max
        self._addresses_max = addresses_max
        self._accounts: OrderedDict[str, AddressAccount] = OrderedDict()

    def __len__(self) -> int:
        return len(self._accounts)

    def open(self, network: str, now_ms: int) -> AddressAccount:
        """Return the account of an address, a new one if there is none."""
        account = self._accounts.get(network)
        if account is None:
            account = self._accounts[network] = AddressAccount(self._sockets_max, now_ms)
            if len(self._accounts) > self._addresses_max:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(network)
        return account
