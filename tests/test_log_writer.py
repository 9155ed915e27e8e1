"""The log writer never waits, never raises, and counts the lost lines."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator

import pytest

from langdao_video.log_writer import (
    WAITING_BYTES_MAX,
    LogWriter,
    escape_controls,
    escape_controls_in_lines,
    hide_tokens,
)
from langdao_video.logs import Renderer

PATIENCE_SECONDS = 30.0
LINE = "x" * 60_000 + "\n"
LINES = 2 * WAITING_BYTES_MAX // len(LINE)


def tell(count: int) -> str:
    return f"{count} lines are missing\n"


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def fill(writer: LogWriter) -> None:
    for _ in range(LINES):
        writer.write(LINE)


def said_missing(text: bytes) -> list[int]:
    return [int(count) for count in re.findall(rb"(\d+) lines are missing\n", text)]


def read_until(descriptor: int, end: bytes) -> bytes:
    text = b""
    while end not in text:
        text += os.read(descriptor, 1 << 16)
    return text


def test_a_pipe_that_nobody_reads_holds_nobody_up_and_says_afterwards_what_is_missing(
    pipe: tuple[int, int],
) -> None:
    reader, end = pipe
    writer = LogWriter(end, tell)

    fill(writer)
    text = b""
    while text.count(b"x\n") + sum(said_missing(text)) < LINES:
        text += os.read(reader, 1 << 16)

    assert writer.lines_dropped == sum(said_missing(text)) > 0
    assert text.count(b"x\n") == LINES - writer.lines_dropped


def test_missing_lines_are_reported_once(pipe: tuple[int, int]) -> None:
    reader, end = pipe
    writer = LogWriter(end, tell)
    fill(writer)
    text = b""
    while text.count(b"x\n") + sum(said_missing(text)) < LINES:
        text += os.read(reader, 1 << 16)

    writer.write("then\n")

    assert read_until(reader, b"then\n") == b"then\n"


def test_a_pipe_made_non_blocking_by_another_process_loses_no_line(pipe: tuple[int, int]) -> None:
    reader, end = pipe
    os.set_blocking(end, False)
    writer = LogWriter(end, tell)
    for number in range(200):
        writer.write(f"{number} {'x' * 2_000}\n")

    text = read_until(reader, b"\n199 ")

    assert b"missing" not in text
    assert writer.lines_dropped == 0


def test_a_full_disk_costs_lines_and_no_error() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    writer = LogWriter(full, tell)

    for _ in range(3):
        writer.write("a line\n")
    writer.finish(PATIENCE_SECONDS)

    assert writer.lines_dropped == 3
    os.close(full)


def test_a_reader_that_died_costs_lines_and_no_error() -> None:
    reader, end = os.pipe()
    os.close(reader)
    writer = LogWriter(end, tell)

    writer.write("a line\n")
    writer.finish(PATIENCE_SECONDS)

    assert writer.lines_dropped == 1
    os.close(end)


@pytest.mark.parametrize(
    "control",
    ["\x00", "\x07", "\x1b[2J", "\x7f", "\x9b2J", "\u202e", "\u2028", "\u2066", "\u200b", "\ufeff", "\ud800"],
    ids=ascii,
)
def test_controls_are_spelled_out(control: str) -> None:
    for escape in (escape_controls, escape_controls_in_lines):
        shown = escape(f"a{control}b")

        assert shown.isprintable()
        assert "\\" in shown
        shown.encode()


def test_letters_of_every_language_stay_as_they_are() -> None:
    text = "مرحبا 日本語 Ünïcödé 👩"

    assert escape_controls(text) == text


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_no_renderer_lets_a_value_a_name_or_an_exception_move_a_terminal(log_format: str) -> None:
    render = Renderer("json" if log_format == "json" else "console")
    evil = "\x1b]0;owned\x07\x9b2J\u202e\u2028\r\n2026-11-29T00:00:00Z [info     ] lesson-ended"
    event = {
        "event": evil,
        "path": evil,
        evil: [evil, {"deep": (evil,)}],
        "raw": evil.encode(),
        "exc_info": ValueError(evil),
    }

    line = render(None, "error", event)

    visible = line.replace("\n", "")
    assert visible.isprintable()
    if log_format == "json":
        assert "\n" not in line
        assert json.loads(line)["path"].isprintable()
    else:
        head, *trace = line.split("\n")
        assert "lesson-ended" in head
        assert all(part.startswith("  | ") for part in trace), "a line of an exception is no line of the log"


def test_an_event_that_cannot_be_shown_is_named() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

    for render in (Renderer("console"), Renderer("json")):
        assert "log-line-not-rendered" in render(None, "info", {"event": "x", "value": Broken()})


TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiJ4In0.c2ln-_bmF0"  # noqa: S105 - no token of anyone
MANY = 1_000_000
"""So many that a rule whose time grows with the square of the length would still be at work when the test run ends."""


@pytest.mark.parametrize("before", ["", "?token=", "x-", "token-", ".", "=3D.", "a.b.", "é", "ey-ey."])
def test_a_token_is_hidden_in_any_text(before: str) -> None:
    assert hide_tokens(f"{before}{TOKEN}, and {TOKEN}") == f"{before}(token), and (token)"


@pytest.mark.parametrize("text", ["ey-" * MANY, "ey-" * MANY + ".", "ey." + "-ey" * MANY, "ey." * MANY])
def test_half_tokens_without_end_hold_up_no_line(text: str) -> None:
    assert hide_tokens(text) == text
