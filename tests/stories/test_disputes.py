"""A page that lies decides nothing alone: who is asked and when, what is billed, and which events follow (law 10).

Raw sockets against the running service; both pages have microphone and camera on.
"""

from __future__ import annotations

from csv import DictReader
from io import StringIO
from pathlib import Path

import pytest

from tests.recorder import Recorder
from tests.stories.feed import Feed
from tests.stories.liars import Lesson, Lie, begin_lesson
from tests.stories.live import HandClock, Live, serving, until

pytestmark = pytest.mark.slow

ROLES = ("student", "tutor")


@pytest.fixture(autouse=True)
def _due_by_hand(monkeypatch: pytest.MonkeyPatch, _quick_ticks: None) -> None:
    """Let the lesson act on due deadlines itself, after the service has taken all frames."""
    monkeypatch.setattr("langdao_video.billing.monitor.SETTLE_SECONDS", 3_600.0)


def other(role: str) -> str:
    return "tutor" if role == "student" else "student"


async def test_two_honest_pages_are_billed_for_every_second_and_asked_nothing(
    live: Live, clock: HandClock
) -> None:
    lesson = await begin_lesson(live, clock)

    await lesson.run(70)

    assert await lesson.billed() == 70
    assert await lesson.events("dispute") == []
    assert await lesson.events("connection-warning") == []


async def freeze(lesson: Lesson, liar: str) -> None:
    await lesson.run(5)  # the second heartbeat: all later ones repeat its counters
    lesson.page(liar).lie = "frozen"


@pytest.mark.parametrize("confirms", [True, False])
@pytest.mark.parametrize("liar", ROLES)
async def test_counters_that_stand_still_lead_to_the_question_to_the_other_side(
    live: Live, clock: HandClock, liar: str, *, confirms: bool
) -> None:
    lesson = await begin_lesson(live, clock)
    lesson.page(other(liar)).confirms = confirms
    await freeze(lesson, liar)

    await lesson.run(25)

    asked = await lesson.page(other(liar)).expect("connection-warning")
    evidence = "is-received" if confirms else "sends"
    says = {liar: "nothing-arrives", other(liar): evidence}
    assert (asked["disconnectedRole"], asked["gracePeriodSeconds"]) == (liar, 30)
    assert (asked["cause"], asked["claims"]) == ("dispute", says)
    assert lesson.page(liar).of_type("connection-warning") == []
    (dispute,) = await lesson.events("dispute")
    (warned,) = await lesson.events("connection-warning")
    assert (dispute["userRole"], dispute["claims"], dispute["isOpen"]) == (liar, says, True)
    assert (warned["cause"], warned["claims"]) == ("dispute", says)
    assert warned["at"] == 30
    assert await lesson.billed() == 5


async def test_nobody_who_answers_nothing_pays_and_the_lesson_ends(live: Live, clock: HandClock) -> None:
    lesson = await begin_lesson(live, clock)
    await freeze(lesson, "student")

    await lesson.run(65)

    (end,) = await lesson.events("session-ended")
    assert (end["at"], end["endedBy"], end["reason"]) == (60, "system", "grace-expired")
    assert await lesson.billed() == 5


@pytest.mark.parametrize("liar", ROLES)
async def test_counters_that_are_always_zero_lead_to_the_question(
    live: Live, clock: HandClock, liar: str
) -> None:
    lesson = await begin_lesson(live, clock, liar, "zero")

    await lesson.run(60)

    (warned,) = await lesson.events("connection-warning")
    assert warned["at"] <= 55
    assert warned["claims"] == {liar: "nothing-arrives", other(liar): "is-received"}
    assert await lesson.billed() == 25
    await lesson.page(other(liar)).expect("connection-warning")


@pytest.mark.parametrize("late_ms", [14_000, 26_000])
@pytest.mark.parametrize("liar", ROLES)
async def test_pings_left_unanswered_while_other_frames_come_lead_to_the_question(
    live: Live, clock: HandClock, liar: str, late_ms: int
) -> None:
    lesson = await begin_lesson(live, clock)
    page = lesson.page(liar)
    page.answers_pings, page.lie, page.late_ms = False, "late", late_ms

    async def chat() -> None:
        lesson.chats += 1
        await page.send("chat", id=f"m-{lesson.chats}", text="Hola")

    await lesson.run(30, chat)

    (warned,) = await lesson.events("connection-warning")
    assert (warned["cause"], warned["disconnectedRole"]) == ("silence", liar)
    assert warned["claims"] == {liar: "no-answer", other(liar): "answers"}
    assert (await lesson.page(other(liar)).expect("connection-warning"))["cause"] == "silence"
    assert (await lesson.events("dispute"))[0]["kind"] == "silence"
    assert warned["at"] <= 30

    await lesson.run(40, chat)

    assert lesson.is_over
    assert await lesson.billed() <= warned["at"]


async def test_a_page_that_answers_again_ends_the_question_about_its_silence(
    live: Live, clock: HandClock
) -> None:
    lesson = await begin_lesson(live, clock)
    page = lesson.student
    page.answers_pings, page.lie, page.late_ms = False, "late", 60_000
    await lesson.run(25, lesson.chat)
    await lesson.tutor.expect("connection-warning")

    page.late_ms = 0
    await lesson.run(5)
    page.lie = "none"
    page.answers_pings = True
    await lesson.run(20)

    await lesson.tutor.expect("grace-resolved", outcome="returned")
    assert [d["isOpen"] for d in await lesson.events("dispute")] == [True, False]
    (warned,) = await lesson.events("connection-warning")
    (resolved,) = await lesson.events("grace-resolved")
    assert await lesson.billed() == 50 - (resolved["at"] - warned["at"])


async def test_media_that_both_sides_miss_is_no_dispute_and_both_are_asked(
    live: Live, clock: HandClock
) -> None:
    lesson = await begin_lesson(live, clock)
    await lesson.run(10)
    lesson.student.hears = lesson.tutor.hears = False

    await lesson.run(30)

    claims = dict.fromkeys(ROLES, "nothing-arrives")
    for page in (lesson.student, lesson.tutor):
        await page.expect("connection-warning", cause="media", claims=claims)
    assert await lesson.events("dispute") == []
    assert await lesson.billed() == 10

    await lesson.student.send("grace-decision", decision="wait")
    await lesson.settle()
    assert lesson.tutor.of_type("grace-resolved") == []  # the tutor's answer is still open

    lesson.student.hears = lesson.tutor.hears = True
    await lesson.run(10)
    await lesson.tutor.expect("grace-resolved", outcome="returned")
    await lesson.tutor.expect("bill", running=True)


async def test_a_stop_that_the_senders_browser_confirms_is_no_dispute(live: Live, clock: HandClock) -> None:
    lesson = await begin_lesson(live, clock)
    await lesson.run(10)
    lesson.student.hears = False  # so its receiver reports stop as well

    await lesson.run(30)

    assert await lesson.events("dispute") == []
    await lesson.tutor.expect("connection-warning", cause="media")


async def test_waiting_is_free_and_the_question_comes_again(live: Live, clock: HandClock) -> None:
    lesson = await begin_lesson(live, clock)
    await freeze(lesson, "student")
    await lesson.run(25)

    await lesson.tutor.send("grace-decision", decision="wait")
    await lesson.tutor.expect("grace-resolved", outcome="wait")
    await lesson.run(30)

    assert [w["at"] for w in await lesson.events("connection-warning")] == [30, 55]
    assert await lesson.billed() == 5


async def test_the_side_that_claims_does_not_answer_the_question(live: Live, clock: HandClock) -> None:
    lesson = await begin_lesson(live, clock)
    await freeze(lesson, "student")
    await lesson.run(25)

    await lesson.student.send("grace-decision", decision="wait")
    await lesson.student.expect("error", code="no-grace")
    body = {"sessionId": lesson.id, "decision": "wait", "decidedBy": "student"}
    refused = await live.post("/api/grace-period-decision", body, 409)
    taken = await live.post("/api/grace-period-decision", body | {"decision": "end", "decidedBy": "tutor"})

    assert refused["code"] == "not-asked"
    assert taken == {"success": True}
    assert (await lesson.events("session-ended"))[0]["endedBy"] == "tutor"


@pytest.mark.parametrize("lie", ["frozen"])
async def test_lies_in_turns_cost_no_more_than_45_seconds_before_an_answer(
    live: Live, clock: HandClock, lie: Lie
) -> None:
    """Twenty seconds of lies and five of truth are repeated. The question stays until it is answered."""
    lesson = await begin_lesson(live, clock)
    await lesson.run(5)
    lost = 0.0
    while not lesson.is_over and lesson.seconds < 200:
        lesson.student.lie = lie
        await lesson.run(20)
        lesson.student.lie = "none"
        await lesson.run(5)
        warned = await lesson.events("connection-warning")
        lost = (warned[-1]["at"] if warned else lesson.seconds) - await lesson.billed()

    assert lost <= 45
    assert (await lesson.events("session-ended"))[0]["reason"] == "grace-expired"
    assert lesson.seconds < 120


async def test_a_page_that_skips_pings_and_answers_the_newest_is_not_late(
    live: Live, clock: HandClock
) -> None:
    """Two pings are never answered. From then on each is answered at once, with its own time."""
    lesson = await begin_lesson(live, clock)
    await lesson.run(10)
    lesson.student.answers_pings = False
    await lesson.run(10, lesson.chat)
    lesson.student.answers_pings = True

    await lesson.run(60, lesson.chat)

    assert await lesson.events("dispute") == []
    assert await lesson.events("connection-warning") == []
    assert await lesson.billed() >= 75  # until the newest heartbeat


@pytest.mark.parametrize("has_token", [True, False])
async def test_a_page_that_says_goodbye_before_each_ping_is_billed_all_the_same(
    live: Live, clock: HandClock, *, has_token: bool
) -> None:
    """The page is closed for one second of every five, and its connection with the other page stays."""
    lesson = await begin_lesson(live, clock)
    for _ in range(12):
        clock.advance(4_000)
        await lesson.settle()
        await lesson.student.close()
        clock.advance(900)
        await lesson.student.rejoin(None if has_token else "not-a-token")
        await lesson.settle()

    assert await lesson.events("user-disconnected") == []
    assert await lesson.billed() >= 12 * 4.9 - 10


@pytest.mark.parametrize("lie", ["frozen", "omits"])
@pytest.mark.parametrize(("rule", "billed", "asked"), [("pause", 5, 0), ("bill", 70, 0), ("ask", 5, 1)])
async def test_a_setting_decides_what_a_contradicted_claim_does(
    tmp_path: Path, clock: HandClock, rule: str, billed: int, asked: int, lie: Lie
) -> None:
    async with serving(tmp_path, clock, disputes=rule) as live:
        lesson = await begin_lesson(live, clock)
        await freeze(lesson, "student")
        lesson.student.lie = lie
        await lesson.run(65)

        assert len(await lesson.events("connection-warning")) == asked
        assert len(await lesson.events("dispute")) == 1
        assert billed - 10 < await lesson.billed() <= billed  # until the newest heartbeat


@pytest.mark.parametrize("rule", ["pause", "bill", "ask"])
async def test_no_setting_bills_time_that_both_sides_evidence_denies(
    tmp_path: Path, clock: HandClock, rule: str
) -> None:
    async with serving(tmp_path, clock, disputes=rule) as live:
        lesson = await begin_lesson(live, clock)
        await lesson.run(10)
        lesson.student.hears = False
        await lesson.run(55)

        assert await lesson.billed() == 10


async def test_a_page_that_cannot_count_goes_on_after_a_restart_in_which_the_others_media_comes_back(
    tmp_path: Path, clock: HandClock
) -> None:
    """The service held it for a page at which nothing arrives, for ever, and ended the lesson."""
    async with serving(tmp_path, clock) as live:
        lesson = await begin_lesson(live, clock, "student", "omits")
        await lesson.run(10)
        lesson.tutor.hears = False
        await lesson.run(50)
        billed = await lesson.billed()
    lesson.tutor.hears = True
    async with serving(tmp_path, clock) as live:
        await lesson.move_to(live)
        await lesson.run(60)

        assert {lost["userRole"] for lost in await lesson.events("proof-lost")} == {"tutor"}
        assert await lesson.events("session-ended") == []
        assert await lesson.billed() - billed >= 45


@pytest.mark.requirement("R39")
async def test_who_comes_back_is_not_asked_about_the_media_that_was_missing_meanwhile(
    live: Live, clock: HandClock
) -> None:
    """One disconnect had two questions: the second came before the page that was alone could answer a ping."""
    lesson = await begin_lesson(live, clock)
    await lesson.run(10)
    await lesson.tutor.close()
    lesson.student.hears = False
    await lesson.leave_alone("student", 27)
    lesson.student.answers_pings = False

    await lesson.replace_page("tutor")
    lesson.student.answers_pings, lesson.student.hears = True, True
    await lesson.run(15)

    assert [warned["disconnectedRole"] for warned in await lesson.events("connection-warning")] == ["tutor"]
    assert await lesson.billed() > 10


async def test_the_statement_shows_who_said_what(live: Live, clock: HandClock) -> None:
    lesson = await begin_lesson(live, clock)
    await freeze(lesson, "student")
    await lesson.run(60)

    statement = await live.get(f"/api/sessions/{lesson.id}/statement")
    csv = (await live.http.get(f"/api/sessions/{lesson.id}/statement.csv")).text
    page = (await live.http.get(f"/sessions/{lesson.id}", headers={"accept-language": "en"})).text

    claims = {"student": "nothing-arrives", "tutor": "is-received"}
    (dispute,) = statement["disputes"]
    assert (dispute["userRole"], dispute["kind"], dispute["claims"]) == ("student", "media", claims)
    assert (statement["questions"][0]["cause"], statement["questions"][0]["claims"]) == ("dispute", claims)
    rows = list(DictReader(StringIO(csv.removeprefix("\ufeff"))))
    assert {row["who"]: row["reason"] for row in rows if row["kind"] == "dispute"} == claims
    assert "No sound or picture arrives here." in page


async def test_the_platform_hears_of_a_dispute_by_webhook_and_feed(tmp_path: Path, clock: HandClock) -> None:
    with Recorder() as backend:
        async with serving(tmp_path, clock, backend_url=backend.url) as live:
            lesson = await begin_lesson(live, clock)
            async with Feed(live, lesson.id) as feed:
                await freeze(lesson, "student")
                await lesson.run(25)
                await until(lambda: feed.of_type("dispute"))
            await until(lambda: backend.of(lesson.id, "dispute"))

    claims = {"student": "nothing-arrives", "tutor": "is-received"}
    (posted,), (message,) = backend.of(lesson.id, "dispute"), feed.of_type("dispute")
    for heard in (posted, message.data):
        assert (heard["userRole"], heard["kind"], heard["claims"]) == ("student", "media", claims)
        assert heard["isOpen"] is True
