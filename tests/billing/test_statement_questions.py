"""The questions and disputes in the statement: who was asked, why, and the outcome (R39-R41, R43)."""

from __future__ import annotations

from typing import Final

import pytest

from langdao_video.billing.statement import (
    Disagreement,
)
from langdao_video.session.facts import (
    ChoseToWait,
    Disputed,
    Ended,
    EndedBy,
    Fact,
    GraceResolved,
    ProofLost,
    ProofResumed,
    SeatLeft,
    SeatTaken,
    UserActed,
    Warned,
)
from langdao_video.session.roles import Role
from tests.billing.told import STUDENT, TUTOR, both_for_a_minute, ms, revised


def _end(by: EndedBy, reason: str) -> Ended:
    return Ended(
        ended_by=by, reason=reason, address=STUDENT, total_seconds=90, billable_ms=60_000, cost_minor=60
    )


CLOSES: Final[list[tuple[str, Fact, tuple[str, str | None] | None]]] = [
    ("wait", ChoseToWait(decided_by="student"), ("wait", "student")),
    ("the platform waits", ChoseToWait(decided_by="platform"), ("wait", "platform")),
    ("no answer", _end("system", "grace-expired"), ("no-answer", None)),
    ("end", _end("student", "ended-during-grace"), ("end", "student")),
    ("both are there", GraceResolved(), ("returned", None)),
    ("back", SeatTaken(role="tutor", epoch=2, address=TUTOR), ("returned", None)),
    ("heard again", ProofResumed(role="tutor", epoch=1), ("returned", None)),
    ("back without a picture", ProofLost(role="tutor", epoch=1, why="media"), ("returned", None)),
    ("still silent", ProofLost(role="tutor", epoch=1, why="silence"), None),
    ("still gone", SeatLeft(role="tutor", epoch=1, reason="connection-closed"), None),
    ("the one asked comes anew", SeatTaken(role="student", epoch=2, address=STUDENT), None),
    ("the one asked is heard again", ProofResumed(role="student", epoch=1), None),
    ("the one asked sees nothing", ProofLost(role="student", epoch=1, why="media"), None),
    ("something else", UserActed(role="tutor", action="muted"), None),
    ("was there after all", revised("tutor", ((ms(0), ms(89), 1, None),)), ("returned", None)),
    ("without a picture", revised("tutor", ((ms(0), ms(89), 1, None),), lost="media"), ("returned", None)),
    ("was silent later", revised("tutor", ((ms(0), ms(70), 1, None),), lost="silence"), None),
    ("had left later", revised("tutor", ((ms(0), ms(70), 1, None),), is_taken=False), None),
    ("news of the other", revised("student", ((ms(0), ms(89), 1, None),)), None),
]


class TestQuestions:
    @pytest.mark.requirement("R39", "R40", "R41")
    @pytest.mark.parametrize(
        ("fact", "outcome"), [pytest.param(fact, outcome, id=name) for name, fact, outcome in CLOSES]
    )
    def test_are_over_with_the_answer_the_return_or_the_end(
        self, fact: Fact, outcome: tuple[str, str | None] | None
    ) -> None:
        told = both_for_a_minute()
        told.at(60, ProofLost(role="tutor", epoch=1, why="silence"))
        told.ask(86, "tutor")
        told.at(90, fact)

        (asked,) = told.statement().questions

        assert (asked.at_ms, asked.about, asked.asked, asked.due_ms) == (
            ms(86),
            "tutor",
            "student",
            ms(116),
        )
        if outcome is None:
            assert (asked.outcome, asked.answered_by, asked.resolved_ms) == (None, None, None)
        else:
            assert ((asked.outcome, asked.answered_by), asked.resolved_ms) == (outcome, ms(90))

    def test_that_old_news_answers_are_over_when_they_were_asked_and_not_before(self) -> None:
        told = both_for_a_minute()
        told.at(60, ProofLost(role="tutor", epoch=1, why="silence"))
        told.ask(86, "tutor")
        told.at(80, revised("tutor", ((ms(0), ms(80), 1, None),)))

        assert [asked.resolved_ms for asked in told.statement().questions] == [ms(86)]

    def test_are_answered_once_each_by_the_fact_after_it(self) -> None:
        told = both_for_a_minute()
        told.leave(60, "tutor")
        told.ask(65, "tutor")
        told.at(70, ChoseToWait(decided_by="student"))
        told.ask(95, "tutor")
        told.come(99, "tutor")
        told.at(99, GraceResolved())
        told.prove(110)
        told.end(110)

        assert [(asked.outcome, asked.resolved_ms) for asked in told.statement().questions] == [
            ("wait", ms(70)),
            ("returned", ms(99)),
        ]

    def test_say_why_they_were_asked_and_what_each_page_said(self) -> None:
        told = both_for_a_minute()
        says = {"cause": "dispute", "student_says": "nothing-arrives", "tutor_says": "is-received"}
        told.at(86, Warned(role="student", grace_seconds=30, due_ms=ms(116), **says))  # type: ignore[arg-type]
        told.at(90, ChoseToWait(decided_by="tutor"))
        told.at(
            100,
            Warned(role="tutor", grace_seconds=30, due_ms=ms(130), cause="silence", tutor_says="no-answer"),
        )

        assert [(asked.asked, asked.cause, asked.claims) for asked in told.statement().questions] == [
            ("tutor", "dispute", {"student": "nothing-arrives", "tutor": "is-received"}),
            ("student", "silence", {"tutor": "no-answer"}),
        ]


def _dispute(role: Role, *, is_open: bool = True) -> Disputed:
    return Disputed(role=role, epoch=1, kind="silence", student="answers", tutor="answers", is_open=is_open)


class TestDisputes:
    @pytest.mark.parametrize(
        "fact",
        [
            _dispute("student", is_open=False),
            SeatLeft(role="student", epoch=1, reason="connection-closed"),
            SeatTaken(role="student", epoch=2, address=STUDENT),
        ],
        ids=["the claim is over", "its page has gone", "its page is a new one"],
    )
    def test_last_until_the_claim_or_its_page_is_gone(self, fact: Fact) -> None:
        told = both_for_a_minute()
        told.at(30, _dispute("student"), _dispute("tutor"))
        told.at(40, fact)
        told.at(50, fact)

        claims: dict[Role, str] = {"student": "answers", "tutor": "answers"}
        assert told.statement().disputes == [
            Disagreement(ms(30), ms(40), "student", "silence", claims),
            Disagreement(ms(30), None, "tutor", "silence", claims),
        ]

    def test_are_over_with_the_lesson(self) -> None:
        told = both_for_a_minute()
        told.at(30, _dispute("student"), _dispute("tutor"))
        told.end(60)

        assert [each.to_ms for each in told.statement().disputes] == [ms(60), ms(60)]

    def test_never_end_before_they_began(self) -> None:
        """A leaving participant was there until their last proof, which may be older."""
        told = both_for_a_minute()
        told.at(30, _dispute("student"))
        told.at(28, SeatLeft(role="student", epoch=1, reason="connection-lost"))

        assert [each.to_ms for each in told.statement().disputes] == [ms(30)]
