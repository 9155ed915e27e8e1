"""The minimal relay for bench/pages/: it serves the pages and sends each text frame to the others in the room.

It uses the same kind of server as the service (uvicorn with uvloop, httptools, sans-I/O websockets), but no framework.
So a ratio to it shows the cost of our code and not of the server.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

TYPES: Final = {".html": b"text/html; charset=utf-8", ".js": b"text/javascript"}
PAGES: Final = {
    f"/{page.name}": (page.read_bytes(), TYPES[page.suffix])
    for page in (Path(__file__).parent / "pages").iterdir()
}
rooms: defaultdict[bytes, list[Send]] = defaultdict(list)


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Serve one page or one socket (ASGI)."""
    if scope["type"] == "http":
        await serve_page(scope["path"], send)
    elif scope["type"] == "websocket":
        await relay(rooms[scope["query_string"]], receive, send)


async def serve_page(path: str, send: Send) -> None:
    """Send one of the pages, or 200 for /health, so that a bench can wait for this server as for ours."""
    body, content_type = PAGES.get(path, (b"", TYPES[".html"]))
    known = bool(body) or path == "/health"
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200 if known else 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def relay(room: list[Send], receive: Receive, send: Send) -> None:
    """Send the messages of this socket to the others in *room* until it closes."""
    await receive()
    await send({"type": "websocket.accept"})
    if room:
        await send({"type": "websocket.send", "text": '{"occupied":true}'})
    room.append(send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            for other in room:
                if other is not send:
                    await other({"type": "websocket.send", "text": message["text"]})
    finally:
        room.remove(send)


def main() -> None:
    """Serve on 127.0.0.1:$PORT until stopped."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="warning",
    )


if __name__ == "__main__":
    main()
