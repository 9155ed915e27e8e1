from __future__ import annotations

import asyncio
import gzip
import threading
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from langdao_video.web import assets
from langdao_video.web.assets import Assets
from tests.stories.live import PATIENCE_SECONDS


@pytest.fixture
def client(tmp_path: Path) -> httpx2.AsyncClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "room-abc.js").write_text("let a = 1;" * 100)
    for name in ("pdf", "blur"):
        (tmp_path / "assets" / f"{name}-worker-abc_1-2.js").write_text("postMessage(1)")
    (tmp_path / "room.html").write_text("<p>room</p>")
    app = Starlette(routes=[Mount("/static", Assets(tmp_path))])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test")


async def test_a_hashed_file_is_kept_for_a_year_and_comes_compressed(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/static/assets/room-abc.js")

    assert answer.text == "let a = 1;" * 100
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["pdf", "blur"])
async def test_what_reads_a_strangers_file_or_the_camera_reaches_no_address(
    client: httpx2.AsyncClient, name: str
) -> None:
    worker = await client.get(f"/static/assets/{name}-worker-abc_1-2.js")
    other = await client.get("/static/assets/room-abc.js")

    assert worker.headers["content-security-policy"] == "default-src 'none'; script-src 'wasm-unsafe-eval'"
    assert worker.headers["cross-origin-embedder-policy"] == "require-corp"
    assert "content-security-policy" not in other.headers


class SlowGzip:
    """Compresses only when the test lets it."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.compressed: list[bytes] = []

    def compress(self, plain: bytes, *, mtime: float) -> bytes:
        self.compressed.append(plain)
        assert self.may_end.wait(PATIENCE_SECONDS), "the test is held up"
        return gzip.compress(plain, mtime=mtime)


async def test_compressing_a_file_holds_up_nobody_and_is_done_once_for_that_file_alone(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowGzip()
    monkeypatch.setattr(assets, "gzip", slow)

    waiting = asyncio.create_task(client.get("/static/assets/room-abc.js"))
    other = await client.get("/static/room.html", headers={"accept-encoding": "identity"})
    slow.may_end.set()
    first = await waiting
    again = await client.get("/static/assets/room-abc.js")

    assert other.text == "<p>room</p>"
    assert first.text == again.text == "let a = 1;" * 100
    assert slow.compressed == [first.content]


async def test_a_browser_that_takes_no_gzip_gets_the_file_as_it_is(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/static/assets/room-abc.js", headers={"accept-encoding": "identity"})

    assert "content-encoding" not in answer.headers
    assert answer.text == "let a = 1;" * 100


async def test_a_file_that_has_not_changed_is_not_sent_again(client: httpx2.AsyncClient) -> None:
    first = await client.get("/static/room.html")

    again = await client.get("/static/room.html", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/static/none.js", 404),
        ("GET", "/static/../secret", 404),
        ("GET", "/static/%2e%2e/secret", 404),
        ("GET", "/static/", 404),
        ("POST", "/static/room.html", 405),
        ("HEAD", "/static/room.html", 200),
    ],
)
async def test_only_files_of_the_folder_are_served(
    client: httpx2.AsyncClient, method: str, path: str, status: int
) -> None:
    assert (await client.request(method, path)).status_code == status
