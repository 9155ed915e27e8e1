"""The page in a call: chat, microphone and camera, the session's details, the quality of the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

import pytest

from tests.browser.lesson import Lesson
from tests.browser.people import Device, Person
from tests.browser.tab import wait_until
from tests.browser.test_recording import SAYS, TONES_HZ

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.standing import Pair

CHAT_LINES: Final = """[...document.querySelectorAll("[data-part=chat-line]")].map((line) => ({
    text: line.querySelector("[dir=auto]").textContent,
    time: line.querySelector("time").dateTime,
    shown: line.querySelector("time").textContent,
}))"""
SIGNS: Final[dict[Device, str]] = {"microphone": "remote-muted", "camera": "remote-camera-off"}
RED_AND_GREEN: Final = """(() => {
    const button = document.querySelector("[data-part=%s]");
    if (!button) return null;
    const colour = getComputedStyle(button).backgroundColor;
    return button.getAnimations().length ? null : colour.match(/[\\d.]+/g).map(Number);
})()"""

FAR: Final = """
    const getStats = RTCPeerConnection.prototype.getStats;
    RTCPeerConnection.prototype.getStats = async function (...of) {
        const stats = [...(await getStats.apply(this, of)).values()];
        return new Map(stats.map((stat) => [stat.id, stat.type === "candidate-pair"
            ? { ...stat, currentRoundTripTime: window.roundTripSeconds ?? 0 } : stat]));
    };
"""
"""Makes the round trip of any path `roundTripSeconds` long, because on one machine no peer is far away."""
WATCH_STATUS: Final = """
    window.statuses = new Set();
    new MutationObserver(() => {
        const status = document.querySelector(".head-status");
        if (status) window.statuses.add(`${status.className}: ${status.textContent}`);
    }).observe(document, { attributes: true, childList: true, subtree: true, characterData: true });
"""
"""Notes what is shown of the connection: after some seconds of a poor one, the page says instead whose line it is."""


async def read_chat(person: Person, count: int) -> list[dict[str, Any]]:
    """Wait until the page shows *count* lines of chat of this test, and return them."""
    await wait_until(person.tab, f"{CHAT_LINES}.length === {person.lines_before + count}")
    lines: list[dict[str, Any]] = await person.tab.evaluate(CHAT_LINES)
    return lines[person.lines_before :]


@pytest.mark.requirement("R6", "R12")
@pytest.mark.usefixtures("tutors_browser")
async def test_what_is_drawn_later_comes_with_its_styles(standing_call: Pair) -> None:
    _, tutor = standing_call

    controls = await wait_until(
        tutor.tab,
        "[...document.querySelectorAll('.control')].map((control) => control.getBoundingClientRect())",
    )

    assert all(control["height"] >= 44 for control in controls)
    assert len({control["top"] for control in controls}) == 1


@pytest.mark.requirement("R7")
@pytest.mark.usefixtures("tutors_browser")
async def test_chat_passes_both_ways_with_the_same_time_on_both_sides(standing_call: Pair) -> None:
    student, tutor = standing_call

    await student.write_chat("Hola")
    await read_chat(tutor, 1)
    await tutor.write_chat("¿Qué tal? <b>no HTML</b>")

    seen_by_student, seen_by_tutor = await read_chat(student, 2), await read_chat(tutor, 2)
    assert [line["text"] for line in seen_by_student] == ["Hola", "¿Qué tal? <b>no HTML</b>"]
    for own, theirs in zip(seen_by_student, seen_by_tutor, strict=True):
        assert own["text"] == theirs["text"]
        assert own["time"] == theirs["time"]
        assert own["shown"].replace("\u202f", " ") == theirs["shown"].replace("\u202f", " ")


@pytest.mark.requirement("R7")
async def test_the_chat_is_still_there_after_a_reload(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await student.write_chat("Página 12, por favor")
    before = await read_chat(tutor, 1)

    await tutor.tab.reload()

    assert await read_chat(tutor, 1) == before


@pytest.mark.requirement("R9")
@pytest.mark.usefixtures("tutors_browser")
async def test_microphone_and_camera_of_one_are_shown_to_the_other_at_once(standing_call: Pair) -> None:
    student, tutor = standing_call

    for person, other in ((student, tutor), (tutor, student)):
        for device, sign in SIGNS.items():
            shown = f"document.querySelector('[data-part={sign}]') !== null"
            assert not await other.tab.evaluate(shown)

            await person.switch(device)
            await wait_until(other.tab, shown)

            await person.switch(device)
            await wait_until(other.tab, f"!({shown})")


@pytest.mark.requirement("R9")
async def test_a_camera_that_was_off_and_is_on_again_is_seen_again(standing_call: Pair) -> None:
    student, tutor = standing_call

    await student.switch("camera")
    await wait_until(tutor.tab, "document.querySelector('[data-part=remote-camera-off]')")
    await student.switch("camera")

    await tutor.wait_for_more(await tutor.wait_for_picture())


@pytest.mark.requirement("R12")
@pytest.mark.parametrize("device", get_args(Device))
async def test_a_device_is_green_when_on_and_red_when_off(
    people: People, lesson: Lesson, device: Device
) -> None:
    student = await people.bring("student", lesson)
    await student.enter()
    await student.wait_for_state("waiting")

    on = await wait_until(student.tab, RED_AND_GREEN % device)
    pressed_when_on = await student.tab.evaluate(
        f"document.querySelector('[data-part={device}]').ariaPressed"
    )
    await student.switch(device)
    await wait_until(student.tab, f"document.querySelector('[data-part={device}]').ariaPressed === 'false'")
    off = await wait_until(student.tab, RED_AND_GREEN % device)

    assert on[1] > on[0]
    assert off[0] > off[1]
    assert pressed_when_on == "true"


@pytest.mark.requirement("R12")
async def test_the_button_that_ends_the_call_is_red(people: People, lesson: Lesson) -> None:
    student = await people.bring("student", lesson)
    await student.enter()
    await student.wait_for_state("waiting")

    red, green, *_ = await wait_until(student.tab, RED_AND_GREEN % "end")

    assert red > green


@pytest.mark.requirement("R13")
async def test_the_one_who_speaks_gets_a_border_and_loses_it_when_muted(
    people: People, lesson: Lesson
) -> None:
    student = await people.bring("student", lesson)
    # The beeps of the browser's own microphone are so short that five looks a second miss them for up to a minute.
    tutor = await people.bring("tutor", lesson, scripts=(SAYS % TONES_HZ["tutor"],))
    for person in (student, tutor):
        await person.enter()

    await wait_until(student.tab, "document.querySelector('[data-part=remote-tile][data-speaking=true]')")
    await tutor.switch("microphone")

    await wait_until(student.tab, "document.querySelector('[data-part=remote-tile][data-speaking=false]')")


@pytest.mark.requirement("R6", "R8")
async def test_the_room_shows_who_is_there_which_language_and_which_session(
    people: People, lesson: Lesson
) -> None:
    japanese = Lesson(lesson.base, language="ja")

    student, _ = await people.meet(japanese)
    await wait_until(student.tab, "document.querySelector('[data-part=details] summary')")
    await student.tab.evaluate("document.querySelector('[data-part=details] summary').click()")

    for text in ("Student", "Tutor", "Japanese", "日本語", japanese.room, "0x742d", "0xfB69"):
        await student.wait_for_text(text)


@pytest.mark.requirement("R14")
async def test_the_connection_status_follows_the_call(people: People, lesson: Lesson) -> None:
    status = "document.querySelector('[data-part=connection-status]')?.innerText"
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)

    await student.enter()
    await wait_until(student.tab, f"{status} === 'Waiting'")
    await tutor.enter()
    await wait_until(student.tab, f"{status}?.endsWith('connection')")
    await tutor.tab.close()

    await wait_until(student.tab, f"{status} === 'Waiting'")


@pytest.mark.requirement("R14", "R33")
async def test_a_connection_that_gets_poor_and_excellent_again_is_shown_as_such(
    people: People, lesson: Lesson
) -> None:
    tab, tutor = await people.open_tab(scripts=(FAR, WATCH_STATUS)), await people.bring("tutor", lesson)
    student = Person(tab, lesson, "student")
    await student.enter()
    await tutor.enter()

    for seconds, quality in ((0.9, "Poor"), (0.01, "Excellent")):
        await tab.evaluate(f"(statuses.clear(), window.roundTripSeconds = {seconds})")
        await wait_until(tab, f"statuses.has('head-status {quality.lower()}: {quality} connection')")


@pytest.mark.requirement("R1")
async def test_a_link_with_only_room_and_role_works_in_development_and_says_what_was_assumed(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)

    for person in (student, tutor):
        await person.tab.open(f"{lesson.base}/?room={lesson.room}&role={person.role}&lobby=off")

    for person in (student, tutor):
        await person.wait_for_picture()
        await person.wait_for_text("Assumed")
