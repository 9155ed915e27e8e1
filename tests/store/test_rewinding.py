"""A rewound stream is due now, unless a worker may be sending."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from langdao_video.store.rewinding import REWOUND, Choice, plan_due


@dataclass(frozen=True, slots=True)
class Held:
    """A stream as far as its due time is concerned."""

    token: str | None
    due_ms: int | None


@pytest.mark.parametrize(
    ("stream", "planned"),
    [
        (Held(None, None), (None, 50)),
        (Held(None, 90), (None, 50)),
        (Held("one", 90), (REWOUND, 90)),
        (Held(REWOUND, 90), (REWOUND, 90)),
        (Held("one", 50), (None, 50)),
    ],
    ids=["idle", "waits for a retry", "held", "rewound before", "lease over"],
)
def test_it_is_due_now_or_when_the_lease_ends(stream: Held, planned: tuple[str | None, int]) -> None:
    assert plan_due(stream, 50) == planned


def test_a_choice_narrows_by_endpoint_and_session() -> None:
    assert ("hook", "a") in Choice()
    assert ("hook", "a") in Choice(endpoint_id="hook", session_id="a")
    assert ("hook", "a") not in Choice(endpoint_id="other")
    assert ("hook", "a") not in Choice(session_id="b")
