"""What the call service opens a room with: the snapshot of a session, and its kept lines of chat. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from langdao_video.session.claims import ClaimKind
from langdao_video.session.commands import End, ShowBill, Warn
from langdao_video.session.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSnapshot:
    """What the platform backend knows about a seat."""

    address: str = ""
    is_throwaway: bool = False
    epoch: int = 0
    is_taken: bool = False
    proof_ms: int = 0
    has_starved: bool = False
    """Whether media stopped after both sides had received some: what arrived before that proves nothing now."""
    has_been_silent: bool = False
    """Whether nothing is heard of one of the two, so that the meter stands still: what is not known of the media since
    then proves nothing."""
    dispute: ClaimKind | None = None
    """The open dispute about what this seat's page claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSnapshot:
    """A session as it is now: its seats, its bill, its open question, its end. *start_ms* is the original start."""

    id: str
    start_ms: int
    language: str
    seats: Mapping[Role, SeatSnapshot]
    bill: ShowBill | None
    """None if the bill is made elsewhere, and not known here yet."""
    warning: Warn | None = None
    end: End | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """A line of chat that the service took. (*role*, *id*) is unique in its session: *id* is the author's own.

    *at_ms* is when the service took it, Unix ms. *number* orders the lines of a session, from 1.
    """

    role: Role
    id: str
    text: str
    at_ms: int
    number: int
