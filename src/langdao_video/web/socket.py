"""The room's socket (R5): `GET /?room=…`, upgraded."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from langdao_video.access.origins import may_open_socket
from langdao_video.errors import BadRequest
from langdao_video.session.links import is_room
from langdao_video.signaling.codec import encode_frame
from langdao_video.signaling.connection import Connection
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.messages import Error
from langdao_video.web.context import Service
from langdao_video.web.target import check_query

router = APIRouter()
_BAD_ROOM: Final = "The socket's URL must name one room: /?room=…, 1 to 256 printable characters in UTF-8."

_BAD_ORIGIN: Final = (
    "A page of this Origin may not open a socket here: name the Origin in WEBRTC_URL or FRAME_ANCESTORS."
)


@router.websocket("/")
async def open_socket(websocket: WebSocket, service: Service) -> None:
    """Accept the socket of our page, or of the page of a platform that may embed us, and run it."""
    peer = websocket.client.host if websocket.client else None
    origin, host = websocket.headers.get("origin"), websocket.headers.get("host", "")
    settings = service.settings
    if not may_open_socket(origin, host, settings.base_origin, settings.parent_origins):
        service.throttle.note(peer, "foreign-origin")
        await websocket.close(reason=_BAD_ORIGIN)  # before accept: HTTP 403
        return
    rooms = _read_rooms(websocket)
    with suppress(WebSocketDisconnect):  # the caller may be gone before we answer
        await websocket.accept()
        if len(rooms) != 1 or not is_room(rooms[0]):
            service.throttle.note(peer, "bad-link")
            await websocket.send_text(encode_frame(Error(code="bad-link", message=_BAD_ROOM, final=True)))
            await websocket.close(CloseCode.BAD_FRAMES, "bad-link")
            return
        await Connection(
            websocket, rooms[0], service.hub, service.admission, service.throttle, service.clock
        ).run()


def _read_rooms(websocket: WebSocket) -> list[str]:
    try:
        check_query(websocket.scope["query_string"])
    except BadRequest:
        return []
    return websocket.query_params.getlist("room")
