"""Recording: only with the other's yes, shown to both, ended by either; sound and picture of both are in the file."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Final, Literal

from tests.browser.people import Person
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.tab import Tab

TONES_HZ: Final = {"student": 440, "tutor": 700}
SAYS: Final = """(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        if (stream.getAudioTracks().length === 0) return stream;
        const sound = new AudioContext();
        const into = sound.createMediaStreamDestination();
        const voice = new OscillatorNode(sound, { frequency: %d });
        voice.connect(new GainNode(sound, { gain: 0.3 })).connect(into);
        voice.start();
        window.voice = voice;
        return new MediaStream([...into.stream.getAudioTracks(), ...stream.getVideoTracks()]);
    };
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
        window.saved = blob;
        return make(blob);
    };
    const draw = CanvasRenderingContext2D.prototype.drawImage;
    window.filmed = new Map();
    CanvasRenderingContext2D.prototype.drawImage = function (picture, ...place) {
        if (this.canvas.width === 1280) filmed.set(picture, (filmed.get(picture) ?? 0) + 1);
        return draw.call(this, picture, ...place);
    };
})()"""
"""A microphone that gives one tone, and a page that remembers what it offered as a download last and how many frames of
a film show each picture."""

QUESTION: Final = "(document.querySelector('[data-part=recording-question]') !== null)"
"""Not the element itself: Firefox tells a test nothing of one."""
SIGN: Final = "document.querySelector('[data-part=recording-sign]')"
NEWS: Final = "document.querySelector('[data-part=recording-news]')"
STATE: Final = "document.querySelector('[data-part=recording]')?.dataset.state"
HEARD: Final = f"{STATE} === 'asking' ? 'asked' : {NEWS}?.innerText.includes('just asked') && 'rest'"
"""What a press of the entry has led to, once it is drawn."""
KEPT_BYTES: Final = """(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("recordings");
    const sizes = [];
    for await (const [, file] of folder.entries()) sizes.push((await file.getFile()).size);
    return sizes.length === 0 ? 0 : Math.max(...sizes);
})().catch(() => 0)"""
FILMED_BOTH: Final = "[...filmed.values()].filter((frames) => frames > 50).length === 2"
"""Two seconds of both. On a busy machine the own picture comes some time after the other's."""
FRAME: Final = """(async () => {
    const video = document.createElement("video");
    video.muted = true;
    const made = (event) => new Promise((resolve) => video.addEventListener(event, resolve, { once: true }));
    const known = made("loadedmetadata");
    // As a file that was saved. While it is in the page's own folder, Firefox goes no further than it has read.
    video.src = URL.createObjectURL(new Blob([await window.saved.arrayBuffer()], { type: window.saved.type }));
    await known;
    const { duration } = video;
    const wind = async (seconds) => {
        const sought = made("seeked");
        video.currentTime = seconds;
        await sought;
        return video.currentTime;
    };
    const middle = await wind(duration / 2);
    const late = await wind(duration - 1);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    const paint = canvas.getContext("2d");
    paint.drawImage(video, 0, 0);
    const GROUND = [0x14, 0x17, 0x1c];
    const covered = (x) => {
        const { data } = paint.getImageData(x, canvas.height / 4, canvas.width / 2, canvas.height / 2);
        const looked = Array.from({ length: data.length / 400 }, (_, at) => data.slice(at * 400, at * 400 + 3));
        return looked.filter((colour) => colour.some((value, at) => Math.abs(value - GROUND[at]) > 30)).length
            / looked.length;
    };
    return { duration, middle, late, halves: [covered(0), covered(canvas.width / 2)] };
})()"""
"""Where one comes to in what was saved, and how much of each half a picture covers near the end. Colours are not
counted: the test camera of Firefox has only one, which the film keeps or breaks into several."""

PIECE_SECONDS: Final = 0.05
"""So short that a voice which the line made a little faster or slower is still one tone."""
STRENGTHS: Final = """(async ([tones, seconds]) => {
    const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(await window.saved.arrayBuffer());
    const samples = sound.getChannelData(0);
    const length = Math.floor(seconds * sound.sampleRate);
    const share = (from, hertz) => {
        const turn = 2 * Math.cos((2 * Math.PI * hertz) / sound.sampleRate);
        let [before, last, energy] = [0, 0, 1e-9];
        for (const sample of samples.subarray(from, from + length)) {
            [before, last] = [last, sample + turn * last - before];
            energy += sample * sample;
        }
        return (2 * (last * last + before * before - turn * last * before)) / (length * energy);
    };
    const starts = Array.from({ length: Math.floor(samples.length / length) }, (_, piece) => piece * length);
    return tones.map((hertz) => starts.reduce((sum, from) => sum + share(from, hertz), 0) / starts.length);
})"""
"""How much of what was saved is each tone (Goertzel, the mean of short pieces): 1 is all of it."""


async def meet(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi | None = None
) -> tuple[Person, Person]:
    student = await people.bring("student", lesson, scripts=(SAYS % TONES_HZ["student"],))
    tutor = await people.bring("tutor", lesson, tutors_browser, scripts=(SAYS % TONES_HZ["tutor"],))
    for person in (student, tutor):
        await person.enter()
    for person in (student, tutor):
        await person.wait_for_state("live")
        await person.wait_for_picture()
        await wait_until(person.tab, "document.querySelector('[data-part=more]')")
    return student, tutor


async def press_record(tab: Tab) -> None:
    await tab.press_part("more")
    await wait_until(tab, "document.querySelector('[data-part=more-record]')")
    await tab.press_part("more-record")


async def answer(tab: Tab, word: Literal["yes", "no"]) -> None:
    await wait_until(tab, QUESTION)
    await tab.press_part(f"recording-{word}")


async def ask_until_it_is_asked(tab: Tab) -> None:
    """Ask again: after a no a person is left alone for some seconds."""
    for _ in range(30):
        await press_record(tab)
        if await wait_until(tab, HEARD) == "asked":
            return
        await tab.press_part("recording-dismiss")
        await tab.evaluate("new Promise((wake) => setTimeout(wake, 1000))")
    raise AssertionError("the tutor could never ask again")


async def test_a_lesson_is_recorded_after_a_yes_and_both_are_seen_and_heard_in_the_file(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student, tutor = await meet(people, lesson, tutors_browser)

    await press_record(tutor.tab)
    await answer(student.tab, "no")
    await wait_until(tutor.tab, f"{NEWS}?.innerText.includes('no')")
    for person in (student, tutor):
        await wait_until(person.tab, f"{SIGN} === null && !{QUESTION}")
        assert await person.tab.evaluate("window.saved === undefined")

    await ask_until_it_is_asked(tutor.tab)
    await answer(student.tab, "yes")
    await wait_until(tutor.tab, f"{STATE} === 'recording' && {SIGN}.innerText.includes('You are recording')")
    await wait_until(
        student.tab, f"{STATE} === 'recorded' && {SIGN}.innerText.includes('The tutor is recording')"
    )
    await wait_until(tutor.tab, FILMED_BOTH)
    await wait_until(tutor.tab, f"{KEPT_BYTES}.then((bytes) => bytes > 150_000)")

    await student.tab.press_part("recording-stop")
    await wait_until(
        tutor.tab, "document.querySelector('[data-part=recording-file]') && window.saved !== undefined"
    )
    await wait_until(student.tab, f"{SIGN} === null")
    assert await student.tab.evaluate("window.saved === undefined")
    await expect_both_in_the_file(tutor.tab)

    await tutor.tab.press_part("recording-delete")
    await wait_until(tutor.tab, f"{KEPT_BYTES}.then((bytes) => bytes === 0)")
    for person in (student, tutor):
        await person.wait_for_state("live")


async def expect_both_in_the_file(tab: Tab) -> None:
    frame = await tab.evaluate(FRAME)
    assert frame["duration"] > 2
    assert abs(frame["middle"] - frame["duration"] / 2) < 0.1
    assert abs(frame["late"] - frame["duration"] + 1) < 0.1
    assert min(frame["halves"]) > 0.5, frame
    strengths = await tab.evaluate(f"{STRENGTHS}([{list(TONES_HZ.values())}, {PIECE_SECONDS}])")
    assert min(strengths) > 0.1


async def test_a_page_that_dies_in_the_middle_offers_what_there_is_and_the_end_of_the_lesson_saves(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await meet(people, lesson)
    await press_record(tutor.tab)
    await answer(student.tab, "yes")
    await wait_until(tutor.tab, f"{KEPT_BYTES}.then((bytes) => bytes > 20_000)")

    await tutor.tab.reload()
    await tutor.wait_for_state("live")
    await wait_until(tutor.tab, "document.querySelector('[data-part=recording-file]')")
    await tutor.tab.press_part("recording-save")
    await wait_until(tutor.tab, "window.saved?.size > 20_000")
    await tutor.tab.press_part("recording-delete")
    await wait_until(student.tab, f"{SIGN} === null")

    await press_record(student.tab)
    await answer(tutor.tab, "yes")
    await wait_until(student.tab, f"{KEPT_BYTES}.then((bytes) => bytes > 20_000)")
    await tutor.tab.press_part("end")
    await student.wait_for_state("ended")
    await wait_until(student.tab, "document.querySelector('.interlude [data-part=recording-file]')")
    await wait_until(student.tab, "window.saved?.size > 20_000")


async def test_a_link_that_forbids_recordings_has_no_entry_and_its_page_says_no_for_its_person(
    people: People, lesson: Lesson
) -> None:
    look = base64.urlsafe_b64encode(json.dumps({"features": ["chat", "notes"]}).encode()).decode().rstrip("=")
    student, tutor = (
        Person(await people.open_tab(), lesson, "student"),
        Person(await people.open_tab(), lesson, "tutor"),
    )
    await student.tab.open(f"{lesson.link('student')}#look={look}")
    await tutor.enter()
    for person in (student, tutor):
        await person.wait_for_state("live")
        await wait_until(person.tab, "document.querySelector('[data-part=more]')")

    await student.tab.press_part("more")
    await wait_until(student.tab, "document.querySelector('[data-part=more-settings]')")
    assert await student.tab.evaluate("document.querySelector('[data-part=more-record]') === null")

    await press_record(tutor.tab)
    await wait_until(tutor.tab, f"{NEWS}?.innerText.includes('no')")
    assert await student.tab.evaluate(f"!{QUESTION}")
