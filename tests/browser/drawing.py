"""Draws on the lesson's board, and counts what is on it. Only this file knows its markup."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.people import Person
    from tests.browser.tab import Tab

BOARD: Final = "document.querySelector('[data-part=board-window]')"
COUNT: Final = "parseInt(document.querySelector('[data-part=board-count]')?.innerText)"
DRAW: Final = f"""((places) => {{
    const board = {BOARD};
    const {{ left, top }} = board.getBoundingClientRect();
    board.setPointerCapture = () => undefined; // nobody presses a real pointer
    const tell = (type, [x, y]) => board.dispatchEvent(new PointerEvent(type, {{
        bubbles: true, cancelable: true, pointerId: 1, pointerType: "mouse", clientX: left + x, clientY: top + y,
    }}));
    tell("pointerdown", places[0]);
    for (const place of places) tell("pointermove", place);
    tell("pointerup", places[places.length - 1]);
}})"""


async def open_board(person: Person) -> None:
    await wait_until(person.tab, "document.querySelector('[data-part=board-button]')")
    await person.tab.press_part("board-button")
    await wait_until(person.tab, f"{BOARD} !== null")


async def take(person: Person, *parts: str) -> None:
    """Take a tool, a colour or a width."""
    for part in parts:
        await person.tab.evaluate(f"document.querySelector('[data-part=board-{part}]').click()")


async def draw(tab: Tab, *places: tuple[float, float]) -> None:
    await tab.evaluate(f"{DRAW}({json.dumps(places)})")


async def wait_for_count(people: Sequence[Person], count: int) -> None:
    for person in people:
        await wait_until(person.tab, f"{COUNT} === {count}")
