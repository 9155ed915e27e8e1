"""The chat of a room: which lines it remembers, and which it keeps while nobody is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.signaling.chat import (
    CHAT_LINES_MAX,
    CHAT_SIZE_BYTES_MAX,
    SHELF_SIZE_BYTES_MAX,
    ChatLog,
    ChatShelf,
)
from langdao_video.signaling.messages import CHAT_CHARACTERS_MAX, ChatLine

if TYPE_CHECKING:
    from langdao_video.session.roles import Role

LONGEST: Final = "👋" * CHAT_CHARACTERS_MAX


def line(number: int, text: str = "Hola", role: Role = "student") -> ChatLine:
    return ChatLine(id=f"m-{number}", role=role, text=text, timestamp=number)


def log_of(*lines: ChatLine) -> ChatLog:
    log = ChatLog()
    for each in lines:
        log.append(each)
    return log


def text_bytes(log: ChatLog) -> int:
    return sum(len(each.text.encode()) for each in log.lines)


class TestLog:
    def test_keeps_the_lines_in_their_order(self) -> None:
        assert [each.id for each in log_of(line(2), line(1), line(3)).lines] == ["m-2", "m-1", "m-3"]

    def test_finds_a_line_by_who_sent_it_and_its_id(self) -> None:
        log = log_of(line(1), line(1, "Buenas", "tutor"))

        found = [log.find("student", "m-1"), log.find("tutor", "m-1"), log.find("tutor", "m-2")]

        assert [each and each.text for each in found] == ["Hola", "Buenas", None]

    def test_the_oldest_line_goes_when_there_are_too_many(self) -> None:
        log = log_of(*(line(number) for number in range(CHAT_LINES_MAX + 3)))

        assert len(log.lines) == CHAT_LINES_MAX
        assert log.lines[0].id == "m-3"
        assert log.find("student", "m-2") is None

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


class TestShelf:
    def test_gives_back_once_what_was_put_there(self) -> None:
        shelf, log = ChatShelf(), log_of(line(1))

        shelf.put("r", log)

        assert shelf.take("r") is log
        assert shelf.take("r").lines == ()

    def test_the_room_that_was_left_first_loses_its_lines_when_the_shelf_is_full(self) -> None:
        shelf = ChatShelf()
        full = [line(number, LONGEST) for number in range(8)]
        size_bytes = log_of(*full).size_bytes
        fits = SHELF_SIZE_BYTES_MAX // size_bytes

        for number in range(fits + 1):
            shelf.put(f"r-{number}", log_of(*full))

        assert shelf.take("r-0").lines == ()
        assert [len(shelf.take(f"r-{number}").lines) for number in (1, fits)] == [8, 8]

    @pytest.mark.parametrize("times", [1, 1_000])
    def test_taking_or_replacing_a_log_frees_its_space(self, times: int) -> None:
        shelf, log = ChatShelf(), log_of(*(line(number, LONGEST) for number in range(8)))

        for _ in range(times):
            shelf.put("r", log)

        assert len(shelf.take("r").lines) == 8
        assert shelf._size_bytes == 0
