"""A request that another node must answer: carried once, answered as it was, refused in time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from langdao_video.across_nodes import requests
from langdao_video.across_nodes.requests import CARRIED
from langdao_video.errors import NotOwner, Unavailable
from tests.across_nodes.carried import TwoNodes
from tests.stories.live import until


class AnsweringNodes(TwoNodes):
    """The owner answers with what it was asked."""

    status = 201

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.asked.append(scope)
        body = f"{request.method} {request.url.path}?{request.url.query} {(await request.body()).decode()}"
        await PlainTextResponse(body, self.status, {"x-own": "ü".encode().decode("latin-1")})(
            scope, receive, send
        )


def make_request(body: bytes = b'{"capSeconds": 60}', **more: Any) -> Request:  # noqa: ANN401 - ASGI
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": "/api/sessions/ü",
        "query_string": b"a=%C3%BC",
        "headers": [(b"authorization", b"Bearer k"), (b"accept-encoding", b"gzip")],
        "client": ("192.0.2.7", 1),
        **more,
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


async def carry(nodes: TwoNodes, request: Request) -> Response:
    """Carry *request* while letters are delivered."""
    answer = asyncio.create_task(nodes.edge.requests.carry(request, "ü"))
    while not answer.done():
        await nodes.medium.settle()
        await asyncio.sleep(0.001)
    return answer.result()


async def test_the_owner_answers_as_if_it_had_been_asked() -> None:
    nodes = AnsweringNodes()

    answer = await carry(nodes, make_request())

    assert (answer.status_code, answer.body) == (
        201,
        'PATCH /api/sessions/ü?a=%C3%BC {"capSeconds": 60}'.encode(),
    )
    assert (b"x-own", "ü".encode()) in answer.raw_headers
    assert [name for name, _ in answer.raw_headers].count(b"content-length") == 1
    (scope,) = nodes.asked
    assert scope["client"] == ("192.0.2.7", 0)
    assert scope["headers"] == [(b"authorization", b"Bearer k")]
    assert CARRIED in scope["extensions"]


async def test_a_carried_request_is_not_carried_on() -> None:
    nodes = AnsweringNodes()

    with pytest.raises(NotOwner) as refused:
        await carry(nodes, make_request(extensions={CARRIED: {}}))

    assert (refused.value.code, nodes.asked) == ("owner-changes", [])


async def test_without_an_owner_the_caller_tries_again() -> None:
    nodes = AnsweringNodes()
    nodes.owner_name = None

    with pytest.raises(NotOwner, match="moving"):
        await carry(nodes, make_request())


async def test_a_silent_owner_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "ANSWER_SECONDS_MAX", 0.05)
    nodes = AnsweringNodes()
    nodes.medium.nodes["owner"].take_letter = lambda _letter: None

    with pytest.raises(Unavailable) as refused:
        await carry(nodes, make_request())

    assert refused.value.code == "owner-silent"


async def test_an_owner_that_goes_is_told_at_once() -> None:
    nodes = AnsweringNodes()
    waiting = asyncio.create_task(nodes.edge.requests.carry(make_request(), "ü"))
    await until(lambda: nodes.medium.under_way)
    while nodes.medium.under_way:
        nodes.medium.lose(0)

    await asyncio.sleep(0.001)
    nodes.edge.exchange.note_down()

    with pytest.raises(Unavailable) as refused:
        await waiting
    assert refused.value.code == "owner-lost"


async def test_more_than_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "RUNNING_MAX", 0)
    nodes = AnsweringNodes()

    answer = await carry(nodes, make_request())

    assert (answer.status_code, answer.headers["retry-after"], nodes.asked) == (503, "1", [])


async def test_a_request_that_fails_at_the_owner_is_answered() -> None:
    answer = await carry(TwoNodes(), make_request())

    assert answer.status_code == 500
