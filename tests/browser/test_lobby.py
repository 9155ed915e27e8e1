"""The lobby: people see themselves, choose devices, see who is there and what it costs, and press one button."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.api import post_json
from tests.browser.lesson import ADDRESSES
from tests.browser.people import Person
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from playwright.async_api import Browser, Route

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.tab import ChromiumTab
    from tests.recorder import Recorder

WOULD_ASK: Final = """
    navigator.permissions.query = async () => ({ state: "prompt" });
"""
NO_STORAGE: Final = """
    for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
    }
"""
SHIFTS: Final = """
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)))
        .observe({ type: "layout-shift", buffered: true });
"""
WHERE: Final = """
    window.early = null;
    window.where = (part) => {
        const found = ["[data-part=join]", "h1", ".preview-tile", ".entrance"].map((one) =>
            document.querySelector(`${part} ${one}`));
        if (!found.every((element) => element?.getClientRects().length > 0)) return null;
        return found.map((element) => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return [x, y, width, height].map(Math.round);
        });
    };
    (function look() {
        window.early = where("#early-lobby") ?? window.early;
        requestAnimationFrame(look);
    })();
"""
PATIENT: Final = """
    const wait = setTimeout;
    setTimeout = (what, ms, ...more) => wait(what, ms === 3_000 ? 60_000 : ms, ...more);
"""
"""The lobby is drawn under a finger that rests for three seconds, which a slow machine takes for a click."""
PURPLE: Final = base64.urlsafe_b64encode(b'{"accent":"#7700aa"}').decode().rstrip("=")
PREVIEW_HEIGHT: Final = "document.querySelector('[data-part=preview] video').getBoundingClientRect().height"
ASKED: Final = "'camera asked' in __probe.marks"
FOCUSED: Final = "document.activeElement.dataset.part ?? document.activeElement.tagName"


async def test_one_sees_oneself_and_who_is_there_and_one_button_leads_in(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student = await people.bring("student", lesson)
    tutor = await people.bring("tutor", lesson, tutors_browser)
    await student.enter()
    await student.wait_for_state("waiting")

    await tutor.enter_lobby()
    await tutor.wait_for_presence("here")
    await tutor.allow_devices_if_asked()
    await tutor.wait_for_lobby_to_show("picture")
    assert await tutor.tab.evaluate(PREVIEW_HEIGHT) > 150
    await tutor.join_from_lobby()

    for person in (student, tutor):
        await person.wait_for_picture()
        await person.wait_for_state("live")
    assert len(await tutor.frames("welcome")) == 1


@pytest.mark.requirement("R15")
async def test_nobody_is_asked_for_a_camera_before_they_have_pressed_something(
    people: People, lesson: Lesson
) -> None:
    student = Person(await people.open_tab(scripts=(WOULD_ASK,)), lesson, "student")

    await student.enter_lobby()
    await student.wait_for_lobby_to_show("ask")
    await student.wait_for_presence("away")

    assert await student.tab.evaluate(ASKED) is False
    await student.allow_devices()
    await student.wait_for_lobby_to_show("picture")


async def test_firefox_which_does_not_say_whether_it_would_ask_is_not_asked_before_a_gesture_either(
    people: People, lesson: Lesson, firefox: Bidi
) -> None:
    student = await people.bring("student", lesson, firefox)

    await student.enter_lobby()
    await student.wait_for_lobby_to_show("ask")

    assert await student.tab.evaluate(ASKED) is False
    await student.allow_devices()
    await student.wait_for_lobby_to_show("picture")


@pytest.mark.requirement("R21", "R36")
async def test_while_one_looks_nothing_is_sent_billed_or_shown_to_the_other(
    people: People, lesson: Lesson, backend: Recorder
) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    await tutor.enter()
    await tutor.wait_for_state("waiting")

    await student.enter_lobby()
    await student.wait_for_presence("here")
    await student.switch("microphone")
    await student.wait_for_frame("ping", 3)
    await tutor.wait_for_frame("ping", 3)

    assert backend.of(lesson.room, role="student") == []
    assert await tutor.frames("peer-joined") == await tutor.frames("user-status") == []
    assert {bill["billableSeconds"] for bill in await student.frames("bill")} == {0}
    assert await student.frames("error") == []


async def test_one_sees_the_other_get_ready_come_and_go(people: People, lesson: Lesson) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    await student.enter_lobby()
    await student.wait_for_presence("away")

    await tutor.enter_lobby()
    await student.wait_for_presence("looks")
    await tutor.join_from_lobby()
    await student.wait_for_presence("here")
    await tutor.tab.close()

    await student.wait_for_presence("away")


@pytest.mark.parametrize("off", [["camera"], ["microphone"], ["camera", "microphone"]], ids="-".join)
async def test_joining_without_a_camera_or_a_microphone_works(
    people: People, lesson: Lesson, off: list[str]
) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    await tutor.enter()
    await tutor.wait_for_state("waiting")
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")

    for device in off:
        await student.switch("camera" if device == "camera" else "microphone")
    await student.join_from_lobby()

    await tutor.wait_for_frame("peer-joined")
    [joined] = await tutor.frames("peer-joined")
    assert (joined["peer"]["video"], joined["peer"]["audio"]) == (
        "camera" not in off,
        "microphone" not in off,
    )
    await student.wait_for_state("live")
    await tutor.wait_for_state("live")


async def test_what_was_switched_off_stays_off_in_the_next_lesson(people: People, lesson: Lesson) -> None:
    student = await people.bring("student", lesson)
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")
    await student.switch("camera")
    await student.wait_for_lobby_to_show("off")

    await student.enter_lobby(room=f"{lesson.room}-next")

    await student.wait_for_lobby_to_show("off")


async def test_storage_that_is_blocked_breaks_nothing(people: People, lesson: Lesson) -> None:
    student = Person(await people.open_tab(scripts=(NO_STORAGE,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await tutor.enter()
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")
    await student.switch("microphone")

    await student.join_from_lobby()

    await student.wait_for_state("live")
    assert not [line for line in student.tab.console if line.startswith("uncaught")]


async def test_the_keyboard_alone_leads_in(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab(scripts=(WOULD_ASK,))
    student = Person(tab, lesson, "student")
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("ask")

    async def tab_to(what: str) -> None:
        for _ in range(12):
            await tab.page.keyboard.press("Tab")
            if await tab.evaluate(what):
                return
        raise AssertionError(f"Tab never leads to {what}")

    await tab_to("document.activeElement.innerText === 'Allow camera and microphone'")
    await tab.page.keyboard.press("Enter")
    await student.wait_for_lobby_to_show("picture")
    await tab_to(f"({FOCUSED}) === 'camera'")
    await tab.page.keyboard.press("Space")
    await student.wait_for_lobby_to_show("off")
    await tab_to(f"({FOCUSED}) === 'join'")
    await tab.page.keyboard.press("Enter")

    await student.wait_for_state("waiting")


@pytest.mark.requirement("R8")
async def test_the_lesson_its_price_and_what_is_prepaid_are_told_before_joining(
    people: People, lesson: Lesson
) -> None:
    made = await post_json(
        f"{lesson.base}/api/sessions",
        studentAddress=ADDRESSES["student"],
        language="ja",
        ratePerHourMinor=2_000,
        currency="USD",
        capSeconds=1_800,
    )
    student = await people.bring("student", lesson)

    await student.tab.open(f"{made['studentUrl']}&ui=en")

    for text in ("Japanese", "日本語", "$20.00 per hour", "30:00", "Waiting is free", "Nobody is here yet"):
        await student.wait_for_text(text)


async def test_a_reload_in_the_call_leads_back_into_the_call(people: People, lesson: Lesson) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    await tutor.enter()
    await student.enter_lobby()
    await student.join_from_lobby()
    await student.wait_for_picture()

    await student.tab.reload()

    await student.wait_for_picture()
    assert await student.frames("lobby") == []
    # In a newly opened page nothing has the focus ring of a keyboard.
    await wait_until(student.tab, "document.querySelector('.controls button')")
    assert await student.tab.evaluate("document.activeElement === document.body")


async def test_a_reload_in_the_lobby_leads_back_into_the_lobby(people: People, lesson: Lesson) -> None:
    student = await people.bring("student", lesson)
    await student.enter_lobby()

    await student.tab.reload()

    await student.wait_for_state("lobby")
    assert await student.frames("welcome") == []


@pytest.mark.parametrize("lobby", ["on", "", "never"])
async def test_only_off_joins_at_once(people: People, lesson: Lesson, lobby: str) -> None:
    looking, joining = await people.bring("student", lesson), await people.bring("tutor", lesson)

    await looking.enter(lobby=lobby)
    await joining.enter(lobby="off")

    await looking.wait_for_state("lobby")
    await joining.wait_for_state("waiting")
    assert await joining.frames("lobby") == []


async def test_nothing_moves_when_the_picture_and_the_facts_arrive(people: People, lesson: Lesson) -> None:
    student = Person(await people.open_tab(scripts=(SHIFTS,)), lesson, "student")

    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")
    await student.wait_for_text("per hour")

    assert await student.tab.evaluate("shifts") == []


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (844, 390)])
async def test_what_is_there_first_is_where_the_drawn_lobby_has_it(
    people: People, lesson: Lesson, width: int, height: int
) -> None:
    tab = await people.open_tab(width=width, scripts=(WHERE,))
    await tab.resize(width, height)
    student = Person(tab, lesson, "student")
    goes_on = await hold_the_rest(tab)

    await tab.page.goto(lesson.link("student", lobby="on"), wait_until="commit")
    await wait_until(tab, "window.early")
    goes_on.set()
    await student.wait_for_lobby_to_show("picture")
    await student.wait_for_text("per hour")

    early, drawn = await tab.evaluate("[early, where('#room')]")
    assert early == drawn
    assert await tab.evaluate("document.getElementById('early-lobby')") is None


async def test_who_presses_join_before_the_rest_is_loaded_gets_in(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab()
    student = Person(tab, lesson, "student")
    goes_on = await hold_the_rest(tab)

    await tab.page.goto(lesson.link("student", lobby="on"), wait_until="commit")
    await tab.press("Join")
    goes_on.set()

    await student.wait_for_state("waiting")
    assert await tab.evaluate("document.getElementById('early-lobby')") is None


async def test_who_is_pressing_join_while_the_rest_arrives_gets_in(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab(scripts=(PATIENT,))
    student = Person(tab, lesson, "student")
    goes_on = await hold_the_rest(tab)
    await tab.page.goto(lesson.link("student", lobby="on"), wait_until="commit")
    await tab.page.hover("#early-lobby button")

    await tab.page.mouse.down()
    async with tab.page.expect_response("**/main-*.js"):
        goes_on.set()
    await tab.evaluate("new Promise((later) => setTimeout(later, 300))")  # the lobby would be drawn now
    await tab.page.mouse.up()

    await student.wait_for_state("waiting")


async def hold_the_rest(tab: ChromiumTab) -> asyncio.Event:
    """Delay the code that draws the lobby until the event is set."""
    goes_on = asyncio.Event()

    async def hold(route: Route) -> None:
        await goes_on.wait()
        await route.continue_()

    await tab.page.route("**/main-*.js", hold)
    return goes_on


@pytest.mark.parametrize(
    ("script", "more"),
    [("localStorage.setItem('langdao:ui', 'de')", ""), ("", f"#look={PURPLE}")],
    ids=["words", "colours"],
)
async def test_nobody_sees_the_lobby_in_other_words_or_colours_first(
    people: People, lesson: Lesson, script: str, more: str
) -> None:
    tab = await people.open_tab(scripts=(WHERE, script))

    await tab.open(lesson.link("student", lobby="on") + more)

    await wait_until(tab, "where('#room')")
    assert await tab.evaluate("early") is None


@pytest.mark.requirement("R11")
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (820, 1180), (390, 844), (844, 390), (320, 640)])
async def test_the_way_in_is_on_the_screen_without_scrolling(
    people: People, lesson: Lesson, width: int, height: int
) -> None:
    tab = await people.open_tab(width=width)
    await tab.resize(width, height)
    student = Person(tab, lesson, "student")

    await student.enter_lobby()
    await student.wait_for_text("per hour")

    box = await tab.evaluate("document.querySelector('[data-part=join]').getBoundingClientRect().toJSON()")
    assert 0 <= box["top"] < box["bottom"] <= height
    assert await tab.evaluate("document.documentElement.scrollWidth") == width


async def test_who_opens_a_lesson_that_is_over_is_shown_how_it_ended(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await tutor.end_call()
    await student.wait_for_state("ended")

    late = await people.bring("student", lesson)
    await late.enter(lobby="on")

    await late.wait_for_state("ended")
