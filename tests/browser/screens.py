"""All screens, and how to reach them: one list for the accessibility tests and for `make screenshots`.

A story leads through several screens, so that one live call serves for many. It yields the name of each screen when
the tab shows it. The caller may change only the tab's size and colours.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tests.browser.cable import Cable
from tests.browser.insecure import make_insecure
from tests.browser.lesson import with_next_page
from tests.browser.link import HOLD_ANSWERS, LINK_LOST
from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until
from tests.browser.tool_screens import show_a_recording, show_the_tools
from tests.browser.words import as_said_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from langdao_video.session.claims import Claim, WarningCause
    from langdao_video.session.roles import Role
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

    Screens = AsyncIterator[tuple[str, ChromiumTab]]

DENIED: Final = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s'); };"
NO_WEBRTC: Final = "delete window.RTCPeerConnection;"
WOULD_ASK: Final = "navigator.permissions.query = async () => ({ state: 'prompt', addEventListener() {} });"
NO_MICROPHONE: Final = """
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
        if (constraints.audio) throw new DOMException("taken", "NotReadableError");
        return open(constraints);
    };
"""
# Acts like an iframe without `allow`. A test of the lobby uses a real one.
BLOCKED: Final = """
    Object.defineProperty(window, "parent", { value: {} });
    document.featurePolicy.allowsFeature = () => false;
"""
CAMERA_PULLED: Final = """(() => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("none", "NotFoundError"); };
    navigator.mediaDevices.enumerateDevices = async () => [];
    const [track] = document.querySelector("video").srcObject.getVideoTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
})()"""
NO_SCREEN: Final = """(() => {
    navigator.mediaDevices.getDisplayMedia = async () => { throw new DOMException("no", "NotReadableError"); };
})()"""
STRANGER: Final = "0x52908400098527886E0F7030069857D2E4169EE7"


class SpokenTab(ChromiumTab):
    """A tab whose browser asks for *language*. Tests still name buttons and fields in English."""

    language = "en"

    async def press(self, name: str) -> None:
        await self._frame.get_by_role("button", name=as_said_in(self.language, name)).click()

    async def write(self, field: str, text: str) -> None:
        box = self._frame.get_by_role("textbox", name=as_said_in(self.language, field))
        await box.fill(text)
        await box.press("Enter")


class Guide:
    """Opens the screens for people who read *language*."""

    def __init__(self, people: People, lesson: Lesson, language: str = "en") -> None:
        self.lesson = lesson
        self.language = language
        self._people = people

    async def open_tab(self, *scripts: str) -> SpokenTab:
        """Open a tab for a person who reads the language."""
        page = (await self._people.open_tab(scripts=scripts, locale=self.language)).page
        tab = SpokenTab(page)
        tab.language = self.language
        return tab

    async def leave(self, tab: SpokenTab) -> None:
        """Leave the page of *tab*. The next person gets the tab."""
        await self._people.take_back(tab.page)

    async def bring(self, role: Role, *scripts: str) -> tuple[Person, SpokenTab]:
        """Give *role* a tab. They have not opened the link yet."""
        tab = await self.open_tab(*scripts)
        return Person(tab, self.lesson, role), tab

    async def meet(self) -> tuple[Person, SpokenTab, Person]:
        """Bring both into a live call. The screens are those of the student's tab."""
        (student, tab), (tutor, _) = await self.bring("student"), await self.bring("tutor")
        await student.enter()
        await student.wait_for_state("waiting")
        await tutor.enter()
        for person in (student, tutor):
            await person.wait_for_picture()
            await person.wait_for_state("live")
        return student, tab, tutor


async def hear(tab: ChromiumTab, **frame: object) -> None:
    """Give the page *frame* as if from the service."""
    message = f"new MessageEvent('message', {{ data: {json.dumps(json.dumps(frame))} }})"
    await tab.evaluate(f"void __probe.sockets.at(-1).dispatchEvent({message})")


async def ask_about(tab: ChromiumTab, cause: WarningCause, **claims: Claim) -> None:
    """Give the page the question about the tutor's claims. Its countdown stands still."""
    deadline = await tab.evaluate("Date.now() + 600_000")
    warning = {"disconnectedRole": "tutor", "gracePeriodSeconds": 30, "deadline": deadline}
    await hear(tab, type="connection-warning", cause=cause, claims=claims, **warning)


# ── The stories ──────────────────────────────────────────────────────────────────────────────────


async def show_pages(guide: Guide) -> Screens:
    """Show the pages around a call: those that the service writes, and the start page and demo."""
    tab, base = await guide.open_tab(), guide.lesson.base

    await tab.open(f"{base}/")
    await wait_until(tab, "document.querySelector('form')")
    yield "start", tab
    await tab.page.fill("#rate", "1.2345")
    await tab.press("Make the links")
    await wait_until(tab, "document.querySelector('.wrong')")
    yield "start-wrong", tab
    await tab.open(f"{base}/")
    await wait_until(tab, "document.querySelector('form')")
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


WRITTEN_BY_THE_SERVER: Final = frozenset({"link-wrong", "not-found", "statement"})
"""Screens without the page's script. Their language is that of their address."""


async def show_the_lobby(guide: Guide) -> Screens:
    """Show the lobby of a person whose devices work."""
    student, tab = await guide.bring("student", WOULD_ASK)
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("ask")
    yield "lobby-question", tab
    await guide.leave(tab)

    student, tab = await guide.bring("student")
    await student.enter_lobby()
    await student.allow_devices_if_asked()
    await student.wait_for_lobby_to_show("picture")
    tutor, _ = await guide.bring("tutor")
    await tutor.enter_lobby()
    await student.wait_for_presence("looks")
    yield "lobby", tab
    await tab.evaluate("document.querySelector('[data-part=device-choice] summary').click()")
    await wait_until(tab, "document.querySelectorAll('[data-part=choose-camera] option').length > 1")
    yield "lobby-devices", tab
    await tab.evaluate("document.querySelector('[data-part=device-choice] summary').click()")
    await wait_until(tab, "document.querySelector('[data-part=check-again]')?.disabled === false")
    await tab.evaluate("document.querySelector('[data-part=network-check] summary').click()")
    yield "lobby-network", tab
    await tab.evaluate("document.querySelector('[data-part=network-check] summary').click()")
    await student.switch("camera")
    await student.wait_for_lobby_to_show("off")
    yield "lobby-camera-off", tab


async def show_what_is_in_the_way(guide: Guide) -> Screens:
    """Show the lobby of a person who cannot be seen or heard, or cannot join."""
    for problem, script in (
        ("permission-denied", DENIED % "NotAllowedError"),
        ("blocked", BLOCKED + DENIED % "NotAllowedError"),
        ("not-found", DENIED % "NotFoundError"),
        ("in-use", DENIED % "NotReadableError"),
        ("unknown", DENIED % "OddError"),
    ):
        student, tab = await guide.bring("student", script)
        await student.enter_lobby()
        await student.wait_for_lobby_to_show("problem")
        await wait_until(tab, f"document.querySelector('[data-problem={problem}]')")
        yield f"lobby-{problem}", tab
        await guide.leave(tab)  # the seat takes only one page

    student, tab = await guide.bring("student")
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")
    await tab.evaluate(CAMERA_PULLED)
    await wait_until(tab, "document.querySelector('[data-problem=gone]')")
    yield "lobby-gone", tab
    await guide.leave(tab)

    student, tab = await guide.bring("student", NO_MICROPHONE)
    await student.enter_lobby()
    await wait_until(tab, "document.querySelector('[data-part=microphone-problem]')")
    yield "lobby-no-microphone", tab
    await guide.leave(tab)

    for problem, script in (("unsupported", NO_WEBRTC), ("insecure", "")):
        tab = await guide.open_tab(script)
        lesson = await make_insecure(tab, guide.lesson) if problem == "insecure" else guide.lesson
        await tab.open(lesson.link("student", lobby="on"))
        await wait_until(tab, f"document.querySelector('[data-part=page-problem][data-problem={problem}]')")
        yield f"lobby-{problem}", tab
        await guide.leave(tab)


async def show_refusals(guide: Guide) -> Screens:
    """Show the screens in place of the call, or over it, for a person who joined at once and cannot go on."""
    for name, script, part in (
        ("permission-denied", DENIED % "NotAllowedError", "device-problem"),
        ("device-missing", DENIED % "NotFoundError", "device-problem"),
        ("device-in-use", DENIED % "NotReadableError", "device-problem"),
        ("no-webrtc", NO_WEBRTC, "page-problem"),
    ):
        student, tab = await guide.bring("student", script)
        await student.enter()
        await student.wait_for_state("error")
        await wait_until(tab, f"document.querySelector('[data-part={part}]')")
        yield name, tab
        await guide.leave(tab)  # the seat takes only one page

    for code in ("link-expired", "token-required", "session-over", "lobby-timeout", "flood"):
        student, tab = await guide.bring("student")
        await student.enter()
        await student.wait_for_state("waiting")
        await hear(tab, type="error", code=code, message="In English.", final=True)
        await wait_until(tab, "document.querySelector('[data-part=refused]')")
        yield code, tab
        await guide.leave(tab)

    async with Cable(urlsplit(guide.lesson.base).port or 80) as cable:
        cable.pull()
        tab = await guide.open_tab()
        link = guide.lesson.link("student").replace(guide.lesson.base, cable.url)
        await tab.open(link)
        await wait_until(tab, "document.querySelector('[data-part=unreachable]')")
        yield "unreachable", tab
        await guide.leave(tab)


async def show_a_lesson(guide: Guide) -> Screens:
    """Show a lesson from the link to the statement."""
    (student, tab), (tutor, _) = await guide.bring("student"), await guide.bring("tutor")

    await tab.open(guide.lesson.link("student") + with_next_page("https://lingua.example/lessons"))
    await student.wait_for_state("waiting")
    await wait_until(tab, "document.querySelector('[data-part=waiting]')")
    yield "waiting", tab
    await tutor.enter()
    await student.wait_for_picture()
    await student.wait_for_state("live")
    await tutor.write_chat("¿Cómo estás? Hoy leemos la página 12, y después hablamos de tu viaje.")
    await wait_until(tab, "document.querySelectorAll('[data-part=chat-line]').length === 1")
    yield "live", tab
    # While a person writes, the panel stays open in any window.
    await student.write_chat("Muy bien, gracias.")
    await wait_until(tab, "document.querySelectorAll('[data-part=chat-line]').length === 2")
    yield "chat", tab
    await tab.press("Emoji")
    await wait_until(tab, "document.querySelector('[data-part=emoji]')")
    yield "emoji", tab
    await tab.page.keyboard.press("Escape")
    async for screen in show_the_tools(student, tab, tutor.tab):
        yield screen, tab
    async for screen in show_a_recording(tab, tutor.tab):
        yield screen, tab
    await tutor.switch("camera")
    await tutor.switch("microphone")
    await wait_until(tab, "document.querySelector('[data-part=remote-camera-off]')")
    yield "live-without-their-camera", tab
    await hear(tab, type="low-balance", remainingSeconds=60)
    await wait_until(tab, "document.querySelector('[data-part=notice]')")
    yield "low-balance", tab
    await tab.evaluate(NO_SCREEN)
    await tab.press("Share the screen")
    await hear(tab, type="peer-left", role="tutor", reason="connection-lost", timestamp=0)
    await wait_until(tab, "document.querySelectorAll('[data-part=notice]').length >= 3")
    yield "notices", tab
    await hear(tab, type="user-status", role="tutor", audio=True, video=True, network="weak")
    await wait_until(tab, "document.querySelector('.head-status.poor span')?.textContent.length > 25")
    yield "weak-line", tab
    await tutor.end_call()
    await student.wait_for_state("ended")
    await wait_until(tab, "document.querySelector('[data-part=take-home]')")
    yield "ended", tab
    await tab.open(await wait_until(tab, "document.querySelector('main a[target=_blank]')?.href"))
    yield "statement", tab


async def show_what_opens(guide: Guide) -> Screens:
    """Show what a person can open in a call: the menu, its windows and layouts, the connection's figures, a screen."""
    _, tab, tutor = await guide.meet()

    await tab.press("More")
    yield "menu", tab
    await tab.press("Sound and picture")
    await wait_until(tab, "document.querySelectorAll('[data-part=choose-camera] option').length > 1")
    yield "settings", tab
    await tab.press("Close")
    await tab.press("More")
    await tab.press("Keyboard shortcuts")
    await wait_until(tab, "document.querySelector('[data-part=shortcuts]')?.open")
    yield "shortcuts", tab
    await tab.press("Close")
    await tab.evaluate("document.querySelector('[data-part=connection-status]').click()")
    await wait_until(tab, "document.querySelector('[data-part=connection] dt')")
    yield "figures", tab
    await tab.page.keyboard.press("Escape")
    await tutor.tab.press_part("more")
    await tutor.tab.press_part("more-captions")
    await wait_until(tab, "document.querySelector('[data-part=captions-question]')")
    await tab.page.keyboard.press("t")
    await wait_until(tab, "document.querySelector('[data-part=captions-text]')")
    yield "captions", tab
    await tab.press_part("captions-settings")
    await wait_until(tab, "document.querySelector('[data-part=captions-dialog]')?.open")
    yield "captions-settings", tab
    await tab.press("Close")
    await tutor.tab.press_part("captions-close")
    await tab.press_part("captions-close")
    await wait_until(tab, "!document.querySelector('[data-part=captions]')")
    await tab.press("Raise hand")
    await tab.page.keyboard.press("l")
    await wait_until(tab, "document.querySelector('[data-part=stage]').dataset.layout === 'side'")
    yield "side-by-side", tab
    await tutor.share_screen()
    await Person(tab, guide.lesson, "student").wait_for_screen()
    yield "their-screen", tab
    await tab.press("Share the screen")
    await wait_until(tab, "document.querySelector('[data-part=own-screen]')")
    yield "both-screens", tab


async def show_trouble(guide: Guide) -> Screens:
    """Show the interruptions of a call: lost connections, other tabs, strangers."""
    student, tab, tutor = await guide.meet()

    stranger, strangers_tab = await guide.bring("tutor")
    await stranger.enter(address=STRANGER)
    await stranger.wait_for_state("error")
    await wait_until(strangers_tab, "document.querySelector('.interlude h1')")
    yield "refused", strangers_tab
    second, second_tab = await guide.bring("student")
    await second.enter()
    await second.wait_for_state("error")
    await wait_until(second_tab, "document.querySelector('[data-part=elsewhere] h1')")
    yield "open-elsewhere", second_tab
    await second.use_here()
    await second.wait_for_picture()
    await student.wait_for_state("error")
    await wait_until(tab, "document.querySelector('[data-part=moved] h1')")
    yield "moved", tab
    await second_tab.evaluate(f"{HOLD_ANSWERS}(true)")
    await second_tab.evaluate(LINK_LOST)
    await second.wait_for_state("reconnecting")
    await wait_until(second_tab, "document.querySelector('[data-part=reconnecting] p')")
    yield "reconnecting", second_tab
    await second_tab.evaluate(f"{HOLD_ANSWERS}(false)")
    await ask_about(second_tab, "dispute", student="is-received", tutor="nothing-arrives")
    await second.wait_for_question()
    yield "dispute", second_tab
    await hear(second_tab, type="grace-resolved", outcome="returned")
    await wait_until(second_tab, "!document.querySelector('[data-part=grace-dialog]')")
    await tutor.tab.close()
    await second.wait_for_question()
    yield "grace", second_tab


STORIES: Final[dict[str, Callable[[Guide], Screens]]] = {
    "pages": show_pages,
    "lobby": show_the_lobby,
    "in the way": show_what_is_in_the_way,
    "refusals": show_refusals,
    "a lesson": show_a_lesson,
    "what opens": show_what_opens,
    "trouble": show_trouble,
}
