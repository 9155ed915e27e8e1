"""Another call service posts its events over HTTP: shuffled, doubled, late, lost, in seconds. What is billed?

Each case uses only the public interface: POST /api/webrtc-events, GET /api/sessions/{id} and its statement.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from langdao_video.billing import monitor
from tests.stories.lesson import make_session
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
Event = dict[str, Any]


@dataclass(slots=True)
class Others:
    """A call service that sends the events of a test. Times are seconds from the session's start."""

    live: Live
    clock: HandClock
    id: str
    start_ms: int = field(init=False)

    def __post_init__(self) -> None:
        self.start_ms = self.clock.now_ms()

    def event(self, type_: str, role: str, at: float, **more: object) -> Event:
        about = {"type": type_, "sessionId": self.id, "userRole": role, "userAddress": ADDRESSES[role]}
        return about | {"timestamp": self.start_ms + round(at * 1000)} | more

    def connected(self, role: str, at: float, **more: object) -> Event:
        return self.event("user-connected", role, at, **more)

    def beat(self, role: str, at: float, **more: object) -> Event:
        state = {"isAudioEnabled": True, "isVideoEnabled": True, "elapsedSeconds": max(0, int(at))}
        about = {"language": "es", "startTime": self.start_ms, "heartbeat": True}
        return self.event("session-heartbeat", role, at, **state, **about, **more)

    def left(self, role: str, at: float, **more: object) -> Event:
        return self.event("user-disconnected", role, at, reason="connection-closed", **more)

    def ended(self, at: float, **more: object) -> Event:
        return self.event("session-ended", "tutor", at, totalSeconds=max(0, int(at)), endedBy="tutor", **more)

    def both(self, *ats: float, **more: object) -> list[Event]:
        return [self.beat(role, at, **more) for at in ats for role in ADDRESSES]

    def minute(self, **more: object) -> list[Event]:
        """Make the events of a session of a minute."""
        connected = [self.connected(role, 0, **more) for role in ADDRESSES]
        return connected + self.both(*range(10, 70, 10), **more)

    async def send(self, *events: Event) -> list[dict[str, Any]]:
        return [await self.live.post("/api/webrtc-events", event) for event in events]

    async def refuses(self, event: Event) -> tuple[str, str]:
        answer = await self.live.post("/api/webrtc-events", event, 422)
        return answer["code"], answer["message"]

    async def wait(self, seconds: float) -> None:
        """Let time pass, and act on the deadlines that are due."""
        for _ in range(round(seconds)):
            self.clock.advance(1_000)
            await self.live.context.sessions.act_on_due(self.id)

    async def bill(self) -> dict[str, Any]:
        return dict(await self.live.get(f"/api/sessions/{self.id}"))

    async def billed(self) -> float:
        """Return the billed seconds, and check that the bill and the statement agree."""
        bill, statement = await self.bill(), await self.statement()
        assert sum(piece["billableMs"] for piece in statement["billed"]) == statement["billableMs"]
        assert statement["billableSeconds"] == bill["billableSeconds"]
        return int(statement["billableMs"]) / 1000

    async def statement(self) -> dict[str, Any]:
        return dict(await self.live.get(f"/api/sessions/{self.id}/statement"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def backend(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    """Run one service for all cases. It acts on deadlines only when a case says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(monitor, "SETTLE_SECONDS", 10_000)
        async with serving(tmp_path_factory.mktemp("backend"), HandClock()) as service:
            yield service


@pytest_asyncio.fixture(loop_scope="module")
async def others(backend: Live) -> Others:
    return await another(backend)


async def another(live: Live) -> Others:
    clock = live.clock
    assert isinstance(clock, HandClock)
    others = Others(live, clock, (await make_session(live))["sessionId"])
    clock.advance(60_000)
    return others


class TestTimesThatCannotBe:
    async def test_seconds_instead_of_milliseconds_are_refused_with_words(self, others: Others) -> None:
        for event in (*others.minute(), others.ended(60)):
            in_seconds = event | {"timestamp": event["timestamp"] // 1000}

            code, message = await others.refuses(in_seconds)

            assert code == "time-implausible"
            assert "milliseconds" in message
            assert "looks like seconds" in message
        assert (await others.bill())["state"] == "waiting"

    async def test_seconds_do_not_make_a_session_in_development(self, backend: Live) -> None:
        event = {"type": "user-connected", "sessionId": "nobody-made-it", "userRole": "student"}

        await backend.post("/api/webrtc-events", event | {"timestamp": 1_764_000_000}, 422)

        assert (await backend.http.get("/api/sessions/nobody-made-it")).status_code == 404

    async def test_days_before_the_start_are_refused(self, others: Others) -> None:
        code, message = await others.refuses(others.beat("student", -3 * 86_400))

        assert (code, "milliseconds" in message) == ("event-before-start", True)

    @pytest.mark.parametrize("timestamp", [0, 1, 99_999_999_999])
    async def test_an_end_at_no_time_ends_nothing(self, others: Others, timestamp: int) -> None:
        await others.send(*others.minute())

        code, _ = await others.refuses(others.ended(60) | {"timestamp": timestamp})

        bill = await others.bill()
        assert (code, bill["state"], bill["ended"]) == ("time-implausible", "live", None)

    async def test_an_end_an_hour_before_the_start_is_refused(self, others: Others) -> None:
        await others.send(*others.minute())

        code, message = await others.refuses(others.ended(-3_600))

        assert (code, "before the session's start" in message) == ("event-before-start", True)
        assert (await others.bill())["state"] == "live"


class TestAnyOrder:
    @pytest.mark.requirement("R36")
    @pytest.mark.parametrize("epoch", [{}, {"epoch": 1}])
    async def test_shuffled_and_doubled_events_make_the_bill_of_the_ordered_ones(
        self, others: Others, epoch: dict[str, int]
    ) -> None:
        random = Random(27)  # noqa: S311 - the same orders every time
        for _ in range(3):
            lesson = await another(others.live)
            events = [*lesson.minute(**epoch), *(lesson.left(role, 60, **epoch) for role in ADDRESSES)]

            await lesson.send(*random.sample(events, len(events)), *events)

            assert await lesson.billed() == 60

    async def test_a_list_that_is_sent_twice_bills_once(self, others: Others) -> None:
        events = others.minute()
        await others.send(*events)
        before = await others.bill()

        answers = await others.send(*events)

        assert {answer["code"] for answer in answers} == {"event-known", "event-overtaken"}
        assert await others.bill() == before

    async def test_one_event_from_a_clock_ahead_does_not_overtake_the_honest_ones(
        self, others: Others
    ) -> None:
        others.clock.advance(-60_000)
        await others.send(*(others.connected(role, 0) for role in ADDRESSES))
        for at in range(10, 130, 10):
            others.clock.advance(10_000)
            ahead = [others.beat("student", at + 50)] if at == 20 else []
            await others.send(*ahead, *others.both(at))

        assert await others.billed() == 120


class TestALostHello:
    async def test_a_heartbeat_of_a_later_epoch_seats_its_sender(self, others: Others) -> None:
        await others.send(*others.minute(epoch=1), others.left("student", 60, epoch=1))
        late = [others.beat("student", at, epoch=2) for at in (70, 80, 90)]

        await others.send(*late, *(others.beat("tutor", at, epoch=1) for at in (70, 80, 90)))

        assert await others.billed() == 60 + 20

    async def test_without_epochs_a_heartbeat_ten_seconds_after_the_leave_does(self, others: Others) -> None:
        others.clock.advance(240_000)
        await others.send(*others.minute(), others.left("student", 60))

        straggler = await others.refuses(others.beat("student", 65))
        await others.send(*others.both(*range(70, 340, 10)))

        assert straggler[0] == "seat-left"
        assert await others.billed() == 60 + 260


class TestTheEnd:
    @pytest.mark.requirement("R36")
    @pytest.mark.parametrize(("at", "billed"), [(30, 30), (35.5, 35.5), (0.022, 0.022), (600, 600)])
    async def test_nothing_after_the_ends_own_time_is_billed(
        self, others: Others, at: float, billed: float
    ) -> None:
        others.clock.advance(600_000)
        await others.send(*(others.connected(role, 0) for role in ADDRESSES))
        await others.send(*others.both(*range(10, 620, 10)))

        await others.send(others.ended(at))

        bill = await others.bill()
        assert (await others.billed(), bill["ended"]["totalSeconds"]) == (billed, int(at))

    @pytest.mark.parametrize("ends_first", [True, False])
    async def test_what_is_dated_before_the_end_counts_though_it_comes_after_it(
        self, others: Others, *, ends_first: bool
    ) -> None:
        events = others.minute()
        early, late = events[:8], events[8:]

        await others.send(*early, *((others.ended(55), *late) if ends_first else (*late, others.ended(55))))

        assert await others.billed() == 55

    async def test_a_bill_settles_for_thirty_seconds_and_says_so(self, others: Others) -> None:
        await others.send(*others.minute()[:-2], others.ended(60))
        settling = await others.bill()
        correction = {"minor": -1, "reason": "too early"}
        refused = await others.live.post(f"/api/sessions/{others.id}/corrections", correction, 409)
        await others.wait(29)
        await others.send(*others.both(60))
        await others.wait(1)

        bill = await others.bill()
        events = (await others.live.get(f"/api/sessions/{others.id}/events"))["events"]
        assert (settling["state"], settling["settling"], settling["billableSeconds"]) == ("ended", True, 50)
        assert settling["finalAt"] == others.start_ms + 60_000 + 30_000
        assert refused["code"] == "bill-settling"
        assert (bill["settling"], bill["finalAt"], bill["billableSeconds"]) == (False, None, 60)
        final = events[-1]
        assert (final["type"], final["billableSeconds"], final["cost"]["minor"]) == ("bill-final", 60, 60)
        assert await others.refuses(others.beat("student", 59)) == (
            "session-over",
            "The session has ended; its bill is final.",
        )
        await others.live.post(f"/api/sessions/{others.id}/corrections", correction, 201)
        assert (await others.bill())["cost"]["minor"] == 59

    async def test_an_end_that_was_earlier_is_the_end_while_the_bill_settles(self, others: Others) -> None:
        await others.send(*others.minute(), others.ended(60), others.ended(40) | {"endedBy": "student"})

        bill = await others.bill()
        assert (await others.billed(), bill["ended"]["endedBy"]) == (40, "student")
        assert bill["ended"]["totalSeconds"] == 40

    async def test_the_feed_goes_on_until_the_bill_is_final(self, others: Others) -> None:
        await others.send(*others.minute(), others.ended(60))
        types: list[str] = []

        async with others.live.http.stream("GET", f"/api/sessions/{others.id}/feed") as feed:
            async for line in feed.aiter_lines():
                types += [line.removeprefix("event: ")] if line.startswith("event: ") else []
                if types[-1:] == ["session-ended"]:
                    await others.wait(30)

        assert types[-1] == "bill-final"

    async def test_a_bill_that_settles_is_final_after_a_restart_too(self, others: Others) -> None:
        await others.send(*others.minute(), others.ended(60))
        others.live.context.sessions._live._sessions.clear()

        await others.wait(31)

        bill = await others.bill()
        assert (bill["settling"], bill["billableSeconds"]) == (False, 60)


class TestAQuestion:
    async def ask(self, others: Others) -> None:
        """Hold the student's events back from 0:40 on, until the tutor is asked about the student."""
        others.clock.advance(-60_000)
        await others.send(*(others.connected(role, 0) for role in ADDRESSES))
        for at in range(1, 80):
            await others.wait(1)
            if at % 10 == 0:
                await others.send(*(others.both(at) if at <= 40 else [others.beat("tutor", at)]))
        assert (await others.bill())["state"] == "grace"

    @pytest.mark.requirement("R36", "R39")
    @pytest.mark.parametrize("decision", ["wait", None])
    async def test_later_events_never_bill_the_time_from_a_warning_to_its_resolution(
        self, others: Others, decision: str | None
    ) -> None:
        await self.ask(others)
        if decision:
            answer = {"sessionId": others.id, "decision": decision, "decidedBy": "tutor"}
            await others.live.post("/api/grace-period-decision", answer)
            await others.wait(10)
        resolved = 89 if decision else 79
        held_back = [others.beat("student", at) for at in range(50, resolved, 10)]

        await others.send(*held_back, others.beat("tutor", resolved - 1))
        await others.wait(11)
        await others.send(*others.both(resolved + 11))

        statement = await others.statement()
        question = statement["questions"][0]
        asked = (question["at"] - others.start_ms) / 1000
        assert 65 <= asked <= 67
        assert await others.billed() == asked + 11
        assert (question["about"], question["asked"]) == ("student", "tutor")
        assert question["outcome"] == ("wait" if decision else "returned")
        assert question["answeredBy"] == ("tutor" if decision else None)
        [pause] = statement["pauses"]
        assert ((pause["from"] - others.start_ms) / 1000, pause["reason"]) == (asked, "grace")
        assert (pause["to"] - others.start_ms) / 1000 == resolved

    async def test_a_clock_that_is_behind_bills_nothing_of_it_either(self, others: Others) -> None:
        """By that clock the question has the same length and is earlier by the same shift."""
        others.clock.advance(-40_000)  # 20 s later than the call service says
        await others.send(*(others.connected(role, 0) for role in ADDRESSES))
        for at in range(1, 80):
            await others.wait(1)
            if at % 10 == 0:
                await others.send(*(others.both(at) if at <= 40 else [others.beat("tutor", at)]))
        asked = (await others.statement())["questions"][0]["at"] - others.start_ms - 20_000

        await others.send(*(others.beat("student", at) for at in range(50, 80, 10)))

        assert await others.billed() <= asked / 1000


class TestOneFigure:
    async def test_seventy_flaps_within_one_gap_are_billed_and_stated_alike(self, others: Others) -> None:
        """A tutor's page comes and goes while no events of the student arrive, who was there all the time."""
        others.clock.advance(-36_000)
        await others.send(others.connected("student", 0), others.connected("tutor", 0))
        flaps = [
            event
            for n in range(1, 71)
            for event in (
                others.connected("tutor", n * 0.3, epoch=n + 1),
                others.left("tutor", n * 0.3 + 0.2, epoch=n + 1),
            )
        ]
        await others.send(*flaps)

        await others.send(others.beat("student", 24))

        assert await others.billed() == 14.0

    async def test_an_id_is_known_within_its_session_only(self, others: Others) -> None:
        second = await another(others.live)

        for lesson in (others, second):
            first, *rest = lesson.minute()
            answers = await lesson.send(first | {"id": "evt-1"}, *rest)
            again = await lesson.send(lesson.left("student", 60) | {"id": "evt-1"})
            assert answers[0] == {"success": True}
            assert again == [{"success": True, "code": "event-known"}]

        assert [await lesson.billed() for lesson in (others, second)] == [60, 60]
