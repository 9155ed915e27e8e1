"""Room commands as JSON: what `POST /api/rooms/{id}/commands` takes, from our backend or from somebody else's. Pure.

Law: a body that is not right to the letter is refused as a whole, so that a typo in a command is noticed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from langdao_video.session.claims import Claim, WarningCause
from langdao_video.session.commands import (
    Amount,
    End,
    MoreTime,
    PlatformCommand,
    ResolveWarning,
    ShowBill,
    ShowLowBalance,
    Warn,
)
from langdao_video.session.events import Flag, Reason, Seconds, SessionId, UnixMs
from langdao_video.session.facts import EndedBy
from langdao_video.session.roles import Role

COMMANDS_MAX: Final = 50
"""How many commands one request may have: more than our backend ever sends at once."""
_MINOR_MAX: Final = 2**53 - 1
"""What JSON keeps exactly: the bill of days at the highest rate."""
_GRACE_SECONDS_MAX: Final = 3_600
_CAP_SECONDS_MAX: Final = 7 * 24 * 3_600

GraceSeconds = Annotated[int, Field(strict=True, ge=1, le=_GRACE_SECONDS_MAX)]
CapSeconds = Annotated[int, Field(strict=True, ge=1, le=_CAP_SECONDS_MAX, description="Billable seconds.")]


class _Body(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, alias_generator=AliasGenerator(alias=to_camel)
    )


class AmountBody(_Body):
    """An amount in the smallest unit of *currency*, which has *decimals* decimals."""

    minor: Annotated[int, Field(strict=True, ge=-_MINOR_MAX, le=_MINOR_MAX)]
    currency: Annotated[str, Field(min_length=1, max_length=12)]
    decimals: Annotated[int, Field(strict=True, ge=0, le=18)]


class WarnBody(_Body):
    """Ask the one who stayed about *disconnectedRole*: wait, or end? The session ends at *deadline* by itself (R39).

    The room asks one question about each disconnect, whoever finds it first. It asks nothing about a participant who is
    there, and nothing if the deadline is past.
    """

    type: Literal["warn"] = "warn"
    disconnected_role: Role
    grace_period_seconds: GraceSeconds = 30
    deadline: UnixMs
    cause: WarningCause = "away"
    claims: dict[Role, Claim] | None = None
    stays: Flag = False
    """Whether only an answer closes the question."""


class ResolveBody(_Body):
    """Close the open question: *wait* if somebody chose to wait, *returned* if the missing participant was heard."""

    type: Literal["resolve"] = "resolve"
    outcome: Literal["returned", "wait"] = "wait"


class LowBalanceBody(_Body):
    """Tell both that the prepaid time ends in *remainingSeconds*."""

    type: Literal["low-balance"] = "low-balance"
    remaining_seconds: Seconds


class MoreTimeBody(_Body):
    """Let the session go on until *capSeconds* are billed; null: without a limit."""

    type: Literal["more-time"] = "more-time"
    cap_seconds: CapSeconds | None


class EndBody(_Body):
    """End the session for both at *timestamp*. With *billableSeconds* and *cost* both are shown the final bill."""

    type: Literal["end"] = "end"
    ended_by: EndedBy = "platform"
    reason: Reason = "ended-by-platform"
    timestamp: UnixMs
    billable_seconds: Seconds | None = None
    cost: AmountBody | None = None
    statement_url: Annotated[str, Field(max_length=2_048, pattern=r"^https?://[^\s]+$")] | None = None
    pauses: Annotated[int, Field(strict=True, ge=0, lt=2**31)] = 0


class BillBody(_Body):
    """Show the bill as it stands at *serverTime*. A bill that is older than the one shown is not shown."""

    type: Literal["bill"] = "bill"
    state: Literal["waiting", "live", "paused", "grace", "ended"]
    running: Flag
    reason: Annotated[str, Field(max_length=32, pattern=r"^[a-z\-]+$")] | None = None
    billable_seconds: Seconds
    cost: AmountBody
    rate_per_hour: AmountBody
    server_time: UnixMs
    proven_at: UnixMs | None = None
    cap_at: UnixMs | None = None
    cap_seconds: Annotated[int, Field(strict=True, ge=0, le=_CAP_SECONDS_MAX)] | None = None


CommandBody = Annotated[
    WarnBody | ResolveBody | LowBalanceBody | MoreTimeBody | EndBody | BillBody, Field(discriminator="type")
]


class Commands(_Body):
    """What a platform tells the room of one session. The commands are carried out in this order."""

    session_id: Annotated[
        SessionId | None,
        Field(
            description="The session of the path. A signed request needs it: the signature covers only the body."
        ),
    ] = None
    commands: Annotated[tuple[CommandBody, ...], Field(min_length=1, max_length=COMMANDS_MAX)]

    def read(self) -> list[PlatformCommand]:
        """Return the commands as values."""
        return [_read(body) for body in self.commands]


def write_commands(session_id: str, commands: Sequence[PlatformCommand]) -> dict[str, Any]:
    """Return the JSON object for *commands* to a session, without the fields that say nothing.

    *total_seconds* is not sent.
    """
    bodies = tuple(_write(command) for command in commands)
    written: list[dict[str, Any]] = []
    for body in bodies:
        fields = body.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        # A missing cap means something: no limit any more.
        lifted = {"capSeconds": None} if isinstance(body, MoreTimeBody) and body.cap_seconds is None else {}
        written.append({"type": body.type, **fields, **lifted})
    return {"sessionId": session_id, "commands": written}


def _read(body: CommandBody) -> PlatformCommand:
    match body:
        case WarnBody():
            return Warn(
                role=body.disconnected_role,
                grace_seconds=body.grace_period_seconds,
                deadline_ms=body.deadline,
                cause=body.cause,
                claims=body.claims,
                stays=body.stays,
            )
        case ResolveBody():
            return ResolveWarning(body.outcome)
        case LowBalanceBody():
            return ShowLowBalance(body.remaining_seconds)
        case MoreTimeBody():
            return MoreTime(body.cap_seconds)
        case EndBody():
            return End(
                ended_by=body.ended_by,
                reason=body.reason,
                total_seconds=0,  # the call service counts it from its own start of the session
                billable_seconds=body.billable_seconds,
                cost=None if body.cost is None else _read_amount(body.cost),
                ended_at_ms=body.timestamp,
                statement_url=body.statement_url,
                pauses=body.pauses,
            )
        case BillBody():
            return ShowBill(
                state=body.state,
                is_running=body.running,
                reason=body.reason,
                billable_seconds=body.billable_seconds,
                cost=_read_amount(body.cost),
                rate_per_hour=_read_amount(body.rate_per_hour),
                now_ms=body.server_time,
                proven_at_ms=body.proven_at,
                cap_at_ms=body.cap_at,
                cap_seconds=body.cap_seconds,
            )


def _write(command: PlatformCommand) -> CommandBody:
    match command:
        case Warn():
            return WarnBody(
                disconnected_role=command.role,
                grace_period_seconds=command.grace_seconds,
                deadline=command.deadline_ms,
                cause=command.cause,
                claims=None if command.claims is None else dict(command.claims),
                stays=command.stays,
            )
        case ResolveWarning():
            return ResolveBody(outcome=command.outcome)
        case ShowLowBalance():
            return LowBalanceBody(remaining_seconds=command.remaining_seconds)
        case MoreTime():
            return MoreTimeBody(cap_seconds=command.cap_seconds)
        case End():
            return EndBody(
                ended_by=command.ended_by,
                reason=command.reason,
                timestamp=command.ended_at_ms,
                billable_seconds=command.billable_seconds,
                cost=None if command.cost is None else _write_amount(command.cost),
                statement_url=command.statement_url,
                pauses=command.pauses,
            )
        case ShowBill():
            return _write_bill(command)


def _write_bill(command: ShowBill) -> BillBody:
    return BillBody.model_validate(
        {
            "state": command.state,
            "running": command.is_running,
            "reason": command.reason,
            "billable_seconds": command.billable_seconds,
            "cost": _write_amount(command.cost),
            "rate_per_hour": _write_amount(command.rate_per_hour),
            "server_time": command.now_ms,
            "proven_at": command.proven_at_ms,
            "cap_at": command.cap_at_ms,
            "cap_seconds": command.cap_seconds,
        }
    )


def _read_amount(body: AmountBody) -> Amount:
    return Amount(body.minor, body.currency, body.decimals)


def _write_amount(amount: Amount) -> AmountBody:
    return AmountBody(minor=amount.minor, currency=amount.currency, decimals=amount.decimals)
