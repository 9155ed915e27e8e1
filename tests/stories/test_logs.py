"""If the log cannot be written, only lines are lost. Text of strangers cannot control a terminal."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.browser.server import Process as ChildProcess
from tests.ports import free_port
from tests.stories.forked import start_forked
from tests.stories.live import PATIENCE_SECONDS, until_async
from tests.stories.page import ADDRESSES, Page

pytestmark = pytest.mark.slow

TOKEN: Final = "eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiJ4In0.c2lnbmF0dXJl"  # noqa: S105 - no token of anyone
EVIL: Final = "\x1b[2J\x07\x9b2J\u202e\r\nforged"


class Process:
    """`langdao-video serve` with the given standard output and standard error."""

    def __init__(self, port: int, process: ChildProcess) -> None:
        self.port = port
        self.process = process
        self.http = httpx2.AsyncClient(
            base_url=f"http://localhost:{port}", trust_env=False, timeout=PATIENCE_SECONDS
        )

    async def until_healthy(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                assert self.process.returncode is None, "the service has died"
                try:
                    health: dict[str, Any] = (await self.http.get("/health")).json()
                except httpx2.TransportError:
                    await asyncio.sleep(0.05)
                else:
                    return health

    async def has_billed(self, room: str) -> bool:
        """Tell whether a second of the session is billed."""
        return bool((await self.http.get(f"/api/sessions/{room}")).json()["billableSeconds"] >= 1)

    async def play_lesson(self) -> dict[str, Any]:
        """Let two people meet until a second is billed, then end. Return the session as the API shows it."""
        made = (
            await self.http.post(
                "/api/sessions", json={"studentAddress": ADDRESSES["student"], "language": "es"}
            )
        ).json()
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(made["studentUrl"]).query))
        ws_url, room = f"ws://localhost:{self.port}/", made["sessionId"]
        about: dict[str, Any] = {"language": "es", "sessionStart": int(query["sessionStart"])}
        async with (
            Page(ws_url, room, "student", address=ADDRESSES["student"], **about) as student,
            Page(ws_url, room, "tutor", address=ADDRESSES["tutor"], **about),
        ):
            await student.expect("bill", running=True)
            await until_async(partial(self.has_billed, room))
            await student.send("end-session")
            await student.expect("session-ended")
        shown: dict[str, Any] = (await self.http.get(f"/api/sessions/{room}")).json()
        return shown


@asynccontextmanager
async def serving(folder: Path, *arguments: str, out: int, err: int, **env: str) -> AsyncIterator[Process]:
    """Run `langdao-video serve`, or another module, with these files as its output and errors."""
    port = int(env.pop("PORT", 0)) or free_port()
    env = {
        **os.environ,
        "PORT": str(port),
        "STUN_URLS": "none",
        "DATABASE_URL": f"sqlite:///{folder / 'lessons.sqlite'}",
        **env,
    }
    process: ChildProcess
    if arguments and arguments[0] != "serve":
        command = (sys.executable, "-m", *arguments)
        process = await asyncio.create_subprocess_exec(*command, stdout=out, stderr=err, env=env)
    else:
        outputs = (f"/proc/{os.getpid()}/fd/{out}", f"/proc/{os.getpid()}/fd/{err}")
        process = await start_forked(*(arguments or ("serve",)), env=env, outputs=outputs)
    service = Process(port, process)
    try:
        await service.until_healthy()
        yield service
    finally:
        await service.http.aclose()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
                pytest.fail("a log that cannot be written kept the service from ending")


def read_all(folder: Path) -> str:
    return "".join(path.read_text("latin-1") for path in folder.iterdir())


async def flood(service: Process) -> None:
    """Cause more log lines than may wait: refusals with long paths."""
    for _ in range(200):
        await service.http.get(f"/api/sessions/{'x' * 12_000}")


async def test_a_full_disk_under_the_log_costs_no_lesson(tmp_path: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    async with serving(tmp_path, "serve", "--links", out=full, err=full) as service:
        lesson = await service.play_lesson()
        health = await service.until_healthy()
    os.close(full)

    assert (lesson["state"], lesson["billableSeconds"] >= 1) == ("ended", True)
    assert health["status"] == "ok"
    assert health["logLinesDropped"] >= 4, "each line of the lesson is counted"


async def test_a_log_whose_reader_dies_costs_no_lesson(tmp_path: Path) -> None:
    reader, end = os.pipe()
    async with serving(tmp_path, "serve", "--links", out=end, err=end) as service:
        os.close(reader)
        lesson = await service.play_lesson()
        health = await service.until_healthy()
    os.close(end)

    assert (lesson["state"], lesson["billableSeconds"] >= 1) == ("ended", True)
    assert health["logLinesDropped"] >= 4


async def test_a_log_that_nobody_reads_costs_no_lesson_and_says_afterwards_what_is_missing(
    tmp_path: Path,
) -> None:
    reader, end = os.pipe()
    async with serving(tmp_path, out=end, err=end) as service:
        await flood(service)
        lesson = await service.play_lesson()
        dropped = (await service.until_healthy())["logLinesDropped"]

        text = b""
        while b"log-lines-dropped" not in text:
            text += await asyncio.to_thread(os.read, reader, 1 << 16)
        await flood(service)  # and nobody reads its last lines

    os.close(end)
    os.close(reader)
    assert (lesson["state"], lesson["billableSeconds"] >= 1) == ("ended", True)
    assert dropped > 0
    assert service.process.returncode == -signal.SIGTERM


async def test_in_another_server_s_process_a_full_disk_under_its_log_costs_no_request(tmp_path: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    port = free_port()
    arguments = ("uvicorn", "--factory", "langdao_video.app:create_app", "--port", str(port))
    async with serving(tmp_path, *arguments, out=full, err=full, PORT=str(port)) as service:
        answer = await service.http.get("/api/sessions/nobody")
    os.close(full)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-session")


async def test_without_standard_error_nothing_is_written_into_another_file(tmp_path: Path) -> None:
    command = 'exec "$0" -m langdao_video serve 2>&- >&-'
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", command, sys.executable),
        env={
            **os.environ,
            "PORT": str(port),
            "STUN_URLS": "none",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'lessons.sqlite'}",
        },
    )
    service = Process(port, process)
    await service.until_healthy()
    await service.http.get("/api/sessions/nobody")
    await service.http.aclose()
    process.terminate()
    await process.wait()

    assert "request-refused" not in read_all(tmp_path)


@pytest.mark.parametrize("log_format", ["console", "json"])
async def test_a_stranger_s_url_moves_no_terminal_and_a_token_in_it_is_not_kept(
    tmp_path: Path, log_format: str
) -> None:
    evil = urllib.parse.quote(EVIL)
    with (tmp_path / "log").open("wb") as log:
        async with serving(tmp_path, out=log.fileno(), err=log.fileno(), LOG_FORMAT=log_format) as service:
            answers = [
                await service.http.get(f"/api/sessions/{evil}"),
                await service.http.get(f"/api/sessions/x/events?after={evil}"),
                await service.http.post("/api/sessions", json={EVIL: 1, "language": EVIL}),
                await service.http.get(f"/{evil}"),
                await service.http.get(f"/sessions/x%3Ftoken={TOKEN}"),
                await service.http.get(f"/api/sessions/x%3Ftoken={TOKEN}"),
                await service.http.get(f"/?room=x&role=y%23token={TOKEN}"),
            ]
            async with Page(f"ws://localhost:{service.port}/", "x", "student") as page:
                await page.send(EVIL)
                await page.expect("error")
    lines = (tmp_path / "log").read_text("utf-8").splitlines()

    assert any("2J" in line for line in lines), "what was asked for is still there to be read"
    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith("forged") for line in lines)
    assert any("(token)" in line for line in lines)
    assert not any(part in line for line in lines for part in TOKEN.split("."))
    assert all(answer.text.replace("\n", "").isprintable() for answer in answers)
    if log_format == "json":
        assert all(json.loads(line) for line in lines)
