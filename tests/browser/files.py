"""Gives files on a person's page, and reads how they stand. Only this file knows the markup of files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.people import Person

MIB: Final = 1_048_576
MAKE: Final = f"""async (names) => {{
    const bytes = (length) => {{
        const made = new Uint8Array(length);
        for (let at = 0; at < length; at += 65_536)
            crypto.getRandomValues(made.subarray(at, Math.min(at + 65_536, length)));
        return made;
    }};
    const canvas = Object.assign(document.createElement("canvas"), {{ width: 320, height: 200 }});
    const pen = canvas.getContext("2d");
    for (const [at, colour] of ["#f4a259", "#5b8e7d", "#bc4b51", "#3d5a80"].entries()) {{
        pen.fillStyle = colour;
        pen.fillRect(at * 80, 0, 80, 200 - at * 30);
    }}
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
        "猫": () => [png, ""],
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
    const { click } = HTMLAnchorElement.prototype;
    globalThis.__savedAs = "";
    URL.createObjectURL = (blob) => {
        globalThis.__saved = blob;
        return make.call(URL, blob);
    };
    HTMLAnchorElement.prototype.click = function () {
        globalThis.__savedAs = this.download;
        URL.createObjectURL = make;
        HTMLAnchorElement.prototype.click = click;
    };
})()"""
"""Keeps what is saved next, in place of the browser's folder of downloads. The page is then as it was before."""


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
        .find((line) => line.querySelector(".file-name").innerText === {json.dumps(name)})"""


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
    digest: str = await wait_until(person.tab, f"__savedAs && {HASH}(__saved)")
    return digest, await person.tab.evaluate("__savedAs")
