"""The edge's own answers, before a request reaches the application: `{code, message}` as everywhere. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from langdao_video.errors import LangDAOError, Unavailable


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer, after which the connection is closed."""

    status: HTTPStatus
    code: str
    message: str
    retry_after_seconds: int = 0
    header: str = ""
    """One more header line."""

    def encode(self, headers: Mapping[str, str]) -> bytes:
        """Return the response (RFC 9112 §4), with *headers* besides those of the answer itself."""
        body = json.dumps({"code": self.code, "message": self.message}).encode()
        head = [
            f"HTTP/1.1 {self.status.value} {self.status.phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            *(f"{name}: {value}" for name, value in headers.items()),
            "connection: close",
        ]
        if self.retry_after_seconds:
            head.append(f"retry-after: {self.retry_after_seconds}")
        if self.header:
            head.append(self.header)
        return "\r\n".join([*head, "", ""]).encode() + body


HEAD_BYTES_MAX: Final = 128 * 1024
HEADER_LINES_MAX: Final = 256
URL_BYTES_MAX: Final = 16 * 1024
CHUNKS_MAX: Final = 4_096
PIPELINE_MAX: Final = 8

NOT_HTTP: Final = HttpAnswer(HTTPStatus.BAD_REQUEST, "not-http", "This is not an HTTP/1.1 request.")
BAD_HOST: Final = HttpAnswer(
    HTTPStatus.BAD_REQUEST, "bad-host", "A request names its host in one Host header (RFC 9112 §3.2)."
)
"""A proxy may route by one of two names while we read the other."""
TOO_MANY_CHUNKS: Final = HttpAnswer(
    HTTPStatus.BAD_REQUEST, "too-many-chunks", f"A request's body may have at most {CHUNKS_MAX} chunks."
)
PIPELINE_FULL: Final = HttpAnswer(
    HTTPStatus.BAD_REQUEST, "pipeline-full", f"At most {PIPELINE_MAX} requests may wait on one connection."
)
HEAD_LATE: Final = HttpAnswer(
    HTTPStatus.REQUEST_TIMEOUT, "head-late", "The request's head did not come in time."
)
BODY_LATE: Final = HttpAnswer(
    HTTPStatus.REQUEST_TIMEOUT, "body-late", "The request's body did not come in time."
)
URL_TOO_LONG: Final = HttpAnswer(
    HTTPStatus.REQUEST_URI_TOO_LONG, "url-too-long", f"The address has more than {URL_BYTES_MAX} bytes."
)
HEAD_TOO_LARGE: Final = HttpAnswer(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "headers-too-large",
    f"The headers have more than {HEADER_LINES_MAX} lines or {HEAD_BYTES_MAX} bytes. Usually cookies are the cause: "
    "clear them.",
)
BUSY: Final = HttpAnswer(
    HTTPStatus.SERVICE_UNAVAILABLE, "connections-full", "Too many connections: try again.", 2
)
ADDRESS_BUSY: Final = HttpAnswer(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "address-full",
    "This address has too many connections, or opens them too fast: try again.",
    2,
)
BAD_HANDSHAKE: Final = HttpAnswer(
    HTTPStatus.BAD_REQUEST,
    "bad-handshake",
    "A WebSocket is opened by GET with one Sec-WebSocket-Key (RFC 6455).",
)
BAD_VERSION: Final = HttpAnswer(
    HTTPStatus.UPGRADE_REQUIRED,
    "bad-websocket-version",
    "This service speaks version 13 of the WebSocket protocol.",
    header="sec-websocket-version: 13",
)
BODY_READ_BYTES_MAX: Final = 64 * 1024
"""What the application takes (`web.bodies`), and what a caller is told."""
BODY_BYTES_MAX: Final = 256 * 1024
"""More than the application takes, so that the application answers first if it reads the body."""
BODY_TOO_LARGE: Final = HttpAnswer(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "body-too-large",
    f"A request's body may have at most {BODY_READ_BYTES_MAX} bytes.",
)


def refuse_socket(error: LangDAOError) -> HttpAnswer:
    """Return the answer to a page that may not open a socket here, and why: 503 if it may elsewhere."""
    if isinstance(error, Unavailable):
        return HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, error.code, error.message)
    return HttpAnswer(HTTPStatus.FORBIDDEN, "socket-refused", error.message)
