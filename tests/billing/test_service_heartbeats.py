"""Law 5 for heartbeats: no listener hears of a proof before it is saved, nor of a heartbeat after its sitting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.billing import presence
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import load_lesson
from langdao_video.billing.quota import Cap
from langdao_video.errors import LangDAOError, Unavailable
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import Recorded
from langdao_video.session.roles import Role
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import NO_OWNERS, Ownership, Presence
from tests.billing.events import end_at
from tests.billing.timeline import SESSION, START_MS, HandClock, Timeline


class HeldStore(MemoryStore):
    """Holds up each save of proofs while the test says so, then fails it or saves it."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails = False

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        await self.gate.wait()
        if self.fails:
            raise Unavailable("store-unavailable", "Not now.")
        return await super().save_presence(rows, owners)


@dataclass(slots=True)
class Heard:
    """What the listeners hear from now on."""

    line: Timeline
    store: HeldStore
    heartbeats: list[tuple[Role, int]] = field(default_factory=list)
    """The seat and the time of each heartbeat, in seconds."""
    kinds: list[str] = field(default_factory=list)
    billed: list[int] = field(default_factory=list)
    """The billable seconds with each change."""
    ahead: list[str] = field(default_factory=list)
    """The changes that showed more time than the store had."""

    def hear(self, lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None) -> None:
        kind = records[0].fact.type if records else "session-heartbeat"
        self.kinds.append(kind)
        self.billed.append(lesson.billable_ms // 1000)
        if lesson.billable_ms > self.stored().billable_ms:
            self.ahead.append(kind)
        if heartbeat is not None:
            self.heartbeats.append((heartbeat.user_role, (heartbeat.timestamp - START_MS) // 1000))

    @property
    def has_ended(self) -> bool:
        return "session-ended" in self.kinds

    def stored(self) -> Lesson:
        """Fold the session from the store; a memory store never waits."""
        loading = load_lesson(self.store, SESSION)
        try:
            loading.send(None)
        except StopIteration as done:
            lesson: Lesson = done.value
            return lesson
        raise AssertionError("the store waited")

    def beat(self, role: Role, seconds: float, *, elsewhere: bool = False) -> asyncio.Task[object]:
        """Send a heartbeat of *seconds*, and wait for nothing."""
        event = self._beat_at(role, seconds)
        return asyncio.create_task(self.line.service.take_event(event, is_from_elsewhere=elsewhere))

    def take(self, role: Role, seconds: float) -> bool:
        """Offer a heartbeat of *seconds* to be taken at once; return whether it was."""
        return self.line.service.take_heartbeat(self._beat_at(role, seconds))

    def _beat_at(self, role: Role, seconds: float) -> SessionHeartbeat:
        at_ms = START_MS + round(seconds * 1000)
        self.line.clock.at_ms = max(self.line.clock.at_ms, at_ms)
        return self.line.heartbeat(self.line.people[role]).model_copy(update={"timestamp": at_ms})


async def settle() -> None:
    """Let all tasks go on as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def listen(cap_seconds: int | None = None) -> Heard:
    """Let both be there for ten seconds."""
    store = HeldStore()
    line = Timeline(store=store, clock=HandClock())
    await line.create(Cap(seconds=cap_seconds) if cap_seconds else None)
    await line.connect("student")
    await line.connect("tutor")
    await line.run_until(10)
    heard = Heard(line, store)
    line.service.listeners.append(heard.hear)
    return heard


@asynccontextmanager
async def quick_retries() -> AsyncIterator[None]:
    with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs():
        patch.setattr(presence, "_RETRY_SECONDS", 0)
        yield


async def test_a_heartbeat_is_told_when_its_proof_is_saved() -> None:
    heard = await listen()
    heard.store.gate.clear()

    beats = [heard.beat("student", 18), heard.beat("tutor", 18)]
    await settle()
    before = list(heard.heartbeats)
    heard.store.gate.set()
    await asyncio.gather(*beats)

    assert before == []
    assert heard.heartbeats == [("student", 18), ("tutor", 18)]
    assert heard.billed == [18, 18]


async def test_a_heartbeat_waits_for_the_other_seat_s_newer_proof_which_its_figures_show() -> None:
    heard = await listen()
    heard.store.gate.clear()
    beats = [heard.beat("student", 18)]
    await settle()
    beats.append(heard.beat("tutor", 18))  # this proof goes into the next batch
    await settle()

    heard.store.gate.set()
    await asyncio.gather(*beats)

    assert (heard.heartbeats, heard.ahead) == ([("student", 18), ("tutor", 18)], [])


async def test_of_two_waiting_heartbeats_of_a_seat_the_newer_is_told() -> None:
    heard = await listen()
    heard.store.gate.clear()

    beats = [
        heard.beat("tutor", 13),
        heard.beat("student", 15),
        heard.beat("tutor", 16),
        heard.beat("tutor", 14),
    ]
    await settle()
    heard.store.gate.set()
    await asyncio.gather(*beats)

    assert heard.heartbeats == [("student", 15), ("tutor", 16)]


async def test_an_event_waits_for_no_heartbeat_that_waits() -> None:
    heard = await listen()
    heard.store.gate.clear()
    beat = heard.beat("student", 18)
    await settle()

    await heard.line.leave("tutor")
    before = list(heard.kinds)
    heard.store.gate.set()
    await beat

    assert before == ["user-disconnected"]
    assert heard.kinds == ["user-disconnected", "session-heartbeat"]


async def test_a_heartbeat_is_not_told_after_its_seat_was_left() -> None:
    heard = await listen()
    heard.store.gate.clear()
    beat = heard.beat("student", 18)
    await settle()

    await heard.line.leave("student")
    heard.store.gate.set()
    await beat

    assert heard.kinds == ["user-disconnected"]


async def test_a_heartbeat_is_not_told_in_a_later_sitting() -> None:
    heard = await listen()
    heard.store.gate.clear()
    beat = heard.beat("student", 18)
    await settle()

    joining = asyncio.create_task(heard.line.connect("student"))
    await settle()
    heard.store.gate.set()
    await asyncio.gather(beat, joining)

    assert heard.kinds[0] == "user-disconnected"  # and `user-connected` with it
    assert (await heard.line.lesson()).seats["student"].epoch == 2
    assert heard.heartbeats.count(("student", 18)) == 1  # that of the new sitting


async def test_a_heartbeat_is_not_told_after_the_end() -> None:
    heard = await listen()
    heard.store.gate.clear()
    beat = heard.beat("student", 18)
    await settle()

    await heard.line.service.take_event(end_at(18))
    heard.store.gate.set()
    await beat

    assert (heard.kinds, heard.ahead) == (["session-ended"], [])


async def test_the_end_at_the_cap_waits_for_no_proof() -> None:
    heard = await listen(cap_seconds=15)
    heard.store.gate.clear()

    beats = [heard.beat("student", 18), heard.beat("tutor", 18)]
    await settle()
    before = list(heard.kinds)
    heard.store.gate.set()
    await asyncio.gather(*beats)

    assert "session-ended" in before
    assert (heard.kinds, heard.heartbeats, heard.ahead) == (before, [], [])


async def test_a_heartbeat_whose_proof_is_not_saved_is_not_told_and_the_next_one_tells_all() -> None:
    heard = await listen()
    heard.store.fails = True
    async with quick_retries():
        taken = await heard.beat("student", 18)
        before = list(heard.kinds)
        heard.store.fails = False
        await heard.beat("tutor", 19)

    assert (taken, before) == (None, [])
    assert heard.heartbeats == [("student", 18), ("tutor", 19)]
    assert heard.billed == [18, 18]


async def test_a_sender_elsewhere_is_asked_to_try_again_until_the_proof_is_saved() -> None:
    heard = await listen()
    heard.store.fails = True
    async with quick_retries():
        for _ in range(2):
            with pytest.raises(Unavailable) as refused:
                await heard.beat("student", 18, elsewhere=True)
            assert (refused.value.code, refused.value.retry) == ("store-unavailable", True)
        before = list(heard.kinds)
        heard.store.fails = False

        again = await heard.beat("student", 18, elsewhere=True)

    assert (before, again) == ([], "event-overtaken")
    assert heard.heartbeats == [("student", 18)]


async def test_a_proof_that_is_too_long_on_its_way_holds_no_event_up() -> None:
    heard = await listen()
    heard.store.gate.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presence, "_WAIT_SECONDS_MAX", 0)

        taken = await heard.beat("student", 18)

    assert (taken, heard.kinds) == (None, [])
    heard.store.gate.set()


STEPS = st.lists(
    st.sampled_from(
        ["student", "tutor", "at once", "at once", "hold", "save", "fail", "mend", "wait", "look", "end"]
    ),
    max_size=40,
)


@given(steps=STEPS)
async def test_no_listener_ever_sees_time_that_is_not_in_the_store(steps: list[str]) -> None:
    heard, tasks = await listen(), []
    second = 10.0
    async with quick_retries():
        for step in steps:
            match step:
                case "student" | "tutor":
                    second += 0.5
                    tasks.append(heard.beat(step, second))
                case "at once":
                    second += 0.5
                    if not heard.take("student", second):
                        tasks.append(heard.beat("student", second))
                case "hold":
                    heard.store.gate.clear()
                case "save":
                    heard.store.gate.set()
                case "fail" | "mend":
                    heard.store.fails = step == "fail"
                case "wait":
                    await settle()
                case "end":
                    tasks.append(asyncio.create_task(heard.line.service.take_event(end_at(second))))
                case "look":
                    second += 0.5
                    await heard.line.service.act_on_due(SESSION)
        heard.store.fails = False
        heard.store.gate.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert heard.ahead == []
    assert heard.billed == sorted(heard.billed)
    assert not heard.has_ended or heard.kinds[-1] == "session-ended"
    assert all(answer is None or isinstance(answer, str | LangDAOError) for answer in answers)


async def test_a_heartbeat_that_proves_nothing_is_kept_for_the_platform_beside_the_last_proof() -> None:
    store = MemoryStore()
    line = Timeline(store=store)
    line.service.render_beat = lambda _lesson, heartbeat: heartbeat.model_dump_json()
    await line.create()
    await line.connect("student")
    await line.service.save_presence()
    before = (await store.load_presence(SESSION))["student"]

    starved = line.heartbeat(line.people["student"]).model_copy(
        update={"timestamp": line.clock.at_ms, "is_media_flowing": False}
    )
    await line.service.take_event(starved)
    await line.service.save_presence()

    kept = (await store.load_presence(SESSION))["student"]
    assert kept.beat == starved.model_dump_json()
    assert (kept.epoch, kept.proof_ms) == (before.epoch, before.proof_ms), "and it moves no edge"
