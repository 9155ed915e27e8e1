"""Each id that opens a room has addresses that work: for the API, the CSV, the feed and the statement."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import quote

import httpx2
import pytest
import pytest_asyncio

from langdao_video.session.links import Link
from langdao_video.session.paths import write_segment
from tests.stories.feed import Feed
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES, Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOMS: Final = [
    "a/b",
    "/",
    "//",
    "a/statement",
    "a/",
    ".",
    "..",
    "../..",
    "a b",
    "100%",
    "%2F",
    "%",
    "a?b=c",
    "a#b",
    "a\\b",
    "~",
    "~YQ",
    "урок 1",
    "授業",
    "👩🏽🏫",
    "é",
    "e\u0301",
    "<script>",
    "a;b",
    "a+b",
    "x" * 256,
    "語" * 256,
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def production(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    """Run a service that shows a statement only with its link."""
    settings = {"link_keys": "a-key-of-this-service-32-bytes-long", "api_keys": "an-api-key"}
    async with serving(tmp_path_factory.mktemp("rooms"), HandClock(), **settings) as service:
        service.http.headers["authorization"] = "Bearer an-api-key"
        yield service


async def end_lesson(live: Live, room: str) -> dict[str, Any]:
    """Play the shortest possible session in *room*, and return the last frame that the page got."""
    async with Page(live.ws_url, room, "student") as page:
        await page.send("end-session")
        return await page.expect("session-ended")


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("room", ROOMS, ids=ascii)
async def test_a_room_of_any_name_has_all_its_addresses(shared: Live, room: str) -> None:
    link = {"room": room, "role": "student", "address": ADDRESSES["student"], "language": "es"}
    assert (await shared.http.get("/", params=link)).status_code == 200

    told = await end_lesson(shared, room)

    segment = write_segment(room)
    for spelling in {segment, quote(room, safe="")} - ({room} if room.startswith((".", "~")) else set()):
        path = f"/api/sessions/{spelling}"
        assert (await shared.get(path))["sessionId"] == room
        assert (await shared.get(f"{path}/statement"))["sessionId"] == room
        assert (await shared.get(f"{path}/events"))["events"]
        assert (await shared.http.get(f"{path}/statement.csv")).headers["content-type"].startswith("text/csv")
    statement = await shared.http.get(told["statementUrl"])
    assert statement.status_code == 200
    assert str(statement.url) == told["statementUrl"]
    async with Feed(shared, segment) as feed:
        await feed.until_ended()
    assert feed.of_type("session-ended")[0].data["sessionId"] == room


async def test_rooms_whose_names_look_alike_are_two(shared: Live) -> None:
    rooms = ("café", "cafe\u0301")
    for room in rooms:
        await end_lesson(shared, room)

    for room in rooms:
        assert (await shared.get(f"/api/sessions/{write_segment(room)}"))["sessionId"] == room


async def test_an_id_that_begins_with_a_tilde_is_written_in_base64url(shared: Live) -> None:
    answer = await shared.http.get("/api/sessions/~a b/statement")

    assert (answer.status_code, answer.json()["code"]) == (400, "url-invalid")
    assert "base64url" in answer.json()["message"]


@pytest.mark.parametrize("room", ["a\0b", "\0"])
async def test_nul_stands_in_no_id(shared: Live, room: str) -> None:
    page = await shared.http.get("/", params={"room": room, "role": "student"})
    api = await shared.http.get(f"/api/sessions/{quote(room)}")
    event = {
        "type": "user-connected",
        "sessionId": room,
        "userRole": "student",
        "timestamp": 1_764_000_000_000,
    }
    posted = await shared.http.post("/api/webrtc-events", json=event)

    assert page.status_code == 400
    assert (api.status_code, api.json()["code"]) == (400, "url-invalid")
    assert (posted.status_code, posted.json()["code"]) == (400, "text-invalid")


@pytest.mark.parametrize("room", ["a/b", "..", "урок"])
async def test_a_statements_link_opens_with_its_token_and_with_no_other(production: Live, room: str) -> None:
    now_ms = production.clock.now_ms()
    link = Link(room, "student", ADDRESSES["student"], "es", now_ms)
    token = production.context.tokens.make_link_token(link, now_ms)
    async with Page(production.ws_url, room, "student", token=token):
        pass
    url: str = (await production.get(f"/api/sessions/{write_segment(room)}"))["statementUrl"]
    other = url.replace(write_segment(room), write_segment(f"{room}x"))

    opened, refused = await production.http.get(url), await production.http.get(other)

    assert (opened.status_code, refused.status_code) == (200, 403)


async def test_every_route_with_an_id_reads_it_in_every_spelling(shared: Live) -> None:
    described = (await shared.get("/openapi.json"))["paths"]
    routes = [(path, method) for path in described if "{session_id}" in path for method in described[path]]
    assert len(routes) > 8

    for path, method in routes:
        body = {"tutorAddress": ADDRESSES["tutor"], "minor": 1, "reason": "x"}
        answers = [
            await shared.http.request(method, path.replace("{session_id}", spelling), json=body)
            for spelling in ("~bm9uZS9zdWNo", "none%2Fsuch")
        ]
        for answer in answers:
            assert answer.status_code == 422 or says_which(answer, "none/such"), (path, method, answer.text)
        assert answers[0].text == answers[1].text


def says_which(answer: httpx2.Response, session_id: str) -> bool:
    """Tell whether a refusal names the unknown session."""
    return (
        answer.status_code == 404 and re.search(re.escape(session_id), answer.json()["message"]) is not None
    )
