"""The delivery of events to a platform: order, bounds, and that no behaviour of a platform stops it (R27)."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
import structlog

from langdao_video.billing.lesson import Lesson
from langdao_video.delivery import worker as delivery
from langdao_video.delivery.worker import DeliveryWorker
from langdao_video.in_process.listeners import make_webhook_listener
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import Recorded, SeatTaken, SessionCreated, UserActed
from langdao_video.session.roles import Role
from tests.recorder import Recorder
from tests.stories.live import until

START_MS = 1_764_000_000_000
ADDRESS = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"


class Told:
    """A session whose facts go to a worker one by one."""

    def __init__(self, session_id: str) -> None:
        self.lesson = Lesson(session_id)
        self._ids = itertools.count(1)
        created = SessionCreated(
            student_address=ADDRESS,
            tutor_address=None,
            language="es",
            start_ms=START_MS,
            rate_minor=3_600,
            currency="USD",
            decimals=2,
        )
        self.created = self._record(created)

    def came(self, role: Role = "student", epoch: int = 1) -> list[Recorded]:
        """Let a participant take a seat."""
        return [self._record(SeatTaken(role=role, epoch=epoch, address=ADDRESS))]

    def acted(self, action: str = "muted") -> list[Recorded]:
        """Let the student switch the microphone or the camera."""
        return [self._record(UserActed(role="student", action=action))]

    def beat(self, second: int = 0) -> SessionHeartbeat:
        """Make a heartbeat."""
        return SessionHeartbeat(
            session_id=self.lesson.id,
            user_role="student",
            user_address=ADDRESS,
            language="es",
            start_time=START_MS,
            is_audio_enabled=True,
            is_video_enabled=True,
            elapsed_seconds=second,
            timestamp=START_MS + second * 1_000,
            epoch=1,
        )

    def _record(self, fact: SessionCreated | SeatTaken | UserActed) -> Recorded:
        number = next(self._ids)
        return self.lesson.record(fact, START_MS + number, f"{self.lesson.id}-{number}")


def hear(
    worker: DeliveryWorker, lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None
) -> None:
    """Give the changes of a session to a worker, as the service does."""
    listener = make_webhook_listener(worker.enqueue, lambda: "beat")
    listener(lesson, records, heartbeat)


@pytest.fixture
def backend() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
async def worker(backend: Recorder) -> AsyncIterator[DeliveryWorker]:
    made = DeliveryWorker(backend.url)
    yield made
    await made.close(5)


async def test_each_session_is_told_in_its_own_order(worker: DeliveryWorker, backend: Recorder) -> None:
    lessons = [Told(f"s-{number}") for number in range(3)]

    for _ in range(10):
        for told in lessons:
            hear(worker, told.lesson, told.acted(), None)
    await until(lambda: len(backend.posts) == 30)

    for told in lessons:
        assert [event["seq"] for event in backend.of(told.lesson.id)] == list(range(2, 12))


async def test_a_session_that_hangs_does_not_hold_up_another(
    worker: DeliveryWorker, backend: Recorder
) -> None:
    first, second = Told("s-1"), Told("s-2")
    backend.hang()

    hear(worker, first.lesson, first.came(), None)
    hear(worker, first.lesson, first.acted(), None)
    hear(worker, second.lesson, second.came(), None)
    await until(lambda: len(backend.posts) == 2)

    assert {post.body["sessionId"] for post in backend.posts} == {"s-1", "s-2"}
    backend.resume()
    await until(lambda: len(backend.posts) == 3)


@pytest.mark.requirement("R27")
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://[", "nonsense", "ftp://x/", "http://nowhere.invalid/"]
)
async def test_an_address_that_leads_nowhere_is_logged_and_the_line_moves_on(url: str) -> None:
    worker = DeliveryWorker(url)
    told = Told("s-1")

    with structlog.testing.capture_logs() as logs:
        hear(worker, told.lesson, told.came(), None)
        hear(worker, told.lesson, told.acted(), None)
        await until(lambda: not worker._waiting)
    await worker.close(1)

    assert [line["event"] for line in logs] == ["delivery-failed", "delivery-failed"]
    assert "token" not in str(logs)


class TestAtTheBound:
    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(delivery, "EVENTS_WAITING_MAX", 5)

    async def test_heartbeats_go_first_and_everything_else_arrives(
        self, worker: DeliveryWorker, backend: Recorder
    ) -> None:
        told = Told("s-1")
        backend.hang()
        hear(worker, told.lesson, told.came(), None)
        await until(lambda: backend.posts)

        for second in range(4):
            hear(worker, told.lesson, [], told.beat(second))
        for _ in range(4):
            hear(worker, told.lesson, told.acted(), None)
        backend.resume()
        await until(lambda: not worker._waiting)

        kinds = [event["type"] for event in backend.of("s-1")]
        assert kinds == ["user-connected", *["user-action"] * 4]

    async def test_without_heartbeats_the_oldest_that_waits_goes_and_is_logged(
        self, worker: DeliveryWorker, backend: Recorder
    ) -> None:
        told = Told("s-1")
        backend.hang()
        hear(worker, told.lesson, told.came(), None)
        await until(lambda: backend.posts)

        with structlog.testing.capture_logs() as logs:
            for _ in range(6):
                hear(worker, told.lesson, told.acted(), None)
        backend.resume()
        await until(lambda: not worker._waiting)

        assert [event["seq"] for event in backend.of("s-1")] == [2, 5, 6, 7, 8]
        assert [line["event"] for line in logs] == ["event-dropped", "event-dropped"]


async def test_closing_delivers_the_waiting_events(backend: Recorder) -> None:
    worker = DeliveryWorker(backend.url)
    told = Told("s-1")
    for _ in range(5):
        hear(worker, told.lesson, told.acted(), None)

    await worker.close(5)

    assert len(backend.posts) == 5


async def test_closing_does_not_wait_for_ever_and_says_how_much_is_left(backend: Recorder) -> None:
    worker = DeliveryWorker(backend.url)
    told = Told("s-1")
    backend.hang()
    for _ in range(5):
        hear(worker, told.lesson, told.acted(), None)
    await until(lambda: backend.posts)

    with structlog.testing.capture_logs() as logs:
        await worker.close(0.05)

    assert [(line["event"], line["events"]) for line in logs] == [("events-undelivered", 5)]


@pytest.mark.parametrize("url", ["http://-.☃/events", "http://[::1/events"])
async def test_a_url_that_nothing_can_be_sent_to_ends_no_line(url: str) -> None:
    worker, told = DeliveryWorker(url), Told("s-1")

    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            hear(worker, told.lesson, told.acted(), None)
            await until(lambda: not worker._tasks)
    await worker.close(0)

    failed = [entry for entry in logs if entry["event"] == "delivery-failed"]
    assert [(entry["id"], entry["exc_info"]) for entry in failed] == [("s-1-2", True), ("s-1-3", True)]
    assert not worker._waiting


async def test_an_event_that_is_no_text_costs_no_other(worker: DeliveryWorker, backend: Recorder) -> None:
    told = Told("s-1")
    hear(worker, told.lesson, told.acted("\ud800"), None)
    hear(worker, told.lesson, told.acted(), None)

    await until(lambda: len(backend.posts) == 1)

    assert [body["id"] for body in backend.of("s-1")] == ["s-1-3"]
