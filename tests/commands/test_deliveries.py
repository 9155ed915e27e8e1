"""The operator's view and the replay from the command line."""

from __future__ import annotations

from typing import Any

import pytest

from langdao_video.commands.deliveries import replay_events, show_deliveries
from langdao_video.commands.link import make_student_link, make_tutor_link
from langdao_video.commands.parts import Parts
from langdao_video.errors import BadRequest, NotFound
from langdao_video.store.delivery_port import Attempt, Endpoint, Outcome, Parked

CHOICES: dict[str, None] = {"session": None, "endpoint": None, "from_": None, "to": None}


async def fail_once(parts: Parts) -> str:
    """Make a session whose first event fails and is parked; return its id."""
    store = parts.store.deliveries
    await store.save_endpoint(Endpoint(id="ep", url="http://localhost:9/"))
    printed = await make_student_link(parts, language="es")
    session = printed.split()[1]
    await make_tutor_link(parts, session, None, None, accept=True)
    [stream] = await store.claim("ep", token="t", now_ms=10**15, lease_until_ms=10**15 + 1, limit=9)  # noqa: S106
    event: dict[str, Any] = {
        "endpoint_id": "ep",
        "session_id": session,
        "seq": 1,
        "event_id": "e",
        "type": "bill-final",
    }
    failed = Outcome(
        stream=stream,
        position=1,
        beats_until_ms=0,
        attempts=1,
        failing_since_ms=1,
        due_ms=2,
        parked=[Parked(**event, parked_ms=3, attempts=10, error="parked-error")],
        log=[Attempt(**event, at_ms=4, duration_ms=5, status=500, error=None, answer="\x1b[31mno")],
    )
    assert await store.settle([failed]) == [True]
    return session


async def show(parts: Parts, *, parked: bool = False, failing: bool = False) -> str:
    return await show_deliveries(parts, None, None, parked=parked, failing=failing)


async def test_an_operator_sees_what_failed(parts: Parts) -> None:
    session = await fail_once(parts)

    printed = await show(parts)

    assert printed.count(session) == 3
    assert "500" in printed
    assert "parked-error" in printed
    assert "\\x1b[31mno" in printed, "an answer cannot move the terminal"


async def test_only_parked_or_failing_rows_are_shown_if_asked(parts: Parts) -> None:
    await fail_once(parts)

    assert "parked-error" not in await show(parts, failing=True)
    assert "FAILING-SINCE" not in await show(parts, parked=True)
    assert "parked-error" in await show(parts, parked=True)


async def test_an_empty_outbox_says_so(parts: Parts) -> None:
    assert await show(parts) == "There is nothing."


async def test_a_replay_says_how_much_it_sends(parts: Parts) -> None:
    await fail_once(parts)

    said = await replay_events(parts, **CHOICES, parked=True)

    assert "of 1 sessions are sent again" in said
    assert "parked-error" not in await show(parts, parked=True)


async def test_an_unclear_replay_is_refused(parts: Parts) -> None:
    with pytest.raises(BadRequest) as refused:
        await replay_events(parts, **CHOICES, parked=False)
    assert refused.value.code == "replay-unbounded"
    with pytest.raises(NotFound):
        await replay_events(parts, **{**CHOICES, "session": "no-such"}, parked=False)
    with pytest.raises(NotFound):
        await replay_events(parts, **{**CHOICES, "endpoint": "no-such"}, parked=False)


@pytest.mark.parametrize(
    "choice",
    [{"session": ""}, {"session": "s" * 257}, {"endpoint": "e" * 257}, {"from_": "99999999999999999"}],
)
async def test_a_choice_that_cannot_be_is_refused_with_its_field(
    parts: Parts, choice: dict[str, str]
) -> None:
    with pytest.raises(BadRequest) as refused:
        await replay_events(parts, **(CHOICES | choice), parked=False)

    name = next(iter(choice)).strip("_")
    assert name in refused.value.message.lower()
