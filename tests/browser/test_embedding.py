"""What the page around a call may withhold from it: a sandbox, a short `allow`, isolation. In real frames."""

from __future__ import annotations

import base64
import html
import json
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.browser.chat import read_lines
from tests.browser.lesson import with_next_page
from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until
from tests.http_server import ManyAtOnce

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Page

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

HEAR: Final = "<script>heard = []; onmessage = ({ data, origin }) => heard.push({ ...data, origin })</script>"
USUAL: Final = "camera; microphone; autoplay"
MOUNT: Final = """(options) => {
    window.told = [];
    const { LangDAOCall } = window;
    LangDAOCall.mount(document.body, { ...options, onEvent: (event) => window.told.push(event) });
}"""


class Platform(BaseHTTPRequestHandler):
    """Answer each request with the page in its `body` parameter, and with its other parameters as headers."""

    def do_GET(self) -> None:
        """Answer."""
        asked = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        page = f"<!doctype html><meta charset=utf-8>{asked.pop('body', '')}".encode()
        self.send_response(200)
        for name, value in {**asked, "Content-Type": "text/html", "Content-Length": str(len(page))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def platform() -> Iterator[str]:
    """Serve a platform's pages. On localhost they may embed the call."""
    with ManyAtOnce(("127.0.0.1", 0), Platform) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


async def open_page(page: Page, platform: str, body: str, **headers: str) -> None:
    """Open a page of the platform with this *body* and these *headers*."""
    await page.goto(f"{platform}?{urlencode({'body': body, **headers})}")


async def embed(
    people: People, platform: str, lesson: Lesson, *, leads_to: str | None = None, **attributes: str
) -> tuple[Page, Person]:
    """Put the student's call into a frame with these *attributes*. Return the platform's page, too."""
    tab = await people.open_tab()
    more = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    link = html.escape(lesson.link("student") + (with_next_page(leads_to) if leads_to else ""))
    frame = f'<iframe width="1100" height="700" referrerpolicy="origin" {more} src="{link}"></iframe>'
    await open_page(tab.page, platform, HEAR + frame)
    return tab.page, Person(ChromiumTab(tab.page, tab.page.frames[-1]), lesson, "student")


async def hear(page: Page, **what: str) -> dict[str, Any]:
    """Wait until the platform's page has got an event with these fields, and return it."""
    is_it = "(event) => Object.entries(what).every(([name, value]) => event[name] === value)"
    event = await page.wait_for_function(f"(what) => heard.find({is_it})", arg=what)
    found: dict[str, Any] = await event.json_value()
    return found


async def test_a_sandbox_without_forms_and_popups_sends_chat_and_offers_links_to_copy(
    people: People, lesson: Lesson, platform: str
) -> None:
    page, student = await embed(
        people,
        platform,
        lesson,
        leads_to=platform,
        sandbox="allow-scripts allow-same-origin",
        allow=USUAL,
    )
    await student.wait_for_state("waiting")

    box = page.frames[-1].get_by_role("textbox", name="Message")
    await box.fill("see https://example.com/a")
    await student.tab.press("Send")
    [line] = await read_lines(student, 1)
    assert line.text == "see https://example.com/a"

    await page.frames[-1].get_by_role("link", name="example.com").click()

    await student.wait_for_text("This link cannot open from here")
    await student.wait_for_text("allow-popups")
    assert "https://example.com/a" in await student.tab.evaluate(
        "document.querySelector('[data-part=blocked-link] code').textContent"
    )
    heard = await hear(page, code="popups-blocked")
    assert (heard["sessionId"], "allow-popups" in heard["needs"]) == (lesson.room, True)
    await student.tab.press("Close")
    await wait_until(student.tab, "!document.querySelector('[data-part=blocked-link]')")

    await student.end_call()
    await student.wait_for_state("ended")
    await page.frames[-1].get_by_role("link", name="See why it costs that").click()
    await student.wait_for_text("This link cannot open from here")
    await page.frames[-1].get_by_role("link", name="Go on at localhost").click()
    await student.wait_for_text("allow-top-navigation-by-user-activation")
    told = await hear(page, type="next-page")
    assert (told["sessionId"], told["url"]) == (lesson.room, platform)


async def test_the_end_leads_on_in_place_of_the_page_around_it_and_only_a_token_says_where(
    people: People, lesson: Lesson, platform: str
) -> None:
    page, student = await embed(people, platform, lesson, leads_to=f"{platform}?body=Home", allow=USUAL)
    await student.wait_for_state("waiting")
    await student.end_call()
    await student.wait_for_state("ended")

    await page.frames[-1].get_by_role("link", name="Go on at localhost").click()

    await page.wait_for_url(f"{platform}?body=Home")

    unsigned = base64.urlsafe_b64encode(json.dumps({"next": platform}).encode()).decode().rstrip("=")
    student = await people.bring("student", lesson)
    await student.tab.open(f"{lesson.link('student')}#look={unsigned}")
    await student.wait_for_state("ended")
    await wait_until(student.tab, "document.querySelector('[data-part=summary] [data-part=total-time]')")
    assert await student.tab.evaluate("document.querySelector('[data-part=next-page]')") is None


async def test_a_frame_that_may_open_windows_opens_them_without_a_way_back(
    people: People, lesson: Lesson, platform: str
) -> None:
    page, student = await embed(people, platform, lesson, allow=USUAL)
    await student.wait_for_state("waiting")
    await student.write_chat(f"{lesson.base}/robots.txt")
    await read_lines(student, 1)

    async with page.expect_popup() as popup:
        await page.frames[-1].locator("[data-part=chat-line] a").click()

    opened = await popup.value
    await opened.wait_for_url("**/robots.txt")
    assert await opened.evaluate("[window.opener, document.referrer]") == [None, ""]


@pytest.mark.parametrize(("sandbox", "words"), [("allow-scripts", "blocks the lesson"), ("", "JavaScript")])
async def test_a_sandbox_in_which_no_call_can_run_says_what_is_missing(
    people: People, lesson: Lesson, platform: str, sandbox: str, words: str
) -> None:
    page, student = await embed(people, platform, lesson, sandbox=sandbox, allow=USUAL)

    await student.wait_for_text(words)
    assert "allow-same-origin" in await student.tab.evaluate("document.body.innerText")
    if sandbox:
        heard = await hear(page, code="sandboxed")
        assert (heard["type"], heard["origin"], heard["sessionId"]) == ("embed-problem", "null", lesson.room)
        assert "allow-same-origin" in heard["needs"]


async def test_what_allow_leaves_out_is_not_offered_and_the_platform_is_told(
    people: People, lesson: Lesson, platform: str
) -> None:
    page, student = await embed(people, platform, lesson, allow="camera; microphone")
    await student.wait_for_state("waiting")

    heard = await hear(page, code="not-allowed")

    assert {"display-capture", "fullscreen"} <= set(heard["needs"].split('"')[1].split("; "))
    assert "camera" not in heard["needs"]
    offered = await student.open_menu()
    assert not offered & {"Full screen", "Share the screen"}
    assert await student.tab.evaluate("!document.querySelector('[data-part=share]')")


async def test_an_isolated_platform_can_load_the_script_and_show_the_call(
    people: People, lesson: Lesson, platform: str
) -> None:
    tab = await people.open_tab()
    isolated = {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    # Another site, as a platform's: `localhost` and 127.0.0.1 are different sites.
    base = lesson.base.replace("localhost", "127.0.0.1")
    link = lesson.link("student").replace(lesson.base, base)
    await open_page(tab.page, platform, f'<script src="{base}/embed.js"></script>', **isolated)
    assert await tab.page.evaluate("crossOriginIsolated") is True

    await tab.page.evaluate(MOUNT, {"url": link})

    await tab.page.wait_for_function("told.some(({ type }) => type === 'call-ready')")
    student = Person(ChromiumTab(tab.page, tab.page.frames[-1]), lesson, "student")
    await student.wait_for_state("waiting")

    await tab.page.evaluate(MOUNT, {"url": link, "popup": True})

    await tab.page.wait_for_function("told.some(({ code }) => code === 'popup-unheard')")


async def test_firefox_which_tells_no_policy_says_that_the_page_around_keeps_the_screen(
    people: People, lesson: Lesson, platform: str, firefox: Bidi
) -> None:
    tab = await people.open_firefox_tab(firefox)
    link = lesson.link("student")
    await tab.open(platform)
    await tab.evaluate(
        f"""(() => {{ document.body.innerHTML = `<iframe width="1100" height="700" referrerpolicy="origin"
            allow="camera; microphone" src="{link}"></iframe>` }})()"""
    )
    framed = await tab.frame()
    student = Person(framed, lesson, "student")
    await student.wait_for_state("waiting")

    await student.share_screen()

    await student.wait_for_text("does not let you share your screen")
