"""A platform's theme in an embedded call: colours, corners, brand and logo, and the names of the participants."""

from __future__ import annotations

import base64
import json
from functools import partial
from http.server import SimpleHTTPRequestHandler
from threading import Thread
from typing import TYPE_CHECKING, Final, Literal

import pytest

from tests.browser.tab import ChromiumTab, wait_until
from tests.http_server import ManyAtOnce

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

LOGO: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="28"><rect width="80" height="28"/></svg>'
)
PAGE: Final = """<!doctype html><html lang="en"><title>Lingua</title><script src="%s/embed.js"></script>
<langdao-call src="%s" title="Lesson" data-brand="Lingua" data-accent="#0f766e" data-radius="3"
  data-logo="/logo.svg">
</langdao-call></html>"""
ACCENT: Final = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
RADIUS: Final = "getComputedStyle(document.documentElement).getPropertyValue('--radius-m').trim()"
BACKGROUNDS: Final = {"light": "rgb(244, 245, 247)", "dark": "rgb(15, 18, 24)"}
BRAND: Final = "document.querySelector('[data-part=brand]')"


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without log lines."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def platform(tmp_path: Path, lesson: Lesson) -> Iterator[str]:
    """Serve a platform's page with the student's call and a logo; return its address."""
    (tmp_path / "logo.svg").write_text(LOGO, encoding="utf-8")
    (tmp_path / "lesson.html").write_text(PAGE % (lesson.base, lesson.link("student")), encoding="utf-8")
    with ManyAtOnce(("127.0.0.1", 0), partial(QuietHandler, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/lesson.html"
        server.shutdown()


async def test_the_page_that_embeds_the_call_chooses_its_colours_corners_and_logo(
    people: People, platform: str
) -> None:
    tab = await people.open_tab()
    await tab.open(platform)
    await wait_until(tab, "document.querySelector('iframe')")
    call = ChromiumTab(tab.page, tab.page.frames[-1])

    await wait_until(call, f"{BRAND}?.querySelector('img')?.naturalWidth === 80")

    assert await call.evaluate(f"{BRAND}.querySelector('img').alt") == "Lingua"
    assert await call.evaluate(ACCENT) == "#0f766e"
    assert await call.evaluate(RADIUS) == "3px"


@pytest.mark.parametrize("lobby", ["on", "off"])
@pytest.mark.parametrize(("scheme", "of_the_reader"), [("light", "dark"), ("dark", "light")])
async def test_a_site_that_is_only_light_or_only_dark_holds_its_call_to_it(
    people: People, lesson: Lesson, scheme: str, of_the_reader: Literal["light", "dark"], lobby: str
) -> None:
    tab = await people.open_tab()
    await tab.page.emulate_media(color_scheme=of_the_reader)
    look = base64.urlsafe_b64encode(json.dumps({"scheme": scheme, "accent": "#0f766e"}).encode()).decode()

    await tab.open(f"{lesson.link('student', lobby=lobby)}#look={look}")
    await wait_until(tab, f"{BRAND} && {ACCENT} !== ''")

    assert await tab.evaluate("getComputedStyle(document.body).backgroundColor") == BACKGROUNDS[scheme]
    assert await tab.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
    assert (await tab.evaluate(ACCENT) == "#0f766e") is (scheme == "light")


async def test_a_dark_site_is_dark_in_firefox_too(people: People, lesson: Lesson, firefox: Bidi) -> None:
    tab = await people.open_firefox_tab(firefox)
    look = base64.urlsafe_b64encode(json.dumps({"scheme": "dark"}).encode()).decode()

    await tab.open(f"{lesson.link('student')}#look={look}")

    await wait_until(tab, f"{BRAND} !== null")
    assert await tab.evaluate("getComputedStyle(document.body).backgroundColor") == BACKGROUNDS["dark"]


async def test_what_a_platform_does_not_show_is_not_there_and_the_call_is(
    people: People, lesson: Lesson
) -> None:
    look = base64.urlsafe_b64encode(json.dumps({"features": ["details"]}).encode()).decode()
    student, tutor = [await people.bring(role, lesson) for role in ("student", "tutor")]

    await student.tab.open(f"{lesson.link('student')}#look={look}")
    await tutor.enter()
    await student.wait_for_picture()

    await wait_until(student.tab, "document.querySelector('[data-part=details]')")
    assert (
        await student.tab.evaluate("document.querySelector('[data-part=hand], [data-part=chat], textarea')")
        is None
    )
    assert await student.tab.evaluate("document.querySelectorAll('[data-part=microphone], .end').length") == 2
    await student.tab.press("More")
    shown = await wait_until(
        student.tab, "[...document.querySelectorAll('.more-entry')].map(({dataset}) => dataset.part)"
    )
    assert shown == ["more-settings", "more-connection", "more-shortcuts"]


async def test_a_link_without_any_look_is_the_plain_page_and_a_wrong_one_is_left_out(
    people: People, lesson: Lesson
) -> None:
    wrong = {"brand": "<b>Lingua</b>", "accent": "red;}", "logo": "https://elsewhere.example/x.svg"}
    look = base64.urlsafe_b64encode(json.dumps(wrong).encode()).decode()
    tab = await people.open_tab()

    await tab.open(f"{lesson.link('student')}#look={look}")

    assert (await wait_until(tab, f"{BRAND}?.innerText")).startswith("<b>Lingua</b>")
    assert await tab.evaluate(f"{BRAND}.querySelector('b, img')") is None
    assert await tab.evaluate(ACCENT) == "#2456d6"


async def test_the_names_of_the_links_stand_under_the_pictures(people: People, lesson: Lesson) -> None:
    student = await people.bring("student", lesson)
    tutor = await people.bring("tutor", lesson)

    await student.enter(name="ana.eth")
    await tutor.enter(name="Marta <i>Ruiz</i>")

    await student.wait_for_text("Marta <i>Ruiz</i>")
    await tutor.wait_for_text("ana.eth")
