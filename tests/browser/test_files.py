"""Pictures and files from page to page, beside the call: to the byte, by their own bytes, and after an interruption."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.people import Person
    from tests.browser.standing import Pair

MIB: Final = 1_048_576
MAKE: Final = f"""async (names) => {{
    const bytes = (length) => {{
        const made = new Uint8Array(length);
        for (let at = 0; at < length; at += 65_536)
            crypto.getRandomValues(made.subarray(at, Math.min(at + 65_536, length)));
        return made;
    }};
    const canvas = Object.assign(document.createElement("canvas"), {{ width: 320, height: 200 }});
    canvas.getContext("2d").fillRect(0, 0, 200, 100);
    const png = await new Promise((then) => canvas.toBlob(then));
    const claims = new Uint8Array(await png.slice(0, 33).arrayBuffer());
    new DataView(claims.buffer).setUint32(16, 100_000);
    new DataView(claims.buffer).setUint32(20, 100_000);
    const svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>parent.__ran = true</script></svg>";
    const kinds = {{
        "cat.png": () => [png, "image/png"],
        "huge.png": () => [claims, "image/png"],
        "drawing.png": () => [svg, "image/svg+xml"],
        "../../x\\u202Egnp.exe": () => [bytes(6 * {MIB}), "text/html"],
        "long.bin": () => [bytes(16 * {MIB}), ""],
    }};
    globalThis.__given ??= {{}};
    const chosen = new DataTransfer();
    for (const name of names) {{
        const [content, type] = kinds[name]();
        __given[name] = new File([content], name, {{ type }});
        chosen.items.add(__given[name]);
    }}
    return chosen;
}}"""
"""Makes files by their names, in the page that gives them."""
HASH: Final = """(async (blob) => [...new Uint8Array(
    await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()))].join())"""
KEEP_SAVED: Final = """void (() => {
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
        globalThis.__saved = blob;
        return make.call(URL, blob);
    };
    HTMLAnchorElement.prototype.click = function () { globalThis.__savedAs = this.download; };
})()"""
"""Keeps what is saved, in place of the browser's folder of downloads."""


async def choose(person: Person, *names: str) -> None:
    """Choose files as by the page's button."""
    await wait_until(person.tab, "document.querySelector('[data-part=files]')")
    await person.tab.evaluate(
        f"""({MAKE})({json.dumps(names)}).then(({{ files }}) => {{
            const input = document.querySelector("[data-part=files]");
            input.files = files;
            input.dispatchEvent(new Event("change", {{ bubbles: true }}));
        }})"""
    )
    await wait_until(person.tab, "document.querySelector('[data-part=chosen-files]')")


async def drop(person: Person, name: str) -> None:
    """Drop a file on the page, beside the chat."""
    await person.tab.evaluate(
        f"""({MAKE})({json.dumps([name])}).then((dataTransfer) => {{
            const init = {{ dataTransfer, bubbles: true, cancelable: true }};
            document.querySelector("[data-part=stage]").dispatchEvent(new DragEvent("drop", init));
        }})"""
    )
    await wait_until(person.tab, "document.querySelector('[data-part=chosen-files]')")


def file_of(name: str) -> str:
    return f"""[...document.querySelectorAll("[data-part=file]")]
        .find((line) => line.querySelector("bdi.file-name").innerText === {json.dumps(name)})"""


async def press_in(person: Person, name: str, part: str) -> None:
    button = f"({file_of(name)})?.querySelector('[data-part={part}]')"
    await wait_until(person.tab, button)
    await person.tab.evaluate(f"{button}.click()")


async def wait_for_state(person: Person, name: str, state: str) -> None:
    await wait_until(person.tab, f"({file_of(name)})?.dataset.state === {json.dumps(state)}")


async def save(person: Person, name: str) -> tuple[str, str]:
    """Save a file, and return its digest and the name under which it is saved."""
    await person.tab.evaluate(KEEP_SAVED)
    await press_in(person, name, "save-file")
    digest: str = await wait_until(person.tab, f"globalThis.__savedAs && {HASH}(__saved)")
    return digest, await person.tab.evaluate("__savedAs")


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
    await choose(student, "long.bin")
    await student.tab.press("Send")
    await press_in(tutor, "long.bin", "get-file")
    arrived = f"({file_of('long.bin')})?.querySelector('progress')?.value"
    await wait_until(tutor.tab, f"{arrived} > {2 * MIB}")

    await tutor.tab.evaluate("__probe.connections.at(-1).close()")
    await wait_until(tutor.tab, f"__probe.connections.length > 1 && {arrived} > {6 * MIB}")
    await tutor.tab.reload()
    before = await wait_until(tutor.tab, arrived)
    await wait_for_state(tutor, "long.bin", "done")

    assert before >= 5 * MIB
    assert (await save(tutor, "long.bin"))[0] == await student.tab.evaluate(f'{HASH}(__given["long.bin"])')

    await choose(student, "long.bin")
    await student.tab.press("Send")
    await wait_until(tutor.tab, "document.querySelector('[data-part=get-file]')")
    await student.tab.reload()
    for person in (student, tutor):
        await wait_until(person.tab, "document.querySelector('[data-part=file][data-state=gone]')")
