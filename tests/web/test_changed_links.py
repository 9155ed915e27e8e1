"""Links as mail and chat programs deliver them: each opens, or a page says that it was damaged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest
import pytest_asyncio

from tests.stories.lesson import make_session, page_of
from tests.stories.live import HandClock, Live, serving
from tests.web.test_production import API_KEY, KEY

Change = Callable[[str], str]

HTML = {"accept": "text/html", "accept-language": "en"}
CHANGED = "It was changed on its way"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def production(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    folder = tmp_path_factory.mktemp("production")
    async with serving(folder, HandClock(), link_keys=KEY, api_keys=API_KEY) as live:
        live.http.headers["authorization"] = f"Bearer {API_KEY}"
        yield live


async def open_link(live: Live, url: str) -> tuple[httpx2.Response, str]:
    """Open a link as a browser does: follow redirects, and keep the fragment unless a redirect has its own."""
    while True:
        address, _, fragment = url.partition("#")
        answer = await live.http.get(address, headers=HTML)
        if answer.status_code != 303:
            return answer, url
        location = answer.headers["location"]
        assert not urlsplit(location).netloc
        assert answer.headers["cache-control"] == "no-store"
        url = urljoin(address, location)
        url = url if "#" in location or not fragment else f"{url}#{fragment}"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("#token=", "%23token="),
        lambda url: url.replace("#token=", "%23token=") + ").",
        lambda url: url.replace("#token=", "%23token=") + "&fbclid=abc",
        lambda url: url.replace("#token=", "%2523token="),
        lambda url: url.replace("#token=", "&token="),
        lambda url: url.replace("&", "&amp;"),
        lambda url: url.replace("#", "&utm_source=mail&gclid=1#"),
        lambda url: url.replace("=", "=3D"),
        lambda url: url.replace("/?", "/%3F"),
    ],
    ids=["%23", "%23 ).", "%23 and fbclid", "%2523", "&token", "&amp;", "tracking", "=3D", "%3F"],
)
async def test_a_changed_link_opens_and_seats(production: Live, change: Change) -> None:
    url = (await make_session(production))["studentUrl"]

    answer, address = await open_link(production, change(url))

    assert (answer.status_code, 'id="room"' in answer.text) == (200, True)
    assert parse_qs(urlsplit(address).query).keys() >= parse_qs(urlsplit(url).query).keys()
    token = urlsplit(address).fragment.removeprefix("token=").removeprefix("3D")
    assert token == urlsplit(url).fragment.removeprefix("token=")
    page = page_of(production, url)
    assert (await page.join())["role"] == "student"
    await page.close()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("&", "&amp;").replace("student", "teacher"),
        lambda url: url.partition("#")[0][:-17] + "…",
        lambda url: url.partition("#")[0][:-19],
        lambda url: url.replace("#token=", "%23token=").replace("role=student", "role="),
        lambda url: url.replace("&", "&#38;"),
    ],
    ids=["amp and a wrong role", "shortened for show", "cut", "token and no role", "&#38;"],
)
async def test_a_link_that_cannot_be_repaired_is_explained(production: Live, change: Change) -> None:
    url = (await make_session(production))["studentUrl"]

    answer, _ = await open_link(production, change(url))

    assert (answer.status_code, CHANGED in answer.text) == (400, True)
    assert "ey" + "J" not in answer.text, "a page that is shown to support shows no token"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("language", ["de", "ar", "ja"])
async def test_it_is_said_in_the_reader_s_language(production: Live, language: str) -> None:
    answer = await production.http.get("/?room=r&amp;role=x", headers={**HTML, "accept-language": language})

    assert CHANGED not in answer.text
    assert {"de": "unterwegs", "ar": "الطريق", "ja": "送る途中"}[language] in answer.text


@pytest.mark.asyncio(loop_scope="module")
async def test_a_link_that_is_only_wrong_is_not_said_to_be_changed(production: Live) -> None:
    answer = await production.http.get("/?room=r&role=teacher", headers=HTML)

    assert (answer.status_code, CHANGED in answer.text) == (400, False)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "path",
    [
        "/?fbclid=abc",
        "/?utm_source=mail&utm_medium=x&ui=de",
        "/?utm_source=mail&amp;utm_medium=x",
        "/?gclid=1&_ga=2",
        "/)",
        "/demo?fbclid=1",
        "/demo.",
        "/demo)",
        "/docs%3E",
    ],
)
async def test_any_address_of_ours_takes_what_is_added_to_it(shared: Live, path: str) -> None:
    answer, _ = await open_link(shared, f"{shared.url}{path}")

    assert answer.status_code == 200


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("mark", [".", ")", "%3E", "%22", "%E2%80%A6", "%20"])
async def test_in_development_a_mark_after_the_link_is_no_part_of_it(shared: Live, mark: str) -> None:
    url = (await make_session(shared))["studentUrl"]

    answer, address = await open_link(shared, f"{url}{mark}")

    assert (answer.status_code, address) == (200, url)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "change",
    [
        lambda url: f"{url}.",
        lambda url: f"{url})",
        lambda url: f"{url}%E2%80%A6",
        lambda url: f"{url}&fbclid=1",
        lambda url: url.replace("?token", "?fbclid=1&amp;token"),
        lambda url: url.replace("?", "%3F"),
        lambda url: url.replace("token=", "token%3D"),
    ],
    ids=[".", ")", "…", "fbclid", "&amp;", "%3F", "%3D"],
)
async def test_a_changed_link_to_a_statement_opens(production: Live, change: Change) -> None:
    made = await make_session(production)
    url = (await production.get(f"/api/sessions/{made['sessionId']}"))["statementUrl"]

    answer, _ = await open_link(production, change(url))

    assert answer.status_code == 200


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "token",
    ["", "?token=", f"?token={'x' * 9_000}", "?token=ey.ey.ey"],
    ids=["none", "empty", "long", "foreign"],
)
async def test_a_statement_s_link_without_its_token_says_so_on_a_page(production: Live, token: str) -> None:
    answer = await production.http.get(f"/sessions/x{token}", headers=HTML)

    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    said = "Its last part is missing" if token in ("", "?token=") else "It was changed"
    assert said in answer.text


@pytest.mark.asyncio(loop_scope="module")
async def test_in_development_a_statement_s_link_may_end_a_sentence(shared: Live) -> None:
    room = ""
    while not room or room[-1] in "-_":  # a room whose name ends like a sentence stands for itself
        room = (await make_session(shared))["sessionId"]

    answer, address = await open_link(shared, f"{shared.url}/sessions/{room}).")

    assert (answer.status_code, address) == (200, f"{shared.url}/sessions/{room}")
