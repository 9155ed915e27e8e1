"""The router for FastAPI takes signed events, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from langdao_video.platform import Event, SecretInvalid
from langdao_video.platform.fastapi import webhook_router
from tests.platform.signed import END, GOLDENS, NEW_SECRET, OLD_SECRET


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langdao_video.platform.webhooks.time.time", lambda: float(END.timestamp))


def client_of(app: FastAPI, *, raises: bool = True) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=raises)
    return httpx2.AsyncClient(transport=transport, base_url="http://platform.example")


class Taker:
    """Takes events in each of the ways in which Python calls something."""

    def __init__(self) -> None:
        self.taken: list[Event] = []

    def plain(self, event: Event) -> None:
        self.taken.append(event)

    async def asynchronous(self, event: Event) -> None:
        self.taken.append(event)

    def wrapped(self, event: Event) -> Awaitable[None]:
        return self.asynchronous(event)


@pytest.mark.parametrize("way", [Taker.plain, Taker.asynchronous, Taker.wrapped])
async def test_an_event_is_handed_on_and_answered(way: Callable[[Taker, Event], Any]) -> None:
    taker, app = Taker(), FastAPI()
    app.include_router(webhook_router([NEW_SECRET, OLD_SECRET], partial(way, taker), "/hooks"))

    async with client_of(app) as client:
        answer = await client.post("/hooks", content=END.body, headers=END.headers)

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert [event.type for event in taker.taken] == ["session-ended"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(END.body + " ", 401, "no-key-fits"), (" " * (1024**2 + 1), 413, "body-too-large")],
)
async def test_anything_else_is_refused(body: str, status: int, code: str) -> None:
    taker, app = Taker(), FastAPI()
    app.include_router(webhook_router(END.secret, taker.plain))

    async with client_of(app) as client:
        answer = await client.post("/webrtc-events", content=body, headers=END.headers)
        other = await client.get("/webrtc-events")

    assert (answer.status_code, answer.json()["code"], other.status_code) == (status, code, 405)
    assert taker.taken == []


async def test_what_the_receiver_raises_is_a_500_so_that_the_event_comes_again() -> None:
    def fail(_: Event) -> None:
        raise OSError("the database is away")

    app = FastAPI()
    app.include_router(webhook_router(END.secret, fail))

    async with client_of(app, raises=False) as client:
        answer = await client.post("/webrtc-events", content=END.body, headers=END.headers)

    assert answer.status_code == 500


def test_a_wrong_secret_is_noticed_at_the_start() -> None:
    with pytest.raises(SecretInvalid):
        webhook_router("", print)


def test_the_goldens_are_there() -> None:
    assert len({golden.name for golden in GOLDENS}) == len(GOLDENS) >= 4
