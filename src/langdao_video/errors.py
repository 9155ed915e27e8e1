"""Every error this package raises on purpose: one tree, stable codes, whose fault, whether to retry.

LangDAOError
├── BadRequest          400  the caller sent something wrong; it says what would be right
│   ├── FrameRefused     -   a socket frame that breaks the protocol
│   └── EventRefused    422  a session event that cannot be taken
├── NotAllowed          403  the caller may not do this
├── NotFound            404  no such session
├── Conflict            409  right request, wrong moment (the message says what has to come first)
│   └── VersionConflict  -   another writer was first: reload, decide again
└── Unavailable         503  a bound was reached or a part is down: try again
"""

from __future__ import annotations

from typing import ClassVar


class LangDAOError(Exception):
    """Carry a stable *code* for the wire and a sentence for the person who can act on it."""

    status: ClassVar[int] = 500
    retry: ClassVar[bool] = False

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BadRequest(LangDAOError):
    """The caller sent something wrong; the message names the value and what would be right."""

    status = 400


class FrameRefused(BadRequest):
    """A socket frame that breaks the protocol; the session and the other side stay untouched."""


class EventRefused(BadRequest):
    """A session event that cannot be taken; no bill changes."""

    status = 422


class NotAllowed(LangDAOError):
    """The caller may not do this."""

    status = 403


class NotFound(LangDAOError):
    """There is no such session."""

    status = 404


class Conflict(LangDAOError):
    """The request is right but the moment is wrong; the message says what has to come first."""

    status = 409


class VersionConflict(Conflict):
    """Another writer appended first: reload the session and decide again."""

    retry = True


class Unavailable(LangDAOError):
    """A bound was reached or a part is down; the same request may work later."""

    status = 503
    retry = True
