"""The backend behind the call service's port, in one process: snapshots of real sessions."""

from __future__ import annotations

from typing import Final

import pytest

from langdao_video.access.statement_links import StatementLinks
from langdao_video.access.tokens import Tokens
from langdao_video.errors import NotFound
from langdao_video.in_process.backend import InProcessBackend
from langdao_video.session.links import Link
from langdao_video.session.snapshot import SeatSnapshot
from tests.billing.timeline import ADDRESS, SESSION, START_MS, Timeline

STATEMENTS: Final = StatementLinks("http://localhost", Tokens(["k" * 32]), needs_token=False)


def link(session_id: str = SESSION) -> Link:
    return Link(session_id, "student", ADDRESS["student"], "es", None)


def backend_of(line: Timeline, *, torn_ms: int = 0) -> InProcessBackend:
    return InProcessBackend(line.service, STATEMENTS, is_development=True, torn_ms=torn_ms)


async def test_an_unannounced_session_is_made_with_the_seat_of_its_link() -> None:
    line = Timeline()

    session = await backend_of(line).open_session(link("new"), START_MS)

    assert (session.id, session.start_ms, session.language) == ("new", START_MS, "es")
    assert session.seats == {"student": SeatSnapshot(address=ADDRESS["student"]), "tutor": SeatSnapshot()}
    assert session.bill is not None
    assert (session.bill.state, session.warning, session.end) == ("waiting", None, None)
    assert (await line.service.load("new")).created is not None


async def test_a_preview_stores_nothing() -> None:
    line = Timeline()

    session = await backend_of(line).load_preview(link("new"), START_MS)

    assert session.bill is not None
    assert (session.id, session.bill.billable_seconds) == ("new", 0)
    with pytest.raises(NotFound):
        await line.service.load("new")


async def test_a_taken_seat_is_kept_unless_its_proof_is_of_another_clock() -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.run_until(20)

    kept = await backend_of(line).open_session(link(), line.clock.at_ms)
    torn = await backend_of(line, torn_ms=line.clock.at_ms + 1).open_session(link(), line.clock.at_ms)

    assert (kept.seats["student"].epoch, kept.seats["student"].is_taken) == (1, True)
    assert kept.seats["student"].proof_ms == START_MS + 20_000
    assert not torn.seats["student"].is_taken


@pytest.mark.parametrize(("seconds", "is_silent"), [(20, False), (40, True)])
async def test_a_silence_of_one_comes_with_both_seats(seconds: int, *, is_silent: bool) -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    await line.fall_silent("tutor")
    await line.run_until(seconds)

    session = await backend_of(line).open_session(link(), line.clock.at_ms)

    assert {seat.has_been_silent for seat in session.seats.values()} == {is_silent}


async def test_an_open_question_and_the_end_come_with_the_snapshot() -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    await line.leave("tutor")
    await line.run_until(10)

    asked = await backend_of(line).load_preview(link(), line.clock.at_ms)
    await line.end("student")
    ended = await backend_of(line).load_preview(link(), line.clock.at_ms)

    assert asked.warning is not None
    assert (asked.warning.role, asked.end) == ("tutor", None)
    assert ended.end is not None
    assert ended.end.statement_url == f"http://localhost/sessions/{SESSION}"
