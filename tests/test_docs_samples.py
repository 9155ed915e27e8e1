"""Runs the commands and programs in the documents, each against a real service of its own.

A block under `<!-- run -->` or `<!-- library -->` is run. A JSON block under `<!-- output -->` shows what the block
before it prints. `test_docs_backends.py` starts the backends.
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

import pytest

from langdao_video.access.tokens import Tokens
from langdao_video.clock import SystemClock
from langdao_video.session.links import LinkRules, receive_link
from tests.browser.server import Service
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
    """A fenced block and the comment above it, which says what to do with it."""

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
    """Run *command* in *folder* and return its output. A status other than 0 fails the test, which shows the output."""
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
    """Return the keys and kinds of a JSON value. null fits each kind."""
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


@pytest.mark.parametrize(("language", "mark"), [("python", "run"), ("js", "run"), ("python", "library")])
@pytest.mark.requirement("R3")
async def test_the_whole_programs_of_the_guide_make_a_lesson(
    language: str, mark: str, tmp_path: Path
) -> None:
    file = tmp_path / f"program.{language}"
    file.write_text(program(language, mark))

    async with running_service(tmp_path) as service:
        printed = await run(tmp_path, service, *command_for(language, file))

    assert re.search(r"student: http://localhost:\d+/\?room=session-\S+&role=student", printed)
    assert re.search(r"tutor: +http://localhost:\d+/\?room=session-\S+&role=tutor", printed)
    assert re.search(r"so far: .*\$0\.00", printed)


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
