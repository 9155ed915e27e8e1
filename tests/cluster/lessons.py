"""Whole lessons over a cluster, with trouble in the middle, and what must be true of each afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import httpx2

from tests.cluster.evidence import LAPSED_MS, UNSTORED_MS, bounds_ms
from tests.cluster.nodes import Cluster
from tests.cluster.page import ClusterPage
from tests.stories.live import NO_TLS, until, until_async

SECOND_MS: Final = 1_000
"""A bill has whole seconds."""
ENDED_AT_ONCE: Final = 10
"""How many lessons end together: an end waits for both pages' last proofs for a second, also on a busy machine."""
LOSSES: Final = frozenset({"chat-over", "chat-not-stored"})
"""The refusals of a line that no store may give while the lesson goes on."""
PATIENCE_SECONDS: Final = 180.0
"""A machine that is so busy that leases end before they are renewed still plays the lesson to its end."""


@dataclass(slots=True)
class PlayedLesson:
    """A lesson and its two pages."""

    student: ClusterPage
    tutor: ClusterPage
    said: int = 0

    @property
    def pages(self) -> tuple[ClusterPage, ClusterPage]:
        return self.student, self.tutor

    @property
    def room(self) -> str:
        return self.student.room

    async def say_more(self) -> None:
        """Let the student say the next line."""
        self.said += 1
        await self.student.say(str(self.said))


@asynccontextmanager
async def playing(
    cluster: Cluster, count: int, seed: int, choose_port: Callable[[], int] | None = None
) -> AsyncIterator[list[PlayedLesson]]:
    """Play *count* lessons, whose pages connect to any node. At the end all are ended and judged."""
    random = Random(seed)  # noqa: S311 - the same choices every time
    choose = choose_port or (lambda: random.choice(cluster.ports))
    start_ms = time.time_ns() // 1_000_000
    lessons = [
        PlayedLesson(
            ClusterPage(choose, f"lesson-{seed}-{number}", "student", start_ms),
            ClusterPage(choose, f"lesson-{seed}-{number}", "tutor", start_ms),
        )
        for number in range(count)
    ]
    tasks = [asyncio.create_task(page.run()) for lesson in lessons for page in lesson.pages]
    try:
        try:
            await until(
                lambda: all(page.peers for lesson in lessons for page in lesson.pages), PATIENCE_SECONDS
            )
        except TimeoutError:
            lonely = [page for lesson in lessons for page in lesson.pages if not page.peers]
            told = [
                (page.room, page.role, page.sockets, page.refusals[-3:], page.codes[-3:]) for page in lonely
            ]
            raise AssertionError(f"{len(lonely)} pages met nobody: {told[:5]}") from None
        yield lessons
        for first in range(0, count, ENDED_AT_ONCE):
            await asyncio.gather(*(_end(lesson) for lesson in lessons[first : first + ENDED_AT_ONCE]))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _end(lesson: PlayedLesson) -> None:
    await until(lambda: len(lesson.student.chat) == len(lesson.tutor.chat) == lesson.said, PATIENCE_SECONDS)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not all(page.ended for page in lesson.pages):
            await lesson.student.send("end-session")
            await asyncio.sleep(0.5)


async def judge(cluster: Cluster, lessons: list[PlayedLesson]) -> int:
    """Check each lesson by what its pages saw and by what each node says of it; return how many lost no second."""
    return sum([await _judge(cluster, lesson) for lesson in lessons])


async def _judge(cluster: Cluster, lesson: PlayedLesson) -> bool:
    views = [await read(port, f"/api/sessions/{lesson.room}") for port in cluster.ports]
    events = (await read(cluster.ports[0], f"/api/sessions/{lesson.room}/events"))["events"]
    sittings = [
        (event["userRole"], event["epoch"], event["timestamp"])
        for event in events
        if event["type"] == "user-connected"
    ]
    unstored_ms = UNSTORED_MS + (LAPSED_MS if cluster.has_lapsed() else 0)
    statement = await read(cluster.ports[0], f"/api/sessions/{lesson.room}/statement")
    questions = [(asked["at"], asked["resolvedAt"]) for asked in statement["questions"]]
    least_ms, most_ms = bounds_ms(
        lesson.student.visits, lesson.tutor.visits, sittings, unstored_ms, cluster.sleeps, questions
    )
    billed_ms: int = views[0]["billableSeconds"] * 1_000
    told = f"{lesson.room}: {billed_ms} ms billed, {least_ms} to {most_ms} answered"
    for page in lesson.pages:
        assert page.rooms == {lesson.room}, f"a page was shown another lesson; {told}"
        assert page.chat == [str(number + 1) for number in range(lesson.said)], (
            f"once, in order: {page.chat}; {told}"
        )
        assert not LOSSES & {*page.refusals}, f"a line was given up: {page.refusals}; {told}"
    assert all(view["state"] == "ended" for view in views), told
    assert {view["billableSeconds"] for view in views} == {billed_ms // 1_000}, told
    assert len(sittings) == len({(role, epoch) for role, epoch, _ in sittings}), f"twice in a seat; {told}"
    assert {role for role, *_ in sittings} == {"student", "tutor"}, told
    assert billed_ms <= most_ms, f"over-billed; {told}"
    assert billed_ms > least_ms - SECOND_MS, f"under-billed; {told}"
    return billed_ms > most_ms - SECOND_MS


async def until_all_are_back(lessons: list[PlayedLesson]) -> None:
    """Wait until each page has answered a ping of its room: then it has its seat."""
    pages = [page for lesson in lessons for page in lesson.pages]
    answers = [page.answers for page in pages]
    await until(
        lambda: all(page.answers > before for page, before in zip(pages, answers, strict=True)),
        PATIENCE_SECONDS,
    )


async def read(port: int, path: str) -> Any:  # noqa: ANN401 - JSON
    """GET JSON from a node."""
    async with node_client(port) as http:
        answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def request(port: int, method: str, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
    """Send JSON to a node until it takes it, as a platform does; a refusal that says "later" is tried again."""
    answer: httpx2.Response | None = None

    async def is_taken() -> bool:
        nonlocal answer
        async with node_client(port) as http:
            answer = await http.request(method, path, json=body)
        return answer.status_code != 503

    await until_async(is_taken, PATIENCE_SECONDS)
    assert answer is not None
    assert answer.status_code < 300, answer.text
    return answer.json()


@asynccontextmanager
async def node_client(port: int) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of one node."""
    async with httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE_SECONDS, verify=NO_TLS
    ) as http:
        yield http
