"""Turns a session's facts into the events that a platform's endpoint gets.

The same facts always make the same bytes, so each try of an event has the same body. A heartbeat is no fact: its body
was finished when it was saved (`render_beat`).
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.records import read_record
from langdao_video.delivery.port import Message
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import Recorded, SessionCreated, TutorAccepted
from langdao_video.store.delivery_port import Endpoint, SessionLog, Stream
from langdao_video.views.session import view_heartbeat, view_record

MADE_BY_THE_PLATFORM: Final = (SessionCreated, TutorAccepted)
"""Facts that a request of the platform made. The webhook does not repeat them."""
BEAT: Final = "session-heartbeat"
LESSONS_MAX: Final = 2_000
"""How many folded lessons are kept. The others are folded from their first fact again."""


class EventRenderer:
    """Make the messages of a stream. It keeps folded lessons, so that a delivery folds only what is new."""

    def __init__(self, lessons_max: int = LESSONS_MAX) -> None:
        self._lessons_max = lessons_max
        self._kept: OrderedDict[tuple[str, str], _Folded] = OrderedDict()

    def __call__(self, stream: Stream, log: SessionLog, endpoint: Endpoint) -> Iterator[Message]:
        """Yield the events after *stream.position* that the endpoint gets, then the heartbeats that are still news.

        A heartbeat is news if nothing newer than it was told, neither a fact nor a heartbeat.
        """
        # Two endpoints are at different places of a session. What is taken out here is nobody else's until it is back.
        key = stream.endpoint_id, stream.session_id
        folded = self._kept.pop(key, None)
        if folded is None or not folded.fits(stream, log):
            folded = _Folded(Lesson(stream.session_id))
        try:
            yield from _render(folded, stream, log, endpoint)
        finally:
            self._kept[key] = folded
            if len(self._kept) > self._lessons_max:
                self._kept.popitem(last=False)


@dataclass(slots=True)
class _Folded:
    lesson: Lesson
    newest_id: str = ""
    """The id of the newest fact in it."""

    def fits(self, stream: Stream, log: SessionLog) -> bool:
        """Tell whether it is not ahead of *stream*, and of the same facts as *log*."""
        version = self.lesson.version
        if version > min(stream.position, len(log.events)):
            return False
        return version == 0 or log.events[version - 1].id == self.newest_id

    def apply(self, record: Recorded) -> None:
        """Fold the next fact."""
        self.newest_id = record.id
        self.lesson.apply(record)


def _render(folded: _Folded, stream: Stream, log: SessionLog, endpoint: Endpoint) -> Iterator[Message]:
    lesson = folded.lesson
    for stored in log.events[lesson.version :]:
        record = read_record(stored)
        folded.apply(record)
        if record.seq <= stream.position or isinstance(record.fact, MADE_BY_THE_PLATFORM):
            continue
        if _gets(endpoint, record.fact.type):
            body = encode_event(view_record(record, lesson))
            yield Message(record.seq, record.id, record.fact.type, body, is_beat=False, at_ms=record.at_ms)
    if not _gets(endpoint, BEAT):
        return
    for beat in sorted(log.beats, key=lambda each: each.at_ms):
        if beat.seq == lesson.version and beat.at_ms >= stream.beats_until_ms:
            event_id, body = str(beat.body["id"]), encode_event(beat.body)
            yield Message(beat.seq, event_id, BEAT, body, is_beat=True, at_ms=beat.at_ms)


def render_beat(heartbeat: SessionHeartbeat, lesson: Lesson, event_id: str) -> str:
    """Return the finished event of a heartbeat as JSON, to be saved with its proof."""
    return encode_event(view_heartbeat(heartbeat, lesson, event_id)).decode()


def encode_event(event: Mapping[str, Any]) -> bytes:
    """Write an event as compact JSON. These bytes are signed and sent."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _gets(endpoint: Endpoint, type_: str) -> bool:
    return endpoint.types is None or type_ in endpoint.types
