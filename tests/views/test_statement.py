"""The statement as JSON, as a picture and as rows. Each is compared as a whole, so that any change is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, get_args

import pytest

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import Money
from langdao_video.billing.statement import Outcome, Pause, Question, fold_statement
from langdao_video.session.facts import Ended
from langdao_video.session.roles import Role
from langdao_video.views.statement import Bar, Row, Tick, draw_picture, list_history, view_statement
from tests.billing.told import STUDENT, TUTOR, Told, both_for_a_minute, lesson_with_everything, ms


def money(minor: int, formatted: str) -> dict[str, Any]:
    """Return an amount in euros as it is shown."""
    return {"minor": minor, "currency": "EUR", "decimals": 2, "formatted": formatted}


WHOLE: Final[dict[str, Any]] = {
    "sessionId": "session-abc123",
    "state": "ended",
    "startTime": ms(0),
    "endTime": ms(170.25),
    "endedBy": "student",
    "endReason": "ended-by-user",
    "settling": False,
    "finalAt": None,
    "ratePerHour": money(3_600, "36,00\u00a0€"),
    "cap": None,
    "participants": {
        "student": {"name": "Ana", "address": STUDENT},
        "tutor": {"name": "José", "address": TUTOR},
    },
    "before": {"from": ms(0), "to": ms(30)},
    "presence": {
        "student": [{"from": ms(10), "to": ms(170.25), "sitting": 1, "closedBy": "end"}],
        "tutor": [
            {"from": ms(30), "to": ms(90), "sitting": 1, "closedBy": "connection-closed"},
            {"from": ms(110), "to": ms(170.25), "sitting": 2, "closedBy": "end"},
        ],
    },
    "billed": [
        {
            "from": ms(30),
            "to": ms(90),
            "billableMs": 60_000,
            "totalMs": 60_000,
            "costSoFar": money(60, "0,60\u00a0€"),
        },
        {
            "from": ms(110),
            "to": ms(170.25),
            "billableMs": 60_250,
            "totalMs": 120_250,
            "costSoFar": money(120, "1,20\u00a0€"),
        },
    ],
    "pauses": [{"from": ms(90), "to": ms(110), "missing": ["tutor"], "reason": "connection-closed"}],
    "questions": [
        {
            "at": ms(95),
            "about": "tutor",
            "asked": "student",
            "deadline": ms(125),
            "outcome": "wait",
            "answeredBy": "student",
            "resolvedAt": ms(100),
            "cause": "away",
            "claims": {},
        }
    ],
    "disputes": [
        {
            "from": ms(130),
            "to": ms(140.5),
            "userRole": "student",
            "kind": "media",
            "claims": {"student": "nothing-arrives", "tutor": "is-received"},
        }
    ],
    "corrections": [
        {"timestamp": ms(200), "amount": money(-20, "-0,20\u00a0€"), "reason": "late start"},
        {"timestamp": ms(230), "amount": money(50, "0,50\u00a0€"), "reason": "a book"},
    ],
    "billableMs": 120_250,
    "billableSeconds": 120,
    "cost": money(150, "1,50\u00a0€"),
}


def test_the_json_tells_all_of_a_lesson_in_the_readers_language() -> None:
    assert view_statement(lesson_with_everything().statement(), "de") == WHOLE


def test_the_json_of_a_lesson_that_goes_on_has_no_end_yet() -> None:
    shown = view_statement(both_for_a_minute(cap_seconds=90).statement())

    assert [shown[key] for key in ("state", "endTime", "endedBy", "endReason", "before")] == [
        "live",
        None,
        None,
        None,
        None,
    ]
    assert shown["cap"] == {"seconds": 90, "minor": None, "remainingSeconds": 30}
    assert (shown["billableSeconds"], shown["cost"]["formatted"]) == (60, "€0.60")


def test_the_json_of_a_lesson_nobody_has_made_is_empty() -> None:
    lesson = Lesson("session-abc123")

    shown = view_statement(fold_statement(lesson, []))

    assert (shown["startTime"], shown["billed"], shown["pauses"], shown["cost"]["minor"]) == (None, [], [], 0)


def test_the_json_says_until_when_a_bill_settles() -> None:
    told = both_for_a_minute()
    told.at(
        60,
        Ended(
            ended_by="tutor",
            reason="ended-by-user",
            address=TUTOR,
            total_seconds=60,
            billable_ms=60_000,
            cost_minor=60,
            final_at_ms=ms(90),
        ),
    )

    shown = view_statement(told.statement())

    assert (shown["settling"], shown["finalAt"]) == (True, ms(90))


class TestThePicture:
    def test_has_a_bar_for_each_span_in_percent_of_the_lesson(self) -> None:
        told = Told()
        told.come(10, "student")
        told.come(50, "tutor")
        told.prove(100)
        told.end(100)

        picture = draw_picture(told.statement())

        assert picture.bars == (
            Bar("student", 10, 24, 90, 20, 10_000, 100_000),
            Bar("tutor", 50, 74, 50, 20, 50_000, 100_000),
            Bar("billed", 50, 124, 50, 20, 50_000, 100_000),
        )
        assert [(lane.name, lane.y) for lane in picture.lanes] == [
            ("student", 24),
            ("tutor", 74),
            ("billed", 124),
        ]

    def test_rounds_to_a_hundredth_of_a_percent(self) -> None:
        told = Told()
        told.come(1, "student")
        told.prove(3, "student")
        told.come(3, "tutor")

        (student, _) = draw_picture(told.statement()).bars

        assert (student.x, student.width) == (33.33, 66.67)

    def test_shows_a_moment_as_wide_as_can_be_seen(self) -> None:
        told = Told()
        told.come(0, "student")
        told.prove(1_000, "student")
        told.come(500, "tutor")
        told.prove(501, "tutor")

        widths = {(bar.lane, bar.x): bar.width for bar in draw_picture(told.statement()).bars}

        assert widths == {("student", 0): 100, ("tutor", 50): 0.3, ("billed", 50): 0.3}

    def test_of_the_shortest_lesson_is_as_wide_as_any(self) -> None:
        told = Told()
        told.come(0, "student")
        told.prove(0.001, "student")

        assert draw_picture(told.statement()).bars == (Bar("student", 0, 24, 100, 20, 0, 1),)

    def test_of_a_lesson_that_has_just_begun_is_no_division_by_nothing(self) -> None:
        told = Told()
        told.come(0, "student")

        picture = draw_picture(told.statement())

        assert picture.bars == (Bar("student", 0, 24, 0.3, 20, 0, 0),)
        assert picture.ticks == (Tick(0, 0),)

    @pytest.mark.parametrize(
        ("seconds", "at"),
        [
            (60, range(0, 60, 10)),
            (60.001, (0, 30, 60)),
            (180, range(0, 180, 30)),
            (181, range(0, 181, 60)),
            (3_600, range(0, 3_600, 600)),
            (700_000, range(0, 700_000, 86_400)),
        ],
    )
    def test_has_at_most_six_ticks_at_round_times_however_long_it_is(
        self, seconds: float, at: range | tuple[int, ...]
    ) -> None:
        told = Told()
        told.come(0, "student")
        told.prove(seconds, "student")

        ticks = draw_picture(told.statement()).ticks

        assert [tick.at_ms for tick in ticks] == [second * 1_000 for second in at]
        assert [tick.x for tick in ticks] == [round(100 * second / seconds, 2) for second in at]


def test_the_rows_tell_the_lesson_in_the_order_in_which_it_happened() -> None:
    assert list_history(lesson_with_everything().statement()) == [
        Row("pause", 0, 30_000, "before", None),
        Row("billed", 30_000, 90_000, "both", Money(60, "EUR", 2)),
        Row("pause", 90_000, 110_000, "away.tutor", None),
        Row("question", 95_000, 100_000, "asked.wait", None),
        Row("billed", 110_000, 170_250, "both", Money(120, "EUR", 2)),
    ]


def test_a_question_that_is_still_open_is_no_row_yet() -> None:
    told = both_for_a_minute()
    told.leave(60, "tutor")
    told.ask(65, "tutor")

    assert [row.what for row in list_history(told.statement())] == ["both"]


def test_rows_count_from_where_the_statement_begins() -> None:
    told = Told(start_seconds=20)
    told.come(5, "student")
    told.come(30, "tutor")
    told.prove(90)
    told.leave(90, "student")
    told.ask(95, "student")
    told.prove(110, "tutor")
    told.come(100, "student")
    told.end(110)

    assert [(row.what, row.from_ms, row.to_ms) for row in list_history(told.statement())] == [
        ("before", 0, 25_000),
        ("both", 25_000, 85_000),
        ("away.student", 85_000, 105_000),
        ("asked.returned", 90_000, 95_000),
    ]


@pytest.mark.parametrize(
    ("missing", "why", "about", "what"),
    [
        (("student", "tutor"), "end", None, "end"),
        ((), "cap-reached", None, "cap"),
        ((), "grace", "tutor", "away.tutor"),
        ((), "grace", None, "away.someone"),
        (("student",), "silence", None, "away.student"),
        (("tutor",), "connection-closed", None, "away.tutor"),
        (("student", "tutor"), "silence", None, "away.both"),
        (("student",), "media", None, "media.student"),
        (("student", "tutor"), "media", None, "media.both"),
        ((), "media", None, "media.someone"),
    ],
)
def test_a_pause_says_who_was_missing_or_what(
    missing: tuple[Role, ...], why: str, about: Role | None, what: str
) -> None:
    statement = replace(
        both_for_a_minute().statement(), billed=[], pauses=[Pause(ms(60), ms(70), missing, why, about)]
    )

    assert [(row.kind, row.what) for row in list_history(statement)] == [("pause", what)]


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_a_question_has_its_outcome(outcome: Outcome) -> None:
    asked = Question(ms(65), "tutor", "student", ms(95), outcome, resolved_ms=ms(70))
    statement = replace(both_for_a_minute().statement(), billed=[], questions=[asked])

    assert list_history(statement) == [Row("question", 65_000, 70_000, f"asked.{outcome}", None)]
