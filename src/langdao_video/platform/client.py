"""Asks the service for sessions, links and events: HTTP with the standard library, one request after another.

A call blocks until the answer is there. In asynchronous code run it in a thread:
`await asyncio.to_thread(platform.create_session, student_address=…, language=…)`.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead
from typing import IO, Any, Final, Protocol, TypedDict, TypeVar, Unpack
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from langdao_video.platform.events import Event, PublicAmount, receive_event
from langdao_video.session.events import UnixMs
from langdao_video.session.paths import write_segment
from langdao_video.session.roles import Role

TIMEOUT_SECONDS: Final = 15.0
ANSWER_BYTES_MAX: Final = 16 * 1024**2


class PlatformError(Exception):
    """The service refused, or could not be reached. *code* is for programs and *message* says what would be right.

    *status* is that of HTTP; without an answer it is None, and *code* is `unreachable`. With *retry* the same request
    may succeed later: send it with the same idempotency key, so that nothing is made twice.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None, retry: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.retry = retry


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


_AnswerT = TypeVar("_AnswerT", bound=_Answer)


class SessionLink(_Answer):
    """A session, and the link of the participant it was asked for. The other's link is None."""

    session_id: str
    session_start: UnixMs
    state: str
    student_url: str | None = None
    tutor_url: str | None = None
    link_id: str | None = None
    """By which the link can be revoked; None in development."""


class ParticipantView(_Answer):
    """One side of a session, as it is now."""

    connected: bool
    epoch: int
    address: str | None = None
    name: str | None = None


class EndView(_Answer):
    """How a session ended."""

    ended_by: str
    reason: str | None = None
    total_seconds: int
    timestamp: UnixMs


class SessionView(_Answer):
    """A session as it is now. The guide explains each field (*Show the cost live*)."""

    session_id: str
    state: str
    reason: str | None = None
    start_time: UnixMs | None = None
    language: str | None = None
    billable_seconds: int
    proven_at: UnixMs | None = None
    cost: PublicAmount
    rate_per_hour: PublicAmount
    cap: dict[str, int | None] | None = None
    participants: dict[Role, ParticipantView]
    ended: EndView | None = None
    settling: bool = False
    final_at: UnixMs | None = None
    version: int
    server_time: UnixMs
    statement_url: str | None = None


class LinkOptions(TypedDict, total=False):
    """What may come with a request for a link. *look* is the theme, as in the guide."""

    display_name: str
    look: dict[str, Any]
    relay_only: bool


class SessionOptions(LinkOptions, total=False):
    """What may come with a request for a session."""

    tutor_address: str
    rate_per_hour_minor: int
    currency: str
    decimals: int
    cap_seconds: int
    cap_minor: int


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events of all sessions, and the cursor after them: give it as *after* of the next call."""

    events: list[Event]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class SessionEvents:
    """Events of one session after a seq."""

    events: list[Event]
    is_reset: bool
    """The service never gave that seq, as after a restored backup. So *events* begins with the first event: forget what
    you had of this session."""


class _Opener(Protocol):
    def open(self, fullurl: urllib.request.Request, data: None = None, timeout: float = ...) -> IO[bytes]: ...


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is refused: it would carry the API key to another place."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing; urllib then raises the answer as an error."""


class Platform:
    """The API of the service at *base_url*, with one of its API_KEYS. One object may be used by several threads."""

    def __init__(self, base_url: str, api_key: str = "", *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        if urlsplit(base_url).scheme not in {"http", "https"}:
            raise ValueError(
                f"base_url must begin with https:// (or http:// in development), not {base_url!r}"
            )
        self._base_url = base_url.rstrip("/")
        self._headers = {"accept": "application/json", "user-agent": "langdao-video-platform"}
        if api_key:
            self._headers["authorization"] = f"Bearer {api_key}"
        self._timeout_seconds = timeout_seconds
        self._opener: _Opener = urllib.request.build_opener(_NoRedirect)

    def create_session(
        self,
        student_address: str,
        language: str,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[SessionOptions],
    ) -> SessionLink:
        """Create a session and make the student's link. Raises PlatformError.

        With the same *idempotency_key* a second request makes no second session.
        """
        body = {"student_address": student_address, "language": language, **options}
        return _receive(SessionLink, self._post("/api/sessions", body, idempotency_key))

    def tutor_link(
        self,
        session_id: str,
        tutor_address: str | None = None,
        *,
        accepted: bool = False,
        **options: Unpack[LinkOptions],
    ) -> SessionLink:
        """Make the tutor's link. *accepted* says that the tutor pressed your button, so nobody waits for the student.

        Raises PlatformError; its code is `student-not-connected` while it is too early for the link.
        """
        path = f"{_path_of(session_id)}/{'accept' if accepted else 'tutor-link'}"
        body = {**({"tutor_address": tutor_address} if tutor_address else {}), **options}
        return _receive(SessionLink, self._post(path, body))

    def read_session(self, session_id: str, language: str = "en") -> SessionView:
        """Read a session as it is now; amounts are formatted for readers of *language*. Raises PlatformError."""
        return _receive(SessionView, self._get(_path_of(session_id), {"language": language}))

    def session_events(self, session_id: str, after: int = 0, *, wait_seconds: int = 0) -> SessionEvents:
        """List up to 1,000 events of a session with a seq above *after*; none if there is none within *wait_seconds*.

        Raises PlatformError.
        """
        answer = self._get(
            f"{_path_of(session_id)}/events", {"after": after, "wait": wait_seconds or None}, wait_seconds
        )
        return SessionEvents(_receive_events(answer), answer.get("reset") is True)

    def events(self, after: str | None = None, *, limit: int = 1_000, wait_seconds: int = 0) -> EventPage:
        """List events of all sessions from the cursor *after*, or from the first one; 1 ≤ *limit* ≤ 1,000.

        Raises PlatformError; its code is `cursor-unknown` if the cursor is of another database.
        """
        query = {"after": after, "limit": limit, "wait": wait_seconds or None}
        answer = self._get("/api/events", query, wait_seconds)
        return EventPage(_receive_events(answer), answer.get("next"))

    def _get(self, path: str, query: dict[str, Any], wait_seconds: int = 0) -> dict[str, Any]:
        text = urlencode({name: value for name, value in query.items() if value is not None})
        request = urllib.request.Request(f"{self._base_url}{path}?{text}", headers=self._headers)  # noqa: S310 - http(s)
        return self._send(request, self._timeout_seconds + wait_seconds)

    def _post(self, path: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        headers = {**self._headers, "content-type": "application/json"}
        if key is not None:
            headers["idempotency-key"] = key
        data = json.dumps({to_camel(name): value for name, value in body.items()}).encode()
        request = urllib.request.Request(self._base_url + path, data, headers, method="POST")  # noqa: S310 - http(s)
        return self._send(request, self._timeout_seconds)

    def _send(self, request: urllib.request.Request, timeout_seconds: float) -> dict[str, Any]:
        try:
            with self._opener.open(request, timeout=timeout_seconds) as answer:
                return _read_object(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from None
        except (OSError, HTTPException) as error:
            raise PlatformError(
                "unreachable", f"no answer from {self._base_url}: {error}", retry=True
            ) from error


def _path_of(session_id: str) -> str:
    return f"/api/sessions/{quote(write_segment(session_id))}"


def _receive(kind: type[_AnswerT], fields: dict[str, Any]) -> _AnswerT:
    """Read an answer. Raises PlatformError `answer-unreadable`: it is JSON, but of something else than the service."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        missing = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors()}))
        raise PlatformError(
            "answer-unreadable", f"the answer does not fit ({missing}). Check base_url."
        ) from None


def _receive_events(answer: dict[str, Any]) -> list[Event]:
    try:
        return [receive_event(event) for event in answer["events"]]
    except (KeyError, TypeError, ValueError) as error:
        raise PlatformError(
            "answer-unreadable", f"the answer has no events: {error}. Check base_url."
        ) from None


def _read_object(answer: IO[bytes]) -> dict[str, Any]:
    """Read a JSON object.

    Raises PlatformError `answer-unreadable` if something else than the service has answered, and IncompleteRead if the
    connection was lost within the answer.
    """
    text = answer.read(ANSWER_BYTES_MAX + 1)
    if len(text) <= ANSWER_BYTES_MAX and (lacking := getattr(answer, "length", None)):
        raise IncompleteRead(text, lacking)  # `read` with a bound does not tell
    try:
        fields = json.loads(text) if len(text) <= ANSWER_BYTES_MAX else None
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise PlatformError(
            "answer-unreadable", f"the answer is no JSON object: {text[:80]!r}. Check base_url."
        )
    return fields


def _refusal(error: urllib.error.HTTPError) -> PlatformError:
    """Make the service's own code and message an error, or tell what a proxy before it answered."""
    try:
        fields = _read_object(error)
    except (PlatformError, OSError, HTTPException):
        fields = {}
    code = str(fields.get("code", "answer-unreadable"))
    message = str(fields.get("message", f"HTTP {error.code} {error.reason}. Check base_url."))
    retry = error.code in {429, 502, 503, 504} or code == "version-conflict"
    return PlatformError(code, message, status=error.code, retry=retry)
