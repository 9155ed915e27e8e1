"""The row of controls, the menu and the figures: reachable by thumb and keyboard, and correct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser import stage
from tests.browser.link import HOLD_ANSWERS, LINK_FOUND, LINK_LOST
from tests.browser.people import Person
from tests.browser.screens import hear
from tests.browser.tab import TEST_SCRIPTS, ChromiumTab, open_another_tab, wait_until
from tests.browser.test_recording import SAYS, TONES_HZ

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.standing import Pair

FOCUS_IN_MENU = f"document.querySelector('{stage.POPUP}')?.contains(document.activeElement)"

# Firefox does not report the level of the own microphone. Without a loudspeaker it measures no other level, either.
NO_AUDIO_LEVEL: Final = """
    const { getStats } = RTCRtpSender.prototype;
    RTCRtpSender.prototype.getStats = async function () {
        const report = await getStats.call(this);
        return new Map([...report].map(([id, { audioLevel, ...rest }]) => [id, rest]));
    };
"""


async def wait_alone(people: People, lesson: Lesson) -> ChromiumTab:
    tab = await people.open_tab()
    student = Person(tab, lesson, "student")
    await student.enter()
    await student.wait_for_state("waiting")
    return tab


@pytest.mark.requirement("R11", "R12")
@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568), (844, 390)])
async def test_on_a_phone_the_controls_are_one_row_of_targets_a_thumb_can_hit(
    people: People, lesson: Lesson, width: int, height: int
) -> None:
    tab = await wait_alone(people, lesson)
    await tab.resize(width, height)

    boxes = await stage.find_boxes(tab, stage.CONTROLS)

    assert len(boxes) >= 6
    assert {round(box.centre[1]) for box in boxes} == {round(boxes[0].centre[1])}
    assert all(box.width >= 44 and box.height >= 44 for box in boxes)
    assert all(box.x >= 0 and box.x + box.width <= width and box.y + box.height <= height for box in boxes)


@pytest.mark.requirement("R12")
async def test_the_menu_is_walked_by_keyboard_and_escape_goes_back_to_its_button(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)

    await tab.page.focus(stage.MORE)
    await stage.press_key(tab, "Enter")
    await wait_until(tab, FOCUS_IN_MENU)
    await wait_until(tab, f"document.querySelector('{stage.POPUP} button')")
    first = await tab.evaluate("document.activeElement.dataset.part")
    await stage.press_key(tab, "Tab")
    second = await tab.evaluate("document.activeElement.dataset.part")
    await stage.press_key(tab, "Escape")

    assert first != second
    await wait_until(tab, f"!document.querySelector('{stage.POPUP}')")
    assert await tab.evaluate("document.activeElement.dataset.part") == "more"
    assert await tab.evaluate(f"document.querySelector('{stage.MORE}').ariaExpanded") == "false"


async def test_the_menu_closes_when_one_goes_on_with_tab_or_clicks_elsewhere(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)

    await tab.press_part("more")
    await wait_until(tab, FOCUS_IN_MENU)
    await tab.page.focus("[data-part=microphone]")
    await wait_until(tab, f"!document.querySelector('{stage.POPUP}')")
    await tab.press_part("more")
    await wait_until(tab, FOCUS_IN_MENU)
    await tab.page.mouse.click(400, 300)

    await wait_until(tab, f"!document.querySelector('{stage.POPUP}')")


@pytest.mark.requirement("R14", "R33")
@pytest.mark.usefixtures("tutors_browser")
async def test_a_click_on_the_connection_tells_its_figures_in_plain_words(standing_call: Pair) -> None:
    _, tutor = standing_call

    await tutor.tab.press_part("connection-status")

    figure = "document.querySelector('[data-figure={}]')?.innerText ?? ''"
    await wait_until(tutor.tab, f"/^[0-9.,]+ ms$/.test({figure.format('delay')})")
    await wait_until(tutor.tab, f"/[1-9]/.test({figure.format('received')})")
    await wait_until(tutor.tab, f"/^[0-9]+ × [0-9]+/.test({figure.format('picture-in')})")
    await wait_until(tutor.tab, f"{figure.format('route')} === 'Direct'")
    await tutor.tab.press_part("connection-status")


@pytest.mark.requirement("R36", "R42")
async def test_the_bill_says_that_it_runs_and_when_the_other_is_gone_that_it_stands_and_why(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    state = "document.querySelector('[data-part=bill-state]')?.innerText ?? ''"
    await wait_until(student.tab, f"{state} === 'Running'")
    await stage.wait_to_hear(student.tab, "The bill is running")

    await tutor.tab.close()

    await wait_until(student.tab, f"{state}.startsWith('Paused: ')")
    await stage.wait_to_hear(student.tab, "Billing is paused")


async def test_a_notice_is_heard_once_by_who_does_not_see_it(people: People, lesson: Lesson) -> None:
    student, _ = await people.meet(lesson)
    tab = student.tab
    assert isinstance(tab, ChromiumTab)

    await hear(tab, type="low-balance", remainingSeconds=60)

    await student.wait_for_text("01:00 of prepaid time left")
    await stage.wait_to_hear(tab, "01:00 of prepaid time left")
    assert await tab.evaluate("document.querySelectorAll('[role=status][data-part=live-region]').length") == 1


async def test_each_notice_of_what_is_left_is_heard(people: People, lesson: Lesson) -> None:
    student, _ = await people.meet(lesson)
    assert isinstance(student.tab, ChromiumTab)

    for seconds, words in ((300, "05:00 of prepaid time left"), (60, "01:00 of prepaid time left")):
        await hear(student.tab, type="low-balance", remainingSeconds=seconds)
        await stage.wait_to_hear(student.tab, words)


async def test_what_happens_while_a_window_is_open_is_heard_in_it(standing_call: Pair) -> None:
    student, tutor = standing_call
    heard = "document.querySelector('dialog[open] [data-part=live-region]')?.textContent ?? ''"

    await student.choose_in_menu("Keyboard shortcuts")
    await wait_until(student.tab, "document.querySelector('[data-part=shortcuts]')?.open")
    await tutor.switch("microphone")

    await wait_until(student.tab, f"{heard}.includes('Tutor: microphone off')")
    assert await student.tab.evaluate("document.querySelectorAll('[data-part=live-region]').length") == 1
    await student.tab.press("Close")
    await tutor.switch("microphone")


async def test_where_the_chat_is_closed_a_line_is_seen_for_a_moment_and_leads_there(
    standing_call: Pair,
) -> None:
    student, tutor = standing_call
    await student.switch_panel()

    await tutor.write_chat("<b>hola</b> ¿me ves?")

    glimpse = "document.querySelector('[data-part=glimpse]')"
    seen = await wait_until(student.tab, f"{glimpse} && [{glimpse}.innerText, {glimpse}.click()]")
    assert "Tutor: <b>hola</b> ¿me ves?" in seen[0]
    await wait_until(student.tab, "document.querySelector('[data-part=chat-line]')")
    await wait_until(student.tab, f"!{glimpse}")


async def test_the_menu_is_short_until_a_group_is_unfolded_and_names_no_keys_on_a_phone(
    people: People, lesson: Lesson, chromium: Browser
) -> None:
    phone = await chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    tab = await open_another_tab(phone, scripts=TEST_SCRIPTS)
    student, tutor = Person(tab, lesson, "student"), await people.bring("tutor", lesson)
    for person in (student, tutor):
        await person.enter()
    await student.wait_for_state("live")
    entries = """[...document.querySelectorAll('.more-entry')].filter((entry) => entry.checkVisibility())
        .map((entry) => entry.dataset.part ?? 'folded')"""

    await tab.press_part("more")
    shown = await wait_until(tab, f"(({entries}).length && {entries})")
    await stage.open_layouts(tab)
    unfolded = await tab.evaluate(entries)
    await phone.close()

    assert len(shown) <= 6
    assert shown.count("folded") == 1
    assert len(unfolded) == len(shown) + 8
    assert "more-shortcuts" not in unfolded


async def test_a_thumb_is_asked_once_before_it_ends_the_lesson_for_both(
    people: People, lesson: Lesson, chromium: Browser
) -> None:
    phone = await chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    student = Person(await open_another_tab(phone, scripts=TEST_SCRIPTS), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    for person in (student, tutor):
        await person.enter()
    for person in (student, tutor):
        await person.wait_for_state("live")

    await student.end_call()
    await student.wait_for_text("End the lesson for both?")
    await student.tab.press_part("end-not")
    await wait_until(student.tab, "!document.querySelector('[data-part=end-question]')")
    assert await tutor.frames("session-ended") == []

    await student.end_call()
    await student.wait_for_text("End the lesson for both?")
    # A second tap that comes at once is that of a double one, and answers nothing.
    await wait_until(
        student.tab,
        """document.querySelector("[data-part=end-question]")
            ? document.querySelector("[data-part=end]").click()
            : document.documentElement.dataset.callState === 'ended'""",
    )

    for person in (student, tutor):
        await person.wait_for_state("ended")
    await phone.close()


async def test_the_language_can_be_changed_from_the_menu(people: People, lesson: Lesson) -> None:
    student = await people.bring("student", lesson)
    await student.enter()
    await student.wait_for_state("waiting")

    await student.tab.press("More")
    menu = "document.querySelector('[data-part=more-menu] [data-part=language-menu] select')"
    await wait_until(student.tab, menu)
    await student.tab.evaluate(
        f"""(() => {{ {menu}.value = "de"; {menu}.dispatchEvent(new Event("change", {{ bubbles: true }})); }})()"""
    )

    await wait_until(student.tab, "document.querySelector('[data-part=more-menu]').ariaLabel === 'Mehr'")


async def test_how_much_is_unread_belongs_to_the_button_s_description(standing_call: Pair) -> None:
    student, tutor = standing_call
    await student.switch_panel()

    await tutor.write_chat("one")
    await tutor.write_chat("two")

    described = "document.getElementById(document.querySelector('[data-part=panel]').getAttribute('aria-describedby'))"
    await wait_until(student.tab, f"{described}?.textContent.trim() === '2 new messages'")
    await student.switch_panel()


async def test_the_call_ends_also_in_the_first_moment_of_a_page(people: People, lesson: Lesson) -> None:
    """Events count from the page's beginning. What tells a double tap by their times once lost this click."""
    student = await people.bring("student", lesson)
    await student.enter()
    await student.wait_for_state("waiting")

    await student.tab.evaluate("""(() => {
        const click = new MouseEvent("click", { bubbles: true });
        Object.defineProperty(click, "timeStamp", { value: 300 });
        document.querySelector("[data-part=end]").dispatchEvent(click);
    })()""")

    await student.wait_for_state("ended")


async def test_the_figures_do_not_come_back_by_themselves_with_the_connection(
    people: People, lesson: Lesson
) -> None:
    student, _ = await people.meet(lesson)
    await student.tab.press_part("connection-status")
    await wait_until(student.tab, "document.querySelector('[data-part=connection] dt')")

    await student.tab.evaluate(f"{HOLD_ANSWERS}(true)")
    await student.tab.evaluate(LINK_LOST)
    await student.wait_for_state("reconnecting")
    await wait_until(student.tab, "!document.querySelector('[data-part=connection]')")
    await student.tab.evaluate(LINK_FOUND)
    await student.tab.evaluate(f"{HOLD_ANSWERS}(false)")
    await student.wait_for_state("live")

    assert not await student.tab.evaluate("document.querySelector('[data-part=connection]')")


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("script", ["", NO_AUDIO_LEVEL], ids=["measured by the browser", "as in Firefox"])
async def test_the_borders_follow_the_voice_on_both_pages_and_bars_say_the_same_without_colour(
    people: People, lesson: Lesson, script: str
) -> None:
    tutor = Person(await people.open_tab(scripts=(SAYS % TONES_HZ["tutor"], script)), lesson, "tutor")
    student = await people.bring("student", lesson)
    await student.enter()
    await tutor.enter()
    await tutor.wait_for_picture()
    tile = "document.querySelector('[data-part=remote-tile]')"

    await wait_until(tutor.tab, "document.querySelector('[data-part=own-tile][data-speaking=true]')")
    await wait_until(student.tab, f"Number({tile}?.style.getPropertyValue('--level')) > 0.3")
    await wait_until(
        student.tab,
        f"""{tile}.dataset.speaking === "true"
            && parseFloat(getComputedStyle({tile}).boxShadow.split(" 0px 0px 0px ")[1]) > 2.5
            && new DOMMatrix(getComputedStyle({tile}.querySelector(".tile-bars span")).transform).d > 0.4""",
    )
    await tutor.switch("microphone")

    await wait_until(tutor.tab, "document.querySelector('[data-part=own-tile][data-speaking=false]')")
    await wait_until(student.tab, f"Number({tile}.style.getPropertyValue('--level')) < 0.3")
