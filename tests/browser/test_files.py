"""Pictures and files from page to page, beside the call: to the byte, by their own bytes, and after an interruption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.files import HASH, MIB, choose, drop, file_of, press_in, save, wait_for_state
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.standing import Pair

READ_UP_TO: Final = """((bytes) => {
    globalThis.__readable = bytes;
    if (globalThis.__slice) return;
    globalThis.__slice = Blob.prototype.slice;
    Blob.prototype.slice = function (start, end, ...type) {
        const part = __slice.call(this, start, end, ...type);
        const read = part.arrayBuffer.bind(part);
        part.arrayBuffer = async () => {
            while (end > __readable) await new Promise((look) => setTimeout(look, 50));
            return read();
        };
        return part;
    };
})"""
"""Lets the page read its files up to *bytes* only: a whole file might have arrived before a test has looked."""


@pytest.mark.usefixtures("tutors_browser")
async def test_pictures_are_shown_after_a_check_and_a_file_is_saved_to_the_byte(standing_call: Pair) -> None:
    student, tutor = standing_call
    before = await tutor.wait_for_picture()
    await choose(student, "cat.png", "huge.png", "drawing.png", "../../x\u202egnp.exe")
    await student.write_chat("for you")

    picture = "?.querySelector('[data-part=file-picture]')"
    for person in (student, tutor):
        await wait_until(person.tab, f"({file_of('cat.png')}){picture}?.naturalWidth === 320")
    await press_in(tutor, "_.._xgnp.exe", "get-file")
    await tutor.wait_for_more(before)
    for name in ("huge.png", "drawing.png", "_.._xgnp.exe"):
        for person in (student, tutor):
            await wait_for_state(person, name, "done")

    digest, saved_as = await save(tutor, "_.._xgnp.exe")
    given = '__given["../../x\\u202egnp.exe"]'
    assert digest == await student.tab.evaluate(f"{HASH}({given})")
    assert saved_as == "_.._xgnp.exe"
    for person in (student, tutor):
        shown = await person.tab.evaluate("document.querySelectorAll('[data-part=file-picture]').length")
        assert shown == 1
        assert await person.tab.evaluate("globalThis.__ran === undefined && !globalThis.parent.__ran")


async def test_what_is_dropped_can_be_left_out_and_what_is_offered_can_be_taken_back(
    standing_call: Pair,
) -> None:
    student, tutor = standing_call
    await drop(student, "cat.png")
    await student.tab.press("Do not send “cat.png”")
    await wait_until(student.tab, "!document.querySelector('[data-part=chosen-files]')")
    await drop(student, "long.bin")
    await student.tab.press("Send")
    await wait_for_state(tutor, "long.bin", "offered")

    await press_in(student, "long.bin", "stop-file")

    for person in (student, tutor):
        await wait_for_state(person, "long.bin", "unwanted")


async def test_a_new_connection_and_the_receivers_reload_go_on_where_it_was_and_the_senders_ends_it(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    await student.tab.evaluate(f"{READ_UP_TO}({4 * MIB})")
    await choose(student, "long.bin")
    await student.tab.press("Send")
    await press_in(tutor, "long.bin", "get-file")
    arrived = f"({file_of('long.bin')})?.querySelector('progress')?.value"
    await wait_until(tutor.tab, f"{arrived} > {2 * MIB}")

    await tutor.tab.evaluate("__probe.connections.at(-1).close()")
    await student.tab.evaluate(f"{READ_UP_TO}({8 * MIB})")
    await wait_until(tutor.tab, f"__probe.connections.length > 1 && {arrived} > {6 * MIB}")
    await tutor.tab.reload()
    before = await wait_until(tutor.tab, arrived)
    await student.tab.evaluate(f"{READ_UP_TO}(Infinity)")
    await wait_for_state(tutor, "long.bin", "done")

    assert before >= 5 * MIB
    assert (await save(tutor, "long.bin"))[0] == await student.tab.evaluate(f'{HASH}(__given["long.bin"])')

    await choose(student, "long.bin")
    await student.tab.press("Send")
    await wait_until(tutor.tab, "document.querySelector('[data-part=get-file]')")
    await student.tab.reload()
    for person in (student, tutor):
        await wait_until(person.tab, "document.querySelector('[data-part=file][data-state=gone]')")
