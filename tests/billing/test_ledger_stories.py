"""The worked stories of docs/ledger.md: each table there is played over the real service and compared row by row."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from langdao_video.billing.quota import Cap
from langdao_video.errors import Conflict
from langdao_video.session.roles import Role
from tests.billing.timeline import HEARTBEAT_MS, SESSION, Timeline

LEDGER = Path(__file__).parents[2] / "docs" / "ledger.md"


@dataclass(frozen=True)
class Row:
    at_seconds: int
    what: str
    state: str
    billed_seconds: int


@dataclass(frozen=True)
class Story:
    title: str
    cap_seconds: int | None
    rows: tuple[Row, ...]


def read_stories() -> list[Story]:
    text = LEDGER.read_text("utf-8").split("## Worked stories")[1].split("\n## ")[0]
    stories = []
    for part in text.split("\n### ")[1:]:
        title, body = part.split("\n", 1)
        cap = re.search(r"Prepaid: (\d+) s", body)
        rows = [
            Row(int(m[1]) * 60 + int(m[2]), m[3].strip(), m[4].strip(), int(m[5]))
            for m in re.finditer(r"^\| (\d+):(\d\d) \| (.+?) \| (.+?) \| (\d+) s \|$", body, re.MULTILINE)
        ]
        stories.append(Story(title.strip(), int(cap[1]) if cap else None, tuple(rows)))
    return stories


async def refuse_to_wait(line: Timeline, role: Role) -> None:
    with pytest.raises(Conflict, match="nothing to decide"):
        await line.service.decide_grace(SESSION, "wait", role)


async def set_media(line: Timeline, role: Role, *, flows: bool) -> None:
    line.people[role].media_flows = flows


async def let_through(line: Timeline, role: Role) -> None:
    """Send the held events of *role* now, with their own times."""
    person = line.people[role]
    newest_ms = (await line.lesson()).meter.edge_ms(role)
    for at_ms in range(newest_ms + HEARTBEAT_MS, line.clock.at_ms + 1, HEARTBEAT_MS):
        await line.service.take_event(line.heartbeat(person).model_copy(update={"timestamp": at_ms}))
    person.is_silent = False


PLAYS: dict[str, Callable[[Timeline, Role], Awaitable[object]]] = {
    "connects": Timeline.connect,
    "falls silent": Timeline.fall_silent,
    "is heard again": Timeline.speak_again,
    "is held back": Timeline.fall_silent,
    "is let through": let_through,
    "leaves": Timeline.leave,
    "waits": lambda line, role: line.service.decide_grace(SESSION, "wait", role),
    "ends the grace": lambda line, role: line.service.decide_grace(SESSION, "end", role),
    "waits, refused": refuse_to_wait,
    "gets no media": partial(set_media, flows=False),
    "gets media again": partial(set_media, flows=True),
    "ends the call": Timeline.end,
}


async def play(line: Timeline, what: str) -> None:
    """Play one row of a story. A semicolon joins several steps in a row."""
    for thing in what.split("; "):
        if thing != "(time passes)":
            role: Role = "student" if thing.startswith("student ") else "tutor"
            await PLAYS[thing.removeprefix(f"{role} ")](line, role)


@pytest.mark.parametrize("story", read_stories(), ids=lambda story: story.title)
@pytest.mark.requirement("R36", "R37", "R38", "R39", "R40", "R41", "R43")
async def test_the_story_goes_as_it_is_told(story: Story) -> None:
    line = Timeline()
    await line.create(Cap(story.cap_seconds) if story.cap_seconds else None)

    lesson = await line.lesson()
    for row in story.rows:
        await line.run_until(row.at_seconds)
        await play(line, row.what)
        lesson = await line.lesson()
        reason = f" ({lesson.reason})" if lesson.reason and lesson.state != "grace" else ""
        assert (f"{lesson.state}{reason}", lesson.billable_ms // 1000) == (row.state, row.billed_seconds), row

    replayed = await line.replayed()
    assert replayed.billable_ms == lesson.billable_ms
    assert replayed.state == lesson.state


def test_every_story_that_was_asked_for_is_told() -> None:
    titles = {story.title for story in read_stories()}

    assert titles >= {
        "A normal lesson",
        "The student is late",
        "A tunnel of 40 s",
        "Wait, then return",
        "Wait, then nobody",
        "News that was held back",
        "End during grace",
        "Both gone",
        "Three short drops",
        "A decision after the return",
        "The cap is reached in the middle",
    }
    assert all(story.rows for story in read_stories())
