"""How the statement follows from the facts: the billed pieces, and why the meter stood still between them."""

from __future__ import annotations

from typing import Literal

import pytest

from langdao_video.billing.money import Money
from langdao_video.billing.statement import (
    Billed,
    Correction,
    Disagreement,
    Pause,
    PresenceSpan,
    Question,
    Statement,
)
from langdao_video.session.facts import (
    GraceResolved,
    ProofLost,
    ProofResumed,
    Warned,
)
from tests.billing.told import START_MS, Told, both_for_a_minute, lesson_with_everything, ms, revised


def euro(minor: int) -> Money:
    """Return an amount."""
    return Money(minor, "EUR", 2)


def pieces(statement: Statement) -> list[tuple[float, float]]:
    """Return the billed pieces, in seconds from the start."""
    return [((b.start_ms - START_MS) / 1_000, (b.end_ms - START_MS) / 1_000) for b in statement.billed]


@pytest.mark.requirement("R43")
def test_a_statement_tells_all_of_a_lesson_in_the_order_in_which_it_happened() -> None:
    statement = lesson_with_everything().statement()

    assert statement.presence == {
        "student": [PresenceSpan(ms(10), ms(170.25), 1, "end")],
        "tutor": [
            PresenceSpan(ms(30), ms(90), 1, "connection-closed"),
            PresenceSpan(ms(110), ms(170.25), 2, "end"),
        ],
    }
    assert statement.billed == [
        Billed(ms(30), ms(90), 60_000, euro(60)),
        Billed(ms(110), ms(170.25), 120_250, euro(120)),
    ]
    assert statement.pauses == [Pause(ms(90), ms(110), ("tutor",), "connection-closed")]
    assert statement.questions == [
        Question(ms(95), "tutor", "student", ms(125), "wait", "student", ms(100), "away", {})
    ]
    assert statement.disputes == [
        Disagreement(
            ms(130), ms(140.5), "student", "media", {"student": "nothing-arrives", "tutor": "is-received"}
        )
    ]
    assert statement.corrections == [
        Correction(ms(200), euro(-20), "late start"),
        Correction(ms(230), euro(50), "a book"),
    ]
    assert (statement.start_ms, statement.before, statement.end_ms) == (ms(0), (ms(0), ms(30)), ms(170.25))


def test_a_lesson_that_goes_on_is_told_up_to_its_newest_proofs() -> None:
    told = both_for_a_minute()
    told.prove(75, "student")

    statement = told.statement()

    assert pieces(statement) == [(0, 60)]
    assert (statement.end_ms, statement.pauses, statement.presence["student"][0].closed_by) == (
        ms(75),
        [],
        None,
    )


def test_the_statement_begins_at_an_arrival_before_the_start() -> None:
    told = Told(start_seconds=20)
    told.come(5, "student")
    told.come(30, "tutor")
    told.prove(60)

    statement = told.statement()

    assert (statement.start_ms, statement.before) == (ms(5), (ms(5), ms(30)))


class TestTheCap:
    def test_cuts_the_piece_in_which_it_is_reached_and_drops_what_comes_after(self) -> None:
        told = both_for_a_minute(cap_seconds=90)
        told.leave(60, "tutor")
        told.come(80, "tutor")
        told.prove(120)
        told.leave(120, "tutor")
        told.come(130, "tutor")
        told.prove(150)

        assert told.statement().billed == [
            Billed(ms(0), ms(60), 60_000, euro(60)),
            Billed(ms(80), ms(110), 90_000, euro(90)),
        ]

    def test_that_is_reached_where_a_piece_ends_leaves_nothing_of_the_next(self) -> None:
        told = both_for_a_minute(cap_seconds=60)
        told.leave(60, "tutor")
        told.come(80, "tutor")
        told.prove(120)

        assert pieces(told.statement()) == [(0, 60)]

    def test_is_why_nothing_is_billed_between_it_and_the_end(self) -> None:
        """Heartbeats come every ten seconds, so the service notices a little later, while both are still there."""
        told = both_for_a_minute(cap_seconds=53)
        told.end(60, "cap-reached")

        assert told.statement().pauses == [Pause(ms(53), ms(60), (), "cap-reached")]


def test_a_moment_of_both_is_a_piece_however_short() -> None:
    told = Told()
    told.come(0, "student", "tutor")
    told.prove(0.001)

    assert told.statement().billed == [Billed(ms(0), ms(0.001), 1, euro(0))]


class TestPauses:
    def test_name_everyone_who_was_missing(self) -> None:
        told = both_for_a_minute()
        told.leave(60, "student")
        told.leave(60, "tutor", "connection-lost")
        told.come(70, "student", "tutor")
        told.prove(80)

        assert told.statement().pauses == [
            Pause(ms(60), ms(70), ("student", "tutor"), "connection-closed"),
        ]

    def test_name_the_one_whose_proofs_ended_first(self) -> None:
        told = both_for_a_minute()
        told.prove(65, "student")
        told.at(60, ProofLost(role="tutor", epoch=1, why="silence"))
        told.at(90, ProofResumed(role="tutor", epoch=1))
        told.prove(100)

        # The student had proofs until 1:05, and then none until 1:40.
        assert told.statement().pauses == [Pause(ms(60), ms(90), ("tutor",), "silence")]

    def test_do_not_name_one_who_only_moved_to_another_page(self) -> None:
        told = both_for_a_minute()
        told.leave(60, "student", "moved")
        told.come(60, "student")
        told.leave(60, "tutor")
        told.prove(70, "student")
        told.come(70, "tutor")
        told.prove(80)

        assert told.statement().pauses == [Pause(ms(60), ms(70), ("tutor",), "connection-closed")]

    @pytest.mark.parametrize("why", ["silence", "media"])
    def test_say_what_was_missed(self, why: Literal["silence", "media"]) -> None:
        told = both_for_a_minute()
        told.at(60, ProofLost(role="student", epoch=1, why=why))
        told.prove(90, "tutor")
        told.at(90, ProofResumed(role="student", epoch=1))
        told.prove(100)

        assert told.statement().pauses == [Pause(ms(60), ms(90), ("student",), why)]

    def test_reach_to_the_end_where_nobody_gave_a_last_proof(self) -> None:
        told = both_for_a_minute()
        told.end(68)

        assert told.statement().pauses == [Pause(ms(60), ms(68), ("student", "tutor"), "end")]

    def test_are_shown_also_if_the_end_of_a_span_has_no_reason(self) -> None:
        told = both_for_a_minute()
        told.prove(100)
        told.at(100, revised("student", ((ms(0), ms(60), 1, None), (ms(80), ms(100), 1, None))))

        assert told.statement().pauses == [Pause(ms(60), ms(80), ("student",), "end")]

    def test_in_which_both_were_there_after_all_are_those_of_the_question(self) -> None:
        told = both_for_a_minute()
        told.at(60, ProofLost(role="student", epoch=1, why="silence"))
        told.prove(86, "tutor")
        told.ask(86, "student")
        told.prove(100, "tutor")
        told.at(100, revised("student", ((ms(0), ms(100), 1, None),)))
        told.at(100, GraceResolved())
        told.prove(120)

        assert told.statement().pauses == [Pause(ms(86), ms(100), (), "grace", "student")]

    def test_of_a_question_name_the_role_of_that_question_and_not_of_the_one_before(self) -> None:
        told = both_for_a_minute()
        told.prove(86)
        told.at(
            70, Warned(role="student", grace_seconds=30, due_ms=ms(100))
        )  # an old fact, which stopped no meter
        told.at(86, GraceResolved())
        told.ask(86, "tutor")
        told.prove(100)
        told.at(100, GraceResolved())
        told.prove(120)

        assert told.statement().pauses == [Pause(ms(86), ms(100), (), "grace", "tutor")]

    def test_that_took_no_time_are_none_and_hide_none_after_them(self) -> None:
        told = both_for_a_minute()
        told.at(60, ProofLost(role="tutor", epoch=1, why="silence"))
        told.prove(60, "student")
        told.ask(60, "tutor")
        told.at(60, ProofResumed(role="tutor", epoch=1), GraceResolved())
        told.prove(90)
        told.leave(90, "tutor")
        told.come(95, "tutor")
        told.prove(99)

        statement = told.statement()

        assert [(pause.start_ms, pause.end_ms) for pause in statement.pauses] == [(ms(90), ms(95))]
