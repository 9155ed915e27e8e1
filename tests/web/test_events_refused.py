"""Each event, decision, rate and cap that cannot be right gets one code and one log line, and changes no bill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
import pytest_asyncio
import structlog

from tests.stories.lesson import make_session
from tests.stories.live import HandClock, Live
from tests.stories.page import ADDRESSES

pytestmark = pytest.mark.slow

MINUTE_MS: Final = 60_000


@dataclass(slots=True)
class Minute:
    """A session of another call service: a minute long and not ended."""

    live: Live
    clock: HandClock
    id: str
    start_ms: int

    def event(self, type_: str, role: str = "student", at_seconds: float = 60, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        event = {"type": type_, "sessionId": self.id, "userRole": role, "epoch": 1}
        return event | {"timestamp": self.start_ms + round(at_seconds * 1000)} | more

    def heartbeat(self, role: str = "student", at_seconds: float = 60, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        about = {
            "userAddress": ADDRESSES[role],
            "language": "es",
            "startTime": self.start_ms,
            "heartbeat": True,
        }
        state = {"isAudioEnabled": True, "isVideoEnabled": True, "elapsedSeconds": max(0, int(at_seconds))}
        return self.event("session-heartbeat", role, at_seconds, **about, **state, **more)

    def ended(self) -> dict[str, Any]:
        ended = self.event("session-ended", totalSeconds=60, endedBy="tutor", userAddress=ADDRESSES["tutor"])
        return {name: value for name, value in ended.items() if name not in {"userRole", "epoch"}}

    async def tell(self, *events: dict[str, Any]) -> None:
        for event in events:
            await self.live.post("/api/webrtc-events", event)

    async def warn(self) -> None:
        """Let the student leave, and wait until the tutor is asked."""
        await self.tell(self.event("user-disconnected", reason="connection-closed"))
        self.clock.advance(6_000)
        await self.live.context.sessions.act_on_due(self.id)
        assert (await self.bill())["state"] == "grace"

    async def decide(self, decision: str, by: str) -> dict[str, Any]:
        body = {"sessionId": self.id, "decision": decision, "decidedBy": by}
        return await self.send("POST", "/api/grace-period-decision", body)

    async def bill(self) -> dict[str, Any]:
        answer: dict[str, Any] = await self.live.get(f"/api/sessions/{self.id}")
        return answer

    async def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a wrong request, and check that it changes no bill and writes one log line."""
        before = await self.bill()
        with structlog.testing.capture_logs() as logs:
            answer = await self.live.http.request(method, path, json=body)
        code = answer.json()["code"]
        assert [line.get("code", line["event"]) for line in logs] == [code]
        assert await self.bill() == before
        return {"status": answer.status_code, "code": code}

    async def refuses(self, event: dict[str, Any]) -> tuple[int, str]:
        answer = await self.send("POST", "/api/webrtc-events", event)
        return answer["status"], answer["code"]


@pytest_asyncio.fixture
async def minute(live: Live, clock: HandClock) -> AsyncIterator[Minute]:
    start_ms = clock.now_ms()
    made = await make_session(live, capSeconds=600)
    minute = Minute(live, clock, made["sessionId"], start_ms)
    await minute.tell(
        *(minute.event("user-connected", role, 0, userAddress=ADDRESSES[role]) for role in ADDRESSES)
    )
    for at_seconds in range(10, 70, 10):
        clock.advance(10_000)
        await minute.tell(*(minute.heartbeat(role, at_seconds) for role in ADDRESSES))
    assert (await minute.bill())["billableSeconds"] == 60
    yield minute


class TestHeartbeats:
    async def test_out_of_order(self, minute: Minute) -> None:
        assert await minute.refuses(minute.heartbeat(at_seconds=30)) == (200, "event-overtaken")

    async def test_twice(self, minute: Minute) -> None:
        assert await minute.refuses(minute.heartbeat()) == (200, "event-overtaken")

    async def test_from_an_old_epoch(self, minute: Minute) -> None:
        await minute.tell(minute.event("user-connected", epoch=2))
        minute.clock.advance(5_000)

        assert await minute.refuses(minute.heartbeat(at_seconds=65)) == (422, "old-epoch")

    async def test_from_a_seat_that_left(self, minute: Minute) -> None:
        await minute.tell(minute.event("user-disconnected", reason="connection-closed"))
        minute.clock.advance(5_000)

        assert await minute.refuses(minute.heartbeat(at_seconds=65)) == (422, "seat-left")

    async def test_for_an_unknown_session(self, minute: Minute) -> None:
        stray = minute.heartbeat(at_seconds=60) | {"sessionId": "session-of-nobody"}

        assert await minute.refuses(stray) == (404, "unknown-session")

    async def test_from_the_future(self, minute: Minute) -> None:
        assert await minute.refuses(minute.heartbeat(at_seconds=121)) == (422, "event-from-the-future")

    async def test_after_the_end(self, minute: Minute) -> None:
        await minute.tell(minute.ended())
        minute.clock.advance(5_000)

        assert await minute.refuses(minute.heartbeat(at_seconds=65)) == (422, "session-over")


class TestDecisions:
    async def test_for_no_grace(self, minute: Minute) -> None:
        for decision in ("wait", "end"):
            assert await minute.decide(decision, "tutor") == {"status": 409, "code": "no-grace"}

    async def test_by_someone_who_is_not_in_the_session(self, minute: Minute) -> None:
        await minute.warn()

        assert await minute.decide("end", "student") == {"status": 409, "code": "not-here"}
        assert await minute.decide("end", "0x" + "f" * 40) == {"status": 422, "code": "request-invalid"}

    async def test_twice(self, minute: Minute) -> None:
        await minute.warn()
        wait = {"sessionId": minute.id, "decision": "wait", "decidedBy": "tutor"}
        await minute.live.post("/api/grace-period-decision", wait)

        assert await minute.decide("wait", "tutor") == {"status": 409, "code": "no-grace"}
        assert await minute.decide("end", "platform") == {"status": 409, "code": "no-grace"}


@pytest.mark.parametrize("rate", [0, -1, 10**14 + 1, 10**400, 19.99])
async def test_a_rate_that_is_none(minute: Minute, rate: float) -> None:
    body = {"studentAddress": ADDRESSES["student"], "language": "es", "ratePerHourMinor": rate}

    assert await minute.send("POST", "/api/sessions", body) == {"status": 422, "code": "request-invalid"}


async def test_an_unknown_currency(minute: Minute) -> None:
    body = {
        "studentAddress": ADDRESSES["student"],
        "language": "es",
        "ratePerHourMinor": 1,
        "currency": "XQZ",
    }

    assert await minute.send("POST", "/api/sessions", body) == {"status": 400, "code": "currency-unknown"}


@pytest.mark.parametrize("cap", [{"capSeconds": 59}, {"capMinor": 58}])
async def test_a_cap_below_what_is_billed(minute: Minute, cap: dict[str, int]) -> None:
    path = f"/api/sessions/{minute.id}"

    assert await minute.send("PATCH", path, cap) == {"status": 409, "code": "cap-too-low"}


async def test_a_cap_of_nothing(minute: Minute) -> None:
    body = {"studentAddress": ADDRESSES["student"], "language": "es", "capMinor": 0}
    refused = {"status": 400, "code": "cap-invalid"}

    assert await minute.send("PATCH", f"/api/sessions/{minute.id}", {"capMinor": 0}) == refused
    assert await minute.send("POST", "/api/sessions", body) == refused


@pytest.mark.parametrize("nobody", ["nobody", "", "Student", ADDRESSES["student"], "<b>", None])
async def test_an_end_by_nobody(minute: Minute, nobody: str | None) -> None:
    end = minute.ended() | {"endedBy": nobody}

    assert await minute.refuses(end) == (422, "request-invalid")
