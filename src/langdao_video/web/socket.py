"""The room's socket (R5): `GET /?room=…`, upgraded. Both drivers ask here who may open one and who takes its frames."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from langdao_video.errors import NotAllowed, Unavailable
from langdao_video.signaling.codec import encode_frame
from langdao_video.signaling.connection import Connection
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.messages import Error
from langdao_video.signaling.port import Carrier, Opening, Taker
from langdao_video.web.context import Context, Service
from langdao_video.web.opening import check_origin, read_opening
from langdao_video.web.portable_socket import PortableSocket

router = APIRouter()
_DENIAL: Final = "websocket.http.response"
"""The extension of ASGI with which a handshake may get any answer."""
_BAD_ROOM: Final = "The socket's URL must name one room: /?room=…, 1 to 256 printable characters in UTF-8."


@router.websocket("/")
async def serve_socket(websocket: WebSocket, service: Service) -> None:
    """Accept the socket of our page, or of the page of a platform that may embed us, and run it."""
    try:
        opening = check_opening(websocket.scope, service)
    except NotAllowed as error:
        await websocket.close(reason=error.message)  # before accept: HTTP 403
        return
    except Unavailable as error:
        await _deny(websocket, error)
        return
    with suppress(WebSocketDisconnect):  # the caller may be gone before we answer
        await websocket.accept()
        await PortableSocket(websocket, opening).run(partial(open_socket, service=service))


def check_opening(scope: Mapping[str, Any], service: Context) -> Opening:
    """Read the request of a socket. Raises NotAllowed `socket-refused`, Unavailable `service-moving`."""
    service.hub.check_opening()  # a load balancer tries the next node
    opening = read_opening(scope)
    try:
        check_origin(scope, service.settings)
    except NotAllowed:
        service.throttle.note(opening.host, "foreign-origin")
        raise
    return opening


def open_socket(opening: Opening, carrier: Carrier, service: Context) -> Taker:
    """Return what takes the frames of an accepted socket. A socket whose URL names no room is told so, and closed."""
    if not opening.room:
        service.throttle.note(opening.host, "bad-link")
        carrier.send(encode_frame(Error(code="bad-link", message=_BAD_ROOM, final=True)))
        carrier.close(CloseCode.BAD_FRAMES, "bad-link")
        return _Nobody()
    return Connection(opening, carrier, service.hub, service.admission, service.throttle, service.clock)


async def _deny(websocket: WebSocket, error: Unavailable) -> None:
    """Answer 503, if the server can answer a handshake with more than 403."""
    if _DENIAL in (websocket.scope.get("extensions") or {}):
        denial = JSONResponse({"code": error.code, "message": error.message}, error.status)
        await websocket.send_denial_response(denial)
    else:
        await websocket.close(reason=error.message)


class _Nobody:
    """Takes nothing."""

    is_busy = False

    def receive(self, frame: bytes | None) -> None:
        """Drop the frame."""

    def lose(self, code: int | None) -> None:
        """Do nothing."""
