"""The use cases of a platform: it makes, accepts, caps and reads sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from langdao_video.billing.invitations import check_tutor
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import Rate
from langdao_video.billing.new_session import NewSession
from langdao_video.billing.quota import Cap
from langdao_video.billing.service import SessionService
from langdao_video.errors import Conflict, NotFound
from langdao_video.session.events import UserConnected
from langdao_video.session.facts import CapChanged, SessionCreated, TutorAccepted
from tests.billing.events import end_at, hello
from tests.billing.timeline import ADDRESS, SESSION, START_MS, Timeline, lesson_of_a_minute

NEW = NewSession(
    id=SESSION,
    student_address=ADDRESS["student"],
    tutor_address=ADDRESS["tutor"],
    language="fr",
    start_ms=START_MS + 5_000,
    rate=Rate(2_000, "EUR", 2),
    cap=Cap(seconds=600, minor=300),
    brand="Linguo",
    assumed=True,
)
ANOTHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


class TestCreating:
    async def test_a_session_keeps_all_that_it_begins_with(self) -> None:
        line = Timeline()

        lesson = await line.service.create_session(NEW)

        created = SessionCreated(
            student_address=ADDRESS["student"],
            tutor_address=ADDRESS["tutor"],
            language="fr",
            start_ms=START_MS + 5_000,
            rate_minor=2_000,
            currency="EUR",
            decimals=2,
            assumed=True,
            cap_seconds=600,
            cap_minor=300,
            brand="Linguo",
        )
        assert lesson.created == (await line.replayed()).created == created
        assert [(told.id, told.at_ms, told.fact) for told in line.told] == [
            (f"id-0-{START_MS}", START_MS, created)
        ]

    async def test_a_session_without_a_cap_has_none(self) -> None:
        assert (await Timeline().service.create_session(replace(NEW, cap=None))).cap is None

    async def test_a_session_that_is_made_again_stays_as_it_is(self) -> None:
        line = Timeline()
        await line.service.create_session(NEW)

        again = await line.service.create_session(replace(NEW, language="ja"))

        assert (again.version, again.created and again.created.language) == (1, "fr")


class TestAssuming:
    """In development the event of a participant who joins may create its session."""

    @pytest.mark.parametrize(
        ("event", "student", "tutor", "language"),
        [
            (hello(role="student"), ADDRESS["student"], None, "de"),
            (hello(role="tutor"), None, ADDRESS["tutor"], "de"),
            (hello(language="tlh"), ADDRESS["student"], None, "es"),
            (hello(language=None), ADDRESS["student"], None, "es"),
        ],
        ids=["a student", "a tutor", "a language nobody teaches", "no language"],
    )
    async def test_a_join_of_an_unknown_session_makes_it_at_the_default_rate(
        self, event: UserConnected, student: str | None, tutor: str | None, language: str
    ) -> None:
        line = Timeline(rate=Rate(1_234, "USD", 2))
        line.service.opens_unknown = True

        await line.service.take_event(event)

        assert (await line.lesson()).created == SessionCreated(
            student_address=student,
            tutor_address=tutor,
            language=language,
            start_ms=START_MS,
            rate_minor=1_234,
            currency="USD",
            decimals=2,
            assumed=True,
        )
        assert (await line.lesson()).seats[event.user_role].is_taken

    async def test_nothing_but_a_coming_makes_one(self) -> None:
        line = Timeline()
        line.service.opens_unknown = True

        with pytest.raises(NotFound) as refused:
            await line.service.take_event(end_at(0))

        assert refused.value.code == "unknown-session"

    async def test_outside_of_development_a_join_makes_no_session(self) -> None:
        with pytest.raises(NotFound):
            await Timeline().service.take_event(hello())


class TestTheTutor:
    async def test_an_acceptance_is_recorded_once_with_its_address(self) -> None:
        line = Timeline()
        await line.service.create_session(replace(NEW, tutor_address=None))
        line.clock.at_ms += 7_000

        lesson = await line.service.accept_tutor(SESSION, ADDRESS["tutor"])
        again = await line.service.accept_tutor(SESSION, ADDRESS["tutor"].upper().replace("X", "x"))

        assert (lesson.tutor_accepted, lesson.seats["tutor"].address) == (True, ADDRESS["tutor"])
        assert (line.told[-1].at_ms, line.told[-1].fact) == (
            START_MS + 7_000,
            TutorAccepted(tutor_address=ADDRESS["tutor"]),
        )
        assert again.version == 2

    async def test_a_known_tutor_may_accept_without_an_address(self) -> None:
        line = Timeline()
        await line.service.create_session(NEW)

        await line.service.accept_tutor(SESSION, None)

        assert line.told[-1].fact == TutorAccepted(tutor_address=ADDRESS["tutor"])

    async def test_an_unknown_session_has_none(self) -> None:
        with pytest.raises(NotFound) as refused:
            await Timeline().service.accept_tutor(SESSION, ADDRESS["tutor"])

        assert refused.value.code == "unknown-session"

    async def test_another_one_is_refused_and_changes_nothing(self) -> None:
        line = Timeline()
        await line.service.create_session(NEW)

        with pytest.raises(Conflict) as refused:
            await line.service.accept_tutor(SESSION, ANOTHER)

        assert refused.value.code == "tutor-known"
        assert not (await line.lesson()).tutor_accepted

    @pytest.mark.parametrize(
        ("known", "says"),
        [(None, ANOTHER), (ANOTHER, None), (ANOTHER, ANOTHER), (ANOTHER, ANOTHER.lower()), (None, None)],
    )
    def test_the_same_one_is_taken_however_the_address_is_written(
        self, known: str | None, says: str | None
    ) -> None:
        lesson = Lesson(SESSION)
        lesson.seats["tutor"].address = known

        check_tutor(lesson, says)

    async def test_nobody_accepts_a_lesson_that_is_over(self) -> None:
        line = await lesson_of_a_minute()
        await line.end("student")

        with pytest.raises(Conflict) as refused:
            await line.service.accept_tutor(SESSION, ADDRESS["tutor"])

        assert refused.value.code == "session-over"


class TestTheCap:
    @pytest.mark.parametrize("cap", [Cap(600, 300), Cap(600, None), Cap(None, 300), None])
    async def test_is_set_changed_and_lifted_in_seconds_and_in_money(self, cap: Cap | None) -> None:
        line = await lesson_of_a_minute()
        await line.service.change_cap(SESSION, Cap(90, 90))

        lesson = await line.service.change_cap(SESSION, cap)

        assert lesson.cap == (await line.replayed()).cap == cap
        seconds, minor = (cap.seconds, cap.minor) if cap else (None, None)
        fact = CapChanged(cap_seconds=seconds, cap_minor=minor)
        assert (line.told[-1].at_ms, line.told[-1].fact) == (START_MS + 60_000, fact)

    async def test_in_money_below_what_is_billed_is_refused(self) -> None:
        line = await lesson_of_a_minute()

        with pytest.raises(Conflict) as refused:
            await line.service.change_cap(SESSION, Cap(minor=59))

        assert refused.value.code == "cap-too-low"
        assert (await line.service.change_cap(SESSION, Cap(minor=60))).cap == Cap(minor=60)

    async def test_is_final_with_the_end(self) -> None:
        line = await lesson_of_a_minute()
        await line.end("student")

        with pytest.raises(Conflict) as refused:
            await line.service.change_cap(SESSION, None)

        assert refused.value.code == "session-over"

    async def test_of_an_unknown_session_is_refused(self) -> None:
        with pytest.raises(NotFound):
            await Timeline().service.change_cap(SESSION, None)

    async def test_that_a_heartbeat_reaches_ends_the_lesson_at_once(self) -> None:
        line = Timeline()
        await line.create(Cap(seconds=60))
        await line.connect("student")
        await line.connect("tutor")
        for seconds in (20, 40, 59.999, 60):
            assert (await line.lesson()).ended is None
            line.clock.at_ms = START_MS + round(seconds * 1_000)
            for person in line.people.values():
                await line.beat(person)

        lesson = await line.lesson()
        assert lesson.ended is not None
        assert (lesson.ended.ended_by, lesson.ended.reason, lesson.ended_at_ms) == (
            "system",
            "cap-reached",
            START_MS + 60_000,
        )


@pytest.mark.parametrize(
    "act",
    [
        lambda service: service.load(SESSION),
        lambda service: service.load_history(SESSION),
        lambda service: service.correct_bill(SESSION, 1, "x"),
        lambda service: service.decide_grace(SESSION, "end", "student"),
    ],
    ids=["load", "load_history", "correct_bill", "decide_grace"],
)
async def test_a_session_is_unknown_until_it_is_made(
    act: Callable[[SessionService], Awaitable[Any]],
) -> None:
    line = Timeline()

    with pytest.raises(NotFound) as refused:
        await act(line.service)

    assert refused.value.code == "unknown-session"
    await line.create()
    assert (await line.lesson()).version == 1
    assert len(line.told) == 1


async def test_a_history_is_all_of_the_facts_that_the_lesson_stands_on() -> None:
    line = await lesson_of_a_minute()

    lesson, records = await line.service.load_history(SESSION)

    assert [record.seq for record in records] == list(range(1, lesson.version + 1))
