"""The parts of a command with a store in a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from langdao_video.commands.parts import Parts, open_parts
from langdao_video.settings import Settings


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    """Open a store in development mode."""
    async with open_parts(
        Settings(database_url=f"sqlite:///{tmp_path / 'a.sqlite'}", stun_urls=())
    ) as opened:
        yield opened
