"""Measures what lessons in which nothing happens cost: the CPU of a heartbeat and of a join, and the memory of a room.

The whole service runs in this process: its rooms, its rules and a real SQLite file. Only the sockets are fakes, which
answer each ping at once with a frame that has to be decoded. `--profile` prints where the time goes instead.

Each size runs in a process of its own, in real time, because how many proofs share a transaction depends on it. The
pings are spread evenly over their interval, as with people who come one after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

import structlog
import uvloop

from bench.table import print_table
from langdao_video.app import create_app
from langdao_video.session.links import Link
from langdao_video.session.roles import ROLES, Role
from langdao_video.settings import Settings
from langdao_video.signaling import messages as wire
from langdao_video.signaling.codec import encode_frame, receive_frame
from langdao_video.signaling.counters import Acks, MediaFlow
from langdao_video.web.context import Context

LESSONS: Final = (200, 2_000, 10_000)
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS: Final = 20
"""How long each size is measured: two heartbeats of each seat."""
WARM_SECONDS: Final = 12
SPREAD_SECONDS: Final = 10.0
"""Over how long the lessons begin at least."""
ANSWER_SECONDS: Final = 0.02
CORE_MAX: Final = 0.5
GROWTH_MAX: Final = 1.3
ADDRESS: Final[dict[Role, str]] = {"student": "0x" + "1" * 40, "tutor": "0x" + "2" * 40}


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run with *lessons* lessons cost."""

    lessons: int
    core: float
    """The share of one core that the lessons took."""
    beat_us: float
    """The CPU time of one heartbeat: its ping, its answer, and a share of the events and bills that follow."""
    join_ms: float
    """The CPU time of one join, without its socket and without the heartbeats of others that came meanwhile."""
    room_kb: float
    """The memory of one lesson with its two fake sockets."""
    unanswered: int
    """How many pages were closed, or got no ping in the time. It should be 0."""


class FakeSocket:
    """One browser: it answers each ping in the next moment, and its media counters grow."""

    __slots__ = ("conn", "counters", "pings", "room", "world")

    def __init__(self, world: World, room: str, conn: int) -> None:
        self.world = world
        self.room = room
        self.conn = conn
        self.counters = 0
        self.pings = 0

    def send(self, frame: wire.ServerFrame) -> None:
        """Encode a frame, as a socket does, and remember to answer a ping."""
        encode_frame(frame)
        if isinstance(frame, wire.Ping):
            self.pings += 1
            self.world.asked.append((self, frame.server_time))

    def pass_on(self, frame: bytes) -> None:
        """Drop a frame of the other page: these send none."""

    def close(self, code: int, reason: str) -> None:
        """Count a socket that the service gave up."""
        self.world.closed.append(f"{code} {reason}")

    def answer(self, server_time_ms: int) -> bytes:
        """Write the answer to a ping."""
        self.counters += 250
        count = self.counters
        return encode_frame(
            wire.Heartbeat(
                audio=True,
                video=True,
                media=MediaFlow(audio_packets=count, video_frames=count, bytes=100 * count),
                acks=Acks(audio=count, video=count),
                server_time=server_time_ms,
            )
        )


class World:
    """The service, and the pages of all lessons."""

    def __init__(self, context: Context, lessons: int) -> None:
        self.context = context
        self.lessons = lessons
        self.pages: list[FakeSocket] = []
        self.asked: list[tuple[FakeSocket, int]] = []
        self.closed: list[str] = []
        self.answers = 0
        self.join_s = 0.0
        self.answers_while_joining = 0

    async def begin(self) -> None:
        """Let both come into each lesson, evenly spread. Keep what the joins cost."""
        began_s = time.monotonic()
        tokens, start_ms = self.context.tokens, self.context.clock.now_ms()
        for number in range(self.lessons):
            room = f"lesson-{number}"
            frames: list[wire.Join] = []
            for role in ROLES:
                link = Link(room, role, ADDRESS[role], "es", start_ms)
                token = tokens.make_link_token(link, start_ms)
                frames.append(wire.Join(page=f"page-{role}-{number}", role=role, token=token))
            before, answers_before = time.process_time(), self.answers
            for frame in frames:
                await self._join(room, frame)
            self.join_s += time.process_time() - before
            self.answers_while_joining += self.answers - answers_before
            await asyncio.sleep(began_s + SPREAD_SECONDS * (number + 1) / self.lessons - time.monotonic())

    async def _join(self, room: str, frame: wire.Join) -> None:
        link, participant = self.context.admission.admit(room, frame, self.context.clock.now_ms())
        page = FakeSocket(self, room, self.context.hub.make_conn())
        if not await self.context.hub.join(page, link, participant):
            raise RuntimeError(f"{room} refused its {participant.role}: {self.closed}")
        self.pages.append(page)

    async def answer(self) -> None:
        """Answer the pings, until cancelled."""
        while True:
            await asyncio.sleep(ANSWER_SECONDS)
            asked, self.asked = self.asked, []
            for page, server_time_ms in asked:
                frame = receive_frame(page.answer(server_time_ms))
                self.context.hub.receive(page.room, page.conn, frame)
            self.answers += len(asked)

    def count_unanswered(self) -> int:
        """Return how many sockets were closed, or had no ping since the last count."""
        silent = sum(page.pings == 0 for page in self.pages)
        for page in self.pages:
            page.pings = 0
        return silent + len(self.closed)


async def measure(lessons: int, folder: Path, profile: cProfile.Profile | None, seconds: float) -> Reading:
    """Begin the lessons, let them settle, and measure for *seconds*."""
    url = f"sqlite:///{folder / 'store.sqlite'}"
    settings = Settings(database_url=url, link_keys=("k" * 32,), api_keys=("a" * 32,))
    app = create_app(settings)
    async with app.lifespan():
        context: Context = app.state.context
        gc.collect()
        empty_kb = read_memory_kb()
        world = World(context, lessons)
        answering = asyncio.create_task(world.answer())
        if profile and seconds == 0:
            profile.enable()
        await world.begin()
        if profile and seconds == 0:
            profile.disable()
        await asyncio.sleep(min(WARM_SECONDS, seconds))
        world.count_unanswered()
        before_s, before, began_s = time.process_time(), world.answers, time.monotonic()
        if profile and seconds:
            profile.enable()
        await asyncio.sleep(seconds)
        if profile and seconds:
            profile.disable()
        cpu_s, took_s = time.process_time() - before_s, time.monotonic() - began_s
        beats = world.answers - before
        beat_s = cpu_s / max(beats, 1)
        gc.collect()
        reading = Reading(
            lessons=lessons,
            core=cpu_s / max(took_s, 1e-9),
            beat_us=beat_s * 1e6,
            join_ms=(world.join_s - world.answers_while_joining * beat_s) / lessons / 2 * 1e3,
            room_kb=(read_memory_kb() - empty_kb) / lessons,
            unanswered=world.count_unanswered() if seconds else 0,
        )
        answering.cancel()
    return reading


def read_memory_kb() -> int:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") // 1024


def run_here(lessons: int, profile: cProfile.Profile | None = None, seconds: float = SECONDS) -> Reading:
    """Measure in this process."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory(prefix="langdao-bench-") as name:
        return uvloop.run(measure(lessons, Path(name), profile, seconds))


def run_apart(lessons: int) -> Reading:
    """Measure in a new process."""
    command = [sys.executable, "-m", "bench.heartbeats", "--lessons", str(lessons), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Reading(**json.loads(done.stdout))


def main(arguments: Sequence[str] = ()) -> None:
    """Measure and print; the arguments are those of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.heartbeats", description=__doc__)
    parser.add_argument("--lessons", type=int, help="measure one size only, in this process")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long; 0 measures only the joins")
    parser.add_argument("--profile", action="store_true", help="print where the CPU time goes (cProfile)")
    parser.add_argument("--json", action="store_true", help="print the reading as JSON")
    options = parser.parse_args(arguments)
    if options.profile:
        profile = cProfile.Profile(time.thread_time)
        print(run_here(options.lessons or 1_000, profile, options.seconds))
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    elif options.lessons:
        reading = run_here(options.lessons, seconds=options.seconds)
        print(json.dumps(asdict(reading)) if options.json else reading)
    else:
        report([run_apart(lessons) for _ in range(ROUNDS) for lessons in LESSONS])


def report(readings: Sequence[Reading]) -> None:
    """Print the medians of each size, and whether the targets were reached."""
    sizes = {size: [one for one in readings if one.lessons == size] for size in LESSONS}
    beats = {size: median(one.beat_us for one in rows) for size, rows in sizes.items()}
    cores = {size: median(one.core for one in rows) for size, rows in sizes.items()}
    print_table(
        f"Lessons in which nothing happens, sockets faked, medians of {ROUNDS} interleaved rounds of {SECONDS} s",
        ("lessons", "of a core", "a heartbeat", "÷ 200", "a join", "a room", "unanswered"),
        [
            (
                f"{size:,}",
                f"{cores[size]:.2f}",
                f"{beats[size]:.0f} µs",
                f"{beats[size] / beats[LESSONS[0]]:.2f}",
                f"{median(one.join_ms for one in rows):.2f} ms",
                f"{median(one.room_kb for one in rows):.1f} KB",
                str(max(one.unanswered for one in rows)),
            )
            for size, rows in sizes.items()
        ],
    )
    most, growth = LESSONS[-1], beats[LESSONS[-1]] / beats[LESSONS[0]]
    for text, value, limit in (
        (f"the heartbeats of {most:,} lessons, of a core", cores[most], CORE_MAX),
        (f"a heartbeat at {most:,} ÷ at {LESSONS[0]}", growth, GROWTH_MAX),
    ):
        print(f"Target: {text} ≤ {limit}: {'reached' if value <= limit else 'MISSED'} ({value:.2f})")


if __name__ == "__main__":
    main(sys.argv[1:])
