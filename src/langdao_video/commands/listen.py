"""The command `listen`: a receiver for development. It prints each event, verifies its signature and answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from langdao_video.delivery.signing import ID_HEADER, SecretInvalid, SignatureInvalid, receive_secret, verify
from langdao_video.errors import BadRequest
from langdao_video.log_writer import escape_controls

_BODY_BYTES_MAX: Final = 1 << 20
_REFUSED: Final = 401


@dataclass(frozen=True, slots=True)
class Receiver:
    """What to do with a request: who may have signed it, and which status to answer."""

    secrets: Sequence[str]
    status: int

    def take(self, headers: Mapping[str, str], body: bytes, now_seconds: float) -> tuple[int, str]:
        """Return the status of the answer, and the line to print."""
        status, signed = self.status, "no secret to verify with"
        if self.secrets:
            try:
                verify(self.secrets, headers, body, now_seconds)
                signed = "signature fits"
            except SignatureInvalid as error:
                status, signed = _REFUSED, f"NOT VERIFIED: {error}"
        try:
            event = json.loads(body)
            name = f"{event['type']} {event['sessionId']}"
        except (ValueError, TypeError, KeyError):
            name = "no event"
        text = body.decode("utf-8", "replace")
        given = {name.lower(): value for name, value in headers.items()}.get(ID_HEADER, "-")
        line = f"{time.strftime('%H:%M:%S', time.gmtime(now_seconds))} {status} {name} [{given}; {signed}] {text}"
        return status, escape_controls(line)


def check_secrets(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the secrets to verify with, or raise BadRequest `endpoint-secret`."""
    try:
        for text in texts:
            receive_secret(text)
    except SecretInvalid as error:
        raise BadRequest("endpoint-secret", str(error)) from None
    return tuple(texts)


def make_listener(port: int, receiver: Receiver, tell: Callable[[str], object]) -> ThreadingHTTPServer:
    """Return a server on 127.0.0.1 that answers each POST as *receiver* says. Port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "0")
            if not length.isascii() or not length.isdecimal() or int(length) > _BODY_BYTES_MAX:
                self.send_error(413)
                return
            status, line = receiver.take(dict(self.headers), self.rfile.read(int(length)), time.time())
            tell(line)
            answer = json.dumps({"success": 200 <= status < 300}).encode()  # noqa: PLR2004 - success
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Print nothing: each event has its own line."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server
