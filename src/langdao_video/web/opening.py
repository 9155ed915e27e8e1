"""Decides whether a socket may open, and for which room. Pure: values of an ASGI scope in, an Opening out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers

from langdao_video.access.origins import may_open_socket
from langdao_video.errors import BadRequest, NotAllowed
from langdao_video.session.links import is_room
from langdao_video.settings import Settings
from langdao_video.signaling.port import Opening
from langdao_video.web.target import check_query

_BAD_ORIGIN: Final = (
    "A page of this Origin may not open a socket here: name the Origin in WEBRTC_URL or FRAME_ANCESTORS."
)


def check_origin(scope: Mapping[str, Any], settings: Settings) -> None:
    """Raise NotAllowed `socket-refused` for a page that is neither ours nor one that may embed us.

    A caller without an Origin is no browser, and passes.
    """
    headers = Headers(raw=scope["headers"])
    origin, host = headers.get("origin"), headers.get("host", "")
    if not may_open_socket(origin, host, settings.base_origin, settings.parent_origins):
        raise NotAllowed("socket-refused", _BAD_ORIGIN)


def read_opening(scope: Mapping[str, Any]) -> Opening:
    """Read the room and the caller from the request of a socket."""
    client = scope.get("client")
    return Opening(_read_room(scope["query_string"]), client[0] if client else None)


def _read_room(query: bytes) -> str:
    try:
        check_query(query)
    except BadRequest:
        return ""
    rooms = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("room", [])
    return rooms[0] if len(rooms) == 1 and is_room(rooms[0]) else ""
