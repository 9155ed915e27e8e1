"""Turns a stream of the backend's facts into room commands for the call service in another process. Pure.

Laws: nothing is sent before somebody has taken a seat, because the call service does not know the session before;
what is overtaken is left out, because the other process may have been away for days.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.records import read_record
from langdao_video.delivery.port import Message
from langdao_video.in_process.room_commands import fold_commands, show_bill, show_end
from langdao_video.session.command_bodies import write_commands
from langdao_video.session.commands import End, MoreTime, PlatformCommand, ShowBill, Warn
from langdao_video.session.facts import CapChanged, Recorded
from langdao_video.session.state import State
from langdao_video.store.delivery_port import Beat, Endpoint, SessionLog, Stream


@dataclass(frozen=True, slots=True)
class RoomRenderer:
    """Make the messages for an endpoint of the kind `room`."""

    make_statement_url: Callable[[str, int], str]
    """Return the link to a session's statement, made at a time (Unix ms)."""

    def __call__(self, stream: Stream, log: SessionLog, endpoint: Endpoint) -> Iterator[Message]:  # noqa: ARG002 - a room gets all
        """Return the commands after *stream.position* in order, and then the bill after the newest heartbeats."""
        records = [read_record(stored) for stored in log.events]
        newest = _fold(stream.session_id, records)
        lesson = Lesson(stream.session_id)
        for record in records:
            lesson.apply(record)
            if record.seq <= stream.position or not _is_known_there(lesson):
                continue
            commands = self._plan(lesson, record, newest)
            if commands:
                body = _encode(lesson.id, commands)
                yield Message(
                    record.seq, record.id, record.fact.type, body, is_beat=False, at_ms=record.at_ms
                )
        if newest.state is State.LIVE and _is_known_there(newest):
            yield from _bill_after(newest, log.beats, stream)

    def _plan(self, lesson: Lesson, record: Recorded, newest: Lesson) -> list[PlatformCommand]:
        """Return what *record* means for the room, without what *newest* has overtaken."""
        is_newest = record.seq == newest.version
        if lesson.ended is not None:  # the bill may still settle: the newest end has the newest bill
            url = self.make_statement_url(lesson.id, record.at_ms)
            return [show_end(lesson, url)] if is_newest else []
        commands: list[PlatformCommand] = []
        if isinstance(record.fact, CapChanged):
            commands.append(MoreTime(None if lesson.cap_ms is None else lesson.cap_ms // 1000))
        for command in fold_commands(lesson, [record], record.at_ms):
            match command:
                case ShowBill() if not is_newest:
                    continue
                case Warn() if newest.warning is None or newest.warning.due_ms != command.deadline_ms:
                    continue
                case End():
                    continue
                case _:
                    commands.append(command)
        return commands


def _fold(session_id: str, records: Sequence[Recorded]) -> Lesson:
    lesson = Lesson(session_id)
    for record in records:
        lesson.apply(record)
    return lesson


def _is_known_there(lesson: Lesson) -> bool:
    return any(seat.epoch > 0 for seat in lesson.seats.values())


def _bill_after(lesson: Lesson, beats: Sequence[Beat], stream: Stream) -> Iterator[Message]:
    """Return the bill after the newest proofs, which make no fact."""
    newest = [beat for beat in beats if beat.seq == lesson.version]
    if not newest or max(beat.at_ms for beat in newest) < stream.beats_until_ms:
        return
    for beat in newest:
        lesson.note_proof(beat.role, beat.at_ms)
    last = max(newest, key=lambda beat: (beat.at_ms, beat.role))
    bill = show_bill(lesson, last.at_ms)
    body = _encode(lesson.id, [bill])
    yield Message(
        lesson.version, str(last.body["id"]), "session-heartbeat", body, is_beat=True, at_ms=last.at_ms
    )


def _encode(session_id: str, commands: Sequence[PlatformCommand]) -> bytes:
    return json.dumps(
        write_commands(session_id, commands), ensure_ascii=False, separators=(",", ":")
    ).encode()
