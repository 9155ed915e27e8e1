"""When the monitor acts, on which sessions, and which it leaves alone (`monitor.py`). Its sleep moves the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest
import structlog

from langdao_video.billing import monitor
from langdao_video.billing.monitor import REST_MS, SETTLE_SECONDS, STALL_MS, act_on_all_due, run_monitor
from langdao_video.billing.service import SessionService
from langdao_video.errors import NotFound, Unavailable
from langdao_video.store.port import Deadline
from tests.billing.timeline import HandClock

UNFORESEEN = RuntimeError("stumbled")
FOREVER = NotFound("unknown-session", "There is none.")
FOR_NOW = Unavailable("store-unavailable", "Not now.")


@dataclass(slots=True)
class Looks:
    """A machine whose uptime moves by sleeps and by the time of a round. It stops after some sleeps."""

    takes_ms: int = 0
    raises: Exception | None = None
    sleeps_max: int = 6
    uptime_ms: int = 1_000_000
    slept: list[float] = field(default_factory=list)
    at_ms: list[int] = field(default_factory=list)
    resting: list[dict[str, int] | None] = field(default_factory=list)
    service: SessionService = field(default_factory=lambda: cast("SessionService", object()))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.uptime_ms += round(seconds * 1_000)
        if len(self.slept) == self.sleeps_max:
            raise asyncio.CancelledError

    async def look(self, sessions: SessionService, resting: dict[str, int] | None = None) -> None:
        assert sessions is self.service
        self.at_ms.append(self.uptime_ms - 1_000_000)
        self.resting.append(resting)
        self.uptime_ms += self.takes_ms
        if self.raises is not None:
            raise self.raises

    def run(self) -> list[float]:
        """Run the monitor until it is stopped, and return the lengths of its sleeps, in seconds."""
        with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs():
            patch.setattr(monitor, "read_uptime_ms", lambda: self.uptime_ms)
            patch.setattr(monitor, "act_on_all_due", self.look)
            patch.setattr(asyncio, "sleep", self.sleep)
            running = run_monitor(self.service)
            with pytest.raises(asyncio.CancelledError):
                running.send(None)
        return self.slept


def test_after_a_start_it_waits_for_the_pages_and_then_looks_twice_a_second() -> None:
    looks = Looks(sleeps_max=4)

    assert looks.run() == [SETTLE_SECONDS, 0.5, 0.5, 0.5]
    assert looks.at_ms == [10_500, 11_000]
    assert looks.resting[0] == {}
    assert looks.resting[0] is looks.resting[1]


@pytest.mark.parametrize(
    ("takes_ms", "slept"),
    [(STALL_MS - 500, [10.0, 0.5, 0.5, 0.5]), (STALL_MS - 499, [10.0, 0.5, 0.5, 10.0])],
)
def test_a_process_that_stood_still_waits_for_the_pages_again(takes_ms: int, slept: list[float]) -> None:
    assert Looks(takes_ms=takes_ms, sleeps_max=4).run() == slept


def test_one_that_stood_still_once_is_not_taken_to_stand_still_for_ever() -> None:
    looks = Looks(takes_ms=5_000, sleeps_max=7)

    assert looks.run() == [10.0, 0.5, 0.5, 10.0, 0.5, 10.0, 0.5]
    assert looks.at_ms == [10_500, 26_000, 41_500]


def test_a_round_with_an_unexpected_error_is_followed_by_a_rest_and_a_known_error_is_not() -> None:
    assert Looks(raises=UNFORESEEN, sleeps_max=3).run() == [10.0, 0.5, REST_MS / 1_000]
    assert Looks(raises=FOR_NOW, sleeps_max=4).run() == [10.0, 0.5, 0.5, 0.5]


# ── One round ────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Sessions:
    """The part of the service that the monitor uses. It keeps the names of the sessions on which it acted."""

    due: list[str] = field(default_factory=list)
    in_doubt: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    """The sessions whose deadlines proofs have moved."""
    fails: dict[str, Exception] = field(default_factory=dict)
    clock: HandClock = field(default_factory=HandClock)
    acted: list[str] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    @property
    def store(self) -> Sessions:
        return self

    async def load_due(self, limit: int) -> list[Deadline]:
        self.asked.append(limit)
        return [Deadline(name, "silence", self.clock.at_ms) for name in self.due][:limit]

    async def postpone(self, due: Sequence[Deadline]) -> set[str]:
        names = {deadline.session_id for deadline in due} & {*self.moves}
        self.due = [name for name in self.due if name not in names]
        return names

    async def act_on_due(self, session_id: str) -> None:
        self.acted.append(session_id)
        if session_id in self.fails:
            raise self.fails[session_id]

    async def look(self, resting: dict[str, int] | None = None) -> list[str]:
        with structlog.testing.capture_logs():
            await act_on_all_due(cast("SessionService", self), resting)
        return self.acted


async def test_each_session_has_its_turn_once_and_those_in_doubt_come_first() -> None:
    sessions = Sessions(due=["a", "b", "a", "c"], in_doubt=["c", "d"])

    assert await sessions.look() == ["c", "d", "a", "b"]
    assert sessions.asked == [200]


async def test_sessions_in_doubt_come_first_up_to_the_bound_of_a_round() -> None:
    doubted = [f"s-{number}" for number in range(201)]

    assert await Sessions(in_doubt=doubted).look() == doubted[:200]


async def test_a_resting_session_is_left_out_and_takes_no_other_place() -> None:
    sessions = Sessions(due=["resting", "a", "over"])
    now_ms = sessions.clock.at_ms
    resting = {"resting": now_ms + 1, "over": now_ms, "long-over": now_ms - 1}

    assert await sessions.look(resting) == ["a", "over"]
    assert resting == {"resting": now_ms + 1}
    assert sessions.asked == [200 + 7]


@pytest.mark.parametrize(("failure", "rests"), [(FOREVER, True), (UNFORESEEN, True), (FOR_NOW, False)])
async def test_a_failed_session_rests_for_ten_seconds_unless_a_retry_may_help(
    failure: Exception, *, rests: bool
) -> None:
    sessions = Sessions(due=["a", "b"], fails={"a": failure})
    resting: dict[str, int] = {}

    assert await sessions.look(resting) == ["a", "b"]
    assert resting == ({"a": sessions.clock.at_ms + REST_MS} if rests else {})


async def test_what_proofs_have_moved_is_moved_together_and_hides_nothing_behind_it() -> None:
    moves = [f"quiet-{number}" for number in range(450)]
    sessions = Sessions(due=[*moves[:300], "late", *moves[300:], "later"], moves=moves)

    assert await sessions.look() == ["late", "later"]
    assert len(sessions.asked) == 3
