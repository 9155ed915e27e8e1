from __future__ import annotations

from pathlib import Path

from langdao_video.session.diagram import draw_states

LEDGER = Path(__file__).parents[2] / "docs" / "ledger.md"


def test_the_diagram_in_the_ledger_is_the_table() -> None:
    drawn = LEDGER.read_text("utf-8").split("<!-- diagram -->\n```mermaid\n")[1].split("\n```")[0]

    assert drawn == draw_states(), "docs/ledger.md: put in what `langdao-video diagram` prints"
