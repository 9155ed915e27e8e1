"""Loads a relay with lessons over raw sockets, from a process of its own: `python -m bench.socket_load PORT PID …`.

It writes one JSON object: what the server's process spent for the joins, for the heartbeats and for relayed messages.
It answers the service's pings, which a bare relay does not send. Its own CPU time counts nowhere.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Final, cast

import uvloop

JOINING_MAX: Final = 40
"""How many sockets open at a time."""
MESSAGES_PER_SECOND: Final = 8_000
"""The messages of all sockets together, and so a few a second each: the service allows 50."""
MESSAGES_OF_SOCKET_PER_SECOND: Final = 30
TICK_SECONDS: Final = 0.01
SOCKETS_OF_ADDRESS: Final = 2_000
"""A source address has 28,000 ports, and those that were closed are blocked for a minute."""
_HEARTBEAT: Final = b'{"type":"heartbeat","audio":true,"video":true,"serverTime":%d}'
_CANDIDATE: Final = (
    b'{"type":"ice","to":"%s","candidate":{"candidate":"candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ '
    b'srflx raddr 10.0.0.17 rport 46154 generation 0 ufrag 8hhY","sdpMid":"0","sdpMLineIndex":0,'
    b'"usernameFragment":"8hhY"}}'
)
_HEAD_BYTES: Final = 2
_LENGTH_FOLLOWS: Final = 126
_PING: Final = 9
_PONG: Final = b"\x8a\x80" + bytes(4)
_HEAD: Final = (
    "GET /?room=lesson-{room} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    "X-Forwarded-For: 198.{a}.{b}.{c}\r\n\r\n"
)


class Socket(asyncio.Protocol):
    """One page: it joins, answers pings, sends candidates, and notes how long those of the other took."""

    def __init__(self, number: int, *, joins: bool) -> None:
        self.room, self.role = number // 2, ("student", "tutor")[number % 2]
        self.page = b"page-%08d" % number
        self.peer = self
        self.is_seated = asyncio.get_running_loop().create_future()
        self.sent_s: deque[float] = deque()
        self.heard = 0
        self.took_s: list[float] = []
        self._number = number
        self._joins = joins
        self._data = b""
        self._is_open = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by type
        a, b, c = 18 + self.room // 60_000, self.room // 250 % 240 + 1, self.room % 250 + 1
        self._transport.write(_HEAD.format(room=self.room, a=a, b=b, c=c).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail if this was not expected."""
        if not self.is_seated.done():
            self.is_seated.set_exception(RuntimeError(f"socket {self._number} was closed: {exc}"))

    def send(self, *texts: bytes) -> None:
        """Send frames in one write."""
        self._transport.write(b"".join(map(_frame, texts)))

    def relay(self, count: int) -> bool:
        """Send *count* candidates to the other page in one write, unless some are still on their way."""
        if self.peer.sent_s:
            return False
        self.peer.sent_s.extend([time.perf_counter()] * count)
        self.send(*[_CANDIDATE % self.peer.page] * count)
        return True

    def data_received(self, data: bytes) -> None:
        """Read the frames, which are short enough to be read without care for time."""
        data = self._data + data
        if not self._is_open:
            head, _, data = data.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(head.decode())
            self._is_open = True
            if self._joins:
                join = {"type": "join", "page": self.page.decode(), "role": self.role}
                self.send(
                    json.dumps({**join, "address": f"0x{self._number:040x}", "language": "es"}).encode()
                )
            else:
                self.is_seated.set_result(None)
        at = 0
        while len(data) - at >= _HEAD_BYTES:
            length, begin = data[at + 1], at + _HEAD_BYTES
            if length == _LENGTH_FOLLOWS:
                length, begin = int.from_bytes(data[at + 2 : at + 4]), at + 4
            if begin + length > len(data):
                break
            self._take(data[at] & 0x0F, data[begin : begin + length])
            at = begin + length
        self._data = data[at:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._transport.write(_PONG)
        elif payload.startswith(b'{"type":"ice"'):
            self.heard += 1
            self.took_s.append(time.perf_counter() - self.sent_s.popleft())
        elif payload.startswith(b'{"type":"ping"'):
            self.send(_HEARTBEAT % json.loads(payload)["serverTime"])
        elif payload.startswith(b'{"type":"welcome"'):
            self.is_seated.set_result(None)
        elif payload.startswith(b'{"type":"error"'):
            raise RuntimeError(payload.decode())


class Load:
    """Some lessons at one server."""

    def __init__(self, port: int, pid: int, lessons: int, *, joins: bool) -> None:
        self._port, self._pid, self._lessons, self._joins = port, pid, lessons, joins
        self._sockets: list[Socket] = []

    async def measure(self, seconds: float) -> dict[str, float]:
        """Join, keep still, relay one by one, relay in bursts.

        CPU times are of the server's process, user and system. Messages a CPU second include the heartbeats of their
        time. Memory and the CPU of a join are those of one socket.
        """
        resident_kb, cpu_s = read_memory_kb(self._pid), read_cpu_s(self._pid)
        await self._join()
        joined_s = read_cpu_s(self._pid) - cpu_s
        await asyncio.sleep(6)  # a round of pings, so that what a join leaves behind is done
        held_kb = read_memory_kb(self._pid) - resident_kb
        cpu_s, began_s = read_cpu_s(self._pid), time.perf_counter()
        await asyncio.sleep(seconds)
        cores = (read_cpu_s(self._pid) - cpu_s) / (time.perf_counter() - began_s)
        single, rate, took_s = await self._relay(seconds, 1)
        burst, _, _ = await self._relay(seconds, 8)
        return {
            "lessons": self._lessons,
            "join_cpu_ms": joined_s * 1000 / len(self._sockets),
            "memory_kb": held_kb / len(self._sockets),
            "heartbeats_cores": cores,
            "messages_per_second": rate,
            "messages_per_cpu_second": single,
            "relay_ms": median(took_s) * 1000,
            "relay_p99_ms": quantiles(took_s, n=100)[-1] * 1000,
            "bursts_per_cpu_second": burst,
        }

    async def _join(self) -> None:
        gate = asyncio.Semaphore(JOINING_MAX)
        self._sockets = [Socket(number, joins=self._joins) for number in range(2 * self._lessons)]
        for one, other in zip(self._sockets[::2], self._sockets[1::2], strict=True):
            one.peer, other.peer = other, one

        async def join(number: int, socket: Socket) -> None:
            async with gate:
                address = (f"127.0.0.{2 + number // SOCKETS_OF_ADDRESS}", 0)
                loop = asyncio.get_running_loop()
                await loop.create_connection(lambda: socket, "127.0.0.1", self._port, local_addr=address)
                await socket.is_seated

        await asyncio.gather(*(join(number, socket) for number, socket in enumerate(self._sockets)))

    async def _relay(self, seconds: float, burst: int) -> tuple[float, float, list[float]]:
        """Send messages evenly. Return how many a CPU second and a second were relayed, and how long each took."""
        rate = min(MESSAGES_PER_SECOND, MESSAGES_OF_SOCKET_PER_SECOND * len(self._sockets)) / burst
        for socket in self._sockets:
            socket.heard = 0
            socket.took_s.clear()
        cpu_s, began_s, sent, due = read_cpu_s(self._pid), time.perf_counter(), 0, 0.0
        turn = 0
        now_s = began_s
        while now_s - began_s < seconds:
            # What this process was too late for is not sent: bursts of it would exceed what a page may send.
            due = sent + min(due - sent + rate * (time.perf_counter() - now_s), rate * 4 * TICK_SECONDS)
            now_s = time.perf_counter()
            for _ in range(int(due) - sent):
                # A stride that meets every socket, and not the two of a lesson one after the other.
                turn += 7919
                sent += self._sockets[turn % len(self._sockets)].relay(burst)
            await asyncio.sleep(TICK_SECONDS)
        async with asyncio.timeout(60):
            while sum(socket.heard for socket in self._sockets) < sent * burst:  # noqa: ASYNC110 - no event for it
                await asyncio.sleep(TICK_SECONDS)
        spent_s, passed_s = read_cpu_s(self._pid) - cpu_s, time.perf_counter() - began_s
        took_s = [took_s for socket in self._sockets for took_s in socket.took_s]
        return sent * burst / spent_s, sent * burst / passed_s, took_s


def read_cpu_s(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_memory_kb(pid: int) -> int:
    """Return the resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def _frame(text: bytes) -> bytes:
    """Write a text frame as a browser does, masked with zeros."""
    head = bytes((0x80 | len(text),)) if len(text) < _LENGTH_FOLLOWS else b"\xfe" + len(text).to_bytes(2)
    return b"\x81" + head + bytes(4) + text


def main(words: Sequence[str]) -> None:
    """Measure: PORT PID LESSONS SECONDS, and `join` for the service."""
    port, pid, lessons, seconds = int(words[0]), int(words[1]), int(words[2]), float(words[3])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    load = Load(port, pid, lessons, joins=words[4:] == ["join"])
    print(json.dumps(uvloop.run(load.measure(seconds))))


if __name__ == "__main__":
    main(sys.argv[1:])
