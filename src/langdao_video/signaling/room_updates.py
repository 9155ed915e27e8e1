"""Writes room commands as room updates, the frames that both pages get. Pure."""

from __future__ import annotations

from langdao_video.session.commands import (
    Amount,
    End,
    ResolveWarning,
    RoomCommand,
    ShowBill,
    ShowLowBalance,
    Warn,
)
from langdao_video.session.events import elapsed_seconds
from langdao_video.session.roles import Role
from langdao_video.signaling.fields import Cost
from langdao_video.signaling.messages import (
    Bill,
    ConnectionWarning,
    EndNotice,
    LowBalance,
    SessionInfo,
    WarningResolved,
)

RoomUpdate = Bill | ConnectionWarning | WarningResolved | LowBalance | EndNotice


def end_without_bill(info: SessionInfo, by: Role, at_ms: int) -> EndNotice:
    """Tell both that *by* has ended the session at *at_ms* (Unix ms), without the bill: it may come late."""
    return EndNotice(
        ended_by=by,
        reason="ended-by-user",
        total_seconds=elapsed_seconds(info.start, at_ms),
        billable_seconds=None,
        cost=None,
        timestamp=at_ms,
    )


def write_update(command: RoomCommand) -> RoomUpdate:
    """Write *command* as the frame for both pages."""
    match command:
        case ShowBill():
            return _write_bill(command)
        case Warn():
            return ConnectionWarning(
                disconnected_role=command.role,
                grace_period_seconds=command.grace_seconds,
                deadline=command.deadline_ms,
                cause=command.cause,
                claims=None if command.claims is None else dict(command.claims),
            )
        case ResolveWarning():
            return WarningResolved(outcome=command.outcome)
        case ShowLowBalance():
            return LowBalance(remaining_seconds=command.remaining_seconds)
        case End():
            return EndNotice(
                ended_by=command.ended_by,
                reason=command.reason,
                total_seconds=command.total_seconds,
                billable_seconds=command.billable_seconds,
                cost=None if command.cost is None else _write_cost(command.cost),
                timestamp=command.ended_at_ms,
                statement_url=command.statement_url,
                pauses=command.pauses,
            )


def _write_bill(command: ShowBill) -> Bill:
    return Bill(
        state=command.state,
        running=command.is_running,
        reason=command.reason,
        billable_seconds=command.billable_seconds,
        cost=_write_cost(command.cost),
        rate_per_hour=_write_cost(command.rate_per_hour),
        server_time=command.now_ms,
        proven_at=command.proven_at_ms,
        cap_at=command.cap_at_ms,
        cap_seconds=command.cap_seconds,
    )


def _write_cost(amount: Amount) -> Cost:
    return Cost(minor=amount.minor, currency=amount.currency, decimals=amount.decimals)
