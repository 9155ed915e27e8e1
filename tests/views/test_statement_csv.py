"""The statement as CSV: what each column means, and that no text in it is a formula."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import fields, replace
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.billing.statement import Correction, PresenceSpan, Statement
from langdao_video.session.facts import Disputed
from langdao_video.session.roles import ROLES
from langdao_video.views.statement_csv import COLUMNS, defuse, write_csv
from tests.billing.test_statement import lesson_with_a_break, statement_of
from tests.billing.timeline import SESSION
from tests.billing.told import both_for_a_minute, lesson_with_everything

NUMBERS: Final = ("seconds", "billed_seconds", "amount_minor", "total_minor", "decimals")
HOSTILE: Final = {
    "equals": "=HYPERLINK(1)",
    "plus": "+1",
    "minus": "-1+2",
    "at": "@SUM(1)",
    "tab": "\t=1",
    "carriage return": "\r=1",
    "line feed": "\n=1",
    "space": "  =1",
    "no-break space": "\u00a0=1",
    "nothing to see": "\u200b\ufeff\u2060=1",
    "a quote": '"=1',
    "full width": "\uff1d1",
    "full width at": "\uff20SUM(1)",
    "control": "\x00\x1b=1",
    "another line": "late\n=1",
    "another cell where semicolons part them": "late;=1",
    "and in quotes": 'late;"=1',
    "and behind a space": "late; =1",
}


def read_csv(text: str) -> list[dict[str, str]]:
    """Read the CSV as a program does: the byte order mark first, then RFC 4180."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


def cells_of(text: str, separator: str) -> list[str]:
    """Split *text* as a spreadsheet with another separator does: it ignores quotes in the middle of a cell."""
    return re.split(f"[{separator}\r\n]", text)


def is_formula(cell: str) -> bool:
    """Tell whether the most tolerant spreadsheet would run *cell*. It skips invisible characters and quotes."""
    seen = "".join(char for char in cell if char.isprintable() and not char.isspace()).lstrip('"')
    return seen[:1] in {*"=+-@", "\uff1d", "\uff0b", "\uff0d", "\uff20"}


@pytest.fixture
async def corrected() -> Statement:
    """Fold a session with 20 s alone, two billed minutes with a break, and two corrections."""
    line = await lesson_with_a_break()
    await line.service.correct_bill(SESSION, -20, "late start")
    await line.service.correct_bill(SESSION, 50, "a book")
    return await statement_of(line)


async def test_amounts_are_added_by_a_row_and_totals_include_it(corrected: Statement) -> None:
    rows = read_csv(write_csv(corrected))

    money = [
        (row["kind"], row["amount_minor"], row["total_minor"]) for row in rows if row["kind"] != "presence"
    ]
    assert money == [
        ("waiting", "", ""),
        ("billed", "60", "60"),
        ("billed", "60", "120"),
        ("pause", "", ""),
        ("question", "", ""),
        ("correction", "-20", "100"),
        ("correction", "50", "150"),
        ("total", "", "150"),
    ]
    assert sum(int(row["amount_minor"] or 0) for row in rows) == int(rows[-1]["total_minor"])


async def test_seconds_are_the_length_of_the_row_and_billed_seconds_the_running_total(
    corrected: Statement,
) -> None:
    rows = read_csv(write_csv(corrected))

    told = [(row["kind"], row["seconds"], row["billed_seconds"]) for row in rows if row["kind"] != "presence"]
    assert told[:4] == [
        ("waiting", "20.0", ""),
        ("billed", "60.0", "60"),
        ("billed", "60.0", "120"),
        ("pause", "30.0", ""),
    ]
    assert told[-1] == ("total", "170.0", "120")


async def test_numbers_stay_numbers_and_negative_ones_are_not_defused(corrected: Statement) -> None:
    for row in read_csv(write_csv(corrected)):
        for column in NUMBERS:
            assert row[column] == "" or Decimal(row[column]).is_finite()


def in_every_text(statement: Statement, text: str) -> Statement:
    """Put *text* into each field of the statement that a person may choose, now or in future."""
    lesson = statement.lesson
    assert lesson.created is not None
    lesson.created = replace(lesson.created, currency=text)
    for role in ROLES:
        lesson.seats[role].name = text
    presence = {role: [replace(span, closed_by=text) for span in statement.presence[role]] for role in ROLES}
    return replace(
        statement,
        presence=presence,
        pauses=[replace(pause, why=text) for pause in statement.pauses],
        corrections=[replace(correction, reason=text) for correction in statement.corrections],
    )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_no_text_column_runs(corrected: Statement, text: str) -> None:
    written = write_csv(in_every_text(corrected, text))

    rows = read_csv(written)
    texts = [row[column] for row in rows for column in COLUMNS if column not in NUMBERS]
    assert sum(re.sub("'", "", cell) == re.sub("'", "", text) for cell in texts) == 14
    assert [cell for cell in texts if is_formula(cell)] == []
    assert [
        cell for separator in (";", "\t") for cell in cells_of(written, separator) if is_formula(cell)
    ] == []


def test_every_text_of_a_statement_is_in_that_test() -> None:
    """A new text field in a row of the statement belongs into `in_every_text`."""
    texts = {
        f"{kind.__name__}.{field.name}"
        for kind in (PresenceSpan, Correction)
        for field in fields(kind)
        if "str" in str(field.type)
    }

    assert texts == {"PresenceSpan.closed_by", "Correction.reason"}


@given(text=st.text(alphabet=st.sampled_from("=+-@\uff1d;,\"'\t\r\n \u200b\x00a1|")))
def test_nothing_that_was_written_is_lost_and_nothing_runs(text: str) -> None:
    safe = defuse(text)

    assert safe.replace("'", "") == text.replace("'", "")
    assert not any(is_formula(cell) for separator in (";", "\t") for cell in cells_of(safe, separator))
    assert not is_formula(safe)


@pytest.mark.parametrize("text", ["late start", "José, 5-6 pm", "a=b", "0x742d", "5:30", "", "it's = 1"])
def test_a_text_that_is_no_formula_stays_as_it_was_written(text: str) -> None:
    assert defuse(text) == text


@pytest.mark.parametrize("text", ['say "no"', "a, b", "two\nlines", "two\r\nlines", "José", "a;b", ""])
async def test_a_text_comes_back_as_it_was(corrected: Statement, text: str) -> None:
    written = write_csv(in_every_text(corrected, text))

    assert [row["reason"] for row in read_csv(written) if row["kind"] == "correction"] == [text, text]
    assert written.count("\r\n") >= len(read_csv(written)) + 1


async def test_excel_reads_it_as_utf_8(corrected: Statement) -> None:
    corrected.lesson.seats["tutor"].name = "José"

    written = write_csv(corrected).encode()

    assert written.startswith(b"\xef\xbb\xbfkind,who,name,")
    assert "José".encode() in written


def test_a_row_is_what_it_says_and_every_time_is_of_utc() -> None:
    day = "2025-11-24T16:"

    lines = write_csv(lesson_with_everything().statement()).removeprefix("\ufeff").split("\r\n")

    assert lines == [
        ",".join(COLUMNS),
        f"presence,student,Ana,{day}00:10.000+00:00,{day}02:50.250+00:00,160.25,,end,,,,",
        f"presence,tutor,José,{day}00:30.000+00:00,{day}01:30.000+00:00,60.0,,connection-closed,,,,",
        f"presence,tutor,José,{day}01:50.000+00:00,{day}02:50.250+00:00,60.25,,end,,,,",
        f"waiting,,,{day}00:00.000+00:00,{day}00:30.000+00:00,30.0,,,,,,",
        f"billed,,,{day}00:30.000+00:00,{day}01:30.000+00:00,60.0,60,,60,60,EUR,2",
        f"billed,,,{day}01:50.000+00:00,{day}02:50.250+00:00,60.25,120,,60,120,EUR,2",
        f"pause,tutor,,{day}01:30.000+00:00,{day}01:50.000+00:00,20.0,,connection-closed,,,,",
        f"question,student,,{day}01:35.000+00:00,{day}01:40.000+00:00,,,wait,,,,",
        f"dispute,student,,{day}02:10.000+00:00,{day}02:20.500+00:00,,,nothing-arrives,,,,",
        f"dispute,tutor,,{day}02:10.000+00:00,{day}02:20.500+00:00,,,is-received,,,,",
        f"correction,,,{day}03:20.000+00:00,,,,late start,-20,100,EUR,2",
        f"correction,,,{day}03:50.000+00:00,,,,a book,50,150,EUR,2",
        f"total,,,{day}00:00.000+00:00,{day}02:50.250+00:00,170.25,120,,,150,EUR,2",
        "",
    ]


def test_an_open_question_or_dispute_has_no_end() -> None:
    told = both_for_a_minute()
    told.at(20, Disputed(role="student", epoch=1, kind="silence", student="no-answer", tutor="answers"))
    told.leave(60, "tutor")
    told.ask(65, "tutor")

    rows = read_csv(write_csv(told.statement()))

    assert [(row["kind"], row["who"], row["to"], row["reason"]) for row in rows if "+" not in row["to"]] == [
        ("question", "student", "", ""),
        ("dispute", "student", "", "no-answer"),
        ("dispute", "tutor", "", "answers"),
    ]


def test_a_pause_names_both_where_both_were_missing() -> None:
    told = both_for_a_minute()
    told.end(70)

    rows = read_csv(write_csv(told.statement()))

    assert [(row["who"], row["reason"]) for row in rows if row["kind"] == "pause"] == [
        ("student tutor", "end")
    ]
