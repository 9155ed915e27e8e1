"""The chat of a room: which lines it takes, has stored, and remembers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from langdao_video.errors import Conflict, Unavailable
from langdao_video.session.snapshot import KeptLine
from langdao_video.signaling.chat import (
    CHAT_LINES_MAX,
    CHAT_SIZE_BYTES_MAX,
    CHAT_WAITING_MAX,
    ChatLog,
    show_line,
)
from langdao_video.signaling.effects import Keep, Send
from langdao_video.signaling.fields import CHAT_CHARACTERS_MAX
from langdao_video.signaling.messages import Chat, Error, SendChat
from langdao_video.signaling.seats import Seat, SeatPhase

if TYPE_CHECKING:
    from langdao_video.session.roles import Role

NOW_MS: Final = 1_764_000_000_000
CONN: Final = 1
SEAT: Final = Seat(role="student", phase=SeatPhase.SEATED, conn=CONN)
LONGEST: Final = "👋" * CHAT_CHARACTERS_MAX


def line(number: int, text: str = "Hola", role: Role = "student") -> KeptLine:
    return KeptLine(id=f"m-{number}", role=role, text=text, at_ms=number, number=number)


def log_of(*lines: KeptLine) -> ChatLog:
    return ChatLog(lines)


def text_bytes(log: ChatLog) -> int:
    return sum(len(each.text.encode()) for each in log.lines)


class TestLog:
    def test_keeps_the_lines_in_their_order(self) -> None:
        assert [each.id for each in log_of(line(2), line(1), line(3)).lines] == ["m-2", "m-1", "m-3"]

    def test_knows_a_line_by_who_sent_it_and_its_id(self) -> None:
        log = log_of(line(1), line(1, "Buenas", "tutor"))

        assert [(each.role, each.text) for each in log.lines] == [("student", "Hola"), ("tutor", "Buenas")]

    def test_the_oldest_line_goes_when_there_are_too_many(self) -> None:
        log = log_of(*(line(number) for number in range(CHAT_LINES_MAX + 3)))

        assert len(log.lines) == CHAT_LINES_MAX
        assert log.lines[0].id == "m-3"

    def test_the_oldest_lines_go_when_there_is_too_much_text(self) -> None:
        log = log_of(*(line(number, LONGEST) for number in range(20)))

        assert text_bytes(log) <= CHAT_SIZE_BYTES_MAX
        assert log.lines[-1].id == "m-19"
        assert len(log.lines) == CHAT_SIZE_BYTES_MAX // (len(LONGEST.encode()) + 128)

    @given(lengths=st.lists(st.integers(1, CHAT_CHARACTERS_MAX), max_size=600))
    def test_for_any_lines_the_newest_is_kept_and_the_bounds_hold(self, lengths: list[int]) -> None:
        log = ChatLog()
        for number, length in enumerate(lengths):
            log.append(line(number, "語" * length))

            assert log.lines[-1].id == f"m-{number}"
            assert text_bytes(log) <= log.size_bytes <= CHAT_SIZE_BYTES_MAX
            assert len(log.lines) <= CHAT_LINES_MAX


class TestReceiving:
    def test_a_line_goes_to_the_store_with_the_number_of_the_oldest_kept_one(self) -> None:
        log = log_of(line(7), line(8))

        keep = receive(log, "m-9", "Buenas")

        assert keep == Keep(replace(line(9, "Buenas"), at_ms=NOW_MS), first_number=7)
        assert [each.id for each in log.lines] == ["m-7", "m-8"], "it is not shown before it is stored"

    def test_a_line_on_its_way_is_stored_once(self) -> None:
        log = ChatLog()
        receive(log, "m-1")

        assert log.receive(SEAT, SendChat(id="m-1", text="Hola"), NOW_MS) == []

    def test_a_known_line_is_confirmed_as_it_was(self) -> None:
        log = log_of(line(1))

        [send] = log.receive(SEAT, SendChat(id="m-1", text="changed"), NOW_MS)

        assert send == Send(CONN, Chat(line=show_line(line(1))))

    def test_too_many_on_their_way_are_refused_for_now(self) -> None:
        log = ChatLog()
        for number in range(CHAT_WAITING_MAX):
            receive(log, f"m-{number}")

        [send] = log.receive(SEAT, SendChat(id="more", text="Hola"), NOW_MS)

        assert isinstance(send, Send)
        assert isinstance(send.frame, Error)
        assert (send.frame.code, send.frame.id) == ("chat-waiting", None)

    def test_a_line_that_was_not_stored_for_good_may_come_again(self) -> None:
        log = ChatLog()
        keep = receive(log, "m-1")

        told = log.miss([keep.line], Conflict("chat-over", "gone"))
        again = receive(log, "m-1")

        assert {role: error.code for role, error in told.items()} == {"student": "chat-over"}
        assert again.line.number > keep.line.number

    def test_a_line_that_waits_for_the_store_stays_on_its_way(self) -> None:
        log = ChatLog()
        keep = receive(log, "m-1")

        log.miss([keep.line], Unavailable("store-unavailable", "later"))

        assert log.receive(SEAT, SendChat(id="m-1", text="Hola"), NOW_MS) == []
        assert [frame.line.text for frame in log.keep([keep.line])] == ["Hola"]


def receive(log: ChatLog, id_: str, text: str = "Hola") -> Keep:
    [keep] = log.receive(SEAT, SendChat(id=id_, text=text), NOW_MS)
    assert isinstance(keep, Keep)
    return keep
