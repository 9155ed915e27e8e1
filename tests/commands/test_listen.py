"""The receiver for development: it verifies as a platform does, and answers as it was told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from langdao_video.commands.listen import Receiver, check_secrets, make_listener
from langdao_video.delivery.signing import sign_headers
from langdao_video.errors import BadRequest
from tests.stories.live import NO_TLS

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"  # noqa: S105 - of a test
BODY = json.dumps({"type": "user-connected", "sessionId": "s-1"}).encode()
NOW = 1_764_000_000


def test_a_signed_event_is_named_and_verified() -> None:
    status, line = Receiver([SECRET], 200).take(sign_headers([SECRET], "evt_1", NOW, BODY), BODY, NOW)

    assert status == 200
    assert "user-connected s-1 [evt_1; signature fits]" in line


def test_what_does_not_verify_is_refused() -> None:
    headers = sign_headers([SECRET], "evt_1", NOW, BODY)

    status, line = Receiver([SECRET], 200).take(headers, BODY + b" ", NOW)
    late, _ = Receiver([SECRET], 200).take(headers, BODY, NOW + 301)

    assert (status, late) == (401, 401)
    assert "NOT VERIFIED" in line


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"type": 1}', b'"\x1b"'])
def test_anything_else_is_printed_on_one_line(body: bytes) -> None:
    status, line = Receiver([], 500).take({}, body + b"\n\x1b[31m", NOW)

    assert status == 500
    assert "no event" in line
    assert "\n" not in line
    assert "\x1b" not in line


def test_a_bad_secret_is_refused_at_the_start() -> None:
    assert check_secrets([SECRET]) == (SECRET,)
    with pytest.raises(BadRequest):
        check_secrets(["whsec_no!"])


@contextmanager
def listening(receiver: Receiver) -> Iterator[tuple[str, list[str]]]:
    lines: list[str] = []
    server = make_listener(0, receiver, lines.append)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    with server:
        yield f"http://127.0.0.1:{server.server_port}/any/path", lines
        server.shutdown()
    thread.join()


@pytest.mark.parametrize(("status", "is_success"), [(200, True), (500, False)])
def test_the_answer_is_as_it_was_told(status: int, *, is_success: bool) -> None:
    with (
        listening(Receiver([], status)) as (url, lines),
        httpx2.Client(trust_env=False, verify=NO_TLS) as http,
    ):
        answer = http.post(url, content=BODY)
        too_large = http.post(url, content=b"x" * (1 << 20) + b"x")

    assert (answer.status_code, answer.json()) == (status, {"success": is_success})
    assert too_large.status_code == 413
    assert len(lines) == 1
