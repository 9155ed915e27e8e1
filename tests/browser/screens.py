"""Every screen there is, and how to get there: one list for the accessibility tests and for `make screenshots`.

A story leads through several screens, so that one live call serves for many; it yields the name of each screen when
the tab shows it. Whoever looks may change the tab's size and colours, and nothing else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until
from tests.browser.words import as_said_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from langdao_video.session.roles import Role
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

    Screens = AsyncIterator[tuple[str, ChromiumTab]]

DENIED: Final = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s'); };"
NO_WEBRTC: Final = "delete window.RTCPeerConnection;"
LINK_LOST: Final = """(() => {
    const connection = __probe.connections.at(-1);
    for (const name of ["connectionState", "iceConnectionState"])
        Object.defineProperty(connection, name, { configurable: true, get: () => "disconnected" });
    connection.dispatchEvent(new Event("connectionstatechange"));
})()"""
STRANGER: Final = "0x52908400098527886E0F7030069857D2E4169EE7"


class SpokenTab(ChromiumTab):
    """A tab whose browser asks for *language*; what is pressed and filled in is named in English all the same."""

    language = "en"

    async def press(self, name: str) -> None:
        await self._frame.get_by_role("button", name=as_said_in(self.language, name)).click()

    async def write(self, field: str, text: str) -> None:
        box = self._frame.get_by_role("textbox", name=as_said_in(self.language, field))
        await box.fill(text)
        await box.press("Enter")


class Guide:
    """Brings people who read *language* to the screens."""

    def __init__(self, people: People, lesson: Lesson, language: str = "en") -> None:
        self.lesson = lesson
        self.language = language
        self._people = people

    async def open_tab(self, *scripts: str) -> SpokenTab:
        """Open a tab of somebody who reads the language."""
        page = (await self._people.open_tab(scripts=scripts, locale=self.language)).page
        tab = SpokenTab(page)
        tab.language = self.language
        return tab

    async def bring(self, role: Role, *scripts: str) -> tuple[Person, SpokenTab]:
        """Give *role* a tab; they have not opened the link yet."""
        tab = await self.open_tab(*scripts)
        return Person(tab, self.lesson, role), tab

    async def meet(self) -> tuple[Person, SpokenTab, Person]:
        """Bring both into a live call; the student's tab is the one to look at."""
        (student, tab), (tutor, _) = await self.bring("student"), await self.bring("tutor")
        await student.enter()
        await student.wait_for_state("waiting")
        await tutor.enter()
        for person in (student, tutor):
            await person.wait_for_picture()
            await person.wait_for_state("live")
        return student, tab, tutor


async def hear(tab: ChromiumTab, **frame: object) -> None:
    """Let the page hear *frame* from the service."""
    message = f"new MessageEvent('message', {{ data: {json.dumps(json.dumps(frame))} }})"
    await tab.evaluate(f"void __probe.sockets.at(-1).dispatchEvent({message})")


# ── The stories ──────────────────────────────────────────────────────────────────────────────────


async def show_pages(guide: Guide) -> Screens:
    """Show the pages around a call: those that the service writes, and a platform's first steps."""
    tab, base = await guide.open_tab(), guide.lesson.base

    await tab.open(f"{base}/")
    await wait_until(tab, "document.querySelector('form')")
    yield "start", tab
    await tab.press("Make the links")
    await wait_until(tab, "document.querySelectorAll('[data-seat] input').length === 2")
    yield "start-links", tab
    await tab.open(f"{base}/demo")
    await wait_until(tab, "document.querySelector('button')")
    yield "demo", tab
    await tab.open(guide.lesson.link("student", language="klingon", address="x" * 300))
    yield "link-wrong", tab
    await tab.open(f"{base}/no-such-page")
    yield "not-found", tab


async def show_what_is_in_the_way(guide: Guide) -> Screens:
    """Show what someone sees who cannot join: devices, the browser, the link."""
    for name, script in (
        ("permission-denied", DENIED % "NotAllowedError"),
        ("device-missing", DENIED % "NotFoundError"),
        ("device-in-use", DENIED % "NotReadableError"),
        ("no-webrtc", NO_WEBRTC),
    ):
        student, tab = await guide.bring("student", script)
        await student.enter()
        await student.wait_for_state("error")
        yield name, tab
        await tab.close()  # the seat is one

    student, tab = await guide.bring("student")
    await student.enter()
    await student.wait_for_state("waiting")
    await hear(tab, type="error", code="link-expired", message="The link has expired.", final=True)
    await student.wait_for_state("error")
    yield "link-expired", tab


async def show_a_lesson(guide: Guide) -> Screens:
    """Show a lesson from the link to the statement."""
    (student, tab), (tutor, _) = await guide.bring("student"), await guide.bring("tutor")

    await student.enter()
    await student.wait_for_state("waiting")
    yield "waiting", tab
    await tutor.enter()
    await student.wait_for_picture()
    await student.wait_for_state("live")
    await tutor.write_chat("¿Cómo estás? Hoy leemos la página 12, y después hablamos de tu viaje.")
    await student.write_chat("Muy bien, gracias.")
    await wait_until(tab, "document.querySelectorAll('[data-part=chat-line]').length === 2")
    yield "live", tab
    await tutor.switch("camera")
    await tutor.switch("microphone")
    await wait_until(tab, "document.querySelector('[data-part=remote-camera-off]')")
    yield "live-without-their-camera", tab
    await tutor.end_call()
    await student.wait_for_state("ended")
    yield "ended", tab
    statement = await tab.evaluate("document.querySelector('main a')?.href ?? null")
    if statement:
        await tab.open(statement)
        yield "statement", tab


async def show_trouble(guide: Guide) -> Screens:
    """Show what comes between two people: lost connections, other tabs, strangers."""
    student, tab, tutor = await guide.meet()

    stranger, strangers_tab = await guide.bring("tutor")
    await stranger.enter(address=STRANGER)
    await stranger.wait_for_state("error")
    yield "refused", strangers_tab
    second, second_tab = await guide.bring("student")
    await second.enter()
    await second.wait_for_state("error")
    yield "open-elsewhere", second_tab
    await second.use_here()
    await second.wait_for_picture()
    await student.wait_for_state("error")
    yield "moved", tab
    await second_tab.evaluate(LINK_LOST)
    await second.wait_for_state("reconnecting")
    yield "reconnecting", second_tab
    await tutor.tab.close()
    await second.wait_for_question()
    yield "grace", second_tab


STORIES: Final[dict[str, Callable[[Guide], Screens]]] = {
    "pages": show_pages,
    "in the way": show_what_is_in_the_way,
    "a lesson": show_a_lesson,
    "trouble": show_trouble,
}
