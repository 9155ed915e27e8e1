"""What a change of a session causes in this process: room commands, hints, and events for the webhook."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from langdao_video.access.statement_links import StatementLinks
from langdao_video.access.tokens import Tokens
from langdao_video.in_process.listeners import make_hint_listener, make_room_listener, make_webhook_listener
from langdao_video.session.commands import End, ResolveWarning, RoomCommand, ShowBill
from langdao_video.session.facts import Ended, GraceResolved
from tests.delivery.test_worker import ADDRESS, START_MS, Told
from tests.stories.live import HandClock


class Webhook:
    """Collects the events for the platform."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        ids = itertools.count(1)
        self.listener = make_webhook_listener(self.enqueue, lambda: f"beat-{next(ids)}")

    def enqueue(self, session_id: str, event: dict[str, Any]) -> None:
        assert event["sessionId"] == session_id
        self.events.append(event)


def test_the_webhook_does_not_repeat_facts_of_the_platforms_own_requests() -> None:
    webhook, told = Webhook(), Told("s-1")

    webhook.listener(told.lesson, [told.created, *told.came()], None)

    assert [event["type"] for event in webhook.events] == ["user-connected"]


@pytest.mark.requirement("R22", "R25")
def test_a_heartbeat_has_an_id_of_its_own_and_the_seq_of_the_fact_before() -> None:
    webhook, told = Webhook(), Told("s-1")
    webhook.listener(told.lesson, told.came(), None)

    webhook.listener(told.lesson, [], told.beat(10))
    webhook.listener(told.lesson, [], told.beat(20))

    assert [(beat["id"], beat["seq"], beat["elapsedSeconds"]) for beat in webhook.events[1:]] == [
        ("beat-1", 2, 10),
        ("beat-2", 2, 20),
    ]


def test_watchers_of_the_session_get_a_hint() -> None:
    hints: list[str] = []
    told = Told("s-1")

    make_hint_listener(hints.append)(told.lesson, told.came(), None)

    assert hints == ["s-1"]


class TestTheRoom:
    def commands_after(self, *facts: Ended | GraceResolved) -> list[RoomCommand]:
        told = Told("s-1")
        records = [told.lesson.record(fact, START_MS + 60_000, f"id-{i}") for i, fact in enumerate(facts)]
        statements = StatementLinks("http://localhost", Tokens(["k" * 32]), needs_token=False)
        applied: list[RoomCommand] = []
        listener = make_room_listener(HandClock(), statements, lambda _, command: applied.append(command))
        listener(told.lesson, records, None)
        return applied

    def test_gets_the_bill_with_every_change(self) -> None:
        [bill] = self.commands_after()

        assert isinstance(bill, ShowBill)
        assert (bill.state, bill.is_running, bill.cost.minor) == ("waiting", False, 0)

    def test_gets_the_end_with_the_link_to_the_statement(self) -> None:
        ended = Ended(
            ended_by="student",
            reason="ended-by-user",
            address=ADDRESS,
            total_seconds=60,
            billable_ms=0,
            cost_minor=0,
        )

        _, end = self.commands_after(ended)

        assert isinstance(end, End)
        assert (end.total_seconds, end.statement_url) == (60, "http://localhost/sessions/s-1")

    def test_hears_that_a_question_is_over(self) -> None:
        assert self.commands_after(GraceResolved())[1:] == [ResolveWarning("returned")]
