"""`make diagrams`: draw who may import whom, the table tests/arrows.json, into docs/architecture.md."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
TABLE: Final = ROOT / "tests" / "arrows.json"
PAGE: Final = ROOT / "docs" / "architecture.md"


def main() -> None:
    """Write the drawings into the page."""
    PAGE.write_text(draw_page(PAGE.read_text("utf-8"), read_table()), "utf-8")


def read_table() -> dict[str, dict[str, list[str]]]:
    """Return, for each side (`python`, `client`), which folders a folder may import."""
    table: dict[str, dict[str, list[str]]] = json.loads(TABLE.read_text("utf-8"))
    return table


def draw_page(page: str, table: dict[str, dict[str, list[str]]]) -> str:
    """Return *page* with a fresh drawing after each `<!-- arrows: … -->`. Raises ValueError if one has no place."""
    for side, arrows in table.items():
        place = re.compile(rf"(<!-- arrows: {side} -->\n)```\n.*?```\n", re.DOTALL)
        page, count = place.subn(rf"\1```\n{draw(arrows)}```\n", page)
        if count != 1:
            raise ValueError(f"{PAGE.name} has {count} places for the arrows of {side!r}: it needs one")
    return page


def draw(arrows: dict[str, list[str]]) -> str:
    """Draw a line for each folder, its arrows aligned."""
    width = max(map(len, arrows))
    return "".join(f"{folder:<{width}} → {' · '.join(ends)}\n" for folder, ends in arrows.items())


if __name__ == "__main__":
    main()
