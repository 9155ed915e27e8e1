"""The commands and programs in the documents are run, each against a real service of its own.

A block under `<!-- run -->` is run; one under `<!-- receiver -->` is started as a platform's backend; a JSON block
under `<!-- output -->` shows what the block before it prints.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from langdao_video.access.tokens import Tokens
from langdao_video.clock import SystemClock
from langdao_video.session.links import LinkRules, receive_link
from tests.browser.server import Service
from tests.ports import free_port
from tests.stories.forked import ForkedService

pytestmark = pytest.mark.requirement("R46")

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parent.parent
GUIDE: Final = ROOT / "docs/integration.md"
OPERATIONS: Final = ROOT / "docs/operations.md"
STUDENT, TUTOR = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1", "0x8ba1f109551bD432803012645Ac136ddd64DBA72"
TOOLS: Final = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
SECONDS_MAX: Final = 60
MARK: Final = "@@ next block"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block under a comment that says what it is for."""

    mark: str
    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    found = re.findall(r"<!-- ([a-z]+) -->\n```(\w+)\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    return [Block(*parts) for parts in found]


def program(language: str, mark: str, page: Path = GUIDE) -> str:
    [block] = [block for block in blocks(page) if (block.mark, block.language) == (mark, language)]
    return block.text


@asynccontextmanager
async def running_service(folder: Path, **env: str) -> AsyncIterator[Service]:
    (folder / "var").mkdir()
    database = f"sqlite:///{folder / 'var/langdao.sqlite'}"
    async with ForkedService(folder, {"STUN_URLS": "none", "DATABASE_URL": database, **env}) as service:
        yield service


async def run(folder: Path, service: Service, *command: str) -> str:
    """Run *command* in *folder* and return what it printed; a status other than 0 fails the test with all of it."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, "PATH": TOOLS, "CALL": service.url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, problems = await asyncio.wait_for(process.communicate(), SECONDS_MAX)
    assert process.returncode == 0, f"{out.decode()}\n{problems.decode()}"
    return out.decode()


def command_for(language: str, path: Path) -> tuple[str, str]:
    node = shutil.which("node", path=TOOLS)
    assert node, "Node is installed by `make install`"
    return (sys.executable if language == "python" else node), str(path)


def shape(value: object) -> object:
    """Return the keys and kinds of a JSON value; null fits every kind."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    return type(value).__name__


def fits(sample: object, real: object) -> bool:
    if isinstance(sample, dict) and isinstance(real, dict):
        return sample.keys() == real.keys() and all(fits(sample[key], real[key]) for key in sample)
    return sample is None or real is None or shape(sample) == shape(real)


@pytest.mark.parametrize("page", [GUIDE, OPERATIONS], ids=lambda page: page.stem)
@pytest.mark.requirement("R3", "R35")
async def test_the_commands_of_a_page_work_and_print_what_it_shows(page: Path, tmp_path: Path) -> None:
    shown = [
        block
        for block in blocks(page)
        if block.language in {"bash", "json"} and block.mark in {"run", "output"}
    ]
    commands = [block.text for block in shown if block.mark == "run"]
    script = "set -euo pipefail\n" + f"echo; echo '{MARK}'\n".join(commands)

    async with running_service(tmp_path) as service:
        printed = (await run(tmp_path, service, "bash", "-c", script)).split(MARK)

    assert len(printed) == len(commands)
    assert all("code" not in text or "student-not-connected" in text for text in printed), printed
    for before, block in pairwise(shown):
        if block.mark == "output":
            real = json.loads(printed[commands.index(before.text)])
            assert fits(json.loads(block.text), real), f"{block.text} is no longer like {real}"


@pytest.mark.parametrize("language", ["python", "js"])
@pytest.mark.requirement("R3")
async def test_the_whole_programs_of_the_guide_make_a_lesson(language: str, tmp_path: Path) -> None:
    file = tmp_path / f"platform.{language}"
    file.write_text(program(language, "run"))

    async with running_service(tmp_path) as service:
        printed = await run(tmp_path, service, *command_for(language, file))

    assert re.search(r"student: http://localhost:\d+/\?room=session-\S+&role=student", printed)
    assert re.search(r"tutor: +http://localhost:\d+/\?room=session-\S+&role=tutor", printed)
    assert re.search(r"so far: .*\$0\.00", printed)


@pytest.mark.parametrize("language", ["python", "js"])
@pytest.mark.requirement("R24", "R26")
async def test_the_receivers_of_the_guide_hear_the_end_and_the_cost(language: str, tmp_path: Path) -> None:
    file = tmp_path / f"receiver.{language}"
    file.write_text(program(language, "receiver"))

    async with running_receiver(command_for(language, file)) as (receiver, port):
        backend = f"http://127.0.0.1:{port}/api/webrtc-events"
        async with running_service(tmp_path, BACKEND_URL=backend) as service:
            session = await play_lesson(service)
            assert receiver.stdout
            printed = await asyncio.wait_for(receiver.stdout.readline(), SECONDS_MAX)

    assert re.fullmatch(rf"charge {session}: \d+ s, \$\d+\.\d\d\n", printed.decode())


@pytest.mark.requirement("R4")
def test_a_link_that_a_platform_signs_itself_is_taken() -> None:
    parts: dict[str, Any] = {}
    exec(compile(program("python", "link", OPERATIONS), "operations.md", "exec"), parts)  # noqa: S102 - our own page
    now_ms, key = SystemClock().now_ms(), "k" * 32

    link = parts["make_link"]("https://call.example", key, "session-abc123", "tutor", TUTOR, "es", now_ms)
    page, token = link.split("#token=")
    query = parse_qs(urlsplit(page).query)

    assert page.startswith("https://call.example/?")
    assert Tokens([key]).receive_link_token(token, now_ms) == receive_link(query, now_ms, LinkRules())


@asynccontextmanager
async def running_receiver(command: tuple[str, str]) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    port = free_port()
    env = {**os.environ, "PORT": str(port)}
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(SECONDS_MAX):
            while not await listens(port):
                assert process.returncode is None, "the receiver ended"
                await asyncio.sleep(0.05)
        yield process, port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def play_lesson(service: Service) -> str:
    """Play a lesson of no length through the API, as another call service would, and return its id."""
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=SECONDS_MAX) as api:

        async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = await api.post(path, json=body)
            assert answer.is_success, answer.text
            return dict(answer.json())

        made = await post(
            "/api/sessions", {"studentAddress": STUDENT, "tutorAddress": TUTOR, "language": "es"}
        )
        about = {"sessionId": made["sessionId"], "timestamp": made["sessionStart"]}
        for role in ("student", "tutor"):
            await post("/api/webrtc-events", {"type": "user-connected", "userRole": role, **about})
        end = {
            "type": "session-ended",
            "totalSeconds": 0,
            "endedBy": "student",
            "userAddress": STUDENT,
            **about,
        }
        await post("/api/webrtc-events", end)
        return str(made["sessionId"])
