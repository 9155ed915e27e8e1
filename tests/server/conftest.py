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


DRIVERS: Final = ("fast", "portable")
"""What can carry the sockets. Most tests use the first one, and those of the sockets' rules use both."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ForkedService]:
    """Run one service in development mode for the tests of a file."""
    env = {"STUN_URLS": "none", "SOCKET_DRIVER": getattr(request, "param", DRIVERS[0])}
    async with ForkedService(tmp_path_factory.mktemp("service"), env) as service:
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
async def production(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ForkedService]:
    """Run a service in production mode."""
    env = {"STUN_URLS": "none", "LINK_KEYS": LINK_KEY, "API_KEYS": API_KEY, "LOG_FORMAT": "json"}
    env["SOCKET_DRIVER"] = getattr(request, "param", DRIVERS[0])
    async with ForkedService(tmp_path_factory.mktemp("production"), env) as service:
        yield service
