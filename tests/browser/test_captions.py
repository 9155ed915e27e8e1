"""Captions: what one says is written by one's own browser, with one's yes, and read on the other page.

No browser of these tests has a speech recognition that works without its maker's keys, so theirs is replaced by one
that says what a test tells it. All behind it is real: both pages, the question, the channel, the row, and the
vocabulary.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.browser.bidi import Bidi
from tests.browser.people import Person
from tests.browser.tab import wait_until
from tests.browser.test_vocabulary import open_words, wait_for_words

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

RECOGNISES: Final = """(() => {
    window.recognisers = [];
    window.installed = [];
    class SpeechRecognition {
        static available = async ({ processLocally }) => (processLocally ? "%s" : "available");
        static install = async ({ langs }) => {
            window.installed.push(...langs);
            return true;
        };
        get processLocally() { return this.isLocal === true; }
        set processLocally(isLocal) { this.isLocal = isLocal; }
        start(track) {
            this.track = track;
            this.isRunning = true;
            window.recognisers.push(this);
        }
        stop() { this.abort(); }
        abort() { this.isRunning = false; }
    }
    window.webkitSpeechRecognition = window.SpeechRecognition = SpeechRecognition;
    Object.defineProperty(navigator, "userAgentData", { value: { brands: [{ brand: "Google Chrome" }] } });
})()"""
"""A recogniser in place of the browser's; `%s` is what it can do on the device."""

HEAR: Final = """(([text, isFinal]) => {
    const running = window.recognisers.at(-1);
    running.results = [...(running.results ?? []).filter((result) => result.isFinal)];
    running.results.push(Object.assign([{ transcript: text }], { isFinal }));
    running.onresult({ results: running.results });
})"""
RUNNING: Final = "window.recognisers.filter(({ isRunning }) => isRunning)"
WORDS: Final = "document.querySelector('[data-part=captions-text]')"
SAYS: Final = "document.querySelector('[data-part=captions-says]')?.innerText"
OWN: Final = "document.querySelector('[data-part=captions-own]')"
SAYS_WHY: Final = """(() => {
    const canWrite = "SpeechRecognition" in window || "webkitSpeechRecognition" in window;
    const wish = document.querySelector("[data-part=captions-wish]");
    const why = document.getElementById("captions-why")?.innerText;
    return wish?.disabled === !canWrite && why.includes("cannot write captions") === !canWrite;
})()"""
"""The switch for the own words is off for good, and says why, exactly where the browser has no recogniser."""
QUESTION: Final = "document.querySelector('[data-part=captions-question]')"


async def meet(
    people: People, lesson: Lesson, can: str, students_browser: Browser | Bidi | None
) -> tuple[Person, Person]:
    """Let a student meet a tutor whose browser can recognise speech; *can*: how far on the device."""
    student = await people.bring("student", lesson, students_browser)
    tutor = Person(await people.open_tab(scripts=(RECOGNISES % can,)), lesson, "tutor")
    for person in (student, tutor):
        await person.enter()
    for person in (student, tutor):
        await person.wait_for_state("live")
        await wait_until(person.tab, "document.querySelector('[data-part=more]')")
    return student, tutor


async def open_captions(person: Person) -> None:
    await person.tab.press_part("more")
    await wait_until(person.tab, "document.querySelector('[data-part=more-captions]')")
    await person.tab.press_part("more-captions")
    await wait_until(person.tab, WORDS)


async def say(person: Person, text: str, *, is_final: bool = True) -> None:
    await wait_until(person.tab, f"{RUNNING}.length === 1")
    await person.tab.evaluate(f"{HEAR}({json.dumps([text, is_final])})")


async def test_what_the_tutor_says_is_read_by_the_student_who_asked_and_a_word_of_it_is_kept(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student, tutor = await meet(people, lesson, "available", tutors_browser)

    await open_captions(student)
    await wait_until(student.tab, f"{SAYS}?.includes('asked')")
    await wait_until(tutor.tab, f"{QUESTION}?.dataset.way === 'device'")
    assert await tutor.tab.evaluate("window.recognisers.length") == 0
    await tutor.tab.press_part("captions-yes")
    await say(tutor, "el murci", is_final=False)
    await wait_until(student.tab, f"{WORDS}.querySelector('.is-interim')?.innerText === 'el murci'")
    await say(tutor, "El murciélago vuela.")
    await wait_until(student.tab, f"{WORDS}.innerText.trim() === 'El murciélago vuela.'")
    assert await tutor.tab.evaluate(f"{RUNNING}[0].processLocally && {RUNNING}[0].track.kind") == "audio"

    await student.tab.evaluate(f"{WORDS}.querySelectorAll('.caption-word')[1].click()")
    await open_words(tutor)
    await wait_for_words([tutor], [["murciélago", "", "El murciélago vuela."]])

    await tutor.tab.press_part("microphone")
    await wait_until(tutor.tab, f"{RUNNING}.length === 0")
    await tutor.tab.press_part("microphone")
    await say(tutor, "x" * 700)
    await wait_until(student.tab, f"{WORDS}.querySelectorAll('p').length === 3")
    await tutor.tab.press_part("captions-stop")
    await wait_until(tutor.tab, f"{RUNNING}.length === 0 && !{OWN}")

    await student.tab.press_part("captions-settings")
    await wait_until(student.tab, SAYS_WHY)
    await student.tab.press("Close")
    await student.tab.press_part("captions-close")
    await wait_until(student.tab, f"!{WORDS}")
    for person in (student, tutor):
        await person.wait_for_state("live")


async def test_a_voice_goes_to_a_service_only_after_a_yes_and_a_no_is_told(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await meet(people, lesson, "unavailable", None)

    await open_captions(student)
    await wait_until(tutor.tab, f"{QUESTION}?.dataset.way === 'service'")
    await tutor.tab.press_part("captions-no")
    await wait_until(student.tab, f"{SAYS}?.includes('wants no captions')")
    assert await tutor.tab.evaluate("window.recognisers.length") == 0

    await student.tab.press_part("captions-close")
    await open_captions(student)
    await wait_until(tutor.tab, QUESTION)
    await tutor.tab.press_part("captions-yes")
    await say(tutor, "مرحبا")
    await wait_until(student.tab, f"{WORDS}.innerText.trim() === 'مرحبا'")
    assert await tutor.tab.evaluate(f"{RUNNING}[0].processLocally") is False

    # The student's browser is a real one that dies of the question what it can on the device (electron/electron#52955).
    await student.tab.press_part("captions-settings")
    await wait_until(student.tab, "document.querySelector('[data-part=captions-language]')?.value === 'es'")
    await student.tab.press("Close")
    await student.tab.press_part("captions-close")
    await wait_until(tutor.tab, f"{RUNNING}.length === 0")


async def test_a_page_that_sends_captions_without_end_or_measure_is_told_of_once_and_the_call_goes_on(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await meet(people, lesson, "downloadable", None)
    await open_captions(student)
    await wait_until(tutor.tab, f"{QUESTION}?.dataset.way === 'download'")
    await tutor.tab.press_part("captions-yes")
    await say(tutor, "antes")
    assert await tutor.tab.evaluate("window.installed") == ["es-ES"]

    await tutor.tab.evaluate(
        """(() => {
            const body = new TextEncoder().encode("y".repeat(10_000));
            const frame = new Uint8Array(18 + body.length);
            const header = new DataView(frame.buffer);
            header.setUint8(0, 1);
            header.setUint8(1, 24);
            header.setUint32(4, 6 + body.length);
            frame[12] = 1;
            frame.set(body, 18);
            for (let number = 0; number < 100; number += 1) {
                header.setUint16(2, 30_000 + number);
                __probe.channels.at(-1).send(frame);
            }
        })()"""
    )

    await wait_until(student.tab, "document.querySelector('[data-part=captions-dropped]')?.innerText")
    longest = f"Math.max(...[...{WORDS}.querySelectorAll('p')].map(({{ innerText }}) => innerText.length))"
    await wait_until(student.tab, f"{longest} === 500")
    for person in (student, tutor):
        await person.wait_for_state("live")
