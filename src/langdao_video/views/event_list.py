"""Shows chosen facts of a session as public events, each with the session as it was then. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from langdao_video.billing.lesson import Lesson
from langdao_video.session.facts import Recorded
from langdao_video.views.session import view_record


def list_events(
    session_id: str, records: Iterable[Recorded], seqs: Collection[int]
) -> dict[int, dict[str, Any]]:
    """Return the public events with a seq of *seqs*, by seq. *records* are all facts of the session, in order.

    An event depends only on the facts up to itself, so it reads the same whenever it is asked for.
    """
    lesson = Lesson(session_id)
    shown: dict[int, dict[str, Any]] = {}
    for record in records:
        lesson.apply(record)
        if record.seq in seqs:
            shown[record.seq] = view_record(record, lesson)
    return shown
