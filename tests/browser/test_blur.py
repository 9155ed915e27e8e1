"""Background blur by this page: the person stays sharp, and what is behind them does not."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until
from tests.browser.test_noise import OFFERS, set_switch

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

PORTRAIT: Final = base64.b64encode((Path(__file__).parent / "portrait.jpg").read_bytes()).decode()
"""Eileen Collins, by NASA: in the public domain."""

SITS_BESIDE_A_FENCE: Final = """(() => {
    const portrait = new Image();
    portrait.src = "data:image/jpeg;base64,PORTRAIT";
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        if (stream.getVideoTracks().length === 0) return stream;
        await portrait.decode();
        const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
        const paint = canvas.getContext("2d");
        setInterval(() => {
            paint.drawImage(portrait, 0, 0, 640, 640);
            for (let x = 512; x < 640; x += 8) {
                paint.fillStyle = (x / 8) % 2 ? "white" : "black";
                paint.fillRect(x, 0, 8, 360);
            }
        }, 200);
        const [track] = canvas.captureStream(5).getVideoTracks();
        stream.getVideoTracks()[0].stop();
        window.camera = track;
        return new MediaStream([track, ...stream.getAudioTracks()]);
    };
})()""".replace("PORTRAIT", PORTRAIT)
"""A camera that sees a person, and a fence of thin boards behind them at one side."""

DETAIL: Final = """(() => {
    const video = document.querySelector("[data-part=remote-video]");
    if (!video?.videoWidth) return null;
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const paint = canvas.getContext("2d", { willReadFrequently: true });
    paint.drawImage(video, 0, 0, 640, 360);
    const differences = (x, y, width, height) => {
        const { data } = paint.getImageData(x, y, width, height);
        let sum = 0;
        for (let at = 4; at < data.length; at += 4) sum += Math.abs(data[at] - data[at - 4]);
        return sum / (width * height);
    };
    return { fence: differences(540, 20, 90, 320), face: differences(220, 110, 100, 90) };
})()"""
"""How much neighbouring pixels differ in what arrives: behind the person, and in their face."""

WATCH: Final = f"""(() => {{
    window.mostDetail = 0;
    setInterval(() => {{ window.mostDetail = Math.max(window.mostDetail, {DETAIL}?.fence ?? 0); }}, 50);
}})()"""
"""Keep the most that was seen of the fence from now on."""

SENT: Final = "__probe.connections.at(-1)?.getSenders().find(({ track }) => track?.kind === 'video')?.track"
SETTING: Final = "document.querySelector('[data-part=blur]')"

NOTES_NOTICES: Final = """(() => {
    window.noticed = "";
    new MutationObserver(() => {
        window.noticed += document.querySelector(".notices")?.innerText ?? "";
    }).observe(document, { childList: true, subtree: true, characterData: true });
})();"""
"""Keep what the page's notices say: they go by themselves, and a busy machine may look later."""

# To look for the person takes three seconds, as on a device that is far too slow. Where it looks in each third frame,
# it waits for the next ones only a small part of the time.
SLOW: Final = """(() => {
    const read = OffscreenCanvasRenderingContext2D.prototype.getImageData;
    OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...place) {
        const until = performance.now() + 3_000;
        while (performance.now() < until);
        return read.apply(this, place);
    };
})();"""


async def open_settings(person: Person) -> None:
    await person.tab.press("More")
    await person.tab.press("Sound and picture")
    await wait_until(person.tab, SETTING)


async def wait_to_see(person: Person, condition: str) -> None:
    """Wait until *condition* is true of the *fence* and the *face* that arrive."""
    await wait_until(
        person.tab,
        f"(() => {{ const seen = {DETAIL}; if (!seen) return false;"
        f" const {{ fence, face }} = seen; return {condition}; }})()",
    )


async def test_the_other_sees_the_person_and_not_the_room(people: People, lesson: Lesson) -> None:
    student = Person(await people.open_tab(scripts=(SITS_BESIDE_A_FENCE, NOTES_NOTICES)), lesson, "student")
    tutor = Person(await people.open_tab(), lesson, "tutor")
    for person in (student, tutor):
        await person.enter()
    for person in (student, tutor):
        await person.wait_for_state("live")
    await wait_to_see(tutor, "fence > 15 && face > 3")
    sharp = await tutor.tab.evaluate(DETAIL)
    offers = await student.tab.evaluate(OFFERS)

    await open_settings(student)
    assert await student.tab.evaluate(f"{SETTING}.checked") is False
    await set_switch(student, "blur")
    await wait_until(student.tab, f"{SENT} && {SENT} !== window.camera")
    await wait_until(student.tab, "document.querySelector('[data-part=blur-preview]')?.videoWidth > 0")
    await wait_to_see(tutor, f"fence < {sharp['fence'] / 5} && face > {sharp['face'] / 2}")

    # Off and on again, and the connection is told nothing.
    await set_switch(student, "blur")
    await wait_until(student.tab, f"{SENT} === window.camera")
    await wait_to_see(tutor, f"fence > {sharp['fence'] / 2}")
    await set_switch(student, "blur")
    await wait_to_see(tutor, f"fence < {sharp['fence'] / 5}")
    await student.tab.press("Close")
    assert await student.tab.evaluate(OFFERS) == offers

    # A device that does not keep pace, after a reload: the camera is closed, and until then nothing was sharp.
    async def slow_down(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=SLOW + await answer.text())

    assert isinstance(student.tab, ChromiumTab)
    await student.tab.page.route(re.compile(r"/blur-worker-[\w-]+\.js$"), slow_down)
    await tutor.tab.evaluate(WATCH)
    await student.tab.reload()
    await student.wait_for_state("live")
    await wait_until(student.tab, "window.noticed.includes('too slow')")
    await wait_until(student.tab, f"!{SENT} && window.camera.readyState === 'ended'")
    assert await tutor.tab.evaluate("window.mostDetail") < sharp["fence"] / 2

    # One tap, and they are seen as they are.
    await student.switch("camera")
    await wait_until(student.tab, f"{SENT} && {SENT} === window.camera")
    await wait_to_see(tutor, f"fence > {sharp['fence'] / 2}")
