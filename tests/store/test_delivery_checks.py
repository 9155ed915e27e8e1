"""The decisions of the outbox that all stores share."""

from __future__ import annotations

from dataclasses import replace

import pytest

from langdao_video.errors import Conflict
from langdao_video.store.delivery_checks import (
    ENDPOINTS_MAX,
    decide_endpoint,
    read_after,
    rounds_of,
    write_after,
)
from langdao_video.store.delivery_port import Stream
from tests.contracts.streams import HOOK, took


def test_one_endpoint_too_many_is_refused_and_a_known_one_may_change() -> None:
    known = [replace(HOOK, id=f"hook-{n}", url=f"https://{n}.example") for n in range(ENDPOINTS_MAX)]

    with pytest.raises(Conflict) as refused:
        decide_endpoint(HOOK, known)

    assert refused.value.code == "endpoints-full"
    assert decide_endpoint(replace(known[3], disabled="410"), known).disabled == "410"


def test_a_stream_is_once_in_each_round_and_its_results_stay_in_order() -> None:
    names = "abacba"
    outcomes = [took(stream(name), n) for n, name in enumerate(names)]

    rounds = [[number for number, _ in turn] for turn in rounds_of(outcomes)]

    assert rounds == [[0, 1, 3], [2, 4], [5]]


def test_where_a_rewind_goes_on_comes_back() -> None:
    assert read_after(write_after("hook", "a session with spaces")) == ("hook", "a session with spaces")
    assert read_after("") == ("", "")


def stream(session_id: str) -> Stream:
    """Make a claimed stream of which only the session matters."""
    return Stream(
        endpoint_id="hook",
        session_id=session_id,
        token="one",  # noqa: S106 - no password
        position=0,
        newest_seq=9,
        beats_until_ms=0,
        attempts=0,
        failing_since_ms=None,
    )
