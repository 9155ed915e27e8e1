"""One seat by itself: who has it after a return or a restart, and how many pings it may leave open."""

from __future__ import annotations

import pytest

from langdao_video.session.claims import ClaimKind
from langdao_video.session.snapshot import SeatSnapshot
from langdao_video.signaling.flow import FlowReports, ReportedMedia
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import (
    PINGS_OPEN_MAX,
    Participant,
    Seat,
    SeatPhase,
    restore_seat,
)
from tests.signaling.play import ADDRESSES, START_MS

RULES = RoomRules()


def seated(name: str | None = None) -> Seat:
    """Make a seat that a student has taken."""
    seat = Seat(role="student")
    seat.sit(1, Participant(role="student", page="page-1", address=ADDRESSES["student"], name=name), START_MS)
    return seat


def test_the_name_across_the_table_is_the_one_of_the_newest_link() -> None:
    seat = seated("Ana")
    seat.sit(
        2, Participant(role="student", page="page-1", address=ADDRESSES["student"], name="Ana M."), START_MS
    )

    assert seat.as_peer().name == "Ana M."


def test_taking_the_seat_again_cancels_the_goodbye() -> None:
    seat = seated()
    seat.phase, seat.said_goodbye = SeatPhase.AWAY, True

    seat.sit(2, Participant(role="student", page="page-2", address=ADDRESSES["student"]), START_MS)

    assert seat.said_goodbye is False
    assert seat.is_held


def test_a_socket_that_answers_nothing_gets_a_bounded_number_of_pings() -> None:
    seat = seated()

    asked = [seat.ask(START_MS + number) for number in range(PINGS_OPEN_MAX + 2)]

    assert [len(pings) for pings in asked] == [*[1] * PINGS_OPEN_MAX, 0, 0]


class TestAfterARestart:
    def test_a_seat_that_was_taken_is_kept_for_fifteen_seconds(self) -> None:
        seat = restore_seat("tutor", SeatSnapshot(is_taken=True), RULES, START_MS)

        assert seat.phase is SeatPhase.AWAY
        assert seat.away_since_ms + RULES.seat_kept_ms == START_MS + RULES.restore_ms

    def test_a_seat_without_an_owner_is_still_anybody_s(self) -> None:
        record = SeatSnapshot(address=ADDRESSES["tutor"], is_throwaway=True)

        seat = restore_seat("tutor", record, RULES, START_MS)

        assert seat.belongs_to(Participant(role="tutor", page="page-1", address=ADDRESSES["student"]))

    @pytest.mark.parametrize("dispute", [None, "media", "silence"])
    def test_an_open_dispute_is_still_open_and_is_not_reported_again(self, dispute: ClaimKind | None) -> None:
        assert restore_seat("tutor", SeatSnapshot(dispute=dispute), RULES, START_MS).dispute == dispute

    def test_media_that_had_stopped_has_come_once_long_ago_and_the_platform_knows_that_it_stopped(
        self,
    ) -> None:
        seat = restore_seat("tutor", SeatSnapshot(has_starved=True), RULES, START_MS)

        assert (seat.flow.has_begun, seat.flow.grew_ms) == (True, 0)
        assert seat.reports == FlowReports(ReportedMedia.STOPPED)

    def test_media_that_nobody_missed_may_begin_anew(self) -> None:
        seat = restore_seat("tutor", SeatSnapshot(), RULES, START_MS)

        assert not seat.flow.has_begun
        assert seat.reports.newest is ReportedMedia.FLOWING
