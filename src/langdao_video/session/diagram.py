"""Draws the table of states as a Mermaid state diagram, for docs/ledger.md. Pure."""

from __future__ import annotations

from langdao_video.session.state import NEXT, State


def draw_states() -> str:
    """Return the diagram, with one line for each row of NEXT."""
    rows = [f"    {state} --> {after}: {cause}" for (state, cause), after in NEXT.items()]
    return "\n".join(
        ["stateDiagram-v2", f"    [*] --> {State.WAITING}", *rows, f"    {State.ENDED} --> [*]"],
    )
