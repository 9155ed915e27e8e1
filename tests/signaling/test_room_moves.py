"""A page comes to its room on a second socket: its process stops, or its network is another one."""

from __future__ import annotations

import pytest

from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import CloseCode
from tests.signaling.play import RULES, STUDENT, TUTOR, Done, Play


@pytest.fixture
def play() -> Play:
    play = Play()
    play.both()
    return play


def move(play: Play, conn: int = 3) -> Done:
    return play.join("student", conn=conn, resume=play.resume_of("student"), is_moving=True)


def test_a_page_that_moves_reads_its_welcome_before_its_first_socket_closes(play: Play) -> None:
    moved = move(play)
    left = play.say(STUDENT, wire.Moved())

    assert (moved.only(3, wire.Welcome).epoch, moved.frames(STUDENT), moved.closed()) == (1, [], {})
    assert (left.frames(STUDENT), left.closed()) == ([], {STUDENT: CloseCode.RESTARTS})
    assert moved.told() == left.told() == []
    assert play.seat("student").conn == 3


def test_a_page_that_moves_counts_on_its_new_socket_alone(play: Play) -> None:
    move(play)

    done = play.say(STUDENT, wire.EndSession())

    assert done.errors(STUDENT) == ["join-first"]
    assert done.told() == []
    assert play.drop(STUDENT) == []
    assert play.seat("student").conn == 3


def test_a_page_that_moves_keeps_its_first_socket_no_longer_than_to_the_next_ping(play: Play) -> None:
    move(play)

    assert play.wait(RULES.ping_ms, beating=[3, TUTOR]).closed() == {STUDENT: CloseCode.RESTARTS}
    assert play.wait(RULES.ping_ms, beating=[3, TUTOR]).closed() == {}


def test_a_page_that_moves_has_two_sockets_at_most(play: Play) -> None:
    move(play)

    assert move(play, conn=4).closed() == {STUDENT: CloseCode.RESTARTS}
    assert play.wait(RULES.ping_ms, beating=[4, TUTOR]).closed() == {3: CloseCode.RESTARTS}


def test_another_tab_does_not_move_but_takes_over(play: Play) -> None:
    done = play.join("student", conn=3, page="page-s-2", takeover=True, is_moving=True)

    assert done.errors(STUDENT) == ["moved-elsewhere"]
    assert done.closed() == {STUDENT: CloseCode.MOVED}


def test_a_late_join_from_a_network_that_the_page_has_left_ends_its_call_in_no_tab(play: Play) -> None:
    moved = play.join("student", conn=3, page="page-of-phone", takeover=True)
    late = play.join("student", conn=4, page="page-of-phone", takeover=True)

    again = play.join("student", conn=5, page="page-of-phone", resume=play.resume_of("student"))

    assert [moved.closed(), late.closed(), again.closed()] == [
        {STUDENT: CloseCode.MOVED},
        {3: CloseCode.RESTARTS},
        {4: CloseCode.RESTARTS},
    ]
    assert late.frames(3) == []
    assert again.only(5, wire.Welcome).epoch == moved.only(3, wire.Welcome).epoch == 2
