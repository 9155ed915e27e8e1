"""The words for what a page says of the lesson, and for why somebody is asked. Pure."""

from __future__ import annotations

from typing import Literal

Claim = Literal["nothing-arrives", "is-received", "sends", "no-answer", "answers"]
"""What a side's page says, by itself or through its browser:

- `nothing-arrives`: no sound or picture of the other side arrives here;
- `is-received`: the other side's browser confirms what this one sends;
- `sends`: this one sends, and receives; its browser cannot tell what the other's confirms;
- `no-answer`: this page sends other things, and does not answer what the service asks;
- `answers`: this page answers.
"""

ClaimKind = Literal["media", "silence"]
"""What a dispute is about: whether media arrives, or whether a page answers."""

WarningCause = Literal["away", "media", "dispute", "silence"]
"""Why somebody is asked: the other side is gone; nothing arrives, and no evidence denies it; the two sides contradict
each other; a page is there and does not answer."""

DisputeRule = Literal["pause", "bill", "ask"]
"""What a claim does that the other side's evidence does not support (the setting DISPUTES)."""
