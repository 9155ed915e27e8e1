"""The service inside a platform's own application: all its pages and sockets work below the path."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from langdao_video.app import create_app
from langdao_video.settings import Settings
from langdao_video.web.service import CallService
from tests.ports import free_port
from tests.stories.live import PATIENCE_SECONDS, HandClock, listening
from tests.stories.page import ADDRESSES, Page

pytestmark = pytest.mark.slow

MOUNTS: Final = ["fastapi", "fastapi-with-lifespan", "starlette"]
API_KEY: Final = "an-api-key"
PRODUCTION: Final = {"link_keys": "a-key-of-this-service-32-bytes-long", "api_keys": API_KEY}
LESSON: Final = {"studentAddress": ADDRESSES["student"], "tutorAddress": ADDRESSES["tutor"], "language": "es"}


@dataclass(frozen=True, slots=True)
class Mounted:
    """A platform with the service at *path*."""

    call: CallService
    http: httpx2.AsyncClient
    path: str

    @property
    def base(self) -> str:
        """Return the address of the service, without a slash at the end."""
        return f"http://localhost:{self.http.base_url.port}{self.path}"

    @property
    def ws_url(self) -> str:
        """Return the address of its sockets."""
        return f"ws://localhost:{self.http.base_url.port}{self.path}/"

    async def get(self, address: str, **more: Any) -> httpx2.Response:  # noqa: ANN401 - httpx2's
        """GET an address below the path without following redirects."""
        return await self.http.get(urljoin(self.base + "/", address), **more)


def make_platform(kind: str, call: CallService, path: str) -> FastAPI | Starlette:
    """Make a platform's application with the service in it, and one page of its own."""
    if kind == "starlette":
        own = Route("/", lambda _request: PlainTextResponse("platform"))
        return Starlette(routes=[own, Mount(path, call)])
    platform = FastAPI(lifespan=call.lifespan) if kind == "fastapi-with-lifespan" else FastAPI()
    platform.add_api_route("/", lambda: "platform")
    platform.mount(path, call)
    return platform


@asynccontextmanager
async def mounted(folder: Path, kind: str, path: str = "/call", **settings: object) -> AsyncIterator[Mounted]:
    """Serve a platform on a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        given: dict[str, Any] = {
            "webrtc_url": f"http://localhost:{port}{path}",
            "database_url": f"sqlite:///{folder / 'lessons.sqlite'}",
            "stun_urls": "none",
            **settings,
        }
        call = create_app(Settings(**given), clock=HandClock())
        async with (
            listening(make_platform(kind, call, path), listener),
            httpx2.AsyncClient(
                base_url=f"http://localhost:{port}", trust_env=False, timeout=PATIENCE_SECONDS
            ) as http,
        ):
            yield Mounted(call, http, path)


def addresses_in(page: httpx2.Response) -> list[str]:
    """Return the addresses that a page loads and links to, as a browser resolves them."""
    found = re.findall(r"""\b(?:src|href)="([^"]+)""", page.text)
    return [urljoin(str(page.url), address) for address in found if not address.startswith("data:")]


@pytest.mark.parametrize("kind", MOUNTS)
async def test_a_whole_lesson_below_a_path(tmp_path: Path, kind: str) -> None:
    async with mounted(tmp_path, kind, **PRODUCTION) as platform:
        platform.http.headers["authorization"] = f"Bearer {API_KEY}"
        made = (await platform.http.post("/call/api/sessions", json=LESSON)).json()
        token = urlsplit(made["studentUrl"]).fragment.removeprefix("token=")
        student = Page(platform.ws_url, made["sessionId"], "student", token=token)
        await student.open(origin=platform.base.removesuffix("/call"))
        await student.join()
        room = await platform.get(made["studentUrl"])
        tutor = await platform.http.post(f"/call/api/sessions/{made['sessionId']}/tutor-link", json={})
        await student.send("end-session")
        ended = await student.expect("session-ended")
        statement = await platform.get(ended["statementUrl"])
        await student.close()

    assert made["studentUrl"].startswith(f"{platform.base}/?room=")
    assert tutor.json()["tutorUrl"].startswith(f"{platform.base}/?room=")
    assert ended["statementUrl"].startswith(f"{platform.base}/sessions/{made['sessionId']}?token=")
    assert (room.status_code, statement.status_code) == (200, 200)
    assert made["sessionId"] in statement.text


@pytest.mark.parametrize("kind", MOUNTS)
async def test_all_that_pages_load_and_link_to_exists(tmp_path: Path, kind: str) -> None:
    async with mounted(tmp_path, kind) as platform:
        pages = [
            await platform.get(path, headers={"accept": "text/html"})
            for path in ("./", "?room=r&role=student", "demo", "docs", "?role=x", "a/b/c", "docs/")
        ]
        asked = {address for page in pages for address in addresses_in(page)}
        missing = [address for address in asked if (await platform.get(address)).status_code != 200]

    assert len(asked) > 10
    assert {urlsplit(address).path.split("/")[1] for address in asked} == {"call"}
    assert missing == []


async def test_scripts_are_told_where_the_service_is(tmp_path: Path) -> None:
    async with mounted(tmp_path, "fastapi") as platform:
        start, demo = await platform.get("./"), await platform.get("demo")
        described = (await platform.get("openapi.json")).json()

    for page in (start, demo):
        assert '<meta name="langdao:base" content="/call/">' in page.text
    assert described["servers"] == [{"url": "/call"}]


async def test_two_deep_and_in_another_script(tmp_path: Path) -> None:
    async with mounted(tmp_path, "starlette", "/наши/уроки") as platform:
        page = await platform.get("?room=r&role=student")
        answers = [await platform.get(address) for address in addresses_in(page)]

    assert page.status_code == 200
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert len(answers) > 1


async def test_the_platform_keeps_its_own_pages(tmp_path: Path) -> None:
    async with mounted(tmp_path, "fastapi") as platform:
        own, other = await platform.http.get("/"), await platform.http.get("/static/icon.svg")

    assert own.json() == "platform"
    assert other.status_code == 404


async def test_many_first_requests_at_once_start_it_once(tmp_path: Path) -> None:
    async with mounted(tmp_path, "starlette") as platform:
        answers = await asyncio.gather(*(platform.get("health") for _ in range(30)))
        loops = platform.call.state.context.loops

    assert {answer.status_code for answer in answers} == {200}
    assert len(loops) == 6


async def test_a_service_that_cannot_start_says_so_and_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    (tmp_path / "not").write_text("no folder")
    async with mounted(folder, "starlette") as platform:
        before = await platform.get("health")
        (tmp_path / "not").unlink()
        folder.mkdir(parents=True)
        after = await platform.get("health")

    assert (before.status_code, before.json()["code"]) == (500, "internal-error")
    assert after.status_code == 200


def test_starlettes_own_test_client_is_this_machine_and_needs_no_lifespan(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'lessons.sqlite'}", stun_urls=())
    app = create_app(settings, clock=HandClock())

    assert TestClient(app).get("/health").status_code == 200
    assert TestClient(app, base_url="http://evil.example").get("/health").status_code == 421


def test_the_example_in_the_documents_starts_and_stops_with_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'lessons.sqlite'}")
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    example = re.search(r"<!-- mount -->\n```python\n(.*?)```", page, re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {}
    exec(example[1], names)  # noqa: S102 - ours

    with TestClient(names["platform"], base_url="http://localhost") as http:
        assert http.get("/call/health").status_code == 200
        assert files_in(tmp_path) != ["lessons.sqlite", "lessons.sqlite.lock"]
    assert files_in(tmp_path) == ["lessons.sqlite", "lessons.sqlite.lock"]


PLATFORM: Final = """
import sys
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from langdao_video.app import create_app

call = create_app()
platform = {platform}
platform.mount("/call", call)
uvicorn.run(platform, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", timeout_graceful_shutdown=1)
"""


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["FastAPI()", "Starlette(lifespan=call.lifespan)"])
async def test_it_closes_its_books_when_the_platform_stops(tmp_path: Path, platform: str) -> None:
    port, code = free_port(), PLATFORM.format(platform=platform)
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'lessons.sqlite'}",
        "STUN_URLS": "none",
        "WEBRTC_URL": f"http://localhost:{port}/call",
    }
    process = subprocess.Popen(  # noqa: ASYNC220 - the test uses only its network port
        [sys.executable, "-c", code, str(port)], env=environment, cwd=tmp_path, stderr=subprocess.PIPE
    )
    try:
        await until_answered(f"http://localhost:{port}/call/health")
        student = Page(f"ws://localhost:{port}/call/", "r", "student")
        await student.join()
        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.to_thread(process.communicate, timeout=PATIENCE_SECONDS)
        await student.close()
    finally:
        process.kill()

    # Only when its last connection closes, SQLite moves its log into the file.
    assert files_in(tmp_path) == ["lessons.sqlite", "lessons.sqlite.lock"]
    assert b"Traceback" not in errors


def files_in(folder: Path) -> list[str]:
    """Return the names of a folder's files."""
    return sorted(file.name for file in folder.iterdir())


async def until_answered(url: str) -> None:
    """Wait until a server that is starting answers 200."""
    async with httpx2.AsyncClient(trust_env=False) as http, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(httpx2.TransportError):
                assert (await http.get(url)).status_code == 200
                return
            await asyncio.sleep(0.05)
