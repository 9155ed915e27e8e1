"""Services as processes of their own, for tests that attack them from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from tests.stories.forked import ForkedService

FILES: Final = 256
LINK_KEY: Final = "a-link-key-of-at-least-32-bytes!"
API_KEY: Final = "the-platform-s-own-key"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ForkedService]:
    """Run one service in development mode for the tests of a file."""
    async with ForkedService(tmp_path_factory.mktemp("service"), {"STUN_URLS": "none"}) as service:
        yield service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cramped(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ForkedService]:
    """Run a service with at most 256 open files and short deadlines."""
    env = {
        "STUN_URLS": "none",
        "REQUEST_HEAD_SECONDS": "2",
        "REQUEST_BODY_SECONDS": "2",
        "KEEP_ALIVE_SECONDS": "2",
    }
    async with ForkedService(tmp_path_factory.mktemp("cramped"), env, FILES) as service:
        yield service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def production(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ForkedService]:
    """Run a service in production mode."""
    env = {"STUN_URLS": "none", "LINK_KEYS": LINK_KEY, "API_KEYS": API_KEY, "LOG_FORMAT": "json"}
    async with ForkedService(tmp_path_factory.mktemp("production"), env) as service:
        yield service
