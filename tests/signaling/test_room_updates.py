"""Each room command becomes the frame that both pages get."""

from __future__ import annotations

import json

import pytest

from langdao_video.session.commands import (
    Amount,
    End,
    ResolveWarning,
    RoomCommand,
    ShowBill,
    ShowLowBalance,
    Warn,
)
from langdao_video.signaling.codec import encode_frame
from langdao_video.signaling.room_updates import write_update

COST = {"minor": 31, "currency": "USD", "decimals": 2}
AMOUNT = Amount(31, "USD", 2)


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        (
            ShowBill(
                state="live",
                is_running=True,
                reason=None,
                billable_seconds=55,
                cost=AMOUNT,
                rate_per_hour=AMOUNT,
                now_ms=7,
                proven_at_ms=6,
                cap_at_ms=9,
                cap_seconds=60,
            ),
            {
                "type": "bill",
                "state": "live",
                "running": True,
                "reason": None,
                "billableSeconds": 55,
                "cost": COST,
                "ratePerHour": COST,
                "serverTime": 7,
                "provenAt": 6,
                "capAt": 9,
                "capSeconds": 60,
            },
        ),
        (
            Warn(role="tutor", grace_seconds=30, deadline_ms=9, cause="media", claims={"tutor": "sends"}),
            {
                "type": "connection-warning",
                "disconnectedRole": "tutor",
                "gracePeriodSeconds": 30,
                "deadline": 9,
                "cause": "media",
                "claims": {"tutor": "sends"},
            },
        ),
        (ResolveWarning("returned"), {"type": "grace-resolved", "outcome": "returned"}),
        (ShowLowBalance(60), {"type": "low-balance", "remainingSeconds": 60}),
        (
            End(
                ended_by="tutor",
                reason="ended-by-user",
                total_seconds=60,
                billable_seconds=55,
                cost=AMOUNT,
                ended_at_ms=9,
                statement_url="http://localhost/sessions/s",
                pauses=2,
            ),
            {
                "type": "session-ended",
                "endedBy": "tutor",
                "reason": "ended-by-user",
                "totalSeconds": 60,
                "billableSeconds": 55,
                "cost": COST,
                "timestamp": 9,
                "statementUrl": "http://localhost/sessions/s",
                "pauses": 2,
            },
        ),
    ],
)
def test_a_command_is_written_as_its_frame(command: RoomCommand, frame: dict[str, object]) -> None:
    assert json.loads(encode_frame(write_update(command))) == frame
