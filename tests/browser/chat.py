"""Reads and uses the chat of a person's page. Only this file and people.py know the markup."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.people import Person

BOX: Final = "Message"
SENT: Final = "[data-part=chat-line]"
WAITING: Final = "[data-part=chat-pending]"
LOG: Final = "[data-part=chat-log]"
READ: Final = """[...document.querySelectorAll("%s")].map((line) => {
    const text = line.querySelector("[dir=auto]");
    return {
        text: text.textContent,
        time: line.querySelector("time")?.dateTime ?? null,
        state: line.querySelector("[data-part=chat-state]")?.textContent ?? null,
        direction: getComputedStyle(text).direction,
        size: parseFloat(getComputedStyle(text).fontSize),
        isOwn: line.classList.contains("own"),
    };
})"""
LINKS: Final = f"""[...document.querySelectorAll("{SENT}")].slice(%d).flatMap((line) =>
    [...line.querySelectorAll("a")].map(({{ href, rel, target, textContent }}) =>
        ({{ href, rel, target, text: textContent }})))"""


@dataclass(frozen=True, slots=True)
class Line:
    """A chat line on the page."""

    text: str
    time: str | None
    state: str | None
    direction: str
    size: float
    isOwn: bool  # noqa: N815 - the page's own name


async def read_lines(person: Person, count: int) -> list[Line]:
    """Wait until the page shows *count* lines of this test that the service has taken, and return them."""
    before = person.lines_before
    await wait_until(person.tab, f"document.querySelectorAll('{SENT}').length === {before + count}")
    return [Line(**line) for line in (await person.tab.evaluate(READ % SENT))[before:]]


async def read_waiting(person: Person, state: str, count: int = 1) -> list[Line]:
    """Wait until *count* own lines show *state* in place of their time, and return all waiting lines."""
    await wait_until(
        person.tab,
        f"""[...document.querySelectorAll('{WAITING}')]
            .filter((line) => line.innerText.includes({json.dumps(state)})).length >= {count}""",
    )
    return [Line(**line) for line in await person.tab.evaluate(READ % WAITING)]


async def note_waiting(person: Person) -> None:
    """Note in `__waiting` the texts and states of waiting lines: on a busy machine they change before one looks."""
    await person.tab.evaluate(
        f"""(() => {{
            window.__waiting = [];
            new MutationObserver(() => __waiting.push(...{READ % WAITING}.map(({{ text, state }}) => [text, state])))
                .observe(document.body, {{ childList: true, subtree: true, characterData: true }});
        }})()"""
    )


async def read_links(person: Person, count: int) -> list[dict[str, Any]]:
    """Wait until the lines of this test have *count* links, and return them."""
    shown = LINKS % person.lines_before
    await wait_until(person.tab, f"{shown}.length === {count}")
    links: list[dict[str, Any]] = await person.tab.evaluate(shown)
    return links


async def wait_for_text(person: Person, text: str) -> None:
    """Wait until the page shows a line with exactly this text."""
    await wait_until(
        person.tab,
        f"""[...document.querySelectorAll("{SENT} [dir=auto]")].some(
            ({{ textContent }}) => textContent === {json.dumps(text)})""",
    )


async def scroll(person: Person, *, to_end: bool) -> None:
    """Scroll the lines to their beginning or end, and wait until the page has noticed."""
    await person.tab.evaluate(
        f"""(() => {{ const log = document.querySelector("{LOG}");
            log.scrollTop = {"log.scrollHeight" if to_end else 0};
            return new Promise((noticed) => requestAnimationFrame(() => requestAnimationFrame(noticed))); }})()"""
    )


async def wait_for_end_in_sight(person: Person) -> None:
    """Wait until the newest line is on the screen."""
    await wait_until(
        person.tab,
        f"""(() => {{ const {{ scrollHeight, scrollTop, clientHeight }} = document.querySelector("{LOG}");
            return scrollHeight - scrollTop - clientHeight < 2; }})()""",
    )


async def wait_for_unread(person: Person, count: int) -> None:
    """Wait until the chat's button shows *count* new lines. With 0 it shows no number."""
    shown = "document.querySelector('.control-count')?.firstChild.textContent ?? '0'"
    await wait_until(person.tab, f"({shown}) === '{count}'")
