"""Makes sessions and links with the library, against the real service; and against servers that are none."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Final

import pytest
import pytest_asyncio

from langdao_video.platform import (
    Platform,
    PlatformError,
    SessionCreated,
    SessionView,
    TutorAccepted,
    UnknownEvent,
)
from tests.http_server import ManyAtOnce
from tests.ports import free_port
from tests.stories.forked import ForkedService

pytestmark = pytest.mark.requirement("R3", "R4")

STUDENT, TUTOR = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1", "0x8ba1f109551bD432803012645Ac136ddd64DBA72"
KEY: Final = "k" * 40


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ForkedService]:
    """Run the service with keys, as in production."""
    folder = tmp_path_factory.mktemp("service")
    env = {
        "LINK_KEYS": "l" * 40,
        "API_KEYS": KEY,
        "STUN_URLS": "none",
        "DATABASE_URL": f"sqlite:///{folder / 'langdao.sqlite'}",
    }
    async with ForkedService(folder, env) as running:
        yield running


@pytest.fixture
def platform(service: ForkedService) -> Platform:
    return Platform(service.url, KEY)


def test_a_session_and_both_links_are_made(platform: Platform) -> None:
    made = platform.create_session(
        STUDENT,
        "es",
        rate_per_hour_minor=2_000,
        currency="USD",
        cap_seconds=3_600,
        display_name="Ana",
        look={"brand": "Lingua"},
    )
    with pytest.raises(PlatformError) as early:
        platform.tutor_link(made.session_id, TUTOR)
    accepted = platform.tutor_link(made.session_id, TUTOR, accepted=True)
    session = platform.read_session(made.session_id, "de")

    assert made.student_url
    assert "role=student" in made.student_url
    assert made.link_id
    assert made.tutor_url is None
    assert (early.value.code, early.value.status, early.value.retry) == ("student-not-connected", 409, False)
    assert accepted.tutor_url
    assert accepted.session_start == made.session_start
    assert (session.state, session.cost.formatted, session.rate_per_hour.minor) == (
        "waiting",
        "0,00\xa0$",
        2_000,
    )
    assert session.cap == {"seconds": 3_600, "minor": None, "remainingSeconds": 3_600}


def test_the_view_has_every_field_of_a_session(platform: Platform) -> None:
    made = platform.create_session(STUDENT, "es")
    answer = platform._get(f"/api/sessions/{made.session_id}", {})

    assert set(answer) == {str(field.alias) for field in SessionView.model_fields.values()}


def test_the_events_of_a_session_are_pulled(platform: Platform) -> None:
    made = platform.create_session(STUDENT, "es")
    platform.tutor_link(made.session_id, TUTOR, accepted=True)

    first = platform.session_events(made.session_id)
    later = platform.session_events(made.session_id, 1)

    unknown = platform.session_events(made.session_id, 99)

    assert [type(event) for event in first.events] == [SessionCreated, TutorAccepted]
    assert later.events == first.events[1:]
    assert unknown.events == first.events
    assert [each.is_reset for each in (first, later, unknown)] == [False, False, True]


@pytest.mark.parametrize(
    ("student", "language", "code", "text"),
    [("Ana", "es", "address-invalid", "'Ana'"), (STUDENT, "tlh", "language-unknown", "'tlh'")],
)
def test_a_refusal_has_the_code_and_the_message_of_the_service(
    platform: Platform, student: str, language: str, code: str, text: str
) -> None:
    with pytest.raises(PlatformError) as refused:
        platform.create_session(student, language)

    assert (refused.value.code, refused.value.status) == (code, 400)
    assert text in str(refused.value)


def test_a_field_of_a_wrong_type_is_named(platform: Platform) -> None:
    with pytest.raises(PlatformError, match=r"request-invalid: .*ratePerHourMinor"):
        platform.create_session(STUDENT, "es", rate_per_hour_minor=0)


def test_a_wrong_key_is_refused(service: ForkedService) -> None:
    with pytest.raises(PlatformError, match="api-key-required"):
        Platform(service.url, "wrong" + KEY).create_session(STUDENT, "es")


def test_an_id_of_any_characters_is_one_path(platform: Platform) -> None:
    with pytest.raises(PlatformError) as unknown:
        platform.read_session("../math/7b?x#é")

    assert (unknown.value.code, unknown.value.status) == ("unknown-session", 404)


@dataclass(slots=True)
class Stranger:
    """A server that answers each request as told, and keeps what was asked."""

    status: int = 200
    body: bytes = b"{}"
    lost_bytes: int = 0
    """How much of the answer a lost connection keeps back."""
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    told = Stranger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.asked.append((self.path, headers, self.rfile.read(length)))
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(told.body) + told.lost_bytes))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_: object) -> None: ...

    server = ManyAtOnce(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_events_of_all_sessions_are_pulled_by_a_cursor(stranger: Stranger) -> None:
    event = {"type": "new", "sessionId": "s", "timestamp": 1, "seq": 1}
    stranger.body = json.dumps({"events": [event], "next": "c2"}).encode()
    platform = Platform(stranger.url + "/call/", KEY)

    first = platform.events()
    platform.events(first.cursor, limit=5, wait_seconds=20)

    assert first.cursor == "c2"
    assert isinstance(first.events[0], UnknownEvent)
    paths = [path for path, _, _ in stranger.asked]
    assert paths == ["/call/api/events?limit=1000", "/call/api/events?after=c2&limit=5&wait=20"]


def test_a_request_carries_the_keys_and_the_fields_in_camel_case(stranger: Stranger) -> None:
    stranger.body = b'{"sessionId": "s", "sessionStart": 1, "state": "waiting", "studentUrl": "u", "new": 1}'

    made = Platform(stranger.url, KEY).create_session(
        STUDENT, "es", tutor_address=TUTOR, idempotency_key="order-7"
    )

    [(path, headers, body)] = stranger.asked
    assert (path, made.student_url) == ("/api/sessions", "u")
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["idempotency-key"] == "order-7"
    assert json.loads(body) == {"studentAddress": STUDENT, "language": "es", "tutorAddress": TUTOR}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_the_key_nowhere(stranger: Stranger, status: int) -> None:
    stranger.status, stranger.headers = status, {"location": f"{stranger.url}/elsewhere"}

    with pytest.raises(PlatformError) as refused:
        Platform(stranger.url, KEY).read_session("s")

    assert (refused.value.status, len(stranger.asked)) == (status, 1)


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"", b"\xff", b"[" * 100_000], ids=lambda body: repr(body[:8])
)
@pytest.mark.parametrize("status", [200, 502])
def test_an_answer_of_something_else_is_told(stranger: Stranger, status: int, body: bytes) -> None:
    stranger.status, stranger.body = status, body

    with pytest.raises(PlatformError) as refused:
        Platform(stranger.url).read_session("s")

    assert (refused.value.code, refused.value.retry) == ("answer-unreadable", status == 502)
    assert "base_url" in refused.value.message


def test_an_answer_without_the_fields_is_told(stranger: Stranger) -> None:
    with pytest.raises(PlatformError, match="answer-unreadable"):
        Platform(stranger.url).read_session("s")


def test_half_an_answer_is_a_lost_connection_and_may_be_asked_for_again(stranger: Stranger) -> None:
    stranger.body, stranger.lost_bytes = b'{"sessionId": "s"', 100

    with pytest.raises(PlatformError) as lost:
        Platform(stranger.url).read_session("s")

    assert (lost.value.code, lost.value.retry) == ("unreachable", True)


def test_no_server_is_told_and_may_be_tried_again() -> None:
    url = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(PlatformError) as lost:
        Platform(url).read_session("s")

    assert (lost.value.code, lost.value.status, lost.value.retry) == ("unreachable", None, True)
    assert url in lost.value.message


@pytest.mark.parametrize("url", ["", "call.example", "ftp://call.example", "file:///etc/passwd"])
def test_an_address_that_is_no_http_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        Platform(url)


def test_an_error_shows_code_and_message() -> None:
    error = PlatformError("session-over", "The session is over.", status=409)

    assert str(error) == "session-over: The session is over."
