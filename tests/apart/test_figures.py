"""What the platform said about the bills: the newest counts, and only so many sessions are remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from langdao_video.apart import figures as module
from langdao_video.apart.figures import AHEAD_MS_MAX, PlatformFigures
from langdao_video.session.commands import Amount, ShowBill

BILL = ShowBill(
    state="live",
    is_running=True,
    reason=None,
    billable_seconds=10,
    cost=Amount(10, "EUR", 2),
    rate_per_hour=Amount(3_600, "EUR", 2),
    now_ms=1_000,
    proven_at_ms=1_000,
    cap_at_ms=None,
    cap_seconds=None,
)


def test_an_older_bill_is_no_news() -> None:
    figures = PlatformFigures()

    newer, older = (
        figures.note_bill("a", BILL, 1_000),
        figures.note_bill("a", replace(BILL, now_ms=999), 1_000),
    )

    assert (newer, older) == (True, False)
    assert figures.bill_of("a") == BILL
    assert figures.end_of("a") is None


@pytest.mark.parametrize(("ahead_ms", "is_news"), [(AHEAD_MS_MAX, False), (AHEAD_MS_MAX + 1, True)])
def test_a_bill_of_a_clock_that_was_set_back_is_news(ahead_ms: int, *, is_news: bool) -> None:
    figures = PlatformFigures()
    figures.note_bill("a", replace(BILL, now_ms=1_000 + ahead_ms), 1_000)

    assert figures.note_bill("a", BILL, 1_000) is is_news


def test_the_bills_of_a_clock_that_stays_ahead_keep_their_order() -> None:
    figures = PlatformFigures()
    ahead = replace(BILL, now_ms=10 * AHEAD_MS_MAX)
    figures.note_bill("a", ahead, 1_000)

    assert not figures.note_bill("a", replace(ahead, now_ms=ahead.now_ms - 1), 1_000)


def test_the_session_spoken_of_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SESSIONS_MAX", 2)
    figures = PlatformFigures()

    for session in ("a", "b", "a", "c"):
        figures.note_bill(session, BILL, 1_000)

    assert [figures.bill_of(session) is not None for session in "abc"] == [True, False, True]
