"""Production: links need their token, the API needs its key, and nothing of development is open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from langdao_video.access.tokens import LINK_LIFETIME_MS, Tokens
from langdao_video.session.links import Link
from langdao_video.signaling.effects import CloseCode
from tests.stories.lesson import events_of, make_session, make_tutor_link, page_of
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES, Page

KEY: Final = "a-link-key-of-at-least-32-bytes!"
API_KEY: Final = "the-platform-s-own-key"
NOW_MS: Final = 1_764_000_000_000
ODD_HEADER: Final = "eyJhbGciOiJIUzI1NiIsImNyaXQiOjF9.e30.AAAA"
"""An unsigned token with the header {"alg":"HS256","crit":1}: RFC 7515 §4.1.11 wants a list there."""


@pytest.fixture
async def production(tmp_path: Path, clock: HandClock) -> AsyncIterator[Live]:
    settings: dict[str, Any] = {
        "link_keys": KEY,
        "api_keys": f"another-key, {API_KEY}",
        "webrtc_url": "https://call.example",
        "frame_ancestors": "https://platform.example",
    }
    async with serving(tmp_path, clock, **settings) as live:
        live.http.headers["authorization"] = f"Bearer {API_KEY}"
        yield live


def token_for(
    role: str, room: str = "r", made_ms: int = NOW_MS, key: str = KEY, start_ms: int = NOW_MS
) -> str:
    link = Link(room, "student" if role == "student" else "tutor", ADDRESSES[role], "es", start_ms)
    return Tokens([key]).make_link_token(link, made_ms)


@pytest.mark.requirement("R3", "R4")
async def test_the_links_carry_their_token_in_the_fragment_and_open_the_lesson(production: Live) -> None:
    made = await make_session(production)
    student = page_of(production, made["studentUrl"])
    welcome = await student.join()
    await events_of(production, made["sessionId"], "user-connected", 1)
    tutor = page_of(production, (await make_tutor_link(production, made["sessionId"]))["tutorUrl"])
    await tutor.join()

    assert made["studentUrl"].startswith("https://call.example/?room=")
    assert urlsplit(made["studentUrl"]).fragment.startswith("token=ey")
    assert welcome["session"]["start"] == made["sessionStart"]
    assert (await student.expect("peer-joined"))["peer"]["address"] == ADDRESSES["tutor"]
    await student.close()
    await tutor.close()


async def test_the_name_in_a_link_is_what_the_other_side_sees(production: Live) -> None:
    made = await make_session(production, displayName="ana.eth", look={"accent": "#0f766e"})
    student = page_of(production, made["studentUrl"])
    welcome = await student.join()
    await events_of(production, made["sessionId"], "user-connected", 1)
    link = await make_tutor_link(production, made["sessionId"], displayName="Marta Ruiz")
    tutor = page_of(production, link["tutorUrl"])

    seen = (await tutor.join())["peer"]

    assert (welcome["name"], seen["name"]) == ("ana.eth", "ana.eth")
    assert (await student.expect("peer-joined"))["peer"]["name"] == "Marta Ruiz"
    assert "name=" not in made["studentUrl"]
    await student.close()
    await tutor.close()


@pytest.mark.parametrize(
    "look",
    [
        {"accent": "red"},
        {"accent": "#12345"},
        {"scheme": "blue"},
        {"radius": 25},
        {"radius": "10"},
        {"logo": "https://elsewhere.example/logo.png"},
        {"logo": "data:text/html;base64,PGI+"},
        {"features": ["everything"]},
        {"brand": ""},
        {"font": "Comic Sans"},
    ],
    ids=repr,
)
async def test_a_look_that_is_none_is_refused_when_the_link_is_made(
    production: Live, look: dict[str, object]
) -> None:
    body = {"studentAddress": ADDRESSES["student"], "language": "es", "look": look}

    answer = await production.http.post("/api/sessions", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, "token-required"),
        ("nonsense", "token-invalid"),
        (ODD_HEADER, "token-invalid"),
        (token_for("student", key="another-key-of-at-least-32-bytes"), "token-invalid"),
        (token_for("student", room="elsewhere"), "token-invalid"),
        (token_for("tutor"), "token-invalid"),
        (token_for("student", made_ms=NOW_MS - LINK_LIFETIME_MS), "link-expired"),
        (token_for("student", start_ms=NOW_MS * 1_000), "link-not-yet-valid"),
        (token_for("student", start_ms=NOW_MS // 1_000), "token-invalid"),
    ],
    ids=[
        "none",
        "nonsense",
        "odd header",
        "another key",
        "another room",
        "another role",
        "expired",
        "begins in microseconds",
        "begins in seconds",
    ],
)
async def test_without_a_right_token_nobody_sits_down(production: Live, token: str | None, code: str) -> None:
    join: dict[str, Any] = {"address": ADDRESSES["student"], "language": "es", "sessionStart": NOW_MS}
    page = await Page(production.ws_url, "r", "student", **join).open()

    await page.send("join", **page._join, **({} if token is None else {"token": token}))

    error = await page.expect("error")
    assert (error["code"], error["final"]) == (code, True)
    assert await page.closed() == CloseCode.TOKEN
    assert production.context.hub.rooms_open == 0


async def test_a_statement_with_a_token_of_an_odd_header_is_refused(production: Live) -> None:
    answer = await production.http.get("/sessions/r", params={"token": ODD_HEADER})

    assert (answer.status_code, answer.json()["code"]) == (403, "token-invalid")


async def test_the_fields_of_the_frame_do_not_count_against_the_token(production: Live) -> None:
    stolen: dict[str, Any] = {"address": "0x" + "9" * 40, "language": "fr", "sessionStart": 1}
    page = Page(production.ws_url, "r", "student", token=token_for("student"), **stolen)

    welcome = await page.join()

    assert welcome["address"] == ADDRESSES["student"]
    assert welcome["session"] == {"id": "r", "start": NOW_MS, "language": "es"}
    assert "assumed" not in welcome
    await page.close()


@pytest.mark.requirement("R1")
@pytest.mark.parametrize(
    "rest", ["", f"&address=0x1&language=es&sessionStart={NOW_MS}"], ids=["short", "address"]
)
async def test_what_development_forgives_is_a_problem_here(production: Live, rest: str) -> None:
    page = await production.http.get(f"/?room=r&role=student{rest}")

    assert page.status_code == 400
    assert "<code>address</code>" in page.text


async def test_there_is_no_demo(production: Live) -> None:
    assert (await production.http.get("/demo", headers={"accept": "text/html"})).status_code == 404


async def test_only_the_platform_may_frame_the_page_and_hear_it(production: Live) -> None:
    page = await production.http.get(
        f"/?room=r&role=student&address={ADDRESSES['student']}&language=es&sessionStart={NOW_MS}"
    )

    assert "frame-ancestors 'self' https://platform.example;" in page.headers["content-security-policy"]
    assert 'content="&#x27;self&#x27; https://platform.example"' in page.text


@pytest.mark.parametrize("host", ["evil.example", "a b", "x; script-src *", "x,y"])
async def test_a_host_header_writes_nothing_into_the_policy(production: Live, host: str) -> None:
    page = await production.http.get("/", headers={"host": host})

    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert policy.count("script-src") == 1


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:8000", "https://evil.example"])
async def test_other_sites_on_this_machine_are_strangers_too(production: Live, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(production.ws_url + "?room=r", origin=Origin(origin), proxy=None)

    assert refused.value.response.status_code == 403


ROUTES: Final = [
    ("POST", "/api/sessions"),
    ("POST", "/api/sessions/x/accept"),
    ("POST", "/api/sessions/x/tutor-link"),
    ("GET", "/api/sessions/x"),
    ("GET", "/api/sessions/x/events"),
    ("GET", "/api/sessions/x/feed"),
    ("POST", "/api/webrtc-events"),
    ("POST", "/api/grace-period-decision"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_the_api_asks_for_a_key_before_anything_else(production: Live, method: str, path: str) -> None:
    wrong = ("", API_KEY, "Bearer", "Bearer wrong", f"Basic {API_KEY}", f"Bearer {API_KEY}x", "Bearer é")
    for number, key in enumerate(wrong):
        headers = {b"authorization": key.encode("latin-1"), **of_stranger(number)}
        answer = await production.http.request(method, path, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (401, "api-key-required"), key


async def test_every_route_of_the_api_asks_for_a_key(production: Live) -> None:
    paths = (await production.get("/openapi.json"))["paths"]
    production.http.headers["authorization"] = "Bearer wrong"

    routes = [(method, path) for path, methods in paths.items() for method in methods]
    for number, (method, path) in enumerate(routes):
        url = path.replace("{session_id}", "x")
        answer = await production.http.request(method, url, headers=of_stranger(number))
        assert answer.status_code == 401 or path in {"/health", "/ready"} or is_for_people(path), (
            method,
            path,
        )


def of_stranger(number: int) -> dict[bytes, bytes]:
    """Use another address for each request, because repeated refusals of one address are answered seconds later."""
    return {b"x-forwarded-for": b"198.51.100.%d" % number}


def is_for_people(path: str) -> bool:
    """Tell whether *path* is opened with a link and not with a key, like a statement, whose link has a token."""
    return "/statement" in path


async def test_any_of_the_keys_will_do_and_health_needs_none(production: Live) -> None:
    first = await production.http.get("/api/sessions/x", headers={"authorization": "Bearer another-key"})
    health = await production.http.get("/health", headers={"authorization": ""})

    assert (first.status_code, first.json()["code"]) == (404, "unknown-session")
    assert health.json() == {"status": "ok"}
