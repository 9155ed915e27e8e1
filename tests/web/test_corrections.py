"""Corrections over HTTP: which requests a platform can safely repeat if it got no answer."""

from __future__ import annotations

from typing import Any

import pytest

from langdao_video.billing.grace import SETTLING_MS
from tests.stories.lesson import events_of, make_session
from tests.stories.live import HandClock, Live
from tests.stories.page import ADDRESSES

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "Idempotency-Key"


async def ended_session(
    live: Live,
    billed_seconds: int = 10,
    names: tuple[str | None, str | None] = (None, None),
    **more: Any,  # noqa: ANN401 - JSON
) -> str:
    """Make a session that costs a cent a second, and end it. *names* are the student's and the tutor's."""
    session_id: str = (await make_session(live, **more))["sessionId"]

    async def tell(kind: str, **fields: Any) -> None:  # noqa: ANN401 - JSON
        event = {"type": kind, "sessionId": session_id, "timestamp": live.clock.now_ms(), **fields}
        await live.post("/api/webrtc-events", event)

    for role, name in zip(ADDRESSES, names, strict=True):
        await tell("user-connected", userRole=role, epoch=1, userName=name)
    assert isinstance(live.clock, HandClock)
    live.clock.advance(billed_seconds * 1000)
    for role in ADDRESSES:
        await tell("user-disconnected", userRole=role, epoch=1, reason="connection-closed")
    await tell(
        "session-ended", totalSeconds=billed_seconds, endedBy="student", userAddress=ADDRESSES["student"]
    )
    live.clock.advance(SETTLING_MS)
    await live.context.sessions.act_on_due(session_id)
    return session_id


async def correct(live: Live, session_id: str, minor: int, key: str | None) -> tuple[int, Any]:
    answer = await live.http.post(
        f"/api/sessions/{session_id}/corrections",
        json={"minor": minor, "reason": "a book"},
        headers={} if key is None else {KEY: key},
    )
    return answer.status_code, answer.json()


async def test_a_correction_sent_again_with_its_key_is_answered_with_the_session(shared: Live) -> None:
    session_id = await ended_session(shared)

    answers = [await correct(shared, session_id, 50, "book-1") for _ in range(2)]

    assert [(status, body["cost"]["minor"]) for status, body in answers] == [(201, 60), (201, 60)]


async def test_another_correction_with_the_same_key_is_refused(shared: Live) -> None:
    session_id = await ended_session(shared)
    await correct(shared, session_id, 50, "book-1")

    status, body = await correct(shared, session_id, 51, "book-1")

    assert (status, body["code"]) == (422, "key-reused")


async def test_a_key_belongs_to_one_session(shared: Live) -> None:
    one, other = await ended_session(shared), await ended_session(shared)
    await correct(shared, one, 50, "book-1")

    status, body = await correct(shared, other, 70, "book-1")

    assert (status, body["cost"]["minor"]) == (201, 80)


async def test_without_a_key_each_request_is_an_entry(shared: Live) -> None:
    session_id = await ended_session(shared)

    answers = [await correct(shared, session_id, 50, None) for _ in range(2)]

    assert [body["cost"]["minor"] for _, body in answers] == [60, 110]


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_that_is_none_is_refused(shared: Live, key: str) -> None:
    status, body = await correct(shared, await ended_session(shared), 50, key)

    assert (status, body["code"]) == (422, "request-invalid")
    assert body["fields"][0]["field"].endswith("idempotency-key")


async def test_corrections_add_at_most_ten_times_the_bill(shared: Live) -> None:
    session_id = await ended_session(shared)

    answers = [await correct(shared, session_id, minor, None) for minor in (101, 60, 41, 40, 1)]

    told = [(status, body.get("code") or body["cost"]["minor"]) for status, body in answers]
    large = (409, "correction-too-large")
    assert told == [large, (201, 70), large, (201, 110), large]


async def test_a_bill_of_nothing_stays_nothing(shared: Live) -> None:
    status, body = await correct(shared, await ended_session(shared, billed_seconds=0), 1, None)

    assert (status, body["code"]) == (409, "correction-too-large")


async def test_with_a_cap_the_cap_says_how_much(shared: Live) -> None:
    session_id = await ended_session(shared, capMinor=500)

    answers = [await correct(shared, session_id, minor, None) for minor in (491, 490)]

    assert [status for status, _ in answers] == [409, 201]


async def test_a_correction_of_nothing_is_refused(shared: Live) -> None:
    status, body = await correct(shared, await ended_session(shared), 0, None)

    assert (status, body["code"]) == (422, "request-invalid")


async def test_each_correction_tells_the_total_it_made(shared: Live) -> None:
    session_id = await ended_session(shared)

    for minor in (5, -3, -12):
        await correct(shared, session_id, minor, None)

    told = await events_of(shared, session_id, "bill-corrected", 3)
    assert [(event["minor"], event["cost"]["minor"]) for event in told] == [(5, 15), (-3, 12), (-12, 0)]
    assert told[0]["cost"] == {"minor": 15, "currency": "USD", "decimals": 2, "formatted": "$0.15"}


async def test_a_key_is_known_again_after_other_corrections(shared: Live) -> None:
    session_id = await ended_session(shared)

    await correct(shared, session_id, 5, "book-1")
    await correct(shared, session_id, -3, "book-2")
    status, body = await correct(shared, session_id, 5, "book-1")

    assert (status, body["cost"]["minor"]) == (201, 12)
