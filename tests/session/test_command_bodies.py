"""Room commands as JSON: read and written to the letter, and refused as a whole if anything is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from langdao_video.billing.money import RATE_MINOR_MAX, Rate, cost_of
from langdao_video.session.command_bodies import COMMANDS_MAX, Commands, write_commands
from langdao_video.session.commands import Amount, End

WIRE = Path(__file__).parents[2] / "wire" / "commands"
GOLDENS = [pytest.param(path, id=path.stem) for path in sorted(WIRE.glob("*.json"))]
NOTICE = {"type": "low-balance", "remainingSeconds": 60}


@pytest.mark.parametrize("path", GOLDENS)
def test_a_command_is_read_and_written_to_the_letter(path: Path) -> None:
    golden = json.loads(path.read_text("utf-8"))

    commands = Commands.model_validate(golden).read()

    assert write_commands(golden["sessionId"], commands) == golden


def test_every_command_has_a_golden_message() -> None:
    kinds = {json.loads(path.read_text("utf-8"))["commands"][0]["type"] for path in WIRE.glob("*.json")}

    assert kinds == {"warn", "resolve", "low-balance", "more-time", "end", "bill"}


def test_the_bill_of_a_day_at_the_highest_rate_can_be_sent() -> None:
    rate = Rate(RATE_MINOR_MAX, "TOKEN", 9)
    day = cost_of(24 * 3_600_000, rate)
    end = End(
        ended_by="student",
        reason="ended-by-user",
        total_seconds=0,
        billable_seconds=24 * 3_600,
        cost=Amount(day.minor, day.currency, day.decimals),
        ended_at_ms=1_698_234_897_890,
        statement_url=None,
        pauses=0,
    )

    written = json.loads(json.dumps(write_commands("session-abc123", [end])))

    assert Commands.model_validate(written).read() == [end]


@pytest.mark.parametrize(
    "body",
    [
        {"commands": []},
        {"commands": [NOTICE] * (COMMANDS_MAX + 1)},
        {"commands": [NOTICE | {"remainingSeconds": "60"}]},
        {"commands": [NOTICE | {"remainingSeconds": -1}]},
        {"commands": [NOTICE | {"remainingSecond": 60}]},
        {"commands": [{"type": "dance"}]},
        {"commands": [{"type": "warn", "disconnectedRole": "parent", "deadline": 1_698_234_927_890}]},
        {"commands": [{"type": "warn", "disconnectedRole": "tutor"}]},
        {"commands": [{"type": "end", "timestamp": 1, "statementUrl": "javascript:alert(1)"}]},
        {"commands": [{"type": "end", "timestamp": 1.5}]},
        {"commands": [{"type": "more-time", "capSeconds": 0}]},
        {"commands": [NOTICE], "more": 1},
        {"commands": [NOTICE], "sessionId": ""},
    ],
)
def test_a_body_that_is_not_right_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Commands.model_validate(body)
