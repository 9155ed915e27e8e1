"""A shared screen: it is shown beside the person, ends when sharing ends, and survives only the other's reload."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser import stage
from tests.browser.tab import HEIGHT, WIDTH, ChromiumTab, NeverHappened, wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.standing import Pair

PERSON_IS_SEEN = """(() => {
    const video = document.querySelector("[data-part=remote-video]");
    return video.videoWidth > 0 && video.checkVisibility() && !video.paused;
})()"""

OWN_SCREEN: Final = "document.querySelector('[data-part=own-screen-video]')"
ZOOM: Final = "[data-part=screen-zoom]"
SCALE: Final = (
    "new DOMMatrix(getComputedStyle(document.querySelector('[data-part=screen-video]')).transform).a"
)
NOTHING_COVERS_IT: Final = f"""(() => {{
    const screen = document.querySelector("[data-part=screen-tile]");
    const {{ left, top, width, height }} = screen.getBoundingClientRect();
    const parts = [0.05, 0.25, 0.5, 0.75, 0.95];
    return width > innerWidth / 2 && !screen.querySelector("figcaption").checkVisibility()
        && parts.every((x) => parts.every((y) =>
            document.elementFromPoint(left + width * x, top + height * y)?.matches("{ZOOM}")));
}})()"""

SCREEN_WITH_SOUND: Final = """(() => {
    const share = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getDisplayMedia = async (wanted) => {
        const screen = await share({ ...wanted, audio: false });
        if (!wanted.audio) return screen;
        const sound = new AudioContext();
        const [note, into] = [sound.createOscillator(), sound.createMediaStreamDestination()];
        note.connect(into);
        note.start();
        screen.addTrack(into.stream.getAudioTracks()[0]);
        return screen;
    };
})()"""
"""A browser without a screen records no screen sound, so a tone replaces it if the page asks for sound."""

SOUNDS: Final = """__probe.connections.at(-1).getStats().then((stats) => [...stats.values()].filter(
    ({ type, kind, totalAudioEnergy }) => type === "inbound-rtp" && kind === "audio" && totalAudioEnergy > 1e-5))"""


@pytest.mark.usefixtures("tutors_browser")
async def test_the_screen_comes_beside_the_person_who_shares_it(standing_call: Pair) -> None:
    student, tutor = standing_call

    await student.share_screen()

    await tutor.wait_for_screen()
    await wait_until(tutor.tab, PERSON_IS_SEEN)
    await student.wait_for_text("You are sharing your screen")
    await student.stop_sharing()


async def pinch(tab: ChromiumTab, from_px: float, to_px: float) -> None:
    """Put two fingers on the middle of the screen, and move them apart, or together."""
    x, y = (await stage.find_box(tab, ZOOM)).centre
    session = await tab.page.context.new_cdp_session(tab.page)
    for kind, apart in (("touchStart", from_px), ("touchMove", (from_px + to_px) / 2), ("touchMove", to_px)):
        points = [{"x": x + side * apart / 2, "y": y, "id": at} for at, side in enumerate((-1, 1))]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await session.detach()


async def double_tap(tab: ChromiumTab, until: str) -> None:
    """Tap twice, and again if a busy machine made two taps of it, which change nothing."""
    for _ in range(10):
        await tab.page.dblclick(ZOOM)
        with suppress(NeverHappened):
            await wait_until(tab, until, seconds=3)
            return
    raise NeverHappened(until)


async def test_on_a_phone_nothing_covers_it_and_fingers_or_keys_enlarge_it(standing_call: Pair) -> None:
    student, tutor = standing_call
    tab = tutor.tab
    assert isinstance(tab, ChromiumTab)
    await student.share_screen()
    await tutor.wait_for_screen()
    await wait_until(student.tab, f"{OWN_SCREEN}.videoWidth > 0 && {OWN_SCREEN}.checkVisibility()")

    await tab.resize(390, 844)
    await wait_until(tab, NOTHING_COVERS_IT)
    await pinch(tab, 60, 180)
    await wait_until(tab, f"Math.abs({SCALE} - 3) < 0.1")
    await double_tap(tab, f"{SCALE} === 1")

    await tab.resize(844, 390)
    await wait_until(tab, NOTHING_COVERS_IT)
    await double_tap(tab, f"{SCALE} === 2.5")
    for key, scale in (("0", 1), ("+", 1.25), ("-", 1), ("Enter", 2.5)):
        await stage.press_key(tab, key)
        await wait_until(tab, f"{SCALE} === {scale}")

    await tab.resize(WIDTH, HEIGHT)
    await student.stop_sharing()
    await tutor.wait_for_no_screen()


async def test_its_sound_comes_with_it(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await student.tab.evaluate(SCREEN_WITH_SOUND)

    await student.share_screen()

    await tutor.wait_for_screen()
    await wait_until(tutor.tab, f"{SOUNDS}.then((heard) => heard.length === 2)")
    assert (
        await tutor.tab.evaluate(
            "document.querySelector('[data-part=screen-video]').srcObject.getAudioTracks().length"
        )
        == 1
    )


async def test_both_may_share_at_once(standing_call: Pair) -> None:
    student, tutor = standing_call

    await student.share_screen()
    await tutor.share_screen()

    await student.wait_for_screen()
    await tutor.wait_for_screen()
    for person in (student, tutor):
        await person.stop_sharing()


async def test_it_ends_with_the_button_and_begins_again_without_a_negotiation(standing_call: Pair) -> None:
    student, tutor = standing_call
    await student.share_screen()
    await tutor.wait_for_screen()
    offers = len(await tutor.frames("offer"))

    await student.stop_sharing()
    await tutor.wait_for_no_screen()
    await student.share_screen()

    await tutor.wait_for_screen()
    assert len(await tutor.frames("offer")) == offers
    await student.stop_sharing()


async def test_it_ends_with_the_browsers_own_bar(standing_call: Pair) -> None:
    student, tutor = standing_call
    await student.share_screen()
    await tutor.wait_for_screen()

    await student.stop_sharing_by_the_browser()

    await tutor.wait_for_no_screen()
    await tutor.wait_for_more(await tutor.wait_for_picture())
    assert "You are sharing" not in await student.tab.evaluate("document.body.innerText")


async def test_who_reloads_sees_the_screen_again(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await student.share_screen()
    await tutor.wait_for_screen()

    await tutor.tab.reload()

    await tutor.wait_for_screen()
    await wait_until(tutor.tab, PERSON_IS_SEEN)


async def test_the_reload_of_the_one_who_shares_ends_it(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await student.share_screen()
    await tutor.wait_for_screen()

    await student.tab.reload()

    await student.wait_for_picture()
    await tutor.wait_for_no_screen()
    await tutor.wait_for_more(await tutor.wait_for_picture())


async def test_an_offer_that_was_lost_with_the_service_is_made_again(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await student.tab.evaluate(
        """(() => {
            const socket = __probe.sockets.at(-1);
            const send = socket.send.bind(socket);
            window.lost = 0;
            socket.send = (text) => {
                if (JSON.parse(text).type === "offer" && window.lost < 1) window.lost += 1;
                else send(text);
            };
        })()"""
    )

    await student.share_screen()

    await wait_until(student.tab, "window.lost === 1")
    await tutor.wait_for_screen()


async def test_who_shares_nothing_after_all_is_told_nothing(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await student.tab.evaluate(
        """(() => {
            navigator.mediaDevices.getDisplayMedia = async () => {
                window.asked = true;
                throw new DOMException("Permission denied", "NotAllowedError");
            };
        })()"""
    )

    await student.share_screen()

    await wait_until(student.tab, "window.asked")
    await student.wait_for_more(await student.wait_for_picture())
    assert "could not be shared" not in await student.tab.evaluate("document.body.innerText")
    assert not [line for line in student.tab.console if line.startswith("uncaught")]
    await tutor.wait_for_no_screen()


async def test_a_screen_that_the_system_keeps_back_is_explained(people: People, lesson: Lesson) -> None:
    student, _tutor = await people.meet(lesson)
    await student.tab.evaluate(
        """(() => {
            navigator.mediaDevices.getDisplayMedia = async () => {
                throw new DOMException("Permission denied by system", "NotAllowedError");
            };
        })()"""
    )

    await student.share_screen()

    await student.wait_for_text("could not be shared")
