"""The listeners of this process: after each stored change they inform the room, the feed and the delivery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from langdao_video.access.statement_links import StatementLinks
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.service import Listener
from langdao_video.clock import Clock
from langdao_video.in_process.room_commands import fold_commands
from langdao_video.session.commands import RoomCommand
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import Recorded


class DeliveryHint(Protocol):
    """Take the hint that a session has something to deliver. It must not block."""

    def __call__(self, session_id: str, *, is_beat: bool) -> None:
        """Take one hint. *is_beat*: only a heartbeat is new."""
        ...


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


def make_delivery_listener(hint: DeliveryHint) -> Listener:
    """Return the listener that tells the delivery of events that the session has facts or a heartbeat to send."""

    def tell(lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None) -> None:  # noqa: ARG001 - saved
        hint(lesson.id, is_beat=not records)

    return tell
