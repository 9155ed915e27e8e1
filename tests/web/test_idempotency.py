"""Idempotency-Key: a retry makes nothing twice and gets the first answer; another request with the key is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from langdao_video.errors import Unavailable
from langdao_video.store.delivery_checks import ANSWERS_KEPT_MS
from tests.stories.lesson import make_session
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES

SESSION = {"studentAddress": ADDRESSES["student"], "language": "es"}


async def post(live: Live, path: str, body: object, key: str | None, **headers: str) -> tuple[int, Any]:
    given = headers if key is None else {"Idempotency-Key": key, **headers}
    answer = await live.http.post(path, json=body, headers=given)
    return answer.status_code, answer.json()


async def count_sessions(live: Live) -> int:
    events = (await live.get("/api/events?limit=1000"))["events"]
    return sum(event["type"] == "session-created" for event in events)


async def test_a_session_that_is_asked_for_again_is_the_same(live: Live, clock: HandClock) -> None:
    first = await post(live, "/api/sessions", SESSION, "a")
    clock.advance(60_000)
    again = await post(live, "/api/sessions", SESSION, "a")

    assert first == again
    assert first[0] == 201
    assert await count_sessions(live) == 1


async def test_a_session_whose_answer_was_lost_is_answered_with_the_rate_that_bills(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path, clock, default_rate_per_hour_minor=2_000) as live:
        deliveries = live.context.deliveries
        keep = deliveries.keep_answer

        async def lose_answers(scope: str, *rest: Any) -> tuple[str, str]:  # noqa: ANN401 - as it is called
            if scope.startswith("answer:"):
                raise Unavailable("store-unavailable", "The store is away.")
            return await keep(scope, *rest)

        monkeypatch.setattr(deliveries, "keep_answer", lose_answers)
        lost = await post(live, "/api/sessions", SESSION, "a")
    async with serving(tmp_path, clock, default_rate_per_hour_minor=3_000) as live:
        _, made = await post(live, "/api/sessions", SESSION, "a")
        session = await live.get(f"/api/sessions/{made['sessionId']}")

        assert await count_sessions(live) == 1

    assert lost[0] == 503
    assert (made["ratePerHourMinor"], session["ratePerHour"]["minor"]) == (2_000, 2_000)


async def test_without_a_key_each_request_makes_a_session(live: Live) -> None:
    for _ in range(2):
        await post(live, "/api/sessions", SESSION, None)

    assert await count_sessions(live) == 2


async def test_another_body_with_the_same_key_is_refused(live: Live) -> None:
    await post(live, "/api/sessions", SESSION, "a")

    status, body = await post(live, "/api/sessions", SESSION | {"language": "fr"}, "a")

    assert (status, body["code"]) == (422, "key-reused")
    assert await count_sessions(live) == 1


async def test_of_many_requests_at_once_one_makes_the_session(live: Live) -> None:
    answers = await asyncio.gather(*(post(live, "/api/sessions", SESSION, "a") for _ in range(10)))

    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 201
    assert await count_sessions(live) == 1


async def test_of_two_bodies_at_once_one_is_refused(live: Live) -> None:
    answers = await asyncio.gather(
        *(post(live, "/api/sessions", SESSION | {"language": code}, "a") for code in ("es", "fr"))
    )

    assert sorted(status for status, _ in answers) == [201, 422]
    assert await count_sessions(live) == 1


async def test_a_key_belongs_to_its_path(live: Live) -> None:
    one, other = [(await make_session(live))["sessionId"] for _ in range(2)]
    body = {"tutorAddress": ADDRESSES["tutor"]}

    answers = [await post(live, f"/api/sessions/{id_}/accept", body, "a") for id_ in (one, other)]

    assert [(status, made["sessionId"]) for status, made in answers] == [(200, one), (200, other)]


async def test_a_refused_request_may_be_sent_again_with_its_key(live: Live) -> None:
    session_id = (await make_session(live))["sessionId"]
    path, body = f"/api/sessions/{session_id}/tutor-link", {"tutorAddress": ADDRESSES["tutor"]}

    too_early = await post(live, path, body, "a")
    await live.post(f"/api/sessions/{session_id}/accept", body)
    in_time = await post(live, path, body, "a")

    assert (too_early[0], too_early[1]["code"]) == (409, "student-not-connected")
    assert in_time[0] == 200


async def test_a_key_that_was_forgotten_gets_no_answer_of_the_request_before(
    live: Live, clock: HandClock
) -> None:
    one, other = {"url": "http://localhost:9/one"}, {"url": "http://localhost:9/other"}
    known = await live.post("/api/endpoints", one, 201)
    refused = await post(live, "/api/endpoints", one, "a")  # its key is kept from now on
    await live.http.delete(f"/api/endpoints/{known['id']}")
    clock.advance(ANSWERS_KEPT_MS - 1_000)
    made = await post(live, "/api/endpoints", one, "a")
    clock.advance(2_000)

    later = await post(live, "/api/endpoints", other, "a")

    assert [refused[0], made[0], later[0]] == [409, 201, 201]
    assert later[1]["url"] == other["url"]
    assert later[1]["secret"] != made[1]["secret"]


async def test_an_endpoint_and_its_secrets_are_made_once(live: Live) -> None:
    body = {"url": "http://localhost:9/once"}

    made = await asyncio.gather(*(post(live, "/api/endpoints", body, "a") for _ in range(5)))
    path = f"/api/endpoints/{made[0][1]['id']}/secrets"
    rotated = await asyncio.gather(*(post(live, path, {}, "a") for _ in range(5)))

    assert all(answer == made[0] for answer in made)
    assert all(answer == rotated[0] for answer in rotated)
    [known] = (await live.get("/api/endpoints"))["endpoints"]
    assert known["secrets"] == 2


async def test_a_replay_is_done_once(live: Live) -> None:
    await live.post("/api/endpoints", {"url": "http://localhost:9/replays"}, 201)
    session_id = (await make_session(live))["sessionId"]
    body = {"sessionId": session_id}

    first = await post(live, "/api/deliveries/replay", body, "a")

    assert await post(live, "/api/deliveries/replay", body, "a") == first
    assert first[0] == 200


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_of_a_wrong_length_is_refused(live: Live, key: str) -> None:
    status, body = await post(live, "/api/sessions", SESSION, key)

    assert (status, body["code"]) == (422, "request-invalid")


async def test_an_answer_is_only_for_who_has_the_api_key(tmp_path: Path, clock: HandClock) -> None:
    async with serving(tmp_path, clock, link_keys="k" * 32, api_keys="one, two") as live:
        one = {"authorization": "Bearer one"}
        first = await post(live, "/api/sessions", SESSION, "a", **one)

        stranger = await post(live, "/api/sessions", SESSION, "a")
        other = await post(live, "/api/sessions", SESSION, "a", authorization="Bearer two")
        again = await post(live, "/api/sessions", SESSION, "a", **one)

    assert first == again
    assert stranger[0] == 401
    assert other[0] == 201
    assert other[1]["sessionId"] != first[1]["sessionId"], "a key belongs to its caller"


async def test_a_revocation_is_answered_as_before(tmp_path: Path, clock: HandClock) -> None:
    async with serving(tmp_path, clock, link_keys="k" * 32, api_keys="one") as live:
        live.http.headers["authorization"] = "Bearer one"
        session_id = (await make_session(live))["sessionId"]
        first = await post(live, "/api/revocations", {"sessionId": session_id}, "a")
        clock.advance(1_000)

        assert await post(live, "/api/revocations", {"sessionId": session_id}, "a") == first
        assert first[0] == 201
