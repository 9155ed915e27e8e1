"""Writes the statement as CSV for a spreadsheet (RFC 4180). Pure.

Two laws: a column means the same in every row; a text that a person wrote never becomes a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from langdao_video.billing.statement import Statement
from langdao_video.session.roles import ROLES

COLUMNS: Final = (
    "kind",
    "who",
    "name",
    "from",
    "to",
    "seconds",
    "billed_seconds",
    "reason",
    "amount_minor",
    "total_minor",
    "currency",
    "decimals",
)
"""*seconds* is the length of from–to. *billed_seconds* is the running total of billable time. *amount_minor* is what
the row adds to the bill, and *total_minor* is the bill with it, both in smallest units. The amounts add up to the last
total."""

_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel reads UTF-8 in the system's own code page and shows `JosÃ©`."""
_FORMULA: Final = re.compile(
    # A formula can begin at the start of the text, and after `;`, a tab or a line break: much of Europe's Excel splits
    # a cell there, even inside quotes. Invisible characters before the formula sign do not stop it.
    r"(^|[;|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029])(?=[\s\"'\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*"
    r"[=+\-@\u2212\ufe62-\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20])"
)
"""The formula signs, also in full and small width, which East Asian spreadsheets read like the normal ones."""

Cell = str | int | float | None


def write_csv(statement: Statement) -> str:
    """Write the statement's rows: times in ISO 8601 UTC, numbers as numbers, the total last.

    The text begins with a byte order mark, and its lines end with CR LF.
    """
    out = io.StringIO()
    out.write(_BYTE_ORDER_MARK)
    rows = csv.DictWriter(out, COLUMNS)
    rows.writeheader()
    for row in _rows(statement):
        rows.writerow({column: _cell(value) for column, value in row.items()})
    return out.getvalue()


def _rows(statement: Statement) -> Iterator[dict[str, Cell]]:
    seats = statement.lesson.seats
    for role in ROLES:
        for span in statement.presence[role]:
            who: dict[str, Cell] = {"who": role, "name": seats[role].name}
            yield {"kind": "presence", **who, **_span(span.start_ms, span.end_ms), "reason": span.closed_by}
    if before := statement.before:
        yield {"kind": "waiting", **_span(*before)}
    yield from _bill_rows(statement)
    for pause in statement.pauses:
        missing: dict[str, Cell] = {"who": " ".join(pause.missing), "reason": pause.why}
        yield {"kind": "pause", **_span(pause.start_ms, pause.end_ms), **missing}
    yield from _question_rows(statement)
    yield from _correction_rows(statement)
    yield {
        "kind": "total",
        **_span(statement.start_ms, statement.end_ms),
        "billed_seconds": statement.lesson.billable_ms // 1000,
        **_money(statement, None, statement.lesson.cost.minor),
    }


def _bill_rows(statement: Statement) -> Iterator[dict[str, Cell]]:
    total = 0
    for piece in statement.billed:
        yield {
            "kind": "billed",
            **_span(piece.start_ms, piece.end_ms),
            "billed_seconds": piece.total_ms // 1000,
            **_money(statement, piece.cost.minor - total, piece.cost.minor),
        }
        total = piece.cost.minor


def _question_rows(statement: Statement) -> Iterator[dict[str, Cell]]:
    for asked in statement.questions:
        until = None if asked.resolved_ms is None else _iso(asked.resolved_ms)
        when: dict[str, Cell] = {"from": _iso(asked.at_ms), "to": until}
        yield {"kind": "question", "who": asked.asked, **when, "reason": asked.outcome}
    for dispute in statement.disputes:
        until = None if dispute.to_ms is None else _iso(dispute.to_ms)
        when = {"from": _iso(dispute.from_ms), "to": until}
        for role in ROLES:
            yield {"kind": "dispute", "who": role, **when, "reason": dispute.claims[role]}


def _correction_rows(statement: Statement) -> Iterator[dict[str, Cell]]:
    total = statement.lesson.cost.minor - sum(c.amount.minor for c in statement.corrections)
    for correction in statement.corrections:
        total += correction.amount.minor
        yield {
            "kind": "correction",
            "from": _iso(correction.at_ms),
            "reason": correction.reason,
            **_money(statement, correction.amount.minor, total),
        }


def _span(start_ms: int, end_ms: int) -> dict[str, Cell]:
    return {"from": _iso(start_ms), "to": _iso(end_ms), "seconds": (end_ms - start_ms) / 1000}


def _money(statement: Statement, amount: int | None, total: int) -> dict[str, Cell]:
    rate = statement.lesson.rate
    return {
        "amount_minor": amount,
        "total_minor": total,
        "currency": rate.currency,
        "decimals": rate.decimals,
    }


def _cell(value: Cell) -> Cell:
    return defuse(value) if isinstance(value, str) else value


def defuse(text: str) -> str:
    """Put an apostrophe before each possible formula in *text*, so that no spreadsheet runs it (CWE-1236)."""
    return _FORMULA.sub(r"\1'", text)


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
