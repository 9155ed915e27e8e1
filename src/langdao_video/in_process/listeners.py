"""The listeners of this process: after each stored change they inform the room, the feed and the webhook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from langdao_video.access.statement_links import StatementLinks
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.service import Listener
from langdao_video.clock import Clock
from langdao_video.in_process.room_commands import fold_commands
from langdao_video.session.commands import RoomCommand
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import Recorded, SessionCreated, TutorAccepted
from langdao_video.views.session import view_heartbeat, view_record

_MADE_BY_THE_PLATFORM: Final = (SessionCreated, TutorAccepted)
"""Facts that a request of the platform made. The webhook does not repeat them."""


def make_room_listener(
    clock: Clock, statements: StatementLinks, apply_command: Callable[[str, RoomCommand], object]
) -> Listener:
    """Return the listener that sends each change to the room of its session."""

    def send_commands(
        lesson: Lesson,
        records: Sequence[Recorded],
        heartbeat: SessionHeartbeat | None,  # noqa: ARG001 - the bill carries what it changed
    ) -> None:
        now_ms = clock.now_ms()
        statement_url = statements.make(lesson.id, now_ms) if lesson.ended else None
        for command in fold_commands(lesson, records, now_ms, statement_url):
            apply_command(lesson.id, command)

    return send_commands


def make_hint_listener(publish_hint: Callable[[str], object]) -> Listener:
    """Return the listener that tells the session's feeds to read it again."""

    def hint(lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None) -> None:  # noqa: ARG001 - the watchers read
        publish_hint(lesson.id)

    return hint


def make_webhook_listener(
    enqueue: Callable[[str, dict[str, Any]], object], make_id: Callable[[], str]
) -> Listener:
    """Return the listener that puts each finished public event into the queue of the webhook."""

    def send_events(lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None) -> None:
        for record in records:
            if not isinstance(record.fact, _MADE_BY_THE_PLATFORM):
                enqueue(lesson.id, view_record(record, lesson))
        if heartbeat is not None:
            enqueue(lesson.id, view_heartbeat(heartbeat, lesson, make_id()))

    return send_events
