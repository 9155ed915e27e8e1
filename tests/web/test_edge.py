"""What holds for every answer: no redirect, HEAD, security headers, 304, and development mode for this machine only."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import pytest_asyncio
from starlette.types import Message
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from langdao_video.app import create_app
from langdao_video.settings import Settings
from langdao_video.web.bodies import BODY_BYTES_MAX
from tests.stories.forked import ForkedService
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES, Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE: Final = {"accept": "text/html"}
KEY: Final = "a-key-of-this-service-32-bytes-long"
LESSON: Final = {"studentAddress": ADDRESSES["student"], "language": "es"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lesson(shared: Live) -> str:
    """Make a session, and return its id."""
    made: dict[str, Any] = await shared.post("/api/sessions", LESSON, 201)
    return str(made["sessionId"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def behind_https(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    """Run a service in production, which browsers reach by HTTPS, and whose interface is not described."""
    settings = {
        "webrtc_url": "https://Bücher.example:443/",
        "frame_ancestors": "https://PLATFORM.example:443",
        "link_keys": KEY,
        "api_keys": "an-api-key",
        "api_docs": False,
    }
    async with serving(tmp_path_factory.mktemp("https"), HandClock(), **settings) as service:
        yield service


GETS: Final = [
    "/",
    "/?room=r&role=student",
    "/?role=x",
    "/demo",
    "/docs",
    "/openapi.json",
    "/health",
    "/robots.txt",
    "/embed.js",
    "/static/icon.svg",
    "/no-such-page",
    "/static/no-such-file",
    "/api/sessions/{id}",
    "/api/sessions/{id}/events",
    "/api/sessions/{id}/feed",
    "/api/sessions/{id}/statement",
    "/api/sessions/{id}/statement.csv",
    "/sessions/{id}",
    "/api/sessions/none",
    "/sessions/%E9",
    "/api/webrtc-events",
]


class TestAddresses:
    @pytest.mark.parametrize("path", [path for path in GETS if "?" not in path and path != "/"])
    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    async def test_a_slash_at_the_end_redirects_nobody(
        self, shared: Live, lesson: str, path: str, accept: str
    ) -> None:
        headers = {"accept": accept, "host": "127.0.0.1"}
        address = path.replace("{id}", lesson)
        async with (
            shared.http.stream("GET", address, headers=headers) as without,
            shared.http.stream("GET", f"{address}/?token=secret", headers=headers) as answer,
        ):
            assert answer.status_code == without.status_code
            assert "location" not in answer.headers
            assert "secret" not in str(answer.headers)

    async def test_a_session_is_made_with_a_slash_at_the_end_too(self, shared: Live) -> None:
        answer = await shared.http.post("/api/sessions/", json=LESSON)

        assert answer.status_code == 201

    @pytest.mark.parametrize(
        "path", ["/?room=%E9&role=student", "/?room=a&role=student&x=%ff", "/sessions/%E9"]
    )
    async def test_what_is_no_utf8_is_refused_in_words(self, shared: Live, path: str) -> None:
        page, json = await shared.http.get(path, headers=PAGE), await shared.http.get(path)

        assert (page.status_code, json.status_code) == (400, 400)
        assert "<h1>This link cannot open a lesson</h1>" in page.text
        assert json.json()["code"] == "url-not-unicode"
        assert "%C3%A9" in json.json()["message"]

    async def test_two_rooms_that_are_no_utf8_are_not_one_room(self, shared: Live) -> None:
        page = Page(shared.ws_url, "", "student")
        page._url = shared.ws_url + "?room=%E9"

        await page.open()

        assert "UTF-8" in (await page.expect("error", code="bad-link"))["message"]
        await page.close()


class TestHead:
    @pytest.mark.parametrize("path", GETS)
    async def test_head_has_what_get_has_but_the_content(self, shared: Live, lesson: str, path: str) -> None:
        path = path.replace("{id}", lesson)
        async with shared.http.stream("GET", path) as got:
            head = await shared.http.head(path)

        # What says how a content is sent may be left out without one (RFC 9110 §9.3.2); a bill's length is its time's.
        varying = {"date", "transfer-encoding"} | ({"content-length"} if "/api/sessions/" in path else set())
        assert head.status_code == got.status_code
        assert head.content == b""
        assert {name: value for name, value in head.headers.items() if name not in varying} == {
            name: value for name, value in got.headers.items() if name not in varying
        }

    async def test_a_path_that_has_get_allows_head(self, shared: Live) -> None:
        answer = await shared.http.put("/health")

        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


class TestUnchanged:
    @pytest.mark.parametrize("path", ["/embed.js", "/static/icon.svg", "/static/room.html"])
    async def test_what_a_browser_has_is_not_sent_again(self, shared: Live, path: str) -> None:
        first = await shared.http.get(path)
        bare = first.headers["etag"].removeprefix("W/")

        for asked in (bare, f"W/{bare}", f'"a,b", {bare}', f'W/"x" , W/{bare}', "*"):
            again = await shared.http.get(path, headers={"if-none-match": asked})
            assert (again.status_code, again.content) == (304, b""), asked
            for name in ("etag", "cache-control", "vary", "cross-origin-resource-policy"):
                assert again.headers[name] == first.headers[name], name

    @pytest.mark.parametrize("asked", ['"another"', "W/", '"', "", "another", '"' * 9_000])
    async def test_what_it_has_not_is_sent(self, shared: Live, asked: str) -> None:
        assert (await shared.http.get("/embed.js", headers={"if-none-match": asked})).status_code == 200


def expect_guarded(headers: httpx2.Headers, label: str) -> None:
    """Check that an answer has every header that each must have, once."""
    policies = headers.get_list("content-security-policy")
    assert len(policies) == 1, label
    assert policies[0].startswith("default-src 'none'; "), label
    assert headers.get_list("x-content-type-options") == ["nosniff"], label
    assert headers.get_list("referrer-policy") == ["no-referrer"], label
    assert len(headers.get_list("cache-control")) == 1, label
    assert headers["cross-origin-opener-policy"] in ("same-origin", "unsafe-none"), label
    assert headers["cross-origin-resource-policy"] in ("same-origin", "cross-origin"), label


class TestHeaders:
    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    @pytest.mark.parametrize("path", GETS)
    async def test_every_answer_is_guarded(self, shared: Live, lesson: str, path: str, accept: str) -> None:
        path = path.replace("{id}", lesson)
        async with shared.http.stream("GET", path, headers={"accept": accept}) as answer:
            expect_guarded(answer.headers, path)
            may_be_kept = path.startswith(("/static/", "/embed.js")) and answer.status_code == 200
            assert may_be_kept or answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            ("PUT", "/health", b"", 405),
            ("POST", "/static/icon.svg", b"", 405),
            ("OPTIONS", "/api/sessions", b"", 405),
            ("POST", "/api/sessions", b"{}", 422),
            ("POST", "/api/sessions", b"x" * (BODY_BYTES_MAX + 1), 413),
            (
                "POST",
                "/api/grace-period-decision",
                b'{"sessionId":"x","decision":"wait","decidedBy":"tutor"}',
                404,
            ),
        ],
    )
    async def test_every_refusal_is_guarded(
        self, shared: Live, method: str, path: str, body: bytes, status: int
    ) -> None:
        answer = await shared.http.request(
            method, path, content=body, headers={"content-type": "application/json"}
        )

        assert answer.status_code == status
        expect_guarded(answer.headers, path)
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"

    async def test_a_mistake_of_ours_is_an_answer_as_well(self, shared: Live, lesson: str) -> None:
        sessions = shared.context.sessions

        async def fail(_id: str) -> None:
            raise RuntimeError("a mistake")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(sessions), "load", staticmethod(fail))
            json = await shared.http.get(f"/api/sessions/{lesson}")
            page = await shared.http.get(f"/api/sessions/{lesson}", headers=PAGE)

        assert (json.status_code, json.json()["code"]) == (500, "internal-error")
        assert "mistake" in json.json()["message"]
        assert (page.status_code, "<h1>" in page.text) == (500, True)
        expect_guarded(json.headers, "json")
        expect_guarded(page.headers, "page")

    async def test_a_socket_that_is_refused_is_told_why(self, shared: Live) -> None:
        for path, origin in (
            ("?room=r", "https://evil.example"),
            ("elsewhere", None),
            ("static/icon.svg", None),
            ("api/sessions/~x", None),
        ):
            with pytest.raises(InvalidStatus) as refused:
                await connect(
                    shared.ws_url + path, origin=None if origin is None else Origin(origin), proxy=None
                )

            response = refused.value.response
            assert response.status_code == 403
            assert b'"socket-refused"' in (response.body or b"")
            expect_guarded(httpx2.Headers(list(response.headers.raw_items())), path)

    async def test_a_stranger_s_socket_is_no_error_in_the_log(self, tmp_path: Path) -> None:
        async with ForkedService(tmp_path, {"STUN_URLS": "none"}) as service:
            for path in ("?room=r", "static/icon.svg"):
                with pytest.raises(InvalidStatus):
                    await connect(
                        f"ws://localhost:{service.port}/{path}",
                        origin=Origin("https://evil.example"),
                        proxy=None,
                    )
            said = service.read_log()

        assert "ERROR" not in said
        assert "Traceback" not in said

    async def test_the_embed_script_is_for_isolated_pages_too(self, shared: Live) -> None:
        script = await shared.http.get("/embed.js")

        assert script.headers["cross-origin-resource-policy"] == "cross-origin"
        assert script.headers["access-control-allow-origin"] == "*"

    async def test_the_call_may_be_framed_by_an_isolated_page_and_opened_by_any(self, shared: Live) -> None:
        call = await shared.http.get("/?room=r&role=student")
        start = await shared.http.get("/")

        assert call.headers["cross-origin-embedder-policy"] == "require-corp"
        assert call.headers["cross-origin-resource-policy"] == "cross-origin"
        assert call.headers["cross-origin-opener-policy"] == "unsafe-none"
        assert start.headers["cross-origin-opener-policy"] == "same-origin"

    @pytest.mark.parametrize("path", ["/", "/health", "/api/sessions/x", "/embed.js", "/nothing", "/docs"])
    async def test_behind_https_nobody_comes_back_without(self, behind_https: Live, path: str) -> None:
        answer = await behind_https.http.get(path)

        assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000"]

    async def test_without_https_nothing_is_said_of_it(self, shared: Live) -> None:
        assert "strict-transport-security" not in (await shared.http.get("/")).headers


class TestOrigins:
    @pytest.mark.parametrize(
        ("origin", "host"),
        [
            ("https://xn--bcher-kva.example", "10.0.0.7:3000"),
            ("https://xn--bcher-kva.example:443", "xn--bcher-kva.example"),
            ("https://platform.example", "10.0.0.7:3000"),
            ("https://other.example", "OTHER.example:443"),
        ],
    )
    async def test_a_page_of_ours_gets_its_socket_whatever_host_a_proxy_passes(
        self, behind_https: Live, origin: str, host: str
    ) -> None:
        socket = await connect_as(behind_https, origin, host)

        await socket.close()

    @pytest.mark.parametrize("origin", ["http://xn--bcher-kva.example", "https://evil.example", "null"])
    async def test_no_other_page_does(self, behind_https: Live, origin: str) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect_as(behind_https, origin, "10.0.0.7:3000")

        assert refused.value.response.status_code == 403

    @pytest.mark.parametrize("host", ["[", "a b", "x/y?z#", "http://x", "[::1"])
    async def test_a_host_that_is_none_breaks_nothing(self, behind_https: Live, host: str) -> None:
        for accept in ("text/html", "application/json"):
            answer = await behind_https.http.get("/nothing", headers={"host": host, "accept": accept})

            assert answer.status_code == 404

    async def test_pages_are_told_the_origins_as_browsers_write_them(self, behind_https: Live) -> None:
        page = await behind_https.http.get("/")

        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'self' https://platform.example;" in policy
        assert "wss://xn--bcher-kva.example" in policy
        assert "https://platform.example&quot;" not in page.text


class TestDevelopment:
    @pytest.mark.parametrize(
        "host", ["evil.example", "localhost.evil.example", "10.0.0.7:3000", "0.0.0.0:3000"]
    )
    async def test_a_name_that_was_made_to_lead_here_is_not_answered(self, shared: Live, host: str) -> None:
        for path in ("/", "/api/sessions/x", "/static/icon.svg", "/no-such-page"):
            answer = await shared.http.get(path, headers={"host": host} | PAGE)

            assert (answer.status_code, answer.json()["code"]) == (421, "host-not-local"), path
            assert "LINK_KEYS" in answer.json()["message"]
            expect_guarded(answer.headers, path)

    async def test_it_gets_no_socket_either(self, shared: Live) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect_as(shared, "http://evil.example", "evil.example")

        assert refused.value.response.status_code == 403
        assert b"LINK_KEYS" in (refused.value.response.body or b"")

    @pytest.mark.parametrize(
        "host", ["localhost", "LOCALHOST:1", "127.0.0.1:3000", "[::1]", "lesson.localhost"]
    )
    async def test_this_machine_is_answered_by_all_its_names(self, shared: Live, host: str) -> None:
        assert (await shared.http.get("/health", headers={"host": host})).status_code == 200

    async def test_the_name_in_webrtc_url_is_one_of_them(self, tmp_path: Path) -> None:
        async with serving(tmp_path, HandClock(), webrtc_url="http://lesson.test:3000") as service:
            known = await service.http.get("/health", headers={"host": "lesson.test:3000"})
            other = await service.http.get("/health", headers={"host": "evil.example"})

        assert (known.status_code, other.status_code) == (200, 421)

    async def test_it_answers_on_no_other_interface_where_a_platform_opens_one(self) -> None:
        answers: list[int] = []

        async def send(message: Message) -> None:
            answers.append(message.get("status", 0))

        async def receive() -> Message:
            return {"type": "http.request", "body": b""}

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/health",
            "raw_path": b"/health",
            "query_string": b"",
        }
        scope |= {"headers": [(b"host", b"localhost")], "server": ("192.0.2.7", 80), "root_path": ""}
        await create_app(Settings(stun_urls=()))(scope, receive, send)

        assert answers[0] == 421

    async def test_in_production_every_name_is_answered(self, behind_https: Live) -> None:
        assert (await behind_https.http.get("/health", headers={"host": "call.example"})).status_code == 200


class TestDocs:
    async def test_the_interface_may_be_described_to_nobody(self, behind_https: Live) -> None:
        for path in ("/docs", "/openapi.json", "/docs/", "/openapi.json/"):
            assert (await behind_https.http.get(path)).status_code == 404, path

    async def test_pages_then_offer_no_description(self, behind_https: Live, shared: Live) -> None:
        offered, kept = await shared.http.get("/"), await behind_https.http.get("/")

        assert '<meta name="langdao:no-docs"' in kept.text
        assert "no-docs" not in offered.text


async def connect_as(live: Live, origin: str, host: str) -> Any:  # noqa: ANN401 - a connection
    """Open a socket as a page of *origin* whose request comes with another Host."""
    address = re.sub(r"//[^/]*", f"//{host}", live.ws_url)
    return await connect(
        address + "?room=r", origin=Origin(origin), proxy=None, host="127.0.0.1", port=live.port
    )
