"""Lessons in two processes in which anything happens to people, processes and wires: one end, no second too many."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from langdao_video.errors import Conflict, EventRefused
from langdao_video.session.commands import End, Warn
from langdao_video.session.roles import Role
from tests.apart.pair import Pair
from tests.billing.timeline import SESSION, START_MS

pytestmark = pytest.mark.slow

ROLES: tuple[Role, Role] = ("student", "tutor")
Step = tuple[str, Role, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "leave",
                "connect",
                "silent",
                "speak",
                "wait",
                "end",
                "platform-waits",
                "kill-call",
                "kill-backend",
            ]
        ),
        st.sampled_from(ROLES),
        st.integers(1, 40),
    ),
    max_size=8,
)
CUTS = st.lists(st.tuples(st.sampled_from(["events", "commands"]), st.booleans()), min_size=8, max_size=8)


async def play(steps: list[Step], cuts: list[tuple[str, bool]]) -> Pair:
    """Play *steps*, each after its seconds; a cut of the wire comes with each. At the end all is mended."""
    pair = Pair()
    await pair.begin()
    now = 0
    for (what, role, seconds), (wire, is_up) in zip(steps, cuts, strict=False):
        now += seconds
        await pair.run_until(now)
        getattr(pair, wire).is_up = is_up
        await do(pair, what, role)
        if pair.events.is_up and pair.commands.is_up:
            await pair.deliver()
    pair.events.is_up = pair.commands.is_up = True
    await pair.run_until(now + 120)
    await asyncio.sleep(0.001)
    await pair.deliver()
    return pair


async def do(pair: Pair, what: str, role: Role) -> None:
    """Let one thing happen; one that cannot happen now does not."""
    call = pair.call
    if what == "kill-call":
        pair.open_call()
    elif what == "kill-backend":
        pair.open_backend()
    elif (await call.lesson()).ended is None:
        try:
            if what == "connect" and role not in call.people:
                await call.connect(role)
            elif what in {"leave", "silent", "speak"} and role in call.people:
                await {"leave": call.leave, "silent": call.fall_silent, "speak": call.speak_again}[what](role)
            elif what == "platform-waits":
                await pair.backend.decide_grace(SESSION, "wait", "platform")
            elif what == "wait":
                await call.service.decide_grace(SESSION, "wait", role)
            elif what == "end":
                await call.service.decide_grace(SESSION, "end", role)
        except (Conflict, EventRefused):
            pass


@given(steps=STEPS, cuts=CUTS)
@hypothesis_settings(max_examples=15)
def test_whatever_happens_there_is_one_end_and_the_backend_bills_no_second_more(
    steps: list[Step], cuts: list[tuple[str, bool]]
) -> None:
    pair = asyncio.run(play(steps, cuts))

    call, backend = asyncio.run(pair.lessons())
    assert (call.ended is None) == (backend.ended is None)
    assert backend.billable_ms <= call.billable_ms
    assert asyncio.run(pair.facts("call")).count("session-ended") <= 1
    assert asyncio.run(pair.facts("backend")).count("session-ended") <= 1
    ends = pair.told(End)
    assert bool(ends) == (call.ended is not None)
    if ends:
        assert ends[-1].billable_seconds == backend.billable_ms // 1000


@given(steps=STEPS)
@hypothesis_settings(max_examples=10)
def test_while_the_wires_hold_both_have_one_bill_and_each_question_is_asked_once(
    steps: list[Step],
) -> None:
    steps = [step for step in steps if step[0] != "platform-waits"]

    pair = asyncio.run(play(steps, [("events", True)] * 8))

    call, backend = asyncio.run(pair.lessons())
    # A question closes at the backend when the news of the return arrives, a second later at most in this test.
    questions = asyncio.run(pair.facts("call")).count("connection-warning")
    assert 0 <= call.billable_ms - backend.billable_ms <= questions * 1_000
    asked = Counter((warn.role, (warn.deadline_ms - START_MS) // 5_000) for warn in pair.told(Warn))
    assert not asked or max(asked.values()) == 1
