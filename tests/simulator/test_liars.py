"""A lying page on either side: each kind of lie costs the other side little, and bills no second too many."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from langdao_video.billing.claims import OpenClaims
from langdao_video.session.facts import Disputed, Ended, GraceResolved, Warned
from langdao_video.session.roles import ROLES, Role, other
from tests.simulator.test_restarts import lesson
from tools.simulator.lesson import play
from tools.simulator.log import read_log
from tools.simulator.oracle import BilledClaims, find_unasked
from tools.simulator.plan import Answers, Lie, Lies, MediaStops, Mode, Partition, Plan
from tools.simulator.stage import Stage

MINUTE_MS = 60_000


def lying(who: Role, how: Lie) -> Plan:
    """Plan ten minutes; from the second minute to the seventh *who* lies."""
    lies = Lies(at_ms=2 * MINUTE_MS, who=who, for_ms=5 * MINUTE_MS, how=how)
    return replace(lesson("together", lies, ends_ms=10 * MINUTE_MS), has_media=True)


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("how", get_args(Lie))
def test_a_lie_costs_no_second_too_much_and_little_before_somebody_is_asked(who: Role, how: Lie) -> None:
    verdict = play(lying(who, how))

    assert (verdict.over_ms, verdict.faults) == (0, [])
    assert verdict.is_right
    # Nobody answers the question, so the lesson ends before the lie does, unless the page tells the truth just then.
    # The time before the lie is billed.
    assert MINUTE_MS < verdict.billable_ms < (6 if how == "in-short-turns" else 4) * MINUTE_MS


@pytest.mark.parametrize("mode", ["together", "apart", "several"])
@pytest.mark.parametrize("who", ROLES)
def test_who_is_silent_before_the_other_comes_is_asked_about_too(who: Role, mode: Mode) -> None:
    """Found by the simulator: the session never began, so nobody was asked why nothing was billed."""
    plan = replace(
        lying(who, "silent"), mode=mode, troubles=(Lies(at_ms=18_000, who=who, for_ms=200_000, how="silent"),)
    )
    verdict = play(replace(plan, comes_ms={who: 0, other(who): 51_000}))

    assert (verdict.over_ms, verdict.faults) == (0, [])
    assert verdict.is_right


@pytest.mark.parametrize("who", ROLES)
def test_a_backend_that_asks_nobody_is_caught(who: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    never_ms = 10 * MINUTE_MS
    monkeypatch.setattr(OpenClaims, "plan_media", lambda _, __, edge_ms, ___: edge_ms + never_ms)

    verdict = play(lying(who, "frozen"))

    assert not verdict.is_right
    assert any("before anyone was asked" in fault for fault in verdict.faults)


@pytest.mark.parametrize("answers", [0, 9])
@pytest.mark.parametrize("how", ["in-turns", "in-short-turns", "silent-in-turns"])
@pytest.mark.parametrize("who", ROLES)
def test_a_claim_that_is_taken_back_again_and_again_needs_an_answer_of_the_other_each_time(
    who: Role, how: Lie, answers: int
) -> None:
    """Found by the simulator: one true answer in 20 to 30 s closed each question, and nothing was ever billed."""
    waits = Answers(at_ms=0, who=who, decision="wait", after_ms=300, times=1)
    plan = lying(who, how)
    scene = Stage(replace(plan, troubles=(*plan.troubles, *(waits for _ in range(answers)))))
    scene.set_up()
    scene.world.run(10 * MINUTE_MS, lambda: scene.ledger.has_ended)

    asked_ms, open_s = 0, []
    for record in read_log(scene.ledger):
        if isinstance(record.fact, Warned):
            asked_ms = record.at_ms
        elif isinstance(record.fact, GraceResolved | Ended):
            open_s.append(round((record.at_ms - asked_ms) / 1000))

    assert set(open_s[1:]) == {30}


@pytest.mark.parametrize("lasts_ms", [16_400, 17_100])
def test_answers_that_a_network_kept_back_do_not_deny_a_claim_that_is_true(lasts_ms: int) -> None:
    """The tutor is in a tunnel. Their answers come late and all at once, and the picture some seconds after them."""
    tunnel = Partition(
        at_ms=123_500, who="tutor", for_ms=lasts_ms, way="both", cuts_media=True, tells_page=False
    )
    stop = MediaStops(at_ms=123_500, who="student", for_ms=lasts_ms + 7_000)
    scene = Stage(replace(lesson("together", tunnel, stop, ends_ms=220_000), has_media=True))
    scene.set_up()
    scene.world.run(220_000, lambda: False)

    disputes = [record.fact for record in read_log(scene.ledger) if isinstance(record.fact, Disputed)]
    assert ["is-received" for fact in disputes if fact.tutor == "is-received"] == []


def test_a_silent_page_that_leaves_is_not_back_when_its_dispute_ends() -> None:
    """Found by the simulator: the ledger check mistook the end of the dispute for the end of the question."""
    plan = lying("tutor", "silent")
    gone = Partition(at_ms=150_000, who="tutor", for_ms=85_000, way="up", cuts_media=False, tells_page=False)

    verdict = play(replace(plan, troubles=(*plan.troubles, gone)))

    assert (verdict.over_ms, verdict.faults) == (0, [])


@pytest.mark.parametrize(
    ("both_ms", "asked_ms", "is_right"),
    [
        ((0, 155_000), [], True),  # 45 s, and the 10 s that a drop may cost
        ((0, 155_001), [], False),
        ((0, 210_000), [155_000], True),  # asked in between
        ((0, 210_001), [155_000], False),
    ],
)
def test_unbilled_time_is_counted_from_question_to_question(
    both_ms: tuple[int, int], asked_ms: list[int], *, is_right: bool
) -> None:
    bill = BilledClaims(
        spans={role: [(0, 100_000)] for role in ROLES},
        billable_ms=100_000,
        cap_ms=None,
        ended_ms=None,
        ended_by_itself=False,
        questions=[(at_ms, at_ms) for at_ms in asked_ms],
    )

    assert (find_unasked([[both_ms]], bill) == []) is is_right
