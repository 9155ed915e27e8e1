"""What a change of a session causes in this process: room commands, and hints for watchers and the delivery."""

from __future__ import annotations

from langdao_video.access.statement_links import StatementLinks
from langdao_video.access.tokens import Tokens
from langdao_video.in_process.listeners import make_delivery_listener, make_hint_listener, make_room_listener
from langdao_video.session.commands import End, ResolveWarning, RoomCommand, ShowBill
from langdao_video.session.facts import Ended, GraceResolved
from tests.in_process.told import ADDRESS, START_MS, Told
from tests.stories.live import HandClock


def test_the_delivery_hears_of_facts_and_of_heartbeats_apart() -> None:
    hints: list[tuple[str, bool]] = []

    def hint(session_id: str, *, is_beat: bool) -> None:
        hints.append((session_id, is_beat))

    told, listener = Told("s-1"), make_delivery_listener(hint)
    listener(told.lesson, told.came(), None)
    listener(told.lesson, (), told.beat(10))

    assert hints == [("s-1", False), ("s-1", True)]


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
