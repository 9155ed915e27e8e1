"""Commands over HTTP: only the platform sends them, and neither an unknown session nor a repeat has an effect."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from langdao_video.delivery.signing import sign_headers
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import Page, two_pages

SECRET = "whsec_" + base64.b64encode(b"c" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"d" * 32).decode()
NOTICE = {"sessionId": "apart", "commands": [{"type": "low-balance", "remainingSeconds": 400}]}
PATH = "/api/rooms/apart/commands"


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    """Run a call service whose platform sends commands."""
    settings = {"SERVICE_ROLE": "call", "backend_url": "http://127.0.0.1:9/events"}
    async with serving(tmp_path, HandClock(), **settings, call_secret=(SECRET, OTHER)) as live:
        yield live


async def command(
    live: Live, body: object, key: str = "evt_1", secret: str = SECRET, path: str = PATH
) -> httpx2.Response:
    raw = json.dumps(body).encode()
    headers = sign_headers([secret], key, live.clock.now_ms() // 1000, raw)
    return await live.http.post(path, content=raw, headers={"content-type": "application/json", **headers})


async def test_a_signed_command_is_carried_out_once(live: Live) -> None:
    async with two_pages(live.ws_url, "apart") as (student, tutor):
        answers = [await command(live, NOTICE), await command(live, NOTICE, secret=OTHER)]
        notices = [await page.expect("low-balance") for page in (student, tutor)]
        await student.settle()

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"success": True})] * 2
    assert [notice["remainingSeconds"] for notice in notices] == [400, 400]
    assert len(student.of_type("low-balance")) == 1


async def test_an_unsigned_or_wrongly_signed_command_is_refused(live: Live) -> None:
    wrong = "whsec_" + base64.b64encode(b"x" * 32).decode()
    async with Page(live.ws_url, "apart", "student") as student:
        refused = [
            await live.http.post(PATH, json=NOTICE),
            await live.http.post(PATH, json=NOTICE, headers={"authorization": "Bearer guess"}),
            await command(live, NOTICE, secret=wrong),
        ]
        await student.settle()

    assert [answer.status_code for answer in refused] == [401, 401, 401]
    assert [answer.json()["code"] for answer in refused] == [
        "signature-required",
        "signature-required",
        "signature-invalid",
    ]
    assert student.of_type("low-balance") == []


async def test_an_unknown_session_and_a_wrong_body_are_refused(live: Live) -> None:
    unknown = await command(live, NOTICE)
    wrong = await command(live, NOTICE | {"commands": [{"type": "dance"}]})

    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-session")
    assert "first `user-connected`" in unknown.json()["message"]
    assert (wrong.status_code, wrong.json()["code"]) == (422, "request-invalid")


async def test_a_command_after_the_end_has_no_effect(live: Live) -> None:
    end = NOTICE | {"commands": [{"type": "end", "reason": "closed", "timestamp": live.clock.now_ms()}]}
    async with two_pages(live.ws_url, "apart") as (student, _):
        first = await command(live, end)
        shown = await student.expect("session-ended")
        later = await command(live, NOTICE, key="evt_2")

    assert (first.status_code, later.status_code) == (200, 200)
    assert (shown["endedBy"], shown["reason"], shown["cost"]) == ("platform", "closed", None)


async def test_a_signed_command_is_for_the_session_that_it_names(live: Live) -> None:
    end = {"commands": [{"type": "end", "reason": "closed", "timestamp": live.clock.now_ms()}]}
    async with Page(live.ws_url, "other", "student") as student:
        refused = [
            await command(live, end | {"sessionId": "apart"}, path="/api/rooms/other/commands"),
            await command(live, end, path="/api/rooms/other/commands"),
        ]
        await student.settle()

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [
        (400, "session-mismatch"),
        (400, "session-mismatch"),
    ]
    assert student.of_type("session-ended") == []


async def test_a_long_id_of_a_request_keeps_it_from_having_an_effect_twice(live: Live) -> None:
    async with two_pages(live.ws_url, "apart") as (student, _):
        for key in ("e" * 200, "e" * 200, "e" * 199 + "f"):
            assert (await command(live, NOTICE, key=key)).status_code == 200
        await student.settle()

    assert len(student.of_type("low-balance")) == 1 + 1


def bill(server_ms: int, seconds: int) -> dict[str, object]:
    amount = {"minor": seconds, "currency": "USD", "decimals": 2}
    shown = {
        "type": "bill",
        "state": "live",
        "running": True,
        "billableSeconds": seconds,
        "serverTime": server_ms,
    }
    commands = [shown | {"cost": amount, "ratePerHour": amount | {"minor": 3_600}}]
    return {"sessionId": "apart", "commands": commands}


async def test_a_clock_that_was_wrong_for_one_bill_stops_no_later_bill(live: Live) -> None:
    now_ms = live.clock.now_ms()
    async with two_pages(live.ws_url, "apart") as (student, _):
        for number, body in enumerate((bill(now_ms + 10**11, 10), bill(now_ms, 20), bill(now_ms - 1, 15))):
            assert (await command(live, body, key=f"evt_{number}")).status_code == 200
        await student.settle()

    assert [shown["billableSeconds"] for shown in student.of_type("bill")][-2:] == [10, 20]


async def test_no_session_is_shown_to_have_ended_before_it_began(live: Live) -> None:
    began_ms = live.clock.now_ms()
    end = NOTICE | {"commands": [{"type": "end", "reason": "closed", "timestamp": 0}]}
    async with two_pages(live.ws_url, "apart") as (student, _):
        await command(live, end)
        shown = await student.expect("session-ended")

    assert (shown["timestamp"], shown["totalSeconds"]) == (began_ms, 0)


async def test_requests_with_an_empty_id_are_not_taken_for_one(tmp_path: Path) -> None:
    settings = {"SERVICE_ROLE": "call", "backend_url": "http://127.0.0.1:9/events", "call_secret": (SECRET,)}
    headers = {"authorization": f"Bearer {OTHER}", "webhook-id": ""}
    async with (
        serving(tmp_path, HandClock(), **settings, api_keys=OTHER) as live,
        two_pages(live.ws_url, "apart") as (student, _),
    ):
        for seconds in (400, 50):
            notice = {"type": "low-balance", "remainingSeconds": seconds}
            await live.http.post(PATH, json={"commands": [notice]}, headers=headers)
        await student.settle()

    assert [notice["remainingSeconds"] for notice in student.of_type("low-balance")] == [400, 50]
