"""The pages: which link opens which page, how a bad link is explained, and the security headers."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import Final
from urllib.parse import urlencode

import httpx2
import pytest
from starlette.types import Message

from tests.stories.live import Live

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW_MS: Final = 1_764_000_000_000
ADDRESS: Final = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
RIGHT: Final = {
    "room": "session-abc123",
    "role": "student",
    "address": ADDRESS,
    "language": "es",
    "sessionStart": str(NOW_MS),
}
TEN_KB: Final = "x" * 10_240


def words_of(page: httpx2.Response) -> str:
    """Return the visible text of a page."""
    body = page.text.partition("<body")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.mark.requirement("R1")
async def test_a_right_link_opens_the_room(shared: Live) -> None:
    page = await shared.http.get("/", params=RIGHT)

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert 'name="langdao:parent-origins"' in page.text


async def test_the_room_comes_compressed_only_where_the_browser_takes_that(shared: Live) -> None:
    compressed = await shared.http.get("/", params=RIGHT, headers={"accept-encoding": "gzip, br"})
    plain = await shared.http.get("/", params=RIGHT, headers={"accept-encoding": "identity"})

    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == compressed.headers["vary"] == "Accept-Encoding"
    assert compressed.text == plain.text


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("query", ["room=test&role=student", "room=test&role=tutor&address=0x123"])
async def test_the_quick_start_s_links_open_the_room_in_development(shared: Live, query: str) -> None:
    assert (await shared.http.get(f"/?{query}")).status_code == 200


@pytest.mark.parametrize(
    ("asks", "lesson", "joins"),
    [("de-AT", "es", "Beitreten"), ("zz", "es", "Entrar"), ("en", "es", "Join"), ("ar", "es", "انضمام")],
)
async def test_the_room_s_first_words_are_the_reader_s_own(
    shared: Live, asks: str, lesson: str, joins: str
) -> None:
    page = await shared.http.get("/", params=RIGHT | {"language": lesson}, headers={"accept-language": asks})

    assert re.findall(r"<button[^>]*>([^<]*)", page.text) == [joins]
    assert "data-say" not in page.text


async def test_without_a_query_there_is_the_start_page(shared: Live) -> None:
    start, room = await shared.http.get("/"), await shared.http.get("/", params=RIGHT)

    assert start.status_code == 200
    assert start.text != room.text


@pytest.mark.requirement("R1")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"role": ""}, ["role"]),
        ({"role": "teacher"}, ["role"]),
        ({"room": TEN_KB}, ["room"]),
        ({"room": ""}, ["room"]),
        ({"address": "bob"}, ["address"]),
        ({"address": ADDRESS + "0"}, ["address"]),
        ({"language": "xx"}, ["language"]),
        ({"sessionStart": "soon"}, ["sessionStart"]),
        ({"sessionStart": str(NOW_MS + 365 * 86_400_000)}, ["sessionStart"]),
        ({"sessionStart": str(NOW_MS - 365 * 86_400_000)}, ["sessionStart"]),
        ({"role": "x", "language": "y", "address": "z"}, ["role", "address", "language"]),
    ],
    ids=repr,
)
async def test_a_wrong_link_gets_a_page_that_names_the_parameter_and_what_it_must_be(
    shared: Live, query: dict[str, str], names: list[str]
) -> None:
    page = await shared.http.get("/", params=RIGHT | query)

    words = words_of(page)
    assert page.status_code == 400
    assert [name for name in RIGHT if re.search(rf"<code>{name}</code>", page.text)] == names
    assert "It must be" in words
    assert len(page.text) < 10_000


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("name", ["room", "role"])
async def test_a_missing_parameter_is_named(shared: Live, name: str) -> None:
    page = await shared.http.get("/", params={key: value for key, value in RIGHT.items() if key != name})

    assert page.status_code == 400
    assert f"<code>{name}</code>" in page.text
    assert "missing" in words_of(page)


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("name", RIGHT)
async def test_a_repeated_parameter_is_named(shared: Live, name: str) -> None:
    page = await shared.http.get("/?" + urlencode([*RIGHT.items(), (name, RIGHT[name])]))

    assert page.status_code == 400
    assert f"<code>{name}</code>" in page.text
    assert "given once" in words_of(page)


async def test_the_text_of_a_stranger_is_shown_as_text(shared: Live) -> None:
    wrong = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"

    page = await shared.http.get("/", params=RIGHT | {"language": wrong})

    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "<script>alert(1)" in words_of(page)


async def test_the_example_on_a_problem_page_is_a_right_link(shared: Live) -> None:
    page = await shared.http.get("/?role=student")

    example = re.search(r'class="example">([^<]+)<', page.text)

    assert example is not None
    assert (await shared.http.get(html.unescape(example.group(1)))).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/?room=r&role=student", "/?role=x", "/demo", "/docs", "/no-such-page"]
)
async def test_every_page_is_guarded(shared: Live, path: str) -> None:
    page = await shared.http.get(path, headers={"accept": "text/html"})

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'self'( 'sha256-[\w+/]{43}=' 'wasm-unsafe-eval')?;", policy)
    assert f"connect-src 'self' ws://localhost:{shared.port} wss://localhost:{shared.port}" in policy
    assert "frame-ancestors 'self' http://localhost:* http://127.0.0.1:*" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["permissions-policy"].startswith("camera=(self")
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize("kind", ["script", "style"])
async def test_what_stands_inside_the_call_page_is_all_that_its_policy_names(shared: Live, kind: str) -> None:
    page = await shared.http.get("/?room=r&role=student", headers={"accept": "text/html"})

    [inside] = re.findall(f"<{kind}>(.*?)</{kind}>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
    more = " 'wasm-unsafe-eval'" if kind == "script" else ""
    assert f"{kind}-src 'self' 'sha256-{digest}'{more};" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/?room=r&role=student", "/?role=x", "/demo", "/docs"])
async def test_no_page_asks_anything_of_anybody_else(shared: Live, path: str) -> None:
    page = await shared.http.get(path, headers={"accept": "text/html"})

    asked = re.findall(r"""(?:src|href|action)\s*=\s*["']?([^"'\s>]+)""", page.text)
    assert [url for url in asked if re.match(r"(?i)(https?:)?//", url)] == []
    inside = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page.text)
    assert inside == (
        ["<script>"] if "room=r" in path else []
    )  # the first script of the call page, which its policy allows


@pytest.mark.parametrize("path", ["/no-such-page", "/static/no-such-file.js", "/api/no-such-thing"])
async def test_a_path_that_is_none_answers_people_in_words_and_programs_with_a_code(
    shared: Live, path: str
) -> None:
    for_people = await shared.http.get(path, headers={"accept": "text/html"})
    for_programs = await shared.http.get(path, headers={"accept": "application/json"})

    assert for_people.status_code == for_programs.status_code == 404
    assert "<h1>" in for_people.text
    assert for_programs.json()["code"] == "not-found"


@pytest.mark.parametrize(
    "path", ["/static/../pages.py", "/static/%2e%2e/pages.py", "/static/..%2f..%2fapp.py"]
)
async def test_nothing_outside_the_built_client_is_served(shared: Live, path: str) -> None:
    answer = await shared.http.get(path)

    assert answer.status_code == 404
    assert "import" not in answer.text


async def test_the_embed_script_may_be_loaded_by_any_platform(shared: Live) -> None:
    script = await shared.http.get("/embed.js")

    assert script.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["access-control-allow-origin"] == "*"


async def test_lessons_stay_out_of_search_engines(shared: Live) -> None:
    assert "Disallow: /" in (await shared.http.get("/robots.txt")).text


async def test_parameters_without_end_are_read_once_and_stop_no_call(shared: Live) -> None:
    answered: list[Message] = []
    # Far more than an address may have: if the time grew with the square, this would take hours.
    query = "&".join(f"p{number}" for number in range(100_000)).encode()
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": query,
        "headers": [(b"host", b"localhost")],
        "server": ("127.0.0.1", shared.port),
        "client": ("127.0.0.1", 1),
    }

    async def send(message: Message) -> None:
        answered.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    await shared.app(scope, receive, send)

    assert answered[0]["status"] == 400
