"""The question of a session: what opens it, what closes it, and what changes with it (`lesson.py`)."""

from __future__ import annotations

import pytest

from langdao_video.billing.lesson import Lesson
from langdao_video.session.claims import Claim
from langdao_video.session.facts import (
    ChoseToWait,
    Decider,
    Disputed,
    Fact,
    GraceResolved,
    ProofResumed,
    SeatLeft,
)
from langdao_video.session.roles import ROLES, Role, other
from langdao_video.session.state import State
from tests.billing.book import T
from tests.billing.test_lesson_rules import asked, gone, met, put, taken

RESUMED = ProofResumed(role="tutor", epoch=1)


def waits(decided_by: Decider) -> ChoseToWait:
    return ChoseToWait(decided_by=decided_by)


def claim(role: Role, *, is_open: bool = True) -> Disputed:
    return Disputed(role=role, epoch=1, kind="silence", student="answers", tutor="no-answer", is_open=is_open)


Facts = list[tuple[int, Fact]]


def after(*facts: tuple[int, Fact]) -> Lesson:
    """Return the session in which both are there, after *facts*."""
    return put(met(), *facts)


def test_a_question_is_free_from_when_it_says() -> None:
    free = after((20_000, gone("tutor")), (46_000, asked("tutor", free_from=15_000)))
    old = after((20_000, gone("tutor")), (46_000, asked("tutor")))

    assert (free.state, free.billable_ms, free.meter.is_asking) == (State.GRACE, 15_000, True)
    assert (old.billable_ms, old.meter.is_asking) == (20_000, False)


def test_a_question_stands_until_the_one_it_is_about_is_back() -> None:
    question: Facts = [(20_000, gone("tutor")), (46_000, asked("tutor", free_from=46_000))]
    standing, back = after(*question), after(*question, (50_000, RESUMED))
    resolved = after(*question, (50_000, RESUMED), (50_000, GraceResolved()))
    resolved.note_proof("tutor", T + 60_000)
    resolved.note_proof("student", T + 60_000)

    assert (standing.state, standing.warning) == (State.GRACE, question[1][1])
    assert (back.state, back.warning, back.meter.is_asking) == (State.LIVE, None, True)
    assert (resolved.meter.is_asking, resolved.billable_ms) == (False, 30_000)


def test_a_question_is_over_when_the_missing_one_is_back_wherever_the_other_is() -> None:
    lesson = after(
        (20_000, gone("tutor")),
        (20_000, gone("student")),
        (46_000, asked("tutor")),
        (50_000, RESUMED),
    )

    assert (lesson.state, lesson.warning, lesson.gone) == (State.PAUSED, None, ["student"])


def test_a_returning_participant_without_media_is_back() -> None:
    lesson = after((20_000, gone("tutor")), (46_000, asked("tutor")), (50_000, gone("tutor", "media")))

    assert (lesson.state, lesson.warning, lesson.gone) == (State.PAUSED, None, [])


def test_a_reload_of_the_asked_participant_ends_no_question() -> None:
    lesson = after((20_000, gone("tutor")), (46_000, asked("tutor")), (47_000, taken("student", 2)))

    assert lesson.state is State.GRACE


@pytest.mark.parametrize(
    ("opened", "stays", "closed", "state"),
    [
        ([gone("tutor", "media")], False, [RESUMED], State.LIVE),
        ([gone("tutor", "media")], True, [RESUMED], State.GRACE),
        ([gone("tutor", "media")], False, [gone("student", "media")], State.GRACE),
        ([claim("tutor")], False, [claim("tutor", is_open=False)], State.LIVE),
        ([claim("tutor")], True, [claim("tutor", is_open=False)], State.GRACE),
        ([claim("tutor")], False, [taken("tutor", 2)], State.LIVE),
        ([gone("tutor", "media")], False, [SeatLeft(role="tutor", epoch=1, reason="x")], State.GRACE),
        ([gone("tutor", "media"), claim("tutor")], False, [RESUMED], State.GRACE),
        ([gone("tutor", "media"), gone("student")], False, [RESUMED], State.PAUSED),
        ([gone("tutor", "media"), gone("student", "media")], False, [RESUMED], State.PAUSED),
    ],
)
def test_a_question_about_a_claim_is_over_with_the_claim_unless_it_stays(
    opened: list[Fact], *, stays: bool, closed: list[Fact], state: State
) -> None:
    facts: Facts = [
        *((20_000, fact) for fact in opened),
        (45_000, asked("tutor", is_media=True, stays=stays)),
    ]

    lesson = after(*facts, *((50_000, fact) for fact in closed))

    assert lesson.state is state
    assert (lesson.warning is None) is (state is not State.GRACE)


@pytest.mark.parametrize(
    ("cost_s", "evidence", "by", "state"),
    [
        (20, "is-received", "tutor", State.GRACE),
        (19, "is-received", "tutor", State.LIVE),
        (20, "sends", "tutor", State.LIVE),
        (20, "is-received", "student", State.LIVE),
    ],
)
def test_a_question_that_came_before_the_evidence_stays_once_the_claim_is_denied(
    cost_s: int, evidence: Claim, by: Role, state: State
) -> None:
    """The more claims have cost, the sooner the question comes, and then the evidence may come later."""
    denied = Disputed(role=by, epoch=1, kind="media", student=evidence, tutor="nothing-arrives")
    book = met()
    put(book, (20_000, gone("tutor", "media"))).claims.cost_ms["tutor"] = (cost_s - 16) * 1_000

    lesson = put(book, (36_000, asked("tutor", is_media=True)), (40_000, denied), (41_000, RESUMED))

    assert lesson.state is state


@pytest.mark.parametrize(
    ("waits_first", "asked_then", "waits_then"),
    [("tutor", ["student"], frozenset()), ("student", [*ROLES], frozenset({"student"}))],
)
def test_once_a_claim_is_denied_the_answer_of_its_own_side_does_not_count(
    waits_first: Role, asked_then: list[Role], waits_then: frozenset[Role]
) -> None:
    denied = Disputed(role="tutor", epoch=1, kind="media", student="is-received", tutor="nothing-arrives")
    book = met()
    put(book, (20_000, gone("tutor", "media"))).claims.cost_ms["tutor"] = 20_000

    lesson = put(book, (36_000, asked("tutor", is_media=True)), (37_000, waits(waits_first)))
    before = (lesson.asked, lesson.waits)
    put(book, (40_000, denied))

    assert before == ([*ROLES], frozenset({waits_first}))
    assert (lesson.asked, lesson.waits) == (asked_then, waits_then)


@pytest.mark.parametrize("about", ROLES)
@pytest.mark.parametrize(
    ("goes", "state"), [("about", State.GRACE), ("other", State.PAUSED), (None, State.GRACE)]
)
def test_a_question_that_stays_is_over_when_the_one_who_must_answer_is_gone(
    about: Role, goes: str | None, state: State
) -> None:
    facts: Facts = [
        (20_000, gone(about, "media")),
        (45_000, asked(about, is_media=True, stays=True)),
        (50_000, ProofResumed(role=about, epoch=1)),
    ]
    if goes is not None:
        facts.append((60_000, gone(about if goes == "about" else other(about))))

    lesson = after(*facts)

    assert lesson.state is state
    assert (lesson.warning is None) is (state is State.PAUSED)


def test_a_question_that_stayed_is_over_with_the_answer_it_was_owed() -> None:
    opened: Facts = [(20_000, gone("tutor", "media")), (45_000, asked("tutor", is_media=True, stays=True))]
    again = after(*opened, (50_000, RESUMED), (52_000, GraceResolved()))
    still = after(*opened, (52_000, GraceResolved()))

    assert (again.state, again.warning) == (State.LIVE, None)
    assert (still.state, still.warning is None) == (State.GRACE, False)


def test_choosing_to_wait_closes_the_question_and_the_next_one_counts_from_then() -> None:
    question: Facts = [(20_000, gone("tutor")), (46_000, asked("tutor", free_from=46_000))]
    lesson = after(*question, (50_000, waits("student")))
    back = after(*question, (50_000, waits("student")), (55_000, RESUMED))

    assert (lesson.state, lesson.warning, lesson.waits_from_ms) == (State.PAUSED, None, T + 50_000)
    assert (lesson.meter.is_asking, lesson.pauses) == (True, 1)
    assert (back.state, back.waits_from_ms, back.pauses) == (State.LIVE, None, 1)


def test_choosing_to_wait_while_both_are_there_makes_the_session_live() -> None:
    lesson = after(
        (20_000, claim("tutor")),
        (45_000, asked("tutor", is_media=True, stays=True)),
        (46_000, claim("tutor", is_open=False)),
        (50_000, waits("student")),
        (50_000, waits("tutor")),
    )

    assert (lesson.state, lesson.warning, lesson.waits_from_ms) == (State.LIVE, None, None)


@pytest.mark.parametrize(
    ("answers", "open_to", "state"),
    [
        (["student"], {"student"}, State.GRACE),
        (["tutor"], {"tutor"}, State.GRACE),
        (["student", "tutor"], None, State.PAUSED),
        (["platform"], None, State.PAUSED),
    ],
)
def test_of_two_who_were_asked_one_may_wait_while_the_other_decides(
    answers: list[Decider], open_to: set[Role] | None, state: State
) -> None:
    facts: Facts = [(20_000, gone("tutor", "media")), (45_000, asked("tutor", is_media=True))]

    lesson = after(*facts, *((50_000, waits(each)) for each in answers))

    assert lesson.state is state
    if open_to is not None:
        assert lesson.waits == open_to
        assert lesson.warning is not None


def test_a_new_question_asks_both_anew() -> None:
    facts: Facts = [
        (20_000, gone("tutor", "media")),
        (45_000, asked("tutor", is_media=True)),
        (50_000, waits("student")),
    ]

    assert after(*facts, (51_000, asked("tutor", is_media=True))).waits == frozenset()


def test_a_question_is_not_open_to_one_who_is_gone_or_was_not_asked() -> None:
    media: Facts = [(20_000, gone("tutor", "media")), (45_000, asked("tutor", is_media=True))]

    assert after(*media).is_open_to_another("student")
    assert not after(*media, (46_000, gone("tutor"))).is_open_to_another("student")
    assert not after((20_000, gone("tutor")), (45_000, asked("tutor"))).is_open_to_another("student")


def test_the_meter_runs_again_when_a_page_answers_again() -> None:
    silent = after((20_000, claim("tutor")), (21_000, gone("student")), (22_000, taken("student", 2)))

    assert (silent.state, silent.pauses) == (State.PAUSED, 1)
    assert put_on(silent, claim("tutor", is_open=False)).state is State.LIVE


def put_on(lesson: Lesson, fact: Fact) -> Lesson:
    lesson.record(fact, T + 30_000, "id-more")
    return lesson
