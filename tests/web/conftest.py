"""Running services for the tests of this folder; their clocks move only by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.stories.live import HandClock, Live, serving


@pytest.fixture
def clock() -> HandClock:
    """Return a clock that stands still."""
    return HandClock()


@pytest.fixture
async def live(tmp_path: Path, clock: HandClock) -> AsyncIterator[Live]:
    """Run the service in development mode."""
    async with serving(tmp_path, clock) as service:
        yield service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    """Run one service in development mode for all tests of a file that only send requests."""
    async with serving(tmp_path_factory.mktemp("shared"), HandClock()) as service:
        yield service
