"""Text that people write: the cases that both languages share, and the laws for all texts."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from langdao_video.session.text import (
    BLANK_LINES_MAX,
    MARKS_MAX,
    Refusal,
    is_one_line,
    receive_line,
    tidy_label,
)
from langdao_video.session.theme import is_name

WIRE: Final = Path(__file__).parents[2] / "wire" / "text"

odd = st.text(st.sampled_from("aش가\u0301\u200d\u3164\u2800\u202e\u2069\n\r\t \x00\x1b\u2028\u0e47👩\ufe0f"))


def cases(name: str) -> list[Any]:
    found = json.loads((WIRE / name).read_text("utf-8"))["cases"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases("lines.json"))
def test_a_line_is_shown_or_refused_as_the_shared_cases_say(case: dict[str, str]) -> None:
    expected = Refusal(case["refused"]) if "refused" in case else case["shown"]

    assert receive_line(case["text"]) == expected


@pytest.mark.parametrize("case", cases("names.json"))
def test_a_name_fits_or_not_as_the_shared_cases_say(case: dict[str, Any]) -> None:
    assert is_name(case["text"]) is case["fits"]


@given(st.text() | odd)
@example("a\n\u202e\nb")
def test_a_shown_text_passes_a_second_time_unchanged(text: str) -> None:
    shown = receive_line(text)

    if not isinstance(shown, Refusal):
        assert receive_line(shown) == shown
        assert len(shown) <= len(text)


@given(odd)
def test_nothing_that_is_shown_can_leave_its_place(text: str) -> None:
    shown = receive_line(text)

    if isinstance(shown, Refusal):
        return
    assert not any(c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\r\x00\x1b" for c in shown)
    assert "\n" * (BLANK_LINES_MAX + 2) not in shown
    marks = 0
    for character in shown:
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else marks if category == "Cf" else 0
        assert marks <= MARKS_MAX


@given(st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1))
def test_a_name_of_letters_signs_and_digits_fits_unless_all_of_them_are_blank(text: str) -> None:
    blank = "\u115f\u1160\u2800\u3164\uffa0\ufffc\U00013441\U00013442\U0001d159"

    assert is_one_line(text) is any(character not in blank for character in text)


@given(st.text() | odd)
def test_a_label_is_one_line_or_nothing(text: str) -> None:
    label = tidy_label(text)

    assert not label or is_one_line(label)
    assert tidy_label(label) == label


@pytest.mark.parametrize(
    ("said", "shown"),
    [("connection-closed", "connection-closed"), ("a\x1b[2J\u202eb\nc", "a[2Jbc"), ("\u3164\u200b", "")],
)
def test_a_reason_of_another_service_keeps_what_can_be_shown(said: str, shown: str) -> None:
    assert tidy_label(said) == shown
