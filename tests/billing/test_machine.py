"""Any session: after any steps in any order the laws of the bill hold."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from typing import Any, Literal, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from langdao_video.billing.quota import Cap
from langdao_video.errors import LangDAOError
from langdao_video.session.facts import GraceResolved, Warned
from langdao_video.session.roles import Role
from tests.billing import oracle
from tests.billing.oracle import Told
from tests.billing.timeline import SESSION, START_MS, Timeline
from tests.examples import examples

roles = st.sampled_from(["student", "tutor"])
SECOND_MS = 1_000
Kind = Literal["connect", "proof", "denial", "leave"]
REFUSALS = {"no-grace", "not-here", "session-over", "old-epoch", "seat-left"}
T = TypeVar("T")


class LessonMachine(RuleBasedStateMachine):
    """People join, fall silent, return, leave. The service crashes. Events come twice, late, from old sittings.

    For the slow oracle the test keeps the truth: the times of the proofs of each sitting, in seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.line = Timeline()
        self.cap_seconds: int | None = None
        self.told: dict[Role, list[Told]] = {"student": [], "tutor": []}
        self.now = 0
        self.version = 0
        self.billed_ms = 0

    @initialize(cap=st.none() | st.integers(1, 300))
    def begin(self, cap: int | None) -> None:
        self.cap_seconds = cap
        self.do(self.line.create(Cap(seconds=cap) if cap else None))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.loop.close()

    @property
    def is_over(self) -> bool:
        return self.do(self.line.lesson()).ended is not None

    @property
    def questions(self) -> list[tuple[int, int | None]]:
        """Return the times of open questions by the platform's events, in seconds."""
        asked: list[tuple[int, int | None]] = []
        for record in self.line.told:
            at = (record.at_ms - START_MS) // SECOND_MS
            if isinstance(record.fact, Warned) and (not asked or asked[-1][1] is not None):
                asked.append((at, None))
            elif isinstance(record.fact, GraceResolved):
                asked[-1] = (asked[-1][0], at)
        return asked

    def note_all(self) -> None:
        """Note the proofs that all participants give when one takes a seat, and at the end."""
        for person in self.line.people.values():
            if not person.is_silent:
                self.note(person.role, "proof", person.epoch)

    def note(self, role: Role, kind: Kind, epoch: int) -> None:
        self.told[role].append(Told(self.now, kind, epoch))

    @rule(seconds=st.integers(1, 70))
    def time_passes(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            if self.is_over:
                return
            there = [p for p in self.line.people.values() if not p.is_silent]
            self.do(self.line.run_until(self.now))
            for person in there:
                if (START_MS + self.now * SECOND_MS - person.since_ms) % 10_000 == 0:
                    self.note(person.role, "proof", person.epoch)

    @rule(role=roles)
    def someone_connects(self, role: Role) -> None:
        if role in self.line.people or self.is_over:
            return
        self.do(self.line.connect(role))
        self.note(role, "connect", self.line.people[role].epoch)
        self.note_all()

    @rule(role=roles)
    def someone_leaves(self, role: Role) -> None:
        if role in self.line.people and not self.is_over:
            person = self.line.people[role]
            if not person.is_silent:
                self.note(role, "leave", person.epoch)
                self.do(self.line.leave(role))

    @rule(role=roles)
    def someone_falls_silent_or_is_heard_again(self, role: Role) -> None:
        if role not in self.line.people or self.is_over:
            return
        if self.line.people[role].is_silent:
            self.do(self.line.speak_again(role))
            self.note(role, "proof", self.line.people[role].epoch)
        else:
            self.do(self.line.fall_silent(role))

    @rule(role=roles, back_seconds=st.integers(0, 200), epoch=st.integers(1, 3))
    def an_old_heartbeat_arrives(self, role: Role, back_seconds: int, epoch: int) -> None:
        person = self.line.people.get(role)
        if person is None:
            return
        event = self.line.heartbeat(person).model_copy(
            update={
                "timestamp": max(0, START_MS + (self.now - back_seconds) * SECOND_MS),
                "epoch": min(epoch, person.epoch),
            }
        )
        if not self.is_over:
            self.told[role].append(Told(self.now - back_seconds, "proof", event.epoch))
        self.try_to(self.line.service.take_event(event))

    @rule(decision=st.sampled_from(["wait", "end"]), role=roles)
    def someone_decides(self, decision: Literal["wait", "end"], role: Role) -> None:
        person = self.line.people.get(role)
        is_here = person is not None and not person.is_silent
        refusals = REFUSALS - {"not-here"} if is_here else REFUSALS
        self.try_to(self.line.service.decide_grace(SESSION, decision, role), refusals)

    @rule()
    def the_service_crashes(self) -> None:
        self.line.open_service()

    @rule(role=roles)
    def someone_ends(self, role: Role) -> None:
        person = self.line.people.get(role)
        if person is None or person.is_silent or self.is_over:
            return
        self.note_all()
        self.do(self.line.end(role))

    def try_to(self, work: Coroutine[Any, Any, object], refusals: Collection[str] = REFUSALS) -> None:
        try:
            self.do(work)
        except LangDAOError as error:
            if error.code not in refusals:
                raise

    @precondition(lambda self: self.line.is_created)
    @invariant()
    def the_laws_hold(self) -> None:
        lesson = self.do(self.line.lesson())
        true_seconds = oracle.billable_in(
            self.told["student"], self.told["tutor"], oracle.Limits(), questions=self.questions
        )
        if self.cap_seconds is not None:
            true_seconds = min(true_seconds, self.cap_seconds)
        assert lesson.billable_ms == true_seconds * SECOND_MS
        assert lesson.billable_ms >= self.billed_ms
        assert lesson.version >= self.version
        replayed = self.do(self.line.replayed())
        assert (replayed.state, replayed.version) == (lesson.state, lesson.version)
        self.billed_ms, self.version = lesson.billable_ms, lesson.version


TestLesson = LessonMachine.TestCase
TestLesson.settings = settings(max_examples=examples(100), stateful_step_count=30, deadline=None)
