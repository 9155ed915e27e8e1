"""Behind a real nginx, below a path that nginx removes or leaves: a session, its pages, its socket, its addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import pytest

from langdao_video.session.links import Link
from langdao_video.session.paths import write_segment
from tests.ports import free_port
from tests.stories.live import PATIENCE_SECONDS, HandClock, Live, serving
from tests.stories.page import ADDRESSES, Page
from tests.web.nginx import proxied
from tests.web.test_mounted import addresses_in

pytestmark = pytest.mark.slow

TAKES_OFF: Final = pytest.mark.parametrize("takes_off", [True, False], ids=["taken off", "left on"])
API_KEY: Final = "an-api-key"


@dataclass(frozen=True, slots=True)
class Proxied:
    """A service in production, and its address for browsers."""

    live: Live
    base: str
    http: httpx2.AsyncClient

    @property
    def ws_url(self) -> str:
        """Return the address of its sockets."""
        return f"{self.base.replace('http', 'ws', 1)}/"


@asynccontextmanager
async def behind_nginx(folder: Path, *, takes_off: bool, host: str = "$http_host") -> AsyncIterator[Proxied]:
    """Run nginx, and behind it a service below `/call`."""
    port = free_port()
    settings = {
        "webrtc_url": f"http://localhost:{port}/call",
        "link_keys": "a-key-of-this-service-32-bytes-long",
        "api_keys": API_KEY,
    }
    async with (
        serving(folder, HandClock(), **settings) as live,
        proxied(folder, port, live.port, "/call", takes_off=takes_off, host=host),
        httpx2.AsyncClient(
            base_url=f"http://localhost:{port}",
            trust_env=False,
            timeout=PATIENCE_SECONDS,
            headers={"authorization": f"Bearer {API_KEY}"},
        ) as http,
    ):
        yield Proxied(live, f"http://localhost:{port}/call", http)


@TAKES_OFF
async def test_a_whole_lesson_behind_a_proxy_with_a_prefix(tmp_path: Path, *, takes_off: bool) -> None:
    lesson = {"studentAddress": ADDRESSES["student"], "tutorAddress": ADDRESSES["tutor"], "language": "es"}
    async with behind_nginx(tmp_path, takes_off=takes_off) as way:
        made: dict[str, Any] = (await way.http.post("/call/api/sessions", json=lesson)).json()
        room = await way.http.get(made["studentUrl"])
        token = urlsplit(made["studentUrl"]).fragment.removeprefix("token=")
        student = Page(way.ws_url, made["sessionId"], "student", token=token)
        await student.open(origin=way.base.removesuffix("/call"))
        await student.join()
        await student.send("end-session")
        ended = await student.expect("session-ended")
        statement = await way.http.get(ended["statementUrl"])
        await student.close()

    assert made["studentUrl"].startswith(f"{way.base}/?room=")
    assert (room.status_code, statement.status_code) == (200, 200)
    assert made["sessionId"] in statement.text


@TAKES_OFF
async def test_every_page_finds_what_it_loads_below_the_prefix(tmp_path: Path, *, takes_off: bool) -> None:
    link = f"/call/?room=r&role=student&address={ADDRESSES['student']}&language=es&sessionStart=1764000000000"
    async with behind_nginx(tmp_path, takes_off=takes_off) as way:
        pages = [
            await way.http.get(path, headers={"accept": "text/html"})
            for path in ("/call/", link, "/call/docs", "/call/docs/", "/call/?role=x", "/call/a/b/c")
        ]
        asked = {address for page in pages for address in addresses_in(page)}
        missing = [
            address
            for address in asked
            if not address.endswith("/call/demo") and (await way.http.get(address)).status_code != 200
        ]

    assert [page.status_code for page in pages] == [200, 200, 200, 200, 400, 404]
    assert len(asked) > 10
    assert {urlsplit(address).path.split("/")[1] for address in asked} == {"call"}
    assert missing == []


@TAKES_OFF
@pytest.mark.parametrize("room", ["a/b", "..", "a//b?c#d%2F", "урок 🎓", "a\\b"], ids=ascii)
async def test_a_room_of_any_name_has_an_address_that_the_proxy_leaves_alone(
    tmp_path: Path, room: str, *, takes_off: bool
) -> None:
    async with behind_nginx(tmp_path, takes_off=takes_off) as way:
        now_ms = way.live.clock.now_ms()
        link = Link(room, "student", ADDRESSES["student"], "es", now_ms)
        async with Page(
            way.ws_url, room, "student", token=way.live.context.tokens.make_link_token(link, now_ms)
        ):
            pass
        path = f"/call/api/sessions/{write_segment(room)}"
        known = await way.http.get(path)
        csv = await way.http.get(f"{path}/statement.csv")
        statement = await way.http.get(known.json()["statementUrl"])

    assert known.json()["sessionId"] == room
    assert (csv.status_code, statement.status_code) == (200, 200)


async def test_a_proxy_that_passes_its_own_host_keeps_nobody_out(tmp_path: Path) -> None:
    async with behind_nginx(tmp_path, takes_off=True, host="backend.internal:8080") as way:
        page = Page(way.ws_url, "r", "student")
        await page.open(origin=way.base.removesuffix("/call"))
        await page.send("join", **page._join)
        answer = await page.expect("error")
        await page.close()

    assert answer["code"] == "token-required"  # the socket was accepted; only the token is missing
