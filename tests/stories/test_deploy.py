"""A deploy in the middle of a lesson, over real sockets: no line is lost, none comes twice, the bill loses nothing."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import httpx2
import pytest
from websockets.exceptions import InvalidHandshake, InvalidStatus

from tests.browser.server import Server
from tests.cluster.nodes import running_cluster
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.stories.forked import ForkedService
from tests.stories.live import NO_TLS, PATIENCE_SECONDS, until, until_async
from tests.stories.page import ADDRESSES, Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["postgres_server"]
ENV: Final = {"STUN_URLS": "none"}
ROOM: Final = "deployed"
NOWHERE: Final = "http://127.0.0.1:9/"
"""Nobody listens at the port for discarding (RFC 863)."""


def page_of(service: Server, role: str, *, page: str = "", **join: Any) -> Page:  # noqa: ANN401 - JSON
    ws_url = f"ws://127.0.0.1:{service.port}/"
    return Page(
        ws_url,
        ROOM,
        role,
        page=page or f"page-of-{role}",
        address=ADDRESSES[role],
        language="es",
        sessionStart=time.time_ns() // 1_000_000,
        **join,
    )


async def meet(service: Server) -> tuple[Page, Page]:
    student, tutor = page_of(service, "student"), page_of(service, "tutor")
    await student.join()
    await tutor.join()
    await student.expect("peer-joined")
    return student, tutor


async def come_back(page: Page) -> dict[str, Any]:
    """Come back as pages do: again and again, until the service answers."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(OSError, InvalidHandshake):
                return await page.rejoin()
            await asyncio.sleep(0.05)


async def read_session(service: Server) -> dict[str, Any]:
    async with httpx2.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        answer = await http.get(f"http://127.0.0.1:{service.port}/api/sessions/{ROOM}")
    session: dict[str, Any] = answer.json()
    return session


def texts(lines: Sequence[dict[str, Any]]) -> list[str]:
    return [line["text"] for line in lines]


async def say(page: Page, id_: str, text: str) -> dict[str, Any]:
    await page.send("chat", id=id_, text=text)
    line: dict[str, Any] = (await heard(page, id_))["line"]
    return line


async def heard(page: Page, id_: str) -> dict[str, Any]:
    """Wait for the line *id_*."""
    while (frame := await page.expect("chat"))["line"]["id"] != id_:
        pass
    return frame


@pytest.mark.requirement("R20")
@pytest.mark.parametrize(
    "apart", [{}, {"SERVICE_ROLE": "call", "BACKEND_URL": NOWHERE}], ids=["both", "call"]
)
async def test_a_kill_loses_no_line_and_takes_none_twice(tmp_path: Path, apart: dict[str, str]) -> None:
    async with ForkedService(tmp_path, {**ENV, **apart}) as service:
        student, tutor = await meet(service)
        await say(student, "m-1", "¿Empezamos?")
        await say(tutor, "m-2", "Sí")
        await tutor.send("chat", id="m-3", text="written just before the kill")
        line = (await heard(student, "m-3"))["line"]

        await service.stop(signal.SIGKILL)
        await service.start()

        welcomes = [await come_back(page) for page in (student, tutor)]
        again = await say(
            tutor, "m-3", "written just before the kill"
        )  # the page did not hear that it was taken
        late = await say(student, "m-4", "written while it was away")
        third = page_of(
            service, "tutor", page="the-page-after-a-reload", resume=tutor.last("welcome")["resume"]
        )
        history = (await third.join())["chat"]

        before = ["¿Empezamos?", "Sí", "written just before the kill"]
        assert [texts(welcome["chat"]) for welcome in welcomes] == [before, before]
        assert again == line == welcomes[0]["chat"][2]
        assert texts(history) == [*before, late["text"]]
        assert [welcome["epoch"] for welcome in welcomes] == [1, 1]
        for page in (student, tutor, third):
            await page.close()


async def test_the_end_of_a_session_leaves_no_line_in_the_database(tmp_path: Path) -> None:
    async with ForkedService(tmp_path, {**ENV, "LINK_KEYS": "", "LOG_LEVEL": "warning"}) as service:
        student, tutor = await meet(service)
        await say(student, "m-1", "a secret of two people")

        await tutor.send("end-session")
        for page in (student, tutor):
            await page.expect("session-ended")
            await page.close()

        await until_async(lambda: asyncio.to_thread(is_gone, tmp_path))
    assert b"a secret of two people" not in read_all(tmp_path)


def is_gone(folder: Path) -> bool:
    """Tell whether the database has no chat any more."""
    with sqlite3.connect(f"file:{folder / 'lessons.sqlite'}?mode=ro", uri=True) as database:
        salts = database.execute("SELECT count(*) FROM chat_salts").fetchone()
        lines = database.execute("SELECT count(*) FROM chat_lines").fetchone()
    database.close()
    return (salts, lines) == ((0,), (0,))


def read_all(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.mark.requirement("R20", "R36")
async def test_a_deploy_without_another_process_lets_the_lesson_go_on_until_it_must_stop(
    tmp_path: Path,
) -> None:
    # Long enough for a busy machine to try all of this before the stop.
    async with ForkedService(tmp_path, {**ENV, "DRAIN_SECONDS": "12"}) as service:
        service.stop_seconds_max = PATIENCE_SECONDS
        student, tutor = await meet(service)

        stopping = asyncio.create_task(service.stop(signal.SIGTERM))
        moving = await student.expect("moving")
        second = await page_of(service, "student", leaving=moving["leaving"]).open()
        await second.send("join", **second.join_fields, resume=student.last("welcome")["resume"])
        refused = await second.expect("error")
        stranger = await Page(f"ws://127.0.0.1:{service.port}/", "another", "student").open()
        await stranger.send("join", **stranger.join_fields)
        unknown = await stranger.expect("error")
        line = await say(tutor, "m-1", "still here")
        closed = [await page.closed() for page in (second, stranger, student, tutor)]
        await stopping
        stopped = service.exit_status
        await service.start()
        welcomes = [await come_back(page) for page in (student, tutor)]
        await tutor.send("end-session")
        for page in (student, tutor):
            await page.expect("session-ended")
        events = await read_session(service)

        assert 6_000 < moving["withinMs"] <= 12_000
        assert (refused["code"], unknown["code"]) == ("service-moving", "service-moving")
        assert not refused.get("final")
        assert closed == [1013, 1013, 1012, 1012]
        assert stopped == -signal.SIGTERM
        assert [texts(welcome["chat"]) for welcome in welcomes] == [[line["text"]]] * 2
        assert [welcome["epoch"] for welcome in welcomes] == [1, 1]
        assert events["ended"]["endedBy"] == "tutor"
        for page in (student, tutor, second, stranger):
            await page.close()


@pytest.mark.requirement("R20", "R36")
async def test_pages_move_to_another_process_and_nobody_is_reported_as_gone(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    async with running_cluster(tmp_path, postgres_server, 2, DRAIN_SECONDS="60") as cluster:
        old, new = cluster.nodes
        pages = await meet(old)
        first = await say(pages[0], "m-1", "before")

        stopping = asyncio.create_task(old.stop(signal.SIGTERM))
        moved = []
        for page in pages:
            leaving = (await page.expect("moving"))["leaving"]
            with pytest.raises(InvalidStatus) as refused:  # a load balancer tries the next node
                await page_of(old, page.role, page=page.page, leaving=leaving).open()
            assert refused.value.response.status_code == 503
            resume = page.last("welcome")["resume"]
            moved.append(page_of(new, page.role, page=page.page, leaving=leaving))
            assert texts((await moved[-1].join(resume=resume))["chat"]) == [first["text"]]
            await page.send("moved")
        closed = [await page.closed() for page in pages]
        await stopping
        after = await say(moved[1], "m-2", "after")
        await heard(moved[0], "m-2")
        await until(lambda: len(moved[0].of_type("bill")) > 0)
        session = await read_session(new)
        await moved[0].send("end-session")
        await moved[1].expect("session-ended")

        assert closed == [1012, 1012]
        assert old.exit_status == -signal.SIGTERM, "it does not wait for its minute when all have left"
        assert [page.last("welcome")["epoch"] for page in moved] == [1, 1]
        assert [session["participants"][role]["connected"] for role in ("student", "tutor")] == [True, True]
        assert after["text"] == "after"
        for page in (*pages, *moved):
            await page.close()


async def test_a_second_signal_ends_the_drain(tmp_path: Path) -> None:
    async with ForkedService(tmp_path, {**ENV, "DRAIN_SECONDS": "3600"}) as service:
        student, tutor = await meet(service)
        stopping = asyncio.create_task(service.stop(signal.SIGTERM))
        await tutor.expect("moving")

        service.send_signal(signal.SIGTERM)

        assert await student.closed() == 1012
        await stopping
        assert service.exit_status == -signal.SIGTERM
        for page in (student, tutor):
            await page.close()


async def test_an_empty_service_stops_at_once(tmp_path: Path) -> None:
    async with ForkedService(tmp_path, {**ENV, "DRAIN_SECONDS": "3600"}) as service:
        await service.stop(signal.SIGTERM)

        assert service.exit_status == -signal.SIGTERM
