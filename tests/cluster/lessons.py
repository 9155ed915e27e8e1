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

from langdao_video.billing.rules import SILENCE_MS
from tests.billing import oracle
from tests.cluster.nodes import Cluster
from tests.cluster.page import ClusterPage
from tests.stories.live import NO_TLS, until, until_async

LOST_MS_MAX: Final = SILENCE_MS
"""What a drop may cost in billed time: the proofs that a killed node had not stored."""
UNTAKEN_MS_MAX: Final = 6_000
"""A page counts its last answer, even if the session ended before it came. Pings are 5 s apart, and a bill has whole
seconds."""
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
        await until(lambda: all(page.peers for lesson in lessons for page in lesson.pages), PATIENCE_SECONDS)
        yield lessons
        await asyncio.gather(*(_end(lesson) for lesson in lessons))
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


async def judge(cluster: Cluster, lessons: list[PlayedLesson]) -> None:
    """Check each lesson by what its pages saw and by what each node says of it."""
    for lesson in lessons:
        for page in lesson.pages:
            assert page.rooms == {lesson.room}, "a page was shown another lesson"
            assert page.epochs <= set(range(1, page.sockets + 1)), "a new sitting needs a new socket"
            assert page.chat == [str(number + 1) for number in range(lesson.said)], "once and in order"
        true_ms = oracle.billable_ms([lesson.student.proofs_ms], [lesson.tutor.proofs_ms], SILENCE_MS)
        drops = sum(page.sockets - 1 for page in lesson.pages)
        views = [await read(port, f"/api/sessions/{lesson.room}") for port in cluster.ports]
        billed_ms = views[0]["billableSeconds"] * 1_000
        assert all(view["state"] == "ended" for view in views)
        assert {view["billableSeconds"] for view in views} == {billed_ms // 1_000}
        assert billed_ms <= true_ms, f"{lesson.room} is over-billed"
        assert billed_ms > true_ms - UNTAKEN_MS_MAX - LOST_MS_MAX * drops, (
            f"{lesson.room} is under-billed: {billed_ms} of {true_ms} ms after {drops} drops"
        )
        events = (await read(cluster.ports[0], f"/api/sessions/{lesson.room}/events"))["events"]
        sittings = [
            (event["userRole"], event["epoch"]) for event in events if event["type"] == "user-connected"
        ]
        assert len(sittings) == len(set(sittings)), "nobody is twice in a seat"
        assert {role for role, _ in sittings} == {"student", "tutor"}


async def until_all_are_back(lessons: list[PlayedLesson]) -> None:
    """Wait until each page has answered a ping of its room: then it has its seat."""
    pages = [page for lesson in lessons for page in lesson.pages]
    proofs = [len(page.proofs_ms) for page in pages]
    await until(
        lambda: all(len(page.proofs_ms) > before for page, before in zip(pages, proofs, strict=True)),
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
