"""The errors that this package raises on purpose: one tree that says whose fault it is and whether to retry.

LangDAOError
├── BadRequest          400  the caller sent something wrong; the message says what would be right
│   ├── FrameRefused     -   a socket frame that breaks the protocol
│   └── EventRefused    422  a session event that is refused
├── NotAllowed          403  the caller may not do this
├── NotFound            404  no such session
├── Conflict            409  right request, wrong moment (the message says what must come first)
│   └── VersionConflict  -   another writer was first: reload, decide again
└── Unavailable         503  a bound was reached or a part is down: try again
    └── NotOwner         -   another node decides for this room: ask there, or try again
        └── Lapsed       -   nobody can say who decides: this node has not renewed its lease in time

A defect of ours is none of them: `session.transitions.NoTransition` says that a state had no row for what came.
"""

from __future__ import annotations

from typing import ClassVar


class LangDAOError(Exception):
    """An error with a stable *code* for the wire and a *message* for the person who can act on it."""

    status: ClassVar[int] = 500
    retry: ClassVar[bool] = False

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BadRequest(LangDAOError):
    """The caller sent something wrong. The message names the value and what would be right."""

    status = 400


class FrameRefused(BadRequest):
    """A socket frame breaks the protocol. The session and the other side are not affected."""


class EventRefused(BadRequest):
    """A session event is refused. No bill changes."""

    status = 422


class NotAllowed(LangDAOError):
    """The caller may not do this."""

    status = 403


class NotFound(LangDAOError):
    """There is no such session."""

    status = 404


class Conflict(LangDAOError):
    """The request is right, but the moment is wrong. The message says what must come first."""

    status = 409


class VersionConflict(Conflict):
    """Another writer appended first: reload the session and decide again."""

    retry = True


class Unavailable(LangDAOError):
    """A bound was reached or a part is down. The same request may work later."""

    status = 503
    retry = True


class NotOwner(Unavailable):
    """This node does not own the room: another one does, or nobody can say at the moment. Nothing was stored."""

    def __init__(self, code: str, message: str, session_id: str = "") -> None:
        super().__init__(code, message)
        self.session_id = session_id
        """The session, if its owner may be asked; else empty."""


class Lapsed(NotOwner):
    """This node has not renewed its lease in time. It may still own its rooms when it has."""
