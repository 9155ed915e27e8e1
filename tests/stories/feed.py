"""Reads the live feed of a session as a platform's frontend does (HTML §9.2, event streams)."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx2

from tests.stories.live import Live, until


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the stream."""

    event: str
    id: str
    data: dict[str, Any]


class Feed:
    """Use as `async with Feed(live, session_id) as feed:`. It collects `messages` until the stream ends."""

    def __init__(self, live: Live, session_id: str, last_event_id: str | None = None) -> None:
        self.messages: list[Message] = []
        self.status = 0
        self.headers: httpx2.Headers = httpx2.Headers()
        self._live = live
        self._path = f"/api/sessions/{session_id}/feed"
        self._headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        self._task: asyncio.Task[None] | None = None

    @property
    def ended(self) -> bool:
        """Whether the service has closed the stream."""
        return self._task is not None and self._task.done()

    def of_type(self, event: str) -> list[Message]:
        """Return the messages of one type."""
        return [message for message in self.messages if message.event == event]

    async def until_ended(self) -> None:
        """Wait until the service has closed the stream."""
        await until(lambda: self.ended)
        assert self._task is not None
        await self._task

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._read())
        await until(lambda: self.status or self.ended)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _read(self) -> None:
        fields: dict[str, str] = {}
        async with self._live.http.stream("GET", self._path, headers=self._headers, timeout=None) as answer:
            self.status, self.headers = answer.status_code, answer.headers
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                elif "data" in fields:
                    data = json.loads(fields["data"])
                    self.messages.append(Message(fields.get("event", "message"), fields.get("id", ""), data))
                    fields = {}
