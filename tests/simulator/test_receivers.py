"""A platform that knows only R21–R24 computes the bill, although it loses most of what comes."""

from __future__ import annotations

import json
from random import Random

import pytest

from langdao_video.delivery.signing import sign_headers
from tests.simulator.deliveries import RECEIVER
from tools.simulator.plan import Failure
from tools.simulator.receivers import SimulatedPlatform, SimulatedReceiver
from tools.simulator.world import World

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def event(type_: str, seq: int, seconds: int, **fields: object) -> bytes:
    return json.dumps(
        {"type": type_, "seq": seq, "billableSeconds": seconds, "timestamp": 1_000 * seq, **fields}
    ).encode()


def headers(webhook_id: str) -> dict[str, str]:
    return sign_headers([], webhook_id, 1_000, b"")


def receiver(*fails: tuple[int, int, Failure], secrets: tuple[str, ...] = ()) -> SimulatedReceiver:
    random = Random(1)  # noqa: S311 - the same every time
    return SimulatedReceiver(
        world=World(random),
        random=random,
        plan=RECEIVER,
        url="https://platform.example",
        secrets=secrets,
        fails=[*fails],
        on_gone=lambda _: None,
    )


def test_the_newest_total_is_the_bill_whatever_came_before() -> None:
    platform = SimulatedPlatform()

    for number, seq in enumerate([3, 1, 9, 2]):
        platform.take(f"evt_{number}", event("user-connected", seq, 10 * seq))

    assert platform.billable_seconds == 90


def test_an_event_that_comes_again_changes_nothing() -> None:
    platform = SimulatedPlatform()

    assert platform.take("evt_1", event("session-ended", 2, 20, cost={"minor": 20}))
    assert not platform.take("evt_1", event("session-ended", 7, 70, cost={"minor": 70}))
    assert (platform.billable_seconds, platform.cost_minor) == (20, 20)


def test_it_ignores_types_and_fields_that_it_does_not_know() -> None:
    platform = SimulatedPlatform()

    platform.take("evt_1", event("never-heard-of", 2, 20, more={"minor": 5}))

    assert (platform.billable_seconds, platform.cost_minor) == (20, None)


@pytest.mark.parametrize(
    ("how", "is_taken", "status"),
    [
        ("away", False, None),
        ("reset", False, None),
        ("hangs", False, None),
        ("unanswered", True, None),
        ("dies", True, None),
        ("500", False, 500),
        ("404", False, 404),
        ("302", False, 302),
        ("410", False, 410),
        ("429", False, 429),
    ],
)
def test_it_fails_in_every_way(how: Failure, status: int | None, *, is_taken: bool) -> None:
    failing = receiver((0, 1_000, how))

    answer, _ = failing.receive(headers("evt_1"), event("user-connected", 1, 0))

    assert answer.status == status
    assert (answer.error is None) == (status is not None)
    assert bool(failing.platform.events) is is_taken


def test_it_verifies_each_key_and_sees_other_bytes() -> None:
    verifying, body = receiver(secrets=(KEY,)), event("user-connected", 1, 0)
    signed = sign_headers([KEY], "evt_1", 1_000, body)

    verifying.receive(signed, body)
    assert verifying.faults == []

    verifying.receive(signed, body + b" ")
    assert verifying.faults == ["evt_1 came with other bytes", "the signature of evt_1 is wrong"]


def test_a_heartbeat_that_was_overtaken_is_a_fault() -> None:
    strict = receiver()

    strict.receive(headers("evt_1"), event("user-connected", 5, 0))
    strict.receive(headers("evt_2"), event("session-heartbeat", 5, 1))
    strict.receive(headers("evt_3"), event("session-heartbeat", 4, 0))

    assert strict.faults == ["a heartbeat of seq 4 came although 5 had come before"]
