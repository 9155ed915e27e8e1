"""Text that could break the page: an empty line, a tall stack of marks, many line breaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser import chat
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.people import Person

ZALGO: Final = "Z" + "\u0336\u0301" * 50
TALL: Final = "\n".join(["x"] * 1_900)
NAME: Final = "M\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301arta"
# The place of a line's bubble, whether drawing beyond it is cut off, and whether the next line covers it.
BUBBLES: Final = """[...document.querySelectorAll("[data-part=chat-line] [dir=auto]")].map((bubble, place, all) => {
    const { height, bottom } = bubble.getBoundingClientRect();
    const next = all[place + 1]?.getBoundingClientRect().top ?? Infinity;
    return { height, isCut: getComputedStyle(bubble).overflowY === "hidden", isFree: next >= bottom };
})"""


async def send_raw(person: Person, **frame: str) -> None:
    """Send a frame that our page would not send, like a program of somebody else."""
    message = json.dumps(json.dumps({"type": "chat", **frame}))
    await person.tab.evaluate(f"__probe.sockets.at(-1).send({message})")


@pytest.mark.requirement("R7")
async def test_odd_text_stays_in_its_bubble_and_empty_text_is_not_sent(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    await student.enter()
    await student.wait_for_state("waiting")
    await tutor.enter(name=NAME)
    await student.wait_for_state("live")

    for number, text in enumerate((ZALGO, "a" + "\n" * 2_000 + "b", TALL, "\u202eafter")):
        await send_raw(tutor, id=f"odd-{number}", text=text)
    await chat.read_lines(student, 4)
    await wait_until(
        student.tab, f"{BUBBLES}.every(({{ isCut, isFree, height }}) => isCut && isFree && height < 260)"
    )
    await student.tab.press("Show all")
    await wait_until(student.tab, f"Math.max(...{BUBBLES}.map(({{ height }}) => height)) > 10_000")
    assert await student.tab.evaluate("document.documentElement.scrollHeight <= innerHeight")

    await student.tab.write(chat.BOX, "\u3164\u200b")
    await student.wait_for_text("There is nothing to see in this message.")
    await student.tab.write(chat.BOX, "seen")
    await chat.wait_for_text(tutor, "seen")
    assert len(await chat.read_lines(tutor, 5)) == 5

    await send_raw(student, id="blank-1", text="\u3164")
    await wait_until(
        student.tab,
        "__probe.frames.some(({ direction, text }) => direction === 'got' && text.includes('chat-blank'))",
    )
    assert await student.tab.evaluate("document.documentElement.dataset.callState") == "live"
