"""Room commands: what the platform backend tells the room of a session. Pure.

The platform backend decides and the call service shows. These values cross the line between the two sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from langdao_video.session.claims import Claim, WarningCause
from langdao_video.session.facts import EndedBy
from langdao_video.session.roles import Role


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in the smallest unit of *currency*, which has *decimals* decimals."""

    minor: int
    currency: str
    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowBill:
    """Show the bill at *now_ms*. *is_running* says whether the meter runs; *reason* says why it does not."""

    state: str
    is_running: bool
    reason: str | None
    billable_seconds: int
    cost: Amount
    rate_per_hour: Amount
    now_ms: int
    proven_at_ms: int | None
    """Until when *billable_seconds* counts, Unix ms. None while the meter stands still."""
    cap_at_ms: int | None
    """When the prepaid time ends if both stay, Unix ms."""
    cap_seconds: int | None
    """The prepaid billable time; None without a cap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn:
    """Ask the question about *role*; without an answer the session ends at *deadline_ms*, Unix ms (R39)."""

    role: Role
    grace_seconds: int
    deadline_ms: int
    cause: WarningCause = "away"
    claims: Mapping[Role, Claim] | None = None
    """What each side's page claims."""
    stays: bool = False
    """Whether only an answer closes the question, and not the end of the claim that it is about."""


@dataclass(frozen=True, slots=True)
class ResolveWarning:
    """Close the question: the missing participant returned, or the other one chose to wait."""

    outcome: Literal["returned", "wait"]


@dataclass(frozen=True, slots=True)
class ShowLowBalance:
    """Tell both that the prepaid time ends in *remaining_seconds*."""

    remaining_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """End the session for both, and show the final bill. *total_seconds* counts from the session's start.

    Without *billable_seconds* and *cost* the bill is not known here.
    """

    ended_by: EndedBy
    reason: str
    total_seconds: int
    billable_seconds: int | None
    cost: Amount | None
    ended_at_ms: int
    statement_url: str | None
    pauses: int
    """How often the meter stopped during the session."""


@dataclass(frozen=True, slots=True)
class MoreTime:
    """Let the session go on until *cap_seconds* are billed; None: without a limit."""

    cap_seconds: int | None


RoomCommand = ShowBill | Warn | ResolveWarning | ShowLowBalance | End
"""What a room shows."""
PlatformCommand = RoomCommand | MoreTime
"""What a platform in another process may tell the room of a session."""
