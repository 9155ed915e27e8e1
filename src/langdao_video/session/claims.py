"""What a page may claim about a session, and why the service asks a question. Pure."""

from __future__ import annotations

from typing import Literal

Claim = Literal["nothing-arrives", "is-received", "sends", "no-answer", "answers"]
"""What the page of one side reports:

- `nothing-arrives`: no sound or picture of the other side arrives here;
- `is-received`: the other side's browser confirms that it receives what this browser sends;
- `sends`: this browser sends and receives, but cannot tell what the other browser confirms;
- `no-answer`: this page sends frames, but does not answer the service's pings;
- `answers`: this page answers the pings.
"""

ClaimKind = Literal["media", "silence"]
"""What a dispute is about: whether media arrives, or whether a page answers."""

WarningCause = Literal["away", "media", "dispute", "silence"]
"""Why the service asks a question:

- `away`: the other side is gone;
- `media`: nothing arrives, and no evidence contradicts that;
- `dispute`: the two sides contradict each other;
- `silence`: a page is connected and does not answer.
"""

DisputeRule = Literal["pause", "bill", "ask"]
"""What follows from a claim that the other side's evidence does not support (the setting DISPUTES)."""
