"""Corrections over HTTP: what a platform that got no answer may safely send again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.live import Live

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "Idempotency-Key"


async def ended_session(live: Live) -> str:
    body = {"studentAddress": "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1", "language": "es"}
    session_id: str = (await live.post("/api/sessions", body, expect=201))["sessionId"]
    end = {"type": "session-ended", "sessionId": session_id, "totalSeconds": 0, "endedBy": "student"}
    end |= {"userAddress": body["studentAddress"], "timestamp": live.clock.now_ms()}
    await live.post("/api/webrtc-events", end)
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

    assert [(status, body["cost"]["minor"]) for status, body in answers] == [(201, 50), (201, 50)]


async def test_another_correction_with_the_same_key_is_refused(shared: Live) -> None:
    session_id = await ended_session(shared)
    await correct(shared, session_id, 50, "book-1")

    status, body = await correct(shared, session_id, 51, "book-1")

    assert (status, body["code"]) == (422, "key-reused")


async def test_a_key_belongs_to_one_session(shared: Live) -> None:
    one, other = await ended_session(shared), await ended_session(shared)
    await correct(shared, one, 50, "book-1")

    status, body = await correct(shared, other, 70, "book-1")

    assert (status, body["cost"]["minor"]) == (201, 70)


async def test_without_a_key_each_request_is_an_entry(shared: Live) -> None:
    session_id = await ended_session(shared)

    answers = [await correct(shared, session_id, 50, None) for _ in range(2)]

    assert [body["cost"]["minor"] for _, body in answers] == [50, 100]


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_that_is_none_is_refused(shared: Live, key: str) -> None:
    status, body = await correct(shared, await ended_session(shared), 50, key)

    assert (status, body["code"]) == (422, "request-invalid")
    assert body["fields"][0]["field"].endswith("idempotency-key")
