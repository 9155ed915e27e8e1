"""A room's outbox: its order, that the room never waits for it, and what happens while the backend fails."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
import structlog

from langdao_video.errors import EventRefused, LangDAOError, Unavailable
from langdao_video.session.events import PublicEvent, SessionHeartbeat, UserConnected
from langdao_video.session.roles import Role
from langdao_video.signaling import outbox as line
from langdao_video.signaling import queue_worker
from langdao_video.signaling.effects import Decide, Emit
from langdao_video.signaling.outbox import Outbox
from tests.signaling.play import ADDRESSES, START_MS
from tests.stories.live import until


class MoodyBackend:
    """A backend that first fails as often as the test says, and takes items only while it is open."""

    def __init__(self, *failures: Exception) -> None:
        self.took: list[object] = []
        self.takes_at_once = False
        self.open = asyncio.Event()
        self.open.set()
        self._failures = list(failures)

    def fail(self, failure: Exception) -> None:
        """Add one more failure."""
        self._failures.append(failure)

    def take_at_once(self, event: PublicEvent) -> bool:
        """Take an event now, or fail; or let it wait for its turn."""
        if self.takes_at_once and self._failures:
            raise self._failures.pop(0)
        if self.takes_at_once:
            self.took.append(("at once", event))
        return self.takes_at_once

    async def take_event(self, event: PublicEvent) -> None:
        """Take an event, or fail."""
        await self.open.wait()
        if self._failures:
            raise self._failures.pop(0)
        self.took.append(event)

    async def decide_grace(self, session_id: str, decision: Literal["wait", "end"], decided_by: Role) -> None:
        """Take an answer."""
        if self._failures:
            raise self._failures.pop(0)
        self.took.append((session_id, decision, decided_by))


def came(number: int) -> Emit:
    event = UserConnected(session_id="s", user_role="student", timestamp=START_MS + number, epoch=number + 1)
    return Emit(event)


def beat(number: int) -> Emit:
    return Emit(
        SessionHeartbeat(
            session_id="s",
            user_role="student",
            user_address=ADDRESSES["student"],
            language="es",
            start_time=START_MS,
            is_audio_enabled=True,
            is_video_enabled=True,
            elapsed_seconds=number,
            timestamp=START_MS + number,
        )
    )


def hear_nothing(decision: Decide, error: LangDAOError) -> None:
    raise AssertionError(f"{decision} was refused: {error}")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_worker, "_RETRY_SECONDS", (0.001,))


async def test_all_items_are_delivered_in_order() -> None:
    backend = MoodyBackend()
    outbox = Outbox("s", backend, hear_nothing)
    said = [came(number) for number in range(50)]

    for item in said:
        outbox.enqueue(item)
    outbox.enqueue(Decide("tutor", "wait", 2))
    await until(lambda: outbox.is_idle)

    assert backend.took == [item.event for item in said] + [("s", "wait", "tutor")]


@pytest.mark.requirement("R27")
async def test_while_the_backend_is_away_nothing_is_lost_or_reordered() -> None:
    busy = Unavailable("store-busy", "later")
    backend = MoodyBackend(busy, busy, busy)
    outbox = Outbox("s", backend, hear_nothing)

    outbox.enqueue(came(1))
    outbox.enqueue(came(2))
    await until(lambda: outbox.is_idle)

    assert backend.took == [came(1).event, came(2).event]


@pytest.mark.requirement("R27")
@pytest.mark.parametrize(
    "failure",
    [
        EventRefused("session-over", "over"),
        LangDAOError("x", "x"),
        RuntimeError("a bug"),
        ValueError("another"),
    ],
    ids=repr,
)
async def test_a_refused_or_failing_item_is_logged_and_the_next_is_delivered(failure: Exception) -> None:
    backend = MoodyBackend(failure)
    outbox = Outbox("s", backend, hear_nothing)

    outbox.enqueue(came(1))
    outbox.enqueue(came(2))
    await until(lambda: outbox.is_idle)

    assert backend.took == [came(2).event]


@pytest.mark.requirement("R27")
async def test_enqueue_never_waits() -> None:
    backend = MoodyBackend()
    backend.open.clear()
    outbox = Outbox("s", backend, hear_nothing)

    outbox.enqueue(came(1))
    await asyncio.sleep(0)
    outbox.enqueue(came(2))

    assert backend.took == []
    assert not outbox.is_idle
    backend.open.set()
    await until(lambda: outbox.is_idle)
    assert len(backend.took) == 2


async def test_what_the_backend_takes_at_once_needs_no_task() -> None:
    backend = MoodyBackend()
    backend.takes_at_once = True
    outbox = Outbox("s", backend, hear_nothing)

    outbox.enqueue(beat(1))

    assert (backend.took, outbox._task) == ([("at once", beat(1).event)], None)


async def test_nothing_is_taken_before_what_waits() -> None:
    backend = MoodyBackend()
    backend.open.clear()
    outbox = Outbox("s", backend, hear_nothing)
    outbox.enqueue(came(1))
    backend.takes_at_once = True

    outbox.enqueue(beat(2))
    backend.open.set()
    await until(lambda: outbox.is_idle)

    assert backend.took == [came(1).event, beat(2).event]


@pytest.mark.parametrize(
    ("failure", "logged"),
    [(EventRefused("session-over", "over"), "event-refused"), (RuntimeError("a bug"), "event-failed")],
    ids=repr,
)
async def test_what_is_refused_at_once_is_logged_and_not_tried_again(failure: Exception, logged: str) -> None:
    backend = MoodyBackend(failure)
    backend.takes_at_once = True
    outbox = Outbox("s", backend, hear_nothing)

    with structlog.testing.capture_logs() as logs:
        outbox.enqueue(beat(1))
        outbox.enqueue(beat(2))

    assert [entry["event"] for entry in logs] == [logged]
    assert backend.took == [("at once", beat(2).event)]


class TestAtTheBound:
    """The backend hangs with the first item, and the outbox is full."""

    @pytest.fixture
    def backend(self) -> MoodyBackend:
        backend = MoodyBackend()
        backend.open.clear()
        return backend

    async def say_all(self, backend: MoodyBackend, items: list[Emit]) -> list[object]:
        outbox = Outbox("s", backend, hear_nothing)
        outbox.enqueue(items[0])
        await asyncio.sleep(0)
        for item in items[1:]:
            outbox.enqueue(item)
        backend.open.set()
        await until(lambda: outbox.is_idle)
        return backend.took

    async def test_the_oldest_heartbeats_are_dropped_first_and_nothing_else(
        self, backend: MoodyBackend
    ) -> None:
        items = [item for number in range(line.QUEUE_MAX - 5) for item in (came(number), beat(number))]

        took = await self.say_all(backend, items)

        assert [event for event in took if isinstance(event, UserConnected)] == [
            item.event for item in items[::2]
        ]
        assert len(took) == line.QUEUE_MAX

    async def test_the_item_that_is_being_delivered_is_not_dropped(self, backend: MoodyBackend) -> None:
        items = [beat(0), *(came(number) for number in range(line.QUEUE_MAX - 1)), beat(1), came(999)]

        took = await self.say_all(backend, items)

        assert took[0] == beat(0).event
        assert beat(1).event not in took
        assert took[1] == came(1).event
        assert len(took) == line.QUEUE_MAX

    async def test_without_heartbeats_the_oldest_waiting_item_is_dropped(self, backend: MoodyBackend) -> None:
        items = [came(number) for number in range(line.QUEUE_MAX + 3)]

        with structlog.testing.capture_logs() as lines:
            took = await self.say_all(backend, items)

        assert took == [items[0].event, *(item.event for item in items[4:])]
        assert [(line["event"], line.get("count")) for line in lines] == [
            ("event-dropped", None),
            ("events-dropped", 3),
        ]


async def test_finish_waits_for_the_queue_but_not_for_ever() -> None:
    backend = MoodyBackend()
    outbox, stuck = Outbox("s", backend, hear_nothing), Outbox("s", MoodyBackend(), hear_nothing)
    stuck._backend.open.clear()  # type: ignore[attr-defined] # it is a MoodyBackend

    outbox.enqueue(came(1))
    stuck.enqueue(came(1))
    await asyncio.gather(outbox.finish(5), stuck.finish(0.05))

    assert backend.took == [came(1).event]
    await until(lambda: stuck.is_idle)
