"""How a phone interrupts a call: it takes the devices while it rings, pauses playback, and wants to sleep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.browser.people import Person
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

LOOK_AWAY: Final = """(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => %s });
    document.dispatchEvent(new Event("visibilitychange"));
})()"""
TAKE: Final = """(async (muted) => {
    const tracks = __probe.connections.at(-1).getSenders().map(({ track }) => track).filter(Boolean);
    for (const track of tracks) {
        Object.defineProperty(track, "muted", { configurable: true, get: () => muted });
        track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
    }
})"""
"""A test cannot make a phone ring. The page gets the same events as in Safari: `mute` and `unmute` of its tracks."""


async def test_what_a_ringing_phone_takes_is_off_for_both_and_comes_back_by_itself(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)

    await student.tab.evaluate(f"{TAKE}(true)")
    await wait_until(
        tutor.tab, "document.querySelector('[data-part=remote-muted] ~ [data-part=remote-camera-off]')"
    )
    await student.wait_for_text("Camera and microphone were stopped")
    await student.tab.evaluate(f"{TAKE}(false)")

    await wait_until(
        tutor.tab, "!document.querySelector('[data-part=remote-muted], [data-part=remote-camera-off]')"
    )
    await wait_until(student.tab, "!document.body.innerText.includes('were stopped')")
    await tutor.wait_for_more(await tutor.wait_for_picture())


async def test_a_picture_that_the_system_paused_plays_on(people: People, lesson: Lesson) -> None:
    student, _tutor = await people.meet(lesson)
    before = await student.wait_for_picture()

    await student.tab.evaluate("document.querySelector('[data-part=remote-video]').pause()")

    await wait_until(student.tab, "!document.querySelector('[data-part=remote-video]').paused")
    await student.wait_for_more(before)


REFUSED: Final = """
    const play = HTMLMediaElement.prototype.play;
    let mayPlay = false;
    addEventListener("click", () => { mayPlay = true; }, true);
    HTMLMediaElement.prototype.play = function () {
        if (mayPlay) return play.call(this);
        this.pause();
        return Promise.reject(new DOMException("first a gesture", "NotAllowedError"));
    };
"""
"""The click itself is the gesture: a page that tries again by itself just before it is refused as ever."""


async def test_what_a_browser_plays_only_after_a_click_asks_for_one_person_and_screen(
    people: People, lesson: Lesson
) -> None:
    tab, tutor = await people.open_tab(scripts=(REFUSED,)), await people.bring("tutor", lesson)
    student = Person(tab, lesson, "student")
    await student.enter()
    await tutor.enter()
    await student.wait_for_state("live")
    await tutor.share_screen()
    await wait_until(tab, "document.querySelector('[data-part=screen-video][data-refused]')")

    await tab.press("Click to hear the tutor")

    await student.wait_for_screen()
    await student.wait_for_picture()
    await wait_until(tab, "!document.querySelector('.tile-unblock, video[data-refused]')")


async def test_the_screen_stays_on_while_one_waits_or_talks_and_no_longer(
    people: People, lesson: Lesson
) -> None:
    count = """
        window.locks = 0;
        navigator.wakeLock.request = async () => {
            window.locks += 1;
            return { release: async () => { window.locks -= 1; } };
        };
    """
    student = Person(await people.open_tab(scripts=(count,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await student.enter()
    await student.wait_for_state("waiting")
    await wait_until(student.tab, "window.locks === 1")
    await tutor.enter()
    await student.wait_for_picture()
    await wait_until(student.tab, "window.locks === 1")
    await student.tab.evaluate(LOOK_AWAY % "true")
    await wait_until(student.tab, "window.locks === 0")
    await student.tab.evaluate(LOOK_AWAY % "false")
    await wait_until(student.tab, "window.locks === 1")

    await tutor.end_call()

    await wait_until(student.tab, "window.locks === 0")
