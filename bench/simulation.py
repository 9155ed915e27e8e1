"""Measures how fast the simulator plays, how long the fold of a long session takes, and how much memory a session has.

The references, from the same run: the time that passes in the simulated lessons; the time to decode the JSON of the
same facts; the size of that JSON.
"""

from __future__ import annotations

import gc
import json
import os
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from bench.table import print_table
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.records import read_record
from langdao_video.session.facts import body_of
from langdao_video.session.roles import ROLES
from langdao_video.session.snapshot import SeatSnapshot
from langdao_video.signaling import messages as wire
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.room import Room
from langdao_video.signaling.rules import RoomRules
from langdao_video.store.port import StoredEvent
from tools.simulator.chance import make_plan
from tools.simulator.lesson import play
from tools.simulator.log import read_log
from tools.simulator.plan import Gone, Plan
from tools.simulator.run import quiet, simulate
from tools.simulator.stage import Stage

ROUNDS: Final = max(7, int(os.environ.get("BENCH_ROUNDS", "7")))
LESSONS_A_ROUND: Final = 100
FOLDS_A_ROUND: Final = 50
SESSIONS: Final = 1_000
HOUR_MS: Final = 3_600_000
DROPS_AN_HOUR: Final = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A fact as the database stores it."""

    seq: int
    id: str
    type: str
    at_ms: int
    body: str


def main() -> None:
    """Measure and print."""
    rows = rows_of_an_hour()
    speeds = [simulated_a_second(number) for number in range(ROUNDS)]
    folds: list[float] = []
    decodes: list[float] = []
    for number in range(ROUNDS):
        works = [(folds, lambda: fold(rows)), (decodes, lambda: decode(rows))]
        for times, work in works if number % 2 else reversed(works):
            times.append(seconds_of(work))
    weight, size = weight_of_a_session(rows), sum(len(row.body) for row in rows)
    lessons_a_second = median(lessons for lessons, _ in speeds)
    print_table(
        f"The rules, medians of {ROUNDS} interleaved rounds, one core",
        ("", "ratio", "against", "value"),
        [
            [
                "simulator",
                f"{median(virtual for _, virtual in speeds):,.0f}",
                "lesson time / CPU time",
                f"{lessons_a_second:.0f} lessons / CPU s",
            ],
            [
                f"fold of an hour with {DROPS_AN_HOUR} drops, {len(rows)} facts",
                f"{median(folds) / median(decodes):.1f}",
                "decoding its JSON",
                f"{median(folds) * 1000:.2f} ms",
            ],
            [
                "memory of that session, lesson and room",
                f"{weight / size:.2f}",
                "the JSON of its facts",
                f"{weight / 1024:.1f} KB",
            ],
        ],
    )


def simulated_a_second(number: int) -> tuple[float, float]:
    """Return how many lessons, and how many seconds of lesson, the simulator plays in a second of CPU time."""
    before = time.process_time()
    verdicts = list(simulate(LESSONS_A_ROUND, seed=1, first=number * LESSONS_A_ROUND))
    seconds = time.process_time() - before
    return len(verdicts) / seconds, sum(verdict.plan.ends_ms for verdict in verdicts) / 1000 / seconds


def rows_of_an_hour() -> list[Row]:
    """Play an hour in which a page reloads every two minutes. Return its facts as the database stores them."""
    reloads = tuple(
        Gone(at_ms=n * HOUR_MS // DROPS_AN_HOUR + 60_000, who=ROLES[n % 2], for_ms=900, how="goodbye")
        for n in range(DROPS_AN_HOUR)
    )
    calm = replace(make_plan(0, "together"), comes_ms=dict.fromkeys(ROLES, 0), cap_seconds=None)
    plan: Plan = replace(calm, ends_ms=HOUR_MS, ended_by="both", troubles=reloads)
    with quiet():
        if not play(plan).is_right:
            raise RuntimeError("the hour's bill is wrong: see `make simulate`")
        stage = Stage(plan)
        stage.set_up()
        stage.world.run(HOUR_MS + 10_000, lambda: False)
        records = read_log(stage.ledger)
    return [
        Row(r.seq, r.id, r.fact.type, r.at_ms, json.dumps(body_of(r.fact, r.mark), separators=(",", ":")))
        for r in records
    ]


def fold(rows: list[Row]) -> Lesson:
    """Fold a session from its rows."""
    lesson = Lesson("lesson")
    for row in rows:
        stored = StoredEvent("lesson", row.seq, row.id, row.type, row.at_ms, json.loads(row.body))
        lesson.apply(read_record(stored))
    return lesson


def decode(rows: list[Row]) -> list[object]:
    """Decode the JSON of the rows, which any reader must do."""
    return [json.loads(row.body) for row in rows]


def seconds_of(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one run of *work*."""
    before = time.process_time()
    for _ in range(FOLDS_A_ROUND):
        work()
    return (time.process_time() - before) / FOLDS_A_ROUND


def weight_of_a_session(rows: list[Row]) -> float:
    """Return the bytes that a live session takes in memory: its `Lesson`, and its room without sockets."""
    gc.collect()
    tracemalloc.start()
    kept = [(fold(rows), make_room(f"lesson-{number}")) for number in range(SESSIONS)]
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / len(kept)


def make_room(session_id: str) -> Room:
    """Make a room in which both seats are taken."""
    taken = SeatSnapshot(address="0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1", epoch=1, is_taken=True)
    return Room(
        wire.SessionInfo(id=session_id, start=0, language="es"),
        seats=dict.fromkeys(ROLES, taken),
        rules=RoomRules(),
        mint_resume=lambda seat, now_ms: f"{seat.page} {now_ms}",
        offer_ice=lambda *_: IceOffer(()),
        now_ms=0,
    )


if __name__ == "__main__":
    main()
