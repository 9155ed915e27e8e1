"""The steps of a lesson for tests: links from the platform, two pages, time that passes, and the end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from langdao_video.signaling.rules import RoomRules
from tests.stories.live import PATIENCE_SECONDS, HandClock, Live, until
from tests.stories.page import ADDRESSES, Page

STEP_MS: Final = RoomRules().ping_ms


async def make_session(live: Live, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Make a session at 36 dollars an hour, which is one cent a second."""
    body = {
        "studentAddress": ADDRESSES["student"],
        "language": "es",
        "ratePerHourMinor": 3_600,
        "currency": "USD",
        **more,
    }
    made: dict[str, Any] = await live.post("/api/sessions", body, 201)
    return made


async def make_tutor_link(live: Live, session_id: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Ask for the tutor's link."""
    body = {"tutorAddress": ADDRESSES["tutor"], **more}
    made: dict[str, Any] = await live.post(f"/api/sessions/{session_id}/tutor-link", body)
    return made


def page_of(live: Live, url: str) -> Page:
    """Open a link as the call page does: the parameters of its query and its token go into the join."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    token = parts.fragment.removeprefix("token=")
    return Page(
        live.ws_url,
        query["room"],
        query["role"],
        address=query["address"],
        language=query["language"],
        sessionStart=int(query["sessionStart"]),
        **({"name": query["name"]} if "name" in query else {}),
        **({"token": token} if token else {}),
    )


async def begin(live: Live) -> tuple[str, Page, Page]:
    """Begin a lesson as the platform does; return its id, the student's page and the tutor's."""
    made = await make_session(live)
    student = page_of(live, made["studentUrl"])
    await student.join()
    await events_of(live, made["sessionId"], "user-connected", 1)
    tutor = page_of(live, (await make_tutor_link(live, made["sessionId"]))["tutorUrl"])
    await tutor.join()
    await student.expect("peer-joined")
    await events_of(live, made["sessionId"], "user-connected", 2)
    return made["sessionId"], student, tutor


async def pass_time(clock: HandClock, pages: Sequence[Page], ms: int, *, takes_proofs: bool = True) -> None:
    """Let *ms* pass. The service pings all pages on the way, and we wait until the bill knows their answers.

    *takes_proofs* is False while the store takes nothing: then only the rooms know them.
    """
    left_ms = ms
    while left_ms > 0:
        step_ms = min(STEP_MS, left_ms)
        clock.advance(step_ms)
        left_ms -= step_ms
        if step_ms == STEP_MS:
            for page in pages:
                await until(partial(_has_been_asked, page, clock.now_ms()))
                await page.settle()
            if takes_proofs:
                await until(clock.is_caught_up)


def _has_been_asked(page: Page, now_ms: int) -> bool:
    pings = page.of_type("ping")
    return bool(pings) and pings[-1]["serverTime"] >= now_ms


async def events_of(live: Live, session_id: str, kind: str, count: int) -> list[dict[str, Any]]:
    """Wait until the session has *count* events of a type, and return them."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            events = (await live.get(f"/api/sessions/{session_id}/events"))["events"]
            found = [event for event in events if event["type"] == kind]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.02)
